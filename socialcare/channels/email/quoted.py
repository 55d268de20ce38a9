"""What a person wrote, without what they quoted and without their signature.

Works on lines and never looks back: a text costs what its length is. Where nothing
would be left, the text stays as it was.
"""

from __future__ import annotations

import re

MAX_READ = 60_000
"""Characters of a mail that are looked at."""
_WRAPPED = 3
"""Lines over which a client may break its "On … wrote:"."""
_LONGEST = 400
_LAST_LINES = 6
"""Where a signature of a phone stands: among so many lines at the end."""
_SIGNATURE_LINES = 15

_ORIGINAL = re.compile(
    r"[ \t>]{0,9}[-_=]{2,40} ?(?:original message|original appointment|reply message"
    r"|ursprüngliche nachricht|originalnachricht|message d'origine|message original"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original"
    r"|ursprungligt meddelande|opprinnelig melding|oprindelig meddelelse|oryginalna wiadomość"
    r"|исходное сообщение|původní zpráva|原始邮件|元のメッセージ) ?[-_=]{2,40}[ \t]{0,9}",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"[ \t>]{0,9}(?:-{2,10} ?)?(?:on|am|le|el|il|op|em|den|på|på|w dniu|dnia|dne|vào|"
    r"\d{1,4}[-./]\d|mon|tue|wed|thu|fri|sat|sun|mo\.|di\.|mi\.|do\.|fr\.|sa\.|so\.|в |от )",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev"
    r"|napisał\(?a?\)?|napsala?|пишет|написала?|kirjoitti|yazdı)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"[\d@<]")
_LABEL = re.compile(
    r"[ \t>*]{0,9}(?:(?P<key>from|date|sent|von|gesendet|datum|de|envoyé|fecha|enviado|da|inviato"
    r"|van|verzonden|från|skickat|fra|sendt|od|wysłano|от|отправлено|дата|发件人|差出人)"
    r"|to|cc|subject|reply-to|an|betreff|à|objet|para|asunto|assunto|a|oggetto|aan|onderwerp"
    r"|till|ämne|til|emne|do|temat|кому|копия|тема|收件人|主题|宛先|件名)[ \t]?\*?[::]",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]{0,9}[-_=*]{5,200}[ \t]{0,9}")
_QUOTE = re.compile(r"[ \t]{0,3}>")
_DASHES = re.compile(r"[ \t]{0,3}--[ \t\xa0]?")
_PHONE = re.compile(
    r"[ \t]{0,9}(?:sent (?:from|with|via|using) (?:my |the |yahoo|aol|outlook|mail|proton|samsung"
    r"|sparrow|spark|gmail|k-9|windows|iphone|ipad)|get outlook for|get the .{1,30} app"
    r"|von mein\w{0,3} .{1,40} gesendet|gesendet (?:von|mit|über) |von unterwegs gesendet"
    r"|envoyé (?:de|depuis) (?:mon|ma) |envoyé à partir de |télécharger outlook"
    r"|enviado (?:desde|do|de|a partir de) (?:mi|meu|minha) |obtener outlook|inviato da"
    r"|verstuurd vanaf|verzonden (?:vanaf|met) |skickat från|sendt fra|wysłane z|wysłano z"
    r"|отправлено (?:с|из) |iphoneから送信|发自我的)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[ \t]{0,9}(?:(?:e-?mail|tel|phone|fon|mobile?|mobil|web|www|fax)?[.:]? ?)?"
    r"(?:[^\s@]{1,64}@[^\s@]{1,100}|(?:https?://|www\.)\S{1,200}|\+?[\d()/ .-]{7,25})[ \t]{0,9}",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w{3,}")


def own_words(text: str, writer: str = "") -> str:
    """The text without quotes and signature. ``writer`` is their name and address."""
    text = text[:MAX_READ].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    original = text.strip()
    lines = _without_quotes(text.split("\n"))
    lines = _without_signature(_trimmed(lines), writer)
    return "\n".join(lines).strip() or original


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _ORIGINAL.fullmatch(line[:_LONGEST]) or _is_header(lines, at):
            return kept
        if end := _attribution(lines, at):
            if not _quotes_follow(lines, end):
                return kept
            at = end
            continue
        if not _QUOTE.match(line):
            kept.append(line)
        at += 1
    return kept


def _attribution(lines: list[str], at: int) -> int:
    """The line after "On … wrote:", or 0."""
    if not _OPENS.match(lines[at]) and not _names_somebody(lines[at]):
        return 0
    joined = ""
    for end in range(at, min(at + _WRAPPED, len(lines))):
        joined += " " + lines[end].strip().lstrip("> ")
        if len(joined) > _LONGEST or not lines[end].strip():
            return 0
        if joined.endswith((":", ":")):
            return end + 1 if _WROTE.search(joined) and _WHO.search(joined) else 0
    return 0


def _names_somebody(line: str) -> bool:
    """``Ana <ana@example.org> wrote:`` without a date."""
    return "@" in line and line.rstrip().endswith(":") and len(line) <= _LONGEST


def _quotes_follow(lines: list[str], at: int) -> bool:
    """Whether what is quoted is marked with ``>``: then what stands below it may be their own."""
    return next((bool(_QUOTE.match(line)) for line in lines[at : at + 4] if line.strip()), False)


def _is_header(lines: list[str], at: int) -> bool:
    """``From: … Sent: … To: …``: at least three such lines, one of who or when."""
    first = _LABEL.match(lines[at])
    if not first or not first["key"]:
        return False
    labels = [_LABEL.match(line) for line in lines[at : at + 8]]
    return sum(label is not None for label in labels) >= 3


def _trimmed(lines: list[str]) -> list[str]:
    """Without the empty lines and rules that stood above the quote."""
    lines = list(lines)
    while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
        lines.pop()
    return lines


def _without_signature(lines: list[str], writer: str) -> list[str]:
    for at, line in enumerate(lines):
        marked = line == "-- " or len(lines) - at <= _SIGNATURE_LINES
        if at and marked and _DASHES.fullmatch(line):
            return _trimmed(lines[:at])
    tail = [at for at, line in enumerate(lines) if line.strip()][-_LAST_LINES:]
    for at in tail:
        if _PHONE.match(lines[at]):
            return _trimmed(lines[:at])
    return _trimmed(_without_card(lines, writer))


def _without_card(lines: list[str], writer: str) -> list[str]:
    """A last block of name, title and ways to reach them, beginning with the writer's own name."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    card = lines[start:]
    names = {word.casefold() for word in _WORD.findall(writer)}
    is_card = (
        start > 0
        and 2 <= len(card) <= 8
        and all(len(line) <= 70 and not line.rstrip().endswith(("?", "!")) for line in card)
        and any(_CONTACT.fullmatch(line) for line in card[1:])
        and any(word.casefold() in names for word in _WORD.findall(card[0]))
    )
    return lines[:start] if is_card else lines

"""What a template left behind: ``{name}``, ``[NAME]``, ``XX.XX.``, ``TODO``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from socialcare.checks.model import Context, Told
from socialcare.checks.plain import straight, without_code
from socialcare.text import MAX_TEXT

_MEANT_WORDS = (
    "name vorname nachname firstname lastname surname title anrede customer kunde kundin kundenname"
    " client user username agent mitarbeiter date datum time uhrzeit zeit day tag month monat"
    " link url website address adresse anschrift email mail phone telefon number nummer nr order"
    " bestellung bestellnummer orderid tracking id reference ref code product produkt artikel item"
    " amount betrag price preis sum brand marke company firma store shop city ort place signature"
    " unterschrift insert einfügen einsetzen your ihr ihre dein deine here hier placeholder"
    " platzhalter text channel reason grund location account konto me"
)
_MEANT = frozenset(_MEANT_WORDS.split())
_NO_GAPS_WORDS = (
    "en de fr es it nl no sv da fi pl pt uk us eu update edit edited solved resolved fixed ok faq pdf"
    " fyi wip rfc sic spoiler ad anzeige werbung bug closed open live ama oc nsfw img video new"
    " report reports videos photo photos podcast exclusive breaking info warn warning error debug critical"
)
_NO_GAPS = frozenset(_NO_GAPS_WORDS.split())
_TAGS_WORDS = (
    "a b i u p br em strong code pre span div li ul ol h1 h2 h3 kbd img sub sup details summary"
    " table tr td th hr del ins blockquote head body html script style svg"
)
_TAGS = frozenset(_TAGS_WORDS.split())
_GREETING = (
    r"(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Hh]allo|[Mm]oin|[Ll]iebe[rs]?|[Ss]ehr geehrter?|[Tt]hanks"
    r"|[Tt]hank you|[Ss]orry|[Dd]anke)(?:,? (?:Mr|Mrs|Ms|Frau|Herr)\.?)?"
)
_FILLER = (
    r"(?:null|undefined|None|NaN|nil|N/A|NAME|CUSTOMER|KUNDE|CLIENT|[Nn]achname|[Vv]orname|[Nn]ame"
    r"|(?i:(?:first|last|full|sur|customer|user|client|kunden)[ _-]?name)|\.\.\.+"
    r"|\((?:\w{2,12} ){0,2}[Nn]ame\))"
)
"""What stands where a name should."""
_BEFORE_A_DAY = (
    r"on|by|until|till|before|from|since|at|around|am|bis|bis zum|ab|seit|zum|vom|um|gegen"
)
_PATTERN_OF_A_DAY = (
    r"(?:TT\.MM\.?(?:JJ(?:JJ)?)?|(?:DD|MM)[./-](?:DD|MM)(?:[./-]YY(?:YY)?)?|YYYY-MM-DD|HH:MM|SS:MM"
    r"|\((?:date|datum|day|tag|time|uhrzeit)\))"
)
"""Told to somebody as a form ("write it as DD/MM/YYYY") it is fine, as a day it is not."""
_SURE = (
    re.compile(r"\{\{\{?[^{}\n]{0,60}\}\}"),
    re.compile(r"\{%[^%\n]{0,80}%\}|<%[^%\n]{0,80}%>"),
    re.compile(r"\$\{[^{}\n]{1,60}\}"),
    re.compile(r"\*\|[^|\n]{1,40}\|\*"),
    re.compile(r"(?<![\w#@$])(##|@@|\$\$|__)[a-z][\w .-]{0,30}\1(?![\w#@$])", re.IGNORECASE),
    re.compile(r"\{ ?[^\W\d][\w .|-]{0,40}(?::[^{}\n\"']{0,20})?\}|\{\d{0,2}\}"),
    re.compile(r"(?<![\w%])%(?:\([\w .-]{1,40}\)[sdrf]|[sd])(?!\w)"),
    re.compile(r"(?<![\w%])%[A-Za-z][A-Za-z_]{1,30}%(?!\w)"),
    re.compile(r"(?<!\w)XXX+(?!\w)|(?:(?<=[€$£.:/#-])|(?<!\w))XX+(?=[.:/-]|[ ]?(?:€|EUR|Uhr|%))|(?<=[€$£#])[Xx]{2,}(?!\w)"),
    re.compile(r"(?<!\w)[xX]{2}[./:][xX]{2}(?!\w)"),
    re.compile(r"(?<!\w)(?<![A-Z] )(?:TODO|FIXME|TBD)(?!\w)(?! [A-Z]{2})"),  # "TODO" is Spanish, too
    re.compile(r"(?i)\blorem ipsum\b"),
    re.compile(r"(?<!\w)INSERT [A-Z][A-Z ]{1,30}|(?i:\binsert (?:\w{1,20} ){1,3}here\b)|(?<!\w)(?:NAME|LINK|DATE|TEXT|URL|NUMBER) HERE(?!\w)"),
    re.compile(r"(?i)\((?:please )?(?:insert|einfügen|fill in|ausfüllen|your name|ihr name)\b[^()\n]{0,40}\)"),
    re.compile(r"(?<![\w_])_{4,}(?![\w_])|(?<=[ £$€])_{2,3}(?=[ .,!?\n]|$)"),
    re.compile(rf"(?<!\w){_GREETING} {_FILLER}(?=[ ]?(?:[,!.:\n]|$))"),
    re.compile(rf"(?i)(?<!\w)(?:{_BEFORE_A_DAY}) (?:the |dem |den )?{_PATTERN_OF_A_DAY}(?!\w)"),
    re.compile(rf"(?i)(?<!\w)(?:{_BEFORE_A_DAY}) (?:\.\.\.+|…+|\?\?+) ?(?:Uhr|o'clock|am|pm|%|€|days|Tagen?|hours|Stunden)(?!\w)"),
    re.compile(r"(?<!\w)(?:XX+|xx+) (?:(?:working|business|calendar) )?(?:days?|hours?|minutes?|weeks?|euros?|pounds|dollars|Tagen?|Werktagen?|Stunden?|Minuten|Wochen|Euro)(?!\w)"),
    re.compile(r"(?i)(?<!\w)(?:within|in|innerhalb von|binnen) [xn] (?:(?:working|business) )?(?:days|hours|minutes|weeks|tagen|werktagen|stunden|minuten|wochen)(?!\w)"),
    re.compile(r"(?i)(?<!\w)(?:link|date|name|text|number|amount|url) goes here(?!\w)"),
)  # fmt: skip
_BRACKETS = re.compile(r"\[([^\[\]\n]{1,40})\](?!\()")
_ANGLES = re.compile(r"(?:<|&lt;)([^\W\d][^<>&\n:@/]{0,30})(?:>|&gt;)")
_QUOTES = re.compile(r"«([^«»\n]{1,40})»")
_SHELL = re.compile(r"(?<![\w$])\$(?!USER\b)([A-Za-z][A-Za-z_]{1,30})(?![\w(])")
_WORDS = re.compile(r"[^\W_]+")


def placeholders(text: str, _context: Context) -> Told:
    found = next(find(text[:MAX_TEXT]), None)
    if found is None and len(text) > MAX_TEXT:
        return "look", f"only the first {MAX_TEXT:,} characters were read"
    if found is None:
        return "ok", "none left"
    return "stop", f"{' '.join(found.split())} is not filled in"


def find(text: str) -> Iterator[str]:
    """What nobody filled in; what stands in code is meant as it is."""
    plain = without_code(straight(text))
    for pattern in _SURE:
        if match := pattern.search(plain):
            yield match[0].strip()
    for pattern, whole in ((_BRACKETS, True), (_ANGLES, True), (_QUOTES, False), (_SHELL, False)):
        for match in pattern.finditer(plain):
            if _is_gap(match[1], capitals=whole):
                yield match[0]


def _is_gap(inside: str, *, capitals: bool) -> bool:
    """Whether words between brackets name what should stand there."""
    words = _WORDS.findall(inside.casefold())
    if not words or inside[0] in "@#" or (len(words) == 1 and words[0] in _NO_GAPS | _TAGS):
        return False
    if not _MEANT.isdisjoint(words) or any(word.startswith(("insert", "einf")) for word in words):
        return True
    joined = "_" in inside and not inside.startswith("_")
    return joined or (capitals and inside.isupper() and sum(map(len, words)) >= 3)

"""From Markdown, as GitHub and Reddit have it, to the words a person would read.

Works on lines and never looks back: a text costs what its length is. Code stays as it is,
what others said above an answer (``>``) and what a page does not show are left out.

https://docs.github.com/en/get-started/writing-on-github
"""

from __future__ import annotations

import re
from html import unescape

from socialcare.models import Media
from socialcare.text import MAX_FIELD, at_door

MAX_READ = 65_536
"""Characters of one text that are looked at: no longer one can be written there."""
MAX_MEDIA = 20

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_WROTE = re.compile(
    r"(?:on|am|le|el|il|op) .{1,300}?\b(?:wrote|schrieb|écrit|escribió|scritto|schreef)\b.{0,100}:",
    re.IGNORECASE,
)
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_CODE = re.compile(r"(`[^`]{1,2000}`)")
_IMAGE = re.compile(r'!\[([^\[\]]{0,500})\]\(([^()\s]{1,2000})(?:\s+"[^"]{0,300}")?\)')
_IMG = re.compile(r"<img\b([^<>]{0,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(alt|src)\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})')""", re.IGNORECASE
)
_LINK = re.compile(r'\[([^\[\]]{1,500})\]\((?:[^()\s]{1,2000})(?:\s+"[^"]{0,300}")?\)')
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|blockquote|code|dd|del|details|div|dl|dt|em|h[1-6]|hr|i|ins|kbd|li|ol|p|picture|pre"
    r"|s|samp|source|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|ul|video)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*]{1,2000})\*\*")


def to_plain(markdown: str) -> tuple[str, tuple[Media, ...]]:
    """The words, and the pictures with what their author says is on them.

    Where there would be nothing, all of it stays.
    """
    source = at_door(markdown, MAX_READ).replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader()
    for line in source.split("\n"):
        reader.read(line)
    words = reader.text()
    return words if words or reader.media else source.strip(), tuple(reader.media)


class _Reader:
    """What was read so far. ``fence`` closes the code that is open."""

    def __init__(self) -> None:
        self.media: list[Media] = []
        self._lines: list[str] = []
        self._fence = ""
        self._hidden = False

    def text(self) -> str:
        return "\n".join(self._lines).strip()

    def read(self, line: str) -> None:
        if self._fence:
            self._lines.append(line)
            if line.strip().startswith(self._fence) and not line.strip().strip(self._fence[0]):
                self._fence = ""
            return
        shown = self._visible(line)
        fence = _FENCE.match(shown)
        if fence:
            self._fence = fence[1]
            self._lines.append(shown)
        elif _QUOTE.match(shown):
            self._forget_who_wrote()
        elif shown.strip() or not line.strip():
            self._add(self._plain(_HEADING.sub("", shown, count=1)).rstrip())

    def _add(self, line: str) -> None:
        if line or (self._lines and self._lines[-1]):
            self._lines.append(line)

    def _forget_who_wrote(self) -> None:
        """The line that a mail program puts above a quote."""
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        if self._lines and _WROTE.fullmatch(self._lines[-1].strip()):
            self._lines.pop()
        self._add("")

    def _visible(self, line: str) -> str:
        """Without ``<!-- -->``, which templates are full of; one may span many lines."""
        parts: list[str] = []
        at = 0
        while at < len(line):
            mark = "-->" if self._hidden else "<!--"
            end = line.find(mark, at)
            if not self._hidden:
                parts.append(line[at:] if end < 0 else line[at:end])
            if end < 0:
                break
            self._hidden = not self._hidden
            at = end + len(mark)
        return "".join(parts)

    def _plain(self, line: str) -> str:
        pieces = _CODE.split(line)
        return "".join(piece if at % 2 else self._words(piece) for at, piece in enumerate(pieces))

    def _words(self, text: str) -> str:
        if not any(sign in text for sign in "[<*&"):
            return text
        text = _IMAGE.sub(lambda found: self._leave_out(found[2], found[1]), text)
        text = _IMG.sub(self._img, text)
        text = _BOLD.sub(r"\1", _LINK.sub(r"\1", text))
        return unescape(_TAG.sub("", _BREAK.sub("\n", text)))

    def _img(self, found: re.Match[str]) -> str:
        values = {key.lower(): one or two for key, one, two in _ATTRIBUTE.findall(found[1])}
        return self._leave_out(values.get("src", ""), values.get("alt", ""))

    def _leave_out(self, url: str, alt: str) -> str:
        if url and len(self.media) < MAX_MEDIA:
            alt = unescape(alt).strip()
            self.media.append(Media("image", at_door(url, MAX_FIELD), alt or None))
        return ""

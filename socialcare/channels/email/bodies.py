"""The words of a mail, and what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from socialcare.channels.email.mime import Part
from socialcare.channels.html import to_text
from socialcare.models import Media
from socialcare.text import MAX_FIELD, at_door

MAX_MEDIA = 50
_STYLE = re.compile(r"\sstyle=(?:\"[^\"]{0,4000}\"|'[^']{0,4000}')", re.IGNORECASE)
_SPLIT_LINE = re.compile(r"[ \t]*\n[ \t]*")
_BODY = "<body"


def words_of(leaves: Sequence[Part]) -> str:
    """The plain text; where there is none, what the HTML says."""
    plain = "\n\n".join(
        one.text() for one in leaves if one.type == "text/plain" and not one.attached
    )
    if plain.strip():
        return plain
    page = next((one for one in leaves if one.type == "text/html" and not one.attached), None)
    return from_html(page.text()) if page else ""


def from_html(html: str) -> str:
    """What a reader sees. Mail programs write kilobytes of styles before the first word."""
    start = html[:200_000].lower().find(_BODY)
    html = html[max(start, 0) :]
    for opening, closing in (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")):
        html = _cut_out(html, opening, closing)
    html = _STYLE.sub("", html.replace("\r\n", "\n"))
    return to_text(_SPLIT_LINE.sub("\n", html), drop=())


def _cut_out(html: str, opening: str, closing: str) -> str:
    """Without what lies between; what is never closed goes to the end."""
    low, kept, at = html.lower(), [], 0
    while (start := low.find(opening, at)) >= 0:
        kept.append(html[at:start])
        end = low.find(closing, start)
        if end < 0:
            return "".join(kept)
        at = end + len(closing)
    return "".join([*kept, html[at:]])


def media_of(leaves: Sequence[Part]) -> tuple[Media, ...]:
    """Attachments by kind and name; they stay in the mailbox, nothing of them is written anywhere."""
    return tuple(
        Media(at_door(one.type.partition("/")[0], MAX_FIELD), None, one.name)
        for one in leaves
        if one.attached and one.type != "text/calendar"
    )[:MAX_MEDIA]

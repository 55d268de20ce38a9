"""RSS, Atom, RDF and CDF, read by feedparser from checked text."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any, NoReturn
from xml.sax import SAXException

from socialcare.channels.base import Broken
from socialcare.channels.feed.document import (
    MAX_ENTRIES,
    Document,
    Entry,
    keep_readable,
    web_address,
)
from socialcare.channels.html import to_text
from socialcare.clock import from_epoch
from socialcare.errors import BadAnswerError, RefusedError
from socialcare.models import Media
from socialcare.text import MAX_FIELD, at_door, for_screen

_BEFORE_ROOT = re.compile(r"(?:[^<]+|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_DOCTYPE_HTML = re.compile(r"<!DOCTYPE\s+html", re.IGNORECASE)
_OPENS_ENTRY = re.compile(r"<(?:\w{1,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_OFFERS_FEED = re.compile(r"<link\b[^>]{0,600}(?:rss|atom)\+xml[^>]{0,600}>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)
_MAIL_THEN_NAME = re.compile(r"[^\s@]+@[^\s@]+ \((.{1,200})\)")
_NAME_THEN_MAIL = re.compile(r"(.{1,200}) \([^\s@]+@[^\s@]+\)")
_SEEN_AS_MEDIA = ("image/", "video/", "audio/")


def read_xml(text: str, url: str) -> Document:
    """Read a feed; ``url`` is where it came from, for relative links.

    Raises
    ------
    BadAnswerError
        Not a feed, or a feed so damaged that no entry could be read.
    RefusedError
        It declares entities.

    """
    text = text[max(text.find("<"), 0) :]
    root = _check(text, url)
    text, left_out = _cut(text, root)
    parsed = _parse(text)
    damage = parsed.get("bozo_exception")
    fatal = isinstance(damage, SAXException)
    raws: list[Mapping[str, Any]] = parsed["entries"][:MAX_ENTRIES]
    if not raws and fatal:
        raise BadAnswerError(f"not readable as a feed: {_reason(damage)}", _HINT)
    if not raws and not parsed.get("version"):
        raise BadAnswerError(f"not a feed: the document is <{root[:40]}>", _HINT)
    language = _field(parsed["feed"].get("language"))
    entries = [_entry(f"entry[{at}]", raw, language, url) for at, raw in enumerate(raws)]
    broken: list[Broken] = []
    if fatal and f"</{root}" not in text[-500:] and entries:
        broken.append(Broken(entries.pop().where, "the answer ends in the middle of it"))
    kept, broken = keep_readable(entries, broken)
    title = _words(parsed["feed"].get("title_detail"))[:200]
    return Document(title, kept, broken, whole=not fatal, left_out=left_out)


_HINT = "open the address in a browser: it must show a feed, not a page"


def _check(text: str, url: str) -> str:
    """Find the root element, past everything that must not stand before it."""
    start = _BEFORE_ROOT.match(text)
    at = start.end() if start else 0
    if _DOCTYPE_HTML.match(text, at):
        _refuse_page(text, url)
    declares = text if text.startswith("<!", at) else text[:at]
    if _ENTITY.search(declares):
        raise RefusedError(
            "refused: the feed declares XML entities, which can blow up a reader",
            "an honest feed has none; tell its owner",
        )
    root = _ROOT.search(text, at)
    if root is None:
        raise BadAnswerError("not a feed: neither XML nor JSON", _HINT)
    if root[1].lower() == "html":
        _refuse_page(text, url)
    return root[1]


def _refuse_page(text: str, url: str) -> NoReturn:
    offer = _OFFERS_FEED.search(text[:200_000])
    href = _HREF.search(offer[0]) if offer else None
    named = web_address(unescape(href[1]), url) if href else None
    hint = f"the page names this feed: {for_screen(named, one_line=True)}" if named else _HINT
    raise BadAnswerError("not a feed: a web page", hint)


def _cut(text: str, root: str) -> tuple[str, bool]:
    """End the document before entry 1,001: fifty thousand take a parser many seconds."""
    for count, match in enumerate(_OPENS_ENTRY.finditer(text)):
        if count == MAX_ENTRIES:
            head = text[: match.start()]
            inside = len(re.findall(r"<channel[\s>]", head)) > head.count("</channel")
            return f"{head}{'</channel>' if inside else ''}</{root}>", True
    return text, False


def _parse(text: str) -> Any:
    import feedparser

    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            # no content-location: it would be put before ids that only look like paths
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - it lets out whatever its many date and link readers raise
        raise BadAnswerError(f"not readable as a feed: {_reason(error)}", _HINT) from None


def _reason(error: object) -> str:
    return (
        for_screen(str(error), one_line=True, limit=200).replace("<unknown>:", "line ")
        or type(error).__name__
    )


def _entry(where: str, raw: Mapping[str, Any], language: str | None, url: str) -> Entry:
    details = [detail for detail in raw.get("content", ()) if isinstance(detail, dict)]
    summary = raw.get("summary_detail")
    media = _media(raw, url)
    if raw.get("media_content") and summary and details and details[-1].get("type") == "text/plain":
        # feedparser takes the description of a picture for the text of the entry
        alt = _words(details.pop())
        media = (Media(media[0].type, media[0].url, alt or None), *media[1:]) if media else ()
    if "yt_videoid" in raw and isinstance(summary, dict):
        summary = {**summary, "type": "text/plain"}
    body = next(filter(None, map(_words, details)), "") or _words(summary)
    name, address = _author(raw, url)
    link = raw.get("link")
    if link == raw.get("id") and not str(link).startswith(("http://", "https://")):
        link = None  # a guid that claims to be a link, as every guid does that says nothing
    spoken = [d.get("language") for d in (*details, summary, raw.get("title_detail")) if d]
    return Entry(
        where=where,
        id=_field(raw.get("id")),
        link=web_address(link, url),
        title=" ".join(_words(raw.get("title_detail")).split()),
        body=body,
        published=_moment(raw, "published_parsed", "created_parsed"),
        updated=_moment(raw, "updated_parsed"),
        author=name,
        author_url=address,
        lang=_field(next(filter(None, spoken), None)) or language,
        media=media,
    )


def _words(detail: object) -> str:
    """Plain text of a title, summary or content, by the type it was declared or found to be."""
    if not isinstance(detail, dict):
        return ""
    kind, value = str(detail.get("type") or ""), detail.get("value")
    if not isinstance(value, str):
        return ""
    if "xhtml" in kind:
        # feedparser closes the <br/> that it read, which in HTML is a second break
        return to_text(value.replace("</br>", ""))
    if "html" in kind:
        return to_text(value)
    return at_door(value.strip()) if kind.startswith("text/") else ""


def _field(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return at_door(value.strip(), MAX_FIELD + 1) or None


def _author(raw: Mapping[str, Any], url: str) -> tuple[str | None, str | None]:
    people = [person for person in raw.get("authors", ()) if person.get("name")]
    for person in people:
        if person.get("href"):
            return _field(person["name"]), web_address(person["href"], url)
    # not its parsed name: that is cut to pieces where the mail ends in more than four letters
    name = _field(raw.get("author")) or ""
    written = _MAIL_THEN_NAME.fullmatch(name) or _NAME_THEN_MAIL.fullmatch(name)
    return (written[1] if written else name) or None, None


def _moment(raw: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        # asked for by get, feedparser gives the one date for the other and warns about it
        if name not in raw:
            continue
        try:
            return from_epoch(calendar.timegm(raw[name]))
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def _media(raw: Mapping[str, Any], url: str) -> tuple[Media, ...]:
    links: Sequence[Mapping[str, Any]] = raw.get("links", ())
    found = [
        (str(link.get("type") or ""), web_address(link.get("href"), url))
        for link in links
        if link.get("rel") == "enclosure"
    ]
    found += [
        (str(item.get("type") or f"{item.get('medium', '')}/"), web_address(item.get("url"), url))
        for item in raw.get("media_content", ())
    ]
    unique = {
        address: Media(kind.partition("/")[0], address)
        for kind, address in found
        if address and kind.startswith(_SEEN_AS_MEDIA)
    }
    return tuple(unique.values())[:20]

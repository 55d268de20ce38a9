"""What well-known sites do to their feeds, undone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from socialcare.channels.feed.document import Entry, web_address
from socialcare.models import Kind

_REDDIT_ID = re.compile(r"t(\d)_[a-z0-9]{1,20}")
_REDDIT_TAIL = re.compile(r"\S{1,60}(?: to r/\S{1,60})?\s\[link\] \[comments\]")
_REDDIT_POST = re.compile(r"/comments/([a-z0-9]{1,20})/")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z.]{2,7}")
_MASTODON_POST = re.compile(r"/@([A-Za-z0-9_.-]{1,100})/\d+")
_HANDLE_FIRST = re.compile(r"(@[\w.-]{1,100})(?:\s+(.*))?", re.DOTALL)
_GLOBAL_ID = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+|t\d_[a-z0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Post:
    """What an entry is, beyond its words. ``handle`` is what people type."""

    text: str
    handle: str | None
    name: str | None
    url: str | None
    uri: str | None
    thread: str | None = None
    kind: Kind | None = None


def globally_unique(key: str) -> bool:
    """Whether an id means the same entry in every feed of its host."""
    return key.startswith("sha256:") or _GLOBAL_ID.fullmatch(key) is not None


def tidy(entry: Entry) -> Entry:
    """Take off what the site wrapped around the words and the link."""
    link = entry.link and _unwrap(entry.link)
    if entry.id and link and entry.id.startswith("https://news.ycombinator.com/item?id="):
        # hnrss links to the article, which others post too; the id is the page of this post
        link = entry.id
    body = _without_tail(entry.body) if _is_reddit(entry) else entry.body
    return replace(entry, link=link, body=body)


def _without_tail(body: str) -> str:
    words, tail, rest = body.rpartition("submitted by /u/")
    return words.rstrip() if tail and _REDDIT_TAIL.fullmatch(rest) else body


def interpret(entry: Entry) -> Post:
    handle, name = _names(entry)
    reddit = _REDDIT_ID.fullmatch(entry.id or "") if _is_reddit(entry) else None
    post = _REDDIT_POST.search(entry.link or "") if reddit else None
    return Post(
        text=_text(entry.title, entry.body),
        handle=handle,
        name=name,
        url=entry.link,
        uri=entry.link and _without_tracking(entry.link),
        thread=f"t3_{post[1]}" if post else None,
        kind="comment" if reddit and reddit[1] == "1" else None,
    )


def _text(title: str, body: str) -> str:
    """Title, blank line, body; the title only where the body does not begin with it anyway."""
    opening = title.removesuffix("…").removesuffix("...").rstrip()
    if not body or not opening:
        return body or title
    if " ".join(body[: 2 * len(title) + 100].split()).startswith(opening):
        return body
    return f"{title}\n\n{body}"


def _names(entry: Entry) -> tuple[str | None, str | None]:
    """Handle and name of the author, as far as the feed tells."""
    name = entry.author
    if name and name.startswith("/u/"):
        return name[1:], None
    if name and (with_handle := _HANDLE_FIRST.fullmatch(name)):
        return with_handle[1], with_handle[2] or None
    if name is None and entry.link:
        place = urlsplit(entry.link)
        if post := _MASTODON_POST.fullmatch(place.path):
            return f"@{post[1]}" if "@" in post[1] else f"@{post[1]}@{place.netloc}", None
    return name, name


def _is_reddit(entry: Entry) -> bool:
    return bool(entry.id and _REDDIT_ID.fullmatch(entry.id)) and entry.author is not None


def _unwrap(link: str) -> str:
    """Google Alerts: the address behind ``https://www.google.com/url?…&url=…``."""
    place = urlsplit(link)
    if place.path != "/url" or not _GOOGLE.fullmatch(place.netloc.lower()):
        return link
    query = parse_qs(place.query)
    inner = (query.get("url") or query.get("q") or [""])[0]
    return web_address(inner) or link


def _without_tracking(link: str) -> str:
    place = urlsplit(link)
    if "utm_" not in place.query:
        return link
    kept = [
        (key, value)
        for key, value in parse_qsl(place.query, keep_blank_values=True)
        if not key.startswith("utm_")
    ]
    return urlunsplit(place._replace(query=urlencode(kept)))

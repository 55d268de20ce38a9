"""RSS, Atom, RDF and JSON feeds: no sign-in, no search, no reach, and the longest arm of all.

``match`` (true unless said otherwise) is for whoever stores the mentions: whether an
entry must speak of the brand to be kept. The channel hands over all of them.

An entry that does not say when it was published has the date, or else the moment, at
which it was first seen. The checkpoint keeps that as long as the entry stands in the
feed, and its identity never depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast, get_args
from urllib.parse import urlsplit

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.feed.document import MAX_ENTRIES, Document, Entry, identify
from socialcare.channels.feed.encoding import decode_text
from socialcare.channels.feed.json_feed import read_json
from socialcare.channels.feed.presets import Source, options_of, read_sources
from socialcare.channels.feed.sites import Post, globally_unique, interpret, tidy
from socialcare.channels.feed.turns import Turns
from socialcare.channels.feed.xml_feed import read_xml
from socialcare.channels.http import Answer
from socialcare.channels.options import Options
from socialcare.channels.words import fit_to_show
from socialcare.clock import format_time, parse_time
from socialcare.errors import BadAnswerError, ChannelError, GoneError, RateLimitError
from socialcare.models import Author, Kind, Mention

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
NOT_YET = timedelta(days=1)
"""A date further ahead than this is a mistake of its writer, and none."""
REMEMBERED = 100
"""Entries at each end of a feed that are known again at the next poll."""


class Feed(Channel):
    type: ClassVar[str] = "feed"
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment", "review")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        kind = options.text("kind")
        if kind is not None and kind not in get_args(Kind):
            raise options.error("kind", f"one of {', '.join(self.kinds)} is needed")
        self._name = setup.name
        self._sources = read_sources(setup)
        self._kind = cast("Kind | None", kind)
        self._connect = setup.connect
        self._clock = setup.clock
        self._us = frozenset(handle.casefold() for handle in setup.brand.handles)
        options.flag("match")  # for its error: whoever stores the mentions reads it

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:
        """``feed:ADDRESS``, ``reddit:WORDS``, ``reddit:r/NAME``, ``youtube:CHANNEL``."""
        return options_of(kind, what)

    @property
    def source(self) -> str:
        hosts = {source.host for source in self._sources}
        return f"feed:{hosts.pop()}" if len(hosts) == 1 else "feed"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """One page per feed. A feed that fails does not keep the others from being read."""
        before = (checkpoint or {}).get("feeds", {})
        feeds = {source.key: before[source.key] for source in self._sources if source.key in before}
        turns = Turns(self._sources, feeds)
        first: ChannelError | None = None
        for source in turns.order:
            if not turns.has_come(source, self._clock.now()):
                continue
            try:
                page, feeds[source.key] = self._poll(source, feeds.get(source.key, {}), since)
            except ChannelError as error:
                # the contract keeps a broken channel from the others; here each feed is one
                fit_to_show(error, [source.token])
                self._passed_over(source, feeds, error)
                # At once: a run that is out of time at a later page never comes to the end.
                # Without a place to stop at, where none is needed, so that it may come there.
                kept = {"feeds": dict(feeds)} if source.spacing_s else None
                yield Page(checkpoint=kept, notice=error.message)
                first = first or error
            else:
                yield replace(page, checkpoint={"feeds": dict(feeds)})
            turns.ask(source, self._clock.now())
        if notice := turns.notice():
            yield Page(checkpoint={"feeds": dict(feeds)}, notice=notice)
        if first is not None:
            raise first

    def _passed_over(self, source: Source, feeds: dict[str, Any], error: ChannelError) -> None:
        """One that fails had its turn, or it would take that of the others again and again.

        Who is asked to slow down had none.
        """
        if source.spacing_s and not isinstance(error, RateLimitError):
            polled = {"polled": format_time(self._clock.now())}
            feeds[source.key] = {**feeds.get(source.key, {}), **polled}

    def _poll(
        self, source: Source, state: Mapping[str, Any], since: datetime
    ) -> tuple[Page, dict[str, Any]]:
        floor = format_time(since)
        further_back = floor < state.get("since", floor)
        http = self._connect(
            base_url=source.asked,
            headers=source.headers,
            follow=True,
            spacing_s=source.spacing_s,
            hidden=[source.token] if source.token else [],
        )
        answer = http.get(
            _address(source, state),
            {**source.params, **source.secret} or None,
            headers={"accept": ACCEPT} | ({} if further_back else _conditions(state)),
            allow={304, 410},
        )
        if answer.status == 410:
            raise GoneError(
                f"{source.shown} says that it is gone for good",
                f"take it out of [channels.{self._name}] in the config",
            )
        polled = {"polled": format_time(self._clock.now())}
        if answer.status == 304:
            return Page(), {**state, **polled}
        document = _read(answer, source)
        after = polled | {"since": min(floor, state.get("since", floor))}
        after |= _moved(answer, source, state)
        if document.whole:
            after |= _validators(answer)
        return self._page(source, document, state, after)

    def _page(
        self, source: Source, document: Document, state: Mapping[str, Any], after: dict[str, Any]
    ) -> tuple[Page, dict[str, Any]]:
        seen: Mapping[str, str] = state.get("seen", {})
        found = identify([tidy(entry) for entry in document.entries], seen)
        now = self._clock.now()
        known: Mapping[str, str] = state.get("dates", {})
        dates = {
            key: known.get(key) or format_time(_possible(entry.updated, now) or now)
            for key, entry in found.items()
            if _possible(entry.published, now) is None
        }
        floor = parse_time(after["since"])
        mentions = [
            self._mention(source, document, key, entry, date)
            for key, entry in found.items()
            if (date := _possible(entry.published, now) or parse_time(dates[key])) >= floor
        ]
        missed = bool(seen and found) and not set(seen.values()) & set(found)
        after |= {"seen": _remember(found) or dict(seen), "dates": dates}
        return Page(
            mentions=mentions,
            broken=document.broken,
            possibly_missed=_missed(source) if missed else None,
            notice=_notice(source, state, after, document),
        ), after

    def _author(self, source: Source, document: Document, entry: Entry, post: Post) -> Author:
        """Who wrote it; where the feed does not tell, the site that it links to."""
        if post.handle:
            handle, name = post.handle, post.name
        else:
            handle = urlsplit(post.url or source.url).netloc.lower().removeprefix("www.")
            name = document.title if handle == source.host.removeprefix("www.") else None
        ours = handle.casefold() in self._us
        return Author(
            external_id=entry.author_url or handle,
            handle=handle,
            name=name or None,
            url=entry.author_url,
            is_us=ours,
        )

    def _mention(
        self, source: Source, document: Document, key: str, entry: Entry, date: datetime
    ) -> Mention:
        post = interpret(entry)
        author = self._author(source, document, entry, post)
        ours = author.is_us
        return Mention(
            channel=self._name,
            source=f"feed:{source.host}",
            external_id=key if globally_unique(key) else f"{source.key}#{key}",
            author=author,
            text=post.text,
            created_at=date,
            kind=post.kind or self._kind or source.kind,
            role="answer" if ours else "mention",
            url=post.url,
            uri=post.uri if key in {entry.id, entry.link} else None,
            thread=post.thread,
            lang=entry.lang,
            media=entry.media,
            edited_at=entry.updated if entry.updated and entry.updated > date else None,
        )


def _address(source: Source, state: Mapping[str, Any]) -> str:
    moved_to = state.get("moved_to")
    if moved_to is None:
        return source.asked
    query = source.url.partition("?")[2]
    return f"{moved_to}?{query}" if query and "?" not in moved_to else str(moved_to)


def _read(answer: Answer, source: Source) -> Document:
    try:
        if not answer.body.strip():
            raise BadAnswerError("not a feed: the answer is empty", "try again later")
        if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return read_json(answer.body.removeprefix(b"\xef\xbb\xbf"), answer.url)
        content_type = answer.headers.get("content-type", "")
        # an empty link means the address itself, which may hold the token of a personal feed
        url = answer.url.partition("?")[0] if source.is_reddit else answer.url
        return read_xml(decode_text(answer.body, content_type), url)
    except ChannelError as error:
        raise type(error)(f"{source.shown}: {error.message}", error.hint) from None


def _conditions(state: Mapping[str, Any]) -> dict[str, str]:
    named = {"if-none-match": state.get("etag"), "if-modified-since": state.get("modified")}
    return {name: value for name, value in named.items() if value}


def _validators(answer: Answer) -> dict[str, str]:
    """ETag and Last-Modified, word for word, if they can be sent back."""
    named = {"etag": answer.headers.get("etag"), "modified": answer.headers.get("last-modified")}
    return {
        name: value
        for name, value in named.items()
        if value and len(value) <= 500 and value.isascii() and value.isprintable()
    }


def _moved(answer: Answer, source: Source, state: Mapping[str, Any]) -> dict[str, str]:
    """Where a plain feed lives now; without our own query, which may hold a token."""
    address = answer.moved_to or state.get("moved_to")
    if not address or source.params or source.secret:
        return {}
    own = source.url.partition("?")[2]
    return {"moved_to": address.removesuffix(f"?{own}") if own else address}


def _notice(
    source: Source, state: Mapping[str, Any], after: Mapping[str, Any], document: Document
) -> str | None:
    moved_to = after.get("moved_to")
    if moved_to and moved_to != state.get("moved_to"):
        return f"the feed {source.shown} moved for good to {moved_to}: change it in the config"
    if document.left_out:
        return f"{source.shown} has more than {MAX_ENTRIES:,} entries: the first were read"
    return None


def _missed(source: Source) -> str:
    return f"nothing of the last poll is left in {source.shown}: it fills faster than it is read"


def _possible(date: datetime | None, now: datetime) -> datetime | None:
    return date if date is not None and date <= now + NOT_YET else None


def _remember(found: Mapping[str, Entry]) -> dict[str, str]:
    """Digest to key, of the entries at both ends: one of them holds the newest."""
    items: Sequence[tuple[str, Entry]] = list(found.items())
    ends = items if len(items) <= 2 * REMEMBERED else [*items[:REMEMBERED], *items[-REMEMBERED:]]
    return {entry.digest: key for key, entry in ends}

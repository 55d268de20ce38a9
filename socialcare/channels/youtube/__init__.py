"""YouTube: comments below our videos, videos that name us with their comments, answers.

https://developers.google.com/youtube/v3/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Outgoing,
    Page,
    Posted,
    Preview,
    ReplyLimits,
    Setup,
)
from socialcare.channels.decode import decode_items
from socialcare.channels.options import Options
from socialcare.channels.youtube.book import Book
from socialcare.channels.youtube.calls import Calls
from socialcare.channels.youtube.posts import SOURCE, Place
from socialcare.channels.youtube.reading import Reader
from socialcare.channels.youtube.recheck import look_again
from socialcare.channels.youtube.refusals import CONSOLE
from socialcare.channels.youtube.search import Search
from socialcare.channels.youtube.sending import LONGEST, NO_TOKEN, Desk, preview
from socialcare.channels.youtube.threads import Threads
from socialcare.channels.youtube.videos import read_below
from socialcare.channels.youtube.wire import Owner
from socialcare.errors import AuthError, ConfigError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

BASE_URL = "https://www.googleapis.com"
SEARCHES = 96
"""Of the hundred that a key has every day: one every 15 minutes."""
PAGES_AGAIN = 5
"""Of a hundred threads below our videos, which are looked through for new replies."""
OWN = "own"
_CHANNEL = re.compile(r"UC[\w-]{22}")
_HANDLE = re.compile(r"@[\w.·-]{3,60}")
_VIDEO = re.compile(r"(?:https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?v=|shorts/|live/)|youtu\.be/))?([\w-]{11})(?:[?&].*)?")  # fmt: skip


class YouTube(Channel):
    """``channel``, ``videos``, ``query``, ``searches``; the secrets ``key`` and ``token``."""

    type: ClassVar[str] = SOURCE
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, posts=True)
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base = (options.text("base_url") or BASE_URL).rstrip("/")
        self._channel = options.text("channel")
        if self._channel and not (_CHANNEL.fullmatch(self._channel) or _HANDLE.fullmatch(self._channel)):  # fmt: skip
            raise options.error(
                "channel", "is no channel", 'write channel = "@acme", or its id UC…'
            )
        self._videos = tuple(_video(one, options) for one in options.texts("videos"))
        self._queries = options.texts("query")
        if "query" not in setup.options and not self._channel and not self._videos:
            terms = (term.replace('"', " ").strip() for term in setup.brand.terms)
            together = "|".join(f'"{term}"' for term in terms if term)  # one search for all
            self._queries = (together,) if together else ()
        if not (self._channel or self._videos or self._queries):
            raise options.error("", "nothing to read", 'add: channel = "@acme"')
        self._searches = _searches(setup.options.get("searches", SEARCHES), options)
        handles = (*setup.brand.handles, self._channel or "")
        self._us = frozenset(one.removeprefix("@").casefold() for one in handles if one)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """Our own channel: ``@acme``, or its id."""
        if not (_HANDLE.fullmatch(what) or _CHANNEL.fullmatch(what)):
            raise UsageError(
                f'youtube: "{for_screen(what, one_line=True, limit=60)}" is no channel.',
                "write the handle of yours: youtube-comments:@acme",
            )
        return {"channel": what}

    @property
    def source(self) -> str:
        return SOURCE

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint is the :class:`~socialcare.channels.youtube.book.Book`."""
        book = Book(checkpoint)
        now = self._setup.clock.now()
        own = self._own_id(book) if self._channel else ""
        reader = Reader(self._calls, Place(self._setup.name, own, self._us))
        for page in self._all(book, reader, now, since):
            yield replace(page, checkpoint=book.to_json())

    def _all(self, book: Book, reader: Reader, now: datetime, since: datetime) -> Iterator[Page]:
        """What is said to us comes first: it must not wait for a search."""
        if self._channel:
            whose = {"allThreadsRelatedToChannelId": reader.place.own}
            threads = Threads(book.lists.get(OWN), whose, reader, now, PAGES_AGAIN)
            for page in threads.pages(since):
                book.lists[OWN] = threads.to_json()
                yield page
        if self._videos or book.videos:
            yield from read_below(self._videos, book, reader, now, since)
        if self._queries:
            known = set(book.videos)
            yield from Search(book, reader, self._queries, self._searches).pages(since)
            if set(book.videos) - known:
                yield from read_below(self._videos, book, reader, now, since)

    def _own_id(self, book: Book) -> str:
        """Of a handle, which is asked once."""
        name = self._channel or ""
        if _CHANNEL.fullmatch(name):
            return name
        if name not in book.own:
            found = self._calls.ask("channels", {"part": "id", "forHandle": name})
            owners = decode_items(found.items, Owner)[0] if found else []
            if not owners:
                raise ConfigError(
                    f"{self._name}: YouTube knows no channel {for_screen(name, one_line=True)}.",
                    f"change channel of [channels.{self._name}]: socialcare config edit",
                )
            book.own = {name: owners[0].id}
        return book.own[name]

    def recheck(self, external_ids: Sequence[str]) -> Page:
        place = Place(self._setup.name, self._channel or "", self._us)
        return look_again(external_ids, Reader(self._calls, place))

    def check_access(self) -> str:
        if self._token:
            return self._desk.me.handle
        self._calls.ask("i18nLanguages", {"part": "snippet"})
        return "a key"

    def preview(self, reply: Outgoing) -> Preview:
        return preview(reply, may_write=bool(self._token))

    def send(self, reply: Outgoing) -> Posted:
        return self._desk.send(reply)

    def find(self, reply: Outgoing) -> Posted | None:
        return self._desk.find(reply)

    def delete(self, external_id: str) -> None:
        self._desk.delete(external_id)

    @cached_property
    def _desk(self) -> Desk:
        if not self._token:
            raise AuthError(
                f"{self._name}: {NO_TOKEN}.",
                f'say where it is: token = {{ command = "…" }} in [channels.{self._name}]',
            )
        http = self._setup.connect(base_url=self._base, token=self._token)
        calls = Calls(self._setup.name, self._base, http, self._setup.clock, [self._token])
        return Desk(calls, self._name)

    @cached_property
    def _calls(self) -> Calls:
        """With the key; who has only a token reads with that."""
        key = self._setup.secret("key")
        if not key and not self._token:
            raise AuthError(
                f"{self._name}: YouTube wants an API key, and there is none.",
                f"make one at {CONSOLE}, then: socialcare channel login {self._name}",
            )
        if key:
            http = self._setup.connect(base_url=self._base, credentials={"X-goog-api-key": key})
        else:
            http = self._setup.connect(base_url=self._base, token=self._token)
        secret = key or self._token or ""
        return Calls(self._setup.name, self._base, http, self._setup.clock, [secret])

    @cached_property
    def _token(self) -> str | None:
        return self._setup.secret("token")

    @property
    def _name(self) -> str:
        return for_screen(self._setup.name, one_line=True, limit=60)


def _video(text: str, options: Options) -> str:
    match = _VIDEO.fullmatch(text)
    if match is None:
        shown = for_screen(text, one_line=True, limit=60)
        raise options.error("videos", f'"{shown}" is no video', "write its address, or its id")
    return match[1]


def _searches(value: object, options: Options) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise options.error("searches", "a number of searches a day is needed, such as 96")
    return value

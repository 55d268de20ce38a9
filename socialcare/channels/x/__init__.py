"""X: posts that mention our account, and search of the last seven days; both are paid for.

https://docs.x.com/x-api
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
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.options import Options
from socialcare.channels.prices import budget_of
from socialcare.channels.x.book import USER, Book
from socialcare.channels.x.calls import Calls
from socialcare.channels.x.length import LONGEST, weighted
from socialcare.channels.x.lists import Reading, Walk, answers_of, mentions_of, search_for
from socialcare.channels.x.posts import SOURCE, Place
from socialcare.channels.x.recheck import look_again
from socialcare.channels.x.refusals import CONSOLE
from socialcare.channels.x.sending import Desk, find_user, who_am_i
from socialcare.channels.x.signin import Login, SignIn
from socialcare.channels.x.wire import question
from socialcare.errors import AuthError, ConfigError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

BASE_URL = "https://api.x.com"
LONGEST_QUERY = 512
_HANDLE = re.compile(r"@?([A-Za-z0-9_]{1,15})", re.ASCII)
TOO_LITTLE = "budget_per_day does not cover looking up our own account ($0.01)"


class X(RepliesByDesk, Channel):
    """``user``, ``query``, ``budget_per_day``, ``fields``, ``client_id``.

    The secret is ``token``; or ``refresh_token``, with ``client_secret`` where the app has one.
    """

    type: ClassVar[str] = SOURCE
    limits: ClassVar[ReplyLimits] = ReplyLimits(
        LONGEST, private=True, count=weighted, posts=True, own_posts=True
    )
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base = (options.text("base_url") or BASE_URL).rstrip("/")
        self._user = _handle(options)
        self._queries = options.texts("query")
        if not self._user and not self._queries:
            raise options.error("", "nothing to read", 'add: user = "@acme"')
        for query in self._queries:
            if len(query) > LONGEST_QUERY:
                raise options.error("query", f"is longer than {LONGEST_QUERY} characters")
        try:
            self._budget = budget_of(setup.options)
        except ValueError as error:
            raise options.error("budget_per_day", str(error)) from None
        vocabulary = options.text("fields") or "tweet"
        if vocabulary not in {"tweet", "post"}:
            raise options.error("fields", 'is "tweet" or "post"')
        self._fields = question(vocabulary)
        self._client_id = options.text("client_id")
        handles = (*setup.brand.handles, self._user or "")
        self._us = frozenset(one.removeprefix("@").casefold() for one in handles if one)
        self._book: Book | None = None
        """Of this run: a second look at known posts is paid from the same day."""

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """``@acme`` is our account, anything else is searched for."""
        if not what:
            raise UsageError(
                "x: what should be read?",
                "posts that mention you: x:@acme   a search, at five times the price: x:acme",
            )
        is_user = what.startswith("@") and _HANDLE.fullmatch(what)
        return {"user": what} if is_user else {"query": [what]}

    @property
    def source(self) -> str:
        return SOURCE

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint is the :class:`~socialcare.channels.x.book.Book`."""
        self._book = book = Book(checkpoint, self._budget, self._setup.clock.now())
        for page in self._all(book, since):
            yield replace(page, checkpoint=book.to_json())

    def _all(self, book: Book, since: datetime) -> Iterator[Page]:
        """Mentions first, then our answers; then searches, the one that waited longest at the head."""
        if self._user and self._user not in book.users:
            if book.account.left < USER:
                yield Page(notice=TOO_LITTLE)
                return
            book.users = {self._user: self._own_id(self._user)}
            book.account.pay([f"u:{book.users[self._user]}"], USER)
        for reading in self._readings(book):
            walk = Walk(reading, book, self._calls, self._place(book), self._fields)
            yield from walk.pages(since)
            if walk.spent:
                return

    def _readings(self, book: Book) -> list[Reading]:
        own: list[Reading] = []
        if self._user:
            user_id = book.users[self._user]
            # what an account may read of its own at that price is for itself, not for an app
            own = [mentions_of(user_id), *([answers_of(user_id)] if self._calls.sign_in else [])]
        searches = [search_for(query) for query in self._queries]
        searches.sort(key=lambda one: book.lists.get(one.name, {}).get("newest") or 0)
        return [*own, *searches]

    def _own_id(self, handle: str) -> str:
        user = find_user(self._calls, handle)
        if user is None:
            raise ConfigError(
                f"{self._name}: X knows no account @{handle}.",
                f"change user of [channels.{self._name}]: socialcare config edit",
            )
        return user.id

    def _place(self, book: Book) -> Place:
        own = book.users.get(self._user or "", "")
        return Place(self._setup.name, own, self._us, self._user)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Only after a run has told what was spent: otherwise nothing is asked."""
        if self._book is None:
            return Page()
        place = self._place(self._book)
        return look_again(external_ids, self._book, self._calls, place, self._fields)

    def check_access(self) -> str:
        me = who_am_i(self._calls)
        return f"@{me.username}" if me else "an app, which reads and cannot answer"

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._calls, self._us, self._fields)

    @cached_property
    def _calls(self) -> Calls:
        setup, clock = self._setup, self._setup.clock
        token, refresh = setup.secret("token"), setup.secret("refresh_token")
        if refresh and (self._client_id or not token):
            login = self._login(refresh)
            http = setup.connect(base_url=self._base, hidden=login.secrets)
            url = f"{self._base}/2/oauth2/token"
            sign_in = SignIn(login, url, http, setup.tokens, clock.now)
            return Calls(self._name, self._base, http, clock, sign_in=sign_in)
        if not token:
            raise AuthError(
                f"{self._name}: X wants a token, and there is none.",
                f"make one at {CONSOLE}, then: socialcare channel login {self._name}",
            )
        http = setup.connect(base_url=self._base, token=token)
        return Calls(self._name, self._base, http, clock, [token])

    def _login(self, refresh: str) -> Login:
        name = self._setup.name
        if not self._client_id:
            raise Options(name, {}).error(
                "client_id",
                "is needed beside refresh_token: the id of the app that it was made for",
                f'copy it from {CONSOLE}: socialcare config set channels.{self._name}.client_id "…"',
            )
        return Login(name, self._client_id, refresh, self._setup.secret("client_secret"))

    @property
    def _name(self) -> str:
        return for_screen(self._setup.name, one_line=True, limit=60)


def _handle(options: Options) -> str | None:
    text = options.text("user")
    if text is None:
        return None
    match = _HANDLE.fullmatch(text)
    if match is None:
        raise options.error("user", "is no handle", 'write for example: user = "@acme"')
    return match[1]

"""Reddit, for those who hold keys of its API: our inbox, subreddits, searches, and answers.

Who has none reads feeds: the presets of :mod:`socialcare.channels.feed`.

https://www.reddit.com/dev/api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.options import Options
from socialcare.channels.reddit.calls import Calls
from socialcare.channels.reddit.listings import (
    Reading,
    Walk,
    inbox,
    of_ours,
    of_subreddit,
    search_for,
)
from socialcare.channels.reddit.posts import SOURCE, Place
from socialcare.channels.reddit.recheck import look_again
from socialcare.channels.reddit.sending import LONGEST, Desk
from socialcare.channels.reddit.signin import Login, SignIn
from socialcare.channels.subreddits import account, searches, subreddit_of, subreddits, user_agent
from socialcare.errors import AuthError, ChannelError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

BASE_URL = "https://oauth.reddit.com"
SIGN_IN_URL = "https://www.reddit.com"


class Reddit(RepliesByDesk, Channel):
    """``client_id``, ``user``, ``subreddits``, ``query``, ``inbox``.

    The secrets ``client_secret``, and ``refresh_token`` or ``password``.
    """

    type: ClassVar[str] = SOURCE
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, private=True, posts=True)
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment", "reply", "dm")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        own = (options.text("base_url") or "").rstrip("/")
        self._base, self._sign_in = own or BASE_URL, own or SIGN_IN_URL
        self._client_id = options.text("client_id")
        self._user = account(options)
        self._subreddits = subreddits(options, "subreddits")
        self._inbox = options.flag("inbox")
        queries = options.texts("query")
        if "query" not in setup.options and not (self._user or self._subreddits or self._inbox):
            queries = tuple(f'"{term}"' for term in setup.brand.terms)
        self._queries = searches(queries, options)
        if not (self._user or self._subreddits or self._inbox or self._queries):
            raise options.error("", "nothing to read", 'add: subreddits = ["CampingGear"]')
        handles = (*setup.brand.handles, self._user or "")
        self._us = frozenset(_bare(one).casefold() for one in handles if one)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """``r/NAME`` is a subreddit, ``u/NAME`` our account, anything else is searched for."""
        name = what.removeprefix("/")
        if name.startswith("r/"):
            subreddit = subreddit_of(name.removeprefix("r/"))
            if subreddit is None:
                raise UsageError(
                    f'"{for_screen(what, one_line=True, limit=60)}" is no subreddit.',
                    "socialcare channel add reddit-api:r/CampingGear",
                )
            return {"subreddits": [subreddit]}
        if name.startswith("u/"):
            return {"user": name.removeprefix("u/")}
        return {"query": [what]} if what else {}

    @property
    def source(self) -> str:
        return SOURCE

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """What is said to us first, then our own answers, then the list that waited longest.

        One that is closed to us does not keep the others from being read.
        """
        before: Mapping[str, Any] = (checkpoint or {}).get("lists", {})
        readings = self._readings(before)
        lists = {one.name: deepcopy(before.get(one.name, {})) for one in readings}
        first: ChannelError | None = None
        for reading in readings:
            walk = Walk(reading, lists[reading.name], self._calls, self._place)
            for page in walk.pages(since):
                yield replace(page, checkpoint={"lists": deepcopy(lists)})
            first = first or (None if reading.optional else walk.error)
        if first is not None:
            raise first

    def _readings(self, before: Mapping[str, Any]) -> list[Reading]:
        others = [one for name in self._subreddits for one in of_subreddit(name)]
        others += [search_for(query) for query in self._queries]
        others.sort(key=lambda one: before.get(one.name, {}).get("done") or "")
        if not self._reads_inbox:
            return others
        return [*inbox(), *(of_ours(self._user) if self._user else ()), *others]

    @property
    def _reads_inbox(self) -> bool:
        """Unless said otherwise: where there is one, or nothing else to read."""
        others = self._subreddits or self._queries
        wanted = self._inbox if self._inbox is not None else not others
        if wanted and not self._signed.is_account:
            raise AuthError(
                f"{self._name}: only an account has an inbox, and there is neither a refresh token "
                "nor user with a password.",
                f"sign in: socialcare channel login {self._name}",
            )
        return wanted or (self._inbox is None and self._signed.is_account)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        return look_again(external_ids, self._calls, self._place)

    def check_access(self) -> str:
        if self._signed.is_account:
            return f"u/{self._desk.me}"
        self._signed.token()
        return "an app, which reads and cannot answer"

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._calls, self._place)

    @cached_property
    def _calls(self) -> Calls:
        http = self._setup.connect(base_url=self._base, headers=self._agent)
        return Calls(self._name, self._base, http, self._signed, self._setup.clock)

    @cached_property
    def _signed(self) -> SignIn:
        setup = self._setup
        login = Login(setup.name, self._sign_in, self._client_id, self._user, setup.secret)
        http = setup.connect(base_url=self._sign_in, headers=self._agent)
        return SignIn(login, http, setup.tokens, setup.clock)

    @property
    def _agent(self) -> dict[str, str]:
        return {"User-Agent": user_agent(self._user)}

    @property
    def _place(self) -> Place:
        return Place(self._setup.name, self._us)

    @property
    def _name(self) -> str:
        return for_screen(self._setup.name, one_line=True, limit=60)


def _bare(handle: str) -> str:
    """``u/acme``, ``/u/acme`` and ``@acme`` are one account."""
    return handle.removeprefix("@").removeprefix("/").removeprefix("u/")

"""GitHub: issues and comments of our own repositories, and issues anywhere that name us.

https://docs.github.com/en/rest
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.github.calls import Calls
from socialcare.channels.github.lists import Lists, queries_of
from socialcare.channels.github.posts import REPO, Place, User
from socialcare.channels.github.refusals import Refusals
from socialcare.channels.github.sending import MAX_LENGTH, Desk
from socialcare.channels.github.walks import (
    OF_A_REPO,
    OF_A_SEARCH,
    Ask,
    Read,
    Walk,
    from_json,
)
from socialcare.channels.options import Options
from socialcare.errors import AuthError, ChannelError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

HOST = "github.com"
API = "https://api.github.com"
OF_ONE_LIST = frozenset({"gone", "sign_in", "refused"})
"""Errors that are about one repository or search, and say nothing about the others."""

_HOST = re.compile(r"(?:(https?)://)?([\w.-]+(?::\d{1,5})?)/*", re.IGNORECASE)
_REPO = re.compile(rf"(?:https://github\.com/)?({REPO}?)(?:\.git)?/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """One list: its name in the checkpoint, how it is asked and read."""

    name: str
    ask: Ask
    read: Read
    overlap: timedelta = OF_A_REPO


class GitHub(RepliesByDesk, Channel):
    """``repos``, ``search``, ``pull_requests``, ``team``, ``server``; the secret ``token``."""

    type: ClassVar[str] = "github"
    limits: ClassVar[ReplyLimits] = ReplyLimits(MAX_LENGTH, posts=True)
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base, host = _server(options)
        self._repos = tuple(_repo(name, options) for name in options.texts("repos"))
        self._terms = options.texts("search")
        if not self._repos and "search" not in setup.options:
            names = (term.replace('"', " ").strip() for term in setup.brand.terms)
            self._terms = tuple(f'"{name}"' for name in names if name)
        if not self._repos and not self._terms:
            raise options.error("", "nothing to read", 'add: repos = ["acme/app"]')
        us = frozenset(handle.removeprefix("@").casefold() for handle in setup.brand.handles)
        team, pulls = options.flag("team") or False, options.flag("pull_requests") or False
        self._place = Place(setup.name, host, us, team, pulls)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """``acme/app`` or its address; anything else is searched for."""
        if not what:
            raise UsageError(
                "github: what should be read?",
                "a repository: github:acme/app   what names you anywhere: github:acme",
            )
        match = _REPO.fullmatch(what)
        return {"repos": [match[1]]} if match else {"search": [what]}

    @property
    def source(self) -> str:
        return self._place.source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each list got, and whose turn it is.

        Lists are called ``acme/app issues`` and ``?acme is:issue``.
        """
        states: Mapping[str, Any] = checkpoint["lists"] if checkpoint else {}
        first: ChannelError | None = None
        turn: str | None = checkpoint["turn"] if checkpoint else None
        readings = _from(turn, list(self._readings()))
        for reading, after in zip(readings, [*readings[1:], readings[0]], strict=True):
            walk = self._walk(reading, states.get(reading.name), since)
            try:
                for page in walk.pages():
                    states = {**states, reading.name: walk.state.to_json()}
                    turn = (reading if walk.state.walking else after).name
                    yield replace(page, checkpoint={"lists": states, "turn": turn})
            except ChannelError as error:
                # the contract keeps a broken channel from the others; here each list is one
                if error.code not in OF_ONE_LIST:
                    raise
                if first is not None and first.message != error.message:
                    yield Page(checkpoint={"lists": states, "turn": turn}, notice=error.message)
                first = first or error
        if first is not None:
            raise first

    def _walk(self, reading: Reading, state: Mapping[str, Any] | None, since: datetime) -> Walk:
        now = self._setup.clock.now()
        return Walk(from_json(state, since), reading.ask, reading.read, now, reading.overlap)

    def _readings(self) -> Iterator[Reading]:
        lists = self._lists
        for repo in self._repos:
            yield Reading(f"{repo} issues", lists.repo(repo, "issues"), lists.issues)
            yield Reading(f"{repo} comments", lists.repo(repo, "issues/comments"), lists.comments)
        for term in self._terms:
            for query in queries_of(term, pulls=self._place.pulls):
                yield Reading(f"?{query}", lists.search(query), lists.hits, OF_A_SEARCH)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Look at known posts again. Gone is only what its repository, still there, denies."""
        return self._lists.again(external_ids)

    def check_access(self) -> str:
        if not self._token:
            raise self._needs_token("signing in needs")
        return f"@{self._login}" if self._login else f"a token of {self._place.host}"

    @cached_property
    def _desk(self) -> Desk:
        if not self._token:
            raise self._needs_token("answers need")
        return Desk(self._calls, self.source, lambda: self._login)

    @cached_property
    def _own_place(self) -> Place:
        """The place with the token's own account among ours."""
        login = self._login if self._token else None
        own = {login.casefold()} if login else set()
        return replace(self._place, us=self._place.us | own)

    @cached_property
    def _login(self) -> str | None:
        """The token's own account; the token of an installed app has none."""
        answer = self._calls.get("user", what="the account of the token", fine={403})
        if answer.status != 200:
            return None
        return answer.decode(User, what="the account of the token").login

    @cached_property
    def _lists(self) -> Lists:
        return Lists(
            self._calls, self._own_place, frozenset(repo.casefold() for repo in self._repos)
        )

    @cached_property
    def _calls(self) -> Calls:
        token = self._token
        http = self._setup.connect(base_url=self._base, token=token)
        refusals = Refusals(self._setup.name, bool(token), (token,) if token else ())
        return Calls(http, self._base, refusals, self._setup.clock.now)

    @cached_property
    def _token(self) -> str | None:
        return self._setup.secret("token")

    def _needs_token(self, what: str) -> AuthError:
        name = for_screen(self._setup.name, one_line=True, limit=60)
        return AuthError(
            f"{name}: {what} a token of {self._place.host}, and there is none.",
            f"make one with the permission Issues, then: socialcare channel login {name}",
        )


def _from(turn: str | None, readings: list[Reading]) -> list[Reading]:
    """All of them, from the one whose turn it is: a run that is cut short starves none."""
    names = [reading.name for reading in readings]
    begin = names.index(turn) if turn in names else 0
    return [*readings[begin:], *readings[:begin]]


def _server(options: Options) -> tuple[str, str]:
    """Where the API is, and the host whose issues these are."""
    base, server = options.text("base_url"), options.text("server")
    if server is None:
        host = urlsplit(base).hostname if base and base.rstrip("/") != API else None
        return (base or API).rstrip("/"), host or HOST
    match = _HOST.fullmatch(server)
    if match is None:
        hint = 'write for example: server = "github.acme.example"'
        raise options.error("server", "is no address of a server", hint)
    scheme, host = match[1] or "https", match[2].casefold()
    if host == HOST:
        return (base or API).rstrip("/"), HOST
    # a company's own subdomain of ghe.com has its API beside it, a server of one's own below it
    api = f"{scheme}://api.{host}" if host.endswith(".ghe.com") else f"{scheme}://{host}/api/v3"
    return (base or api).rstrip("/"), host


def _repo(name: str, options: Options) -> str:
    match = _REPO.fullmatch(name)
    if match is None:
        shown = for_screen(name, one_line=True, limit=60)
        raise options.error("repos", f'"{shown}" is no repository', 'write: repos = ["acme/app"]')
    return match[1]

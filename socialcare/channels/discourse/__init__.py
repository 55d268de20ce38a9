"""Discourse: what is said on a forum about us, all its newest posts, answers.

https://docs.discourse.org/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

import msgspec

from socialcare.channels.base import (
    Broken,
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.decode import decode_items
from socialcare.channels.discourse.forum import Forum, refusal
from socialcare.channels.discourse.latest import LatestPosts
from socialcare.channels.discourse.posts import Place, to_mention
from socialcare.channels.discourse.search import Search
from socialcare.channels.discourse.sending import Desk
from socialcare.channels.discourse.wire import Current, Post
from socialcare.channels.options import Options
from socialcare.errors import AuthError, UsageError
from socialcare.models import Kind, Mention
from socialcare.text import for_screen

_SERVER = re.compile(r"(https?://)?((?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[\w./-]+?)?)/*")
"""A forum may live in a folder of its site."""
LONGEST = 32_000
"""Characters of a post, where the forum says nothing else."""


class Reading(Protocol):
    def pages(self, since: datetime) -> Iterator[Page]: ...

    def to_json(self) -> dict[str, Any]: ...


class Discourse(RepliesByDesk, Channel):
    """``server``, ``query``, ``posts``, ``user``; the secret ``token`` is an API key."""

    type: ClassVar[str] = "discourse"
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, private=True, posts=True)
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        scheme, host = _server_of(options)
        base = (options.text("base_url") or f"{scheme}{host}").rstrip("/")
        self._setup = setup
        self._user = (options.text("user") or "").removeprefix("@")
        self._posts = options.flag("posts") is True
        self._queries = options.texts("query")
        if "query" not in setup.options and not self._posts:
            terms = (term.replace('"', " ").strip() for term in setup.brand.terms)
            self._queries = tuple(f'"{term}"' for term in terms if term)
        if not self._queries and not self._posts:
            raise options.error("", "nothing to read", 'add: query = ["acme"], or posts = true')
        handles = (*setup.brand.handles, self._user)
        us = frozenset(handle.removeprefix("@").casefold() for handle in handles if handle)
        self._place = Place(setup.name, host.casefold(), base, us)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """The address of a forum: ``forum.example.org``."""
        match = _SERVER.fullmatch(what)
        if match is None:
            raise UsageError(
                f'discourse: "{for_screen(what, one_line=True, limit=60)}" is no address.',
                "write the address of the forum: discourse:forum.example.org",
            )
        return {"server": f"{match[1] or 'https://'}{match[2]}"}

    @property
    def source(self) -> str:
        return self._place.source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each list got: posts, ``?query``, ``@user``."""
        states: Mapping[str, Any] = checkpoint["lists"] if checkpoint else {}
        for name, reading in self._readings(states):
            for page in reading.pages(since):
                states = {**states, name: reading.to_json()}
                yield replace(page, checkpoint={"lists": states})

    def _readings(self, states: Mapping[str, Any]) -> Iterator[tuple[str, Reading]]:
        if self._posts:
            yield "posts", LatestPosts(states.get("posts"), self._forum)
        now = self._setup.clock.now()
        for query in self._queries:
            name = f"?{query}"
            yield name, Search(states.get(name), query, self._forum, now)
        if self._user and not self._posts:
            # Answers that were given on the forum stop the clock as well.
            name = f"@{self._user}"
            yield name, Search(states.get(name), name, self._forum, now, only_us=True)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Look at known posts again. Gone is only what the forum itself denies or has emptied."""
        mentions: list[Mention] = []
        broken: list[Broken] = []
        gone: list[str] = []
        for external_id in external_ids:
            answer = self._forum.post(quote(external_id, safe=""))
            if answer.status != 200:
                if answer.status != 403 and refusal(answer.body).is_its_own:
                    gone.append(external_id)
                continue
            posts, bad = decode_items([msgspec.Raw(answer.body)], Post)
            broken += bad
            gone += [external_id for post in posts if post.is_gone]
            mentions += [self._again(post) for post in posts if post.is_readable]
        return Page(mentions, broken=broken, gone=gone)

    def _again(self, post: Post) -> Mention:
        """A post that comes alone does not have the title of its topic."""
        title = None
        if post.post_number == 1 and post.topic_title is None:
            topic = self._forum.topic(post.topic_id, 1)
            title = topic.title if topic else None
        return to_mention(post, self._place, title, self._forum.parent_of(post))

    def check_access(self) -> str:
        if not self._token:
            raise self._needs_key("signing in")
        answer = self._forum.get("/session/current.json", allow={403, 404})
        if answer.status != 200:
            said = for_screen(refusal(answer.body).said, one_line=True, limit=200).rstrip(".")
            error = AuthError(
                f"{self._forum.name}: {self._place.host} refused the key for the user {self._user}"
                f"{f': {said}' if said else ''}.",
                f"is the key of that user? sign in: socialcare channel login {self._forum.name}",
            )
            raise self._forum.fit(error)
        return f"@{answer.decode(Current, what='the answer of the forum').current_user.username}"

    @cached_property
    def _desk(self) -> Desk:
        if not self._token:
            raise self._needs_key("answers")
        return Desk(self._forum, self._user)

    @cached_property
    def _forum(self) -> Forum:
        http = self._setup.connect(
            base_url=self._place.base,
            headers={"Api-Username": self._user} if self._token else {},
            credentials={"Api-Key": self._token} if self._token else {},
        )
        return Forum(http, self._place, self._token)

    @cached_property
    def _token(self) -> str | None:
        token = self._setup.secret("token")
        if token and not self._user:
            name = for_screen(self._setup.name, one_line=True, limit=60)
            raise AuthError(
                f"{name}: a key of a forum belongs to a user, and the config names none.",
                f'write user = "you" into [channels.{name}]: socialcare config edit',
            )
        return token

    def _needs_key(self, what: str) -> AuthError:
        return AuthError(
            f"{self._forum.name}: {what} need an API key of {self._place.host}, and there is none.",
            "ask an admin of the forum for one of your user, then: "
            f"socialcare channel login {self._forum.name}",
        )


def _server_of(options: Options) -> tuple[str, str]:
    """Scheme and address of ``server``; the address is part of every identity."""
    server = options.text("server")
    hint = 'write for example: server = "https://forum.example.org"'
    if server is None:
        raise options.error("server", "is needed", hint)
    match = _SERVER.fullmatch(server)
    if match is None:
        raise options.error("server", "is no address of a forum", hint)
    return match[1] or "https://", match[2]

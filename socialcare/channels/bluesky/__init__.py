"""Bluesky and other networks of the AT Protocol: mentions of us, search, answers.

Everything needs a sign-in: the public host refuses search even to who has a token.
https://docs.bsky.app/docs/advanced-guides/api-directory
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any, ClassVar, Protocol

from socialcare.channels.answer import Session
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
from socialcare.channels.bluesky.calls import Calls
from socialcare.channels.bluesky.facets import HANDLE
from socialcare.channels.bluesky.lists import Lists
from socialcare.channels.bluesky.messages import PREFIX, PRIVATE, DirectMessages
from socialcare.channels.bluesky.posts import NO_HANDLE, SOURCE
from socialcare.channels.bluesky.search import Search
from socialcare.channels.bluesky.sending import PUBLIC, Replies
from socialcare.channels.bluesky.signin import Login, SignIn
from socialcare.channels.bluesky.walks import Walk
from socialcare.channels.bluesky.wire import Whose
from socialcare.channels.graphemes import count_graphemes
from socialcare.channels.options import Options
from socialcare.errors import RefusedError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

SERVER = "https://bsky.social"
"""Where accounts sign in that live with Bluesky itself."""
_OWN = re.compile(rf"@?({HANDLE})", re.IGNORECASE)


class Reading(Protocol):
    def pages(self, since: datetime) -> Iterator[Page]: ...

    def to_json(self) -> dict[str, Any]: ...


class Bluesky(Channel):
    """``identifier``, ``query``, ``notifications``, ``server``; the secret ``password``."""

    type: ClassVar[str] = SOURCE
    limits: ClassVar[ReplyLimits] = ReplyLimits(
        PUBLIC.graphemes, private=True, count=count_graphemes, posts=True, own_posts=True
    )
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        identifier = options.text("identifier")
        if identifier is None:
            hint = 'write the handle of your account: identifier = "acme.bsky.social"'
            raise options.error("identifier", "is needed", hint)
        self._setup = setup
        self._identifier = identifier.removeprefix("@")
        self._server = (options.text("base_url") or options.text("server") or SERVER).rstrip("/")
        self._notifications = options.flag("notifications") is not False
        self._queries = options.texts("query")
        if "query" not in setup.options:
            terms = (term.replace('"', " ").strip() for term in setup.brand.terms)
            self._queries = tuple(f'"{term}"' for term in terms if term)
        if not self._notifications and not self._queries:
            raise options.error("", "nothing to read", 'add: query = ["acme"]')
        self._us = frozenset(handle.removeprefix("@").casefold() for handle in setup.brand.handles)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """Our own account: ``@acme.bsky.social``."""
        match = _OWN.fullmatch(what)
        if match is None:
            raise UsageError(
                f'bluesky: "{for_screen(what, one_line=True, limit=60)}" is no handle.',
                "write your own account: bluesky:@acme.bsky.social",
            )
        return {"identifier": match[1].lower()}

    @property
    def source(self) -> str:
        return SOURCE

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each list got: notifications, own, ``?query``."""
        states: Mapping[str, Any] = checkpoint["lists"] if checkpoint else {}
        for name, reading in self._readings(states):
            for page in reading.pages(since):
                states = {**states, name: reading.to_json()}
                yield replace(page, checkpoint={"lists": states})

    def _readings(self, states: Mapping[str, Any]) -> Iterator[tuple[str, Reading]]:
        now, lists = self._setup.clock.now(), self._lists
        if self._notifications:
            name = "notifications"
            yield name, Walk(states.get(name), lists.notifications, lists.notified, now)
            # Answers that were given in the app or on the web stop the clock as well.
            yield "own", Walk(states.get("own"), lists.own, lists.page, now)
        for query in self._queries:
            name = f"?{query}"
            yield name, Search(states.get(name), lists.search(query), lists.page, now)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Who edits a post replaces its record, so its words are the new ones then."""
        return self._lists.again(external_ids)

    def check_access(self) -> str:
        self._calls.signin.try_again()
        nsid = "com.atproto.server.getSession"
        whose = self._calls.read(nsid, {}, Whose)
        return whose.did if whose.handle == NO_HANDLE else f"@{whose.handle}"

    def preview(self, reply: Outgoing) -> Preview:
        if reply.private:
            return PRIVATE.preview(reply.text, self._messages.refused(reply))
        return PUBLIC.preview(reply.text)

    def send(self, reply: Outgoing) -> Posted:
        measured = (PRIVATE if reply.private else PUBLIC).preview(reply.text)
        if measured.refused:
            raise self._refused(measured.refused, "shorten it")
        if reply.private:
            return self._messages.send(reply)
        return self._replies.send(reply, self._setup.clock.now())

    def find(self, reply: Outgoing) -> Posted | None:
        return self._messages.find(reply) if reply.private else self._replies.find(reply)

    def delete(self, external_id: str) -> None:
        if external_id.startswith(PREFIX):
            why = "Bluesky takes no message back from who got it"
            raise self._refused(why, "write another one that puts it right")
        self._replies.delete(external_id)

    def _refused(self, why: str, hint: str) -> RefusedError:
        return RefusedError(f"{self._name}: {why}.", hint)

    @property
    def _name(self) -> str:
        return for_screen(self._setup.name, one_line=True, limit=60)

    @cached_property
    def _calls(self) -> Calls:
        setup = self._setup
        connect = cache(self._connect)
        login = Login(setup.name, self._server, self._identifier, lambda: setup.secret("password"))
        return Calls(setup.name, SignIn(login, connect(self._server), setup.tokens), connect)

    def _connect(self, server: str) -> Session:
        return self._setup.connect(base_url=server)

    @cached_property
    def _lists(self) -> Lists:
        return Lists(self._calls, self._setup.name, self._us)

    @cached_property
    def _replies(self) -> Replies:
        return Replies(self._name, self._calls)

    @cached_property
    def _messages(self) -> DirectMessages:
        return DirectMessages(self._name, self._calls)

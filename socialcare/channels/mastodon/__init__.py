"""Mastodon and servers that speak its API: mentions of us, hashtags, search.

https://docs.joinmastodon.org/methods/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

import msgspec

from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.decode import decode_items
from socialcare.channels.http import Answer, Params, Session
from socialcare.channels.mastodon.address import address, hashtag, server_of
from socialcare.channels.mastodon.posts import (
    Account,
    Place,
    Position,
    read_notifications,
    read_statuses,
)
from socialcare.channels.mastodon.search import HITS, AskFrom, Search
from socialcare.channels.mastodon.sending import Desk, count
from socialcare.channels.mastodon.walks import SEQUENCE, Ask, Read, Walk
from socialcare.channels.options import Options
from socialcare.errors import AuthError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

NOTIFICATIONS = 80
"""Of one page; a timeline gives :data:`POSTS`."""
POSTS = 40
Value = str | int | Sequence[str]

_SPEC = re.compile(r"#(?P<tag>\w+)(?:@(?P<server>\S+))?|@?[\w.-]+@(?P<home>\S+)")


class Found(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Search/."""

    statuses: list[msgspec.Raw]


class Refusal(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Error/."""

    error: str


class Reading(Protocol):
    def pages(self, since: datetime) -> Iterator[Page]: ...

    def to_json(self) -> dict[str, Any]: ...


class Mastodon(RepliesByDesk, Channel):
    """``server``, ``hashtags``, ``notifications``, ``search``; the secret ``token``."""

    type: ClassVar[str] = "mastodon"
    limits: ClassVar[ReplyLimits] = ReplyLimits(
        500, private=True, count=count, posts=True, own_posts=True
    )
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "reply", "dm")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        scheme, host = server_of(options)
        self._setup = setup
        self._base = (options.text("base_url") or f"{scheme}{host}").rstrip("/")
        self._hashtags = tuple(hashtag(tag, options) for tag in options.texts("hashtags"))
        self._terms = options.texts("search")
        self._notifications = options.flag("notifications")
        if self._notifications is False and not self._hashtags and not self._terms:
            raise options.error("", "nothing to read", 'add: hashtags = ["acme"]')
        us = frozenset(f"@{handle.removeprefix('@')}".casefold() for handle in setup.brand.handles)
        self._place = Place(setup.name, host, us)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """``#acme``, ``#acme@SERVER``, or our own account ``@acme@mas.to``."""
        match = _SPEC.fullmatch(what)
        if match is None:
            raise UsageError(
                f'mastodon: I do not understand "{for_screen(what, one_line=True, limit=60)}".',
                "a hashtag: mastodon:#acme   one server's: mastodon:#acme@mas.to   "
                "your account: mastodon:@acme@mas.to",
            )
        if match["tag"]:
            return {"server": address(match["server"]), "hashtags": [match["tag"]]}
        return {"server": address(match["home"]), "notifications": True}

    @property
    def source(self) -> str:
        return self._place.source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each list got: notifications, own, ``#tag``, ``?search``."""
        states: Mapping[str, Any] = checkpoint["lists"] if checkpoint else {}
        for name, reading in self._readings(states):
            for page in reading.pages(since):
                states = {**states, name: reading.to_json()}
                yield replace(page, checkpoint={"lists": states})

    def _readings(self, states: Mapping[str, Any]) -> Iterator[tuple[str, Reading]]:
        signed_in = bool(self._token)
        place = self._own_place() if signed_in else self._place
        now = self._setup.clock.now()
        if signed_in and self._notifications is not False:
            name = "notifications"
            yield (
                name,
                Walk(states.get(name), self._ask_notifications, _notes(place), now, SEQUENCE),
            )
            if self._me is not None:
                # Answers that were given in the app or on the web stop the clock as well.
                yield "own", Walk(states.get("own"), self._ask_own(self._me.id), _posts(place), now)
        for tag in self._hashtags:
            name = f"#{tag.casefold()}"
            ask = self._ask_hashtag(tag, signed_in=signed_in)
            yield name, Walk(states.get(name), ask, _posts(place), now)
        was_signed_in = "notifications" in states and self._notifications is not False
        wants = self._terms or self._notifications or was_signed_in or not self._hashtags
        if not signed_in and wants:
            raise self._needs_token("mentions and search")
        for term in self._terms:
            name = f"?{term}"
            yield (
                name,
                Search(states.get(name), self._ask_search(term), _posts(place, "$.statuses"), now),
            )

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """Look at known posts again. Gone is only what the server denies one by one.

        Servers before Mastodon 4.3 give no several posts at once.
        """
        place = self._own_place() if self._token else self._place
        several = self._get("/api/v1/statuses", {"id[]": list(external_ids)}, {404, 405})
        raws = several.decode(list[msgspec.Raw]) if several.status == 200 else []
        found = {one.id for one in decode_items(raws, Position)[0]}
        gone = []
        for external_id in external_ids:
            if external_id in found:
                continue
            one = self._get(f"/api/v1/statuses/{quote(external_id, safe='')}", {}, {404, 410})
            if one.status == 200:
                raws.append(msgspec.Raw(one.body))
            else:
                one.decode(Refusal)
                gone.append(external_id)
        mentions, broken = read_statuses(raws, place)
        return Page(mentions, broken=broken, gone=gone)

    def check_access(self) -> str:
        if not self._token:
            raise self._needs_token("signing in")
        answer = self._get("/api/v1/accounts/verify_credentials")
        return self._place.handle(answer.decode(Account, what="the answer of the server").acct)

    @cached_property
    def _desk(self) -> Desk:
        if not self._token:
            raise self._needs_token("answers")
        me = self._me.id if self._me else None
        return Desk(self._http, self._base, self._place, me, self._setup.clock)

    @cached_property
    def _me(self) -> Account | None:
        """The token's own account, where the token may know it."""
        answer = self._get("/api/v1/accounts/verify_credentials", allow={403})
        if answer.status != 200:
            return None
        return answer.decode(Account, what="the answer of the server")

    def _own_place(self) -> Place:
        """The place with the token's own account among ours."""
        if self._me is None:
            return self._place
        own = self._place.handle(self._me.acct)
        return replace(self._place, us=self._place.us | {own.casefold()})

    def _ask_own(self, account: str) -> Ask:
        path = f"/api/v1/accounts/{quote(account, safe='')}/statuses"

        def ask(cursor: Mapping[str, str]) -> list[msgspec.Raw]:
            params: dict[str, Value] = {"limit": POSTS, "exclude_reblogs": "true", **cursor}
            answer = self._get(path, params, {403})
            if answer.status != 200:
                return []  # a token without read:statuses still brings what is said to us
            return answer.decode(list[msgspec.Raw], what="the list of our own posts")

        return ask

    def _ask_notifications(self, cursor: Mapping[str, str]) -> list[msgspec.Raw]:
        """Also those that the server sets aside, from new accounts and strangers."""
        params: dict[str, Value] = {
            "types[]": ["mention"],
            "include_filtered": "true",
            "limit": NOTIFICATIONS,
            **cursor,
        }
        answer = self._get("/api/v1/notifications", params)
        return answer.decode(list[msgspec.Raw], what="the list of notifications")

    def _ask_hashtag(self, tag: str, *, signed_in: bool) -> Ask:
        path = f"/api/v1/timelines/tag/{quote(tag, safe='')}"

        def ask(cursor: Mapping[str, str]) -> list[msgspec.Raw]:
            params: dict[str, Value] = {"limit": POSTS, **cursor}
            answer = self._get(path, params, () if signed_in else (401, 403))
            if answer.status != 200:
                raise self._needs_token("hashtags, on this server,")
            return answer.decode(list[msgspec.Raw], what=f"the list of #{tag}")

        return ask

    def _ask_search(self, term: str) -> AskFrom:
        def ask(offset: int) -> list[msgspec.Raw]:
            params: dict[str, Value] = {
                "q": term,
                "type": "statuses",
                "limit": HITS,
                "offset": offset,
            }
            answer = self._get("/api/v2/search", params)
            return answer.decode(Found, what="the answer of the search").statuses

        return ask

    def _get(self, path: str, params: Params | None = None, allow: Collection[int] = ()) -> Answer:
        return self._http.get(self._base + path, params, allow=allow)

    @cached_property
    def _http(self) -> Session:
        return self._setup.connect(base_url=self._base, token=self._token)

    @cached_property
    def _token(self) -> str | None:
        return self._setup.secret("token")

    def _needs_token(self, what: str) -> AuthError:
        name = for_screen(self._setup.name, one_line=True, limit=60)
        return AuthError(
            f"{name}: {what} need a token of {self._place.host}, and there is none.",
            f"sign in: socialcare channel login {name}",
        )


def _notes(place: Place) -> Read:
    def read(raws: Sequence[msgspec.Raw]) -> Page:
        mentions, broken = read_notifications(raws, place)
        return Page(mentions, broken=broken)

    return read


def _posts(place: Place, path: str = "$") -> Read:
    def read(raws: Sequence[msgspec.Raw]) -> Page:
        mentions, broken = read_statuses(raws, place, path)
        return Page(mentions, broken=broken)

    return read

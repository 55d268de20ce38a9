"""Answers of our own: how long they may be, how they are posted, found again and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import quote

import msgspec

from socialcare.channels.answer import Session
from socialcare.channels.attempts import earliest, not_reached
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.decode import decode_items
from socialcare.channels.graphemes import count_graphemes
from socialcare.channels.html import to_text
from socialcare.channels.mastodon.posts import Place, Status
from socialcare.clock import Clock
from socialcare.errors import OutcomeUnknownError

DEFAULT_LENGTH = 500
PAGE = 40
PAGES = 10
"""Of our own posts, among which an earlier attempt is looked for, newest first."""
KEY_HELD = timedelta(minutes=55)
"""So long Mastodon surely knows a key; it says an hour."""
_URL = re.compile(r"https?://[^\s<>]{1,2000}", re.IGNORECASE)
_REMOTE = re.compile(r"(@[\w.-]{1,100})@[\w.-]{1,253}\w")
_MAINLINE = re.compile(r"[34]\.\d{1,3}\.\d{1,3}")


class Rules(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Instance/#configuration."""

    max_characters: int = DEFAULT_LENGTH
    characters_reserved_per_url: int = 23


class Configuration(msgspec.Struct):
    statuses: Rules = msgspec.field(default_factory=Rules)


class Instance(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Instance/, and what older servers say instead."""

    version: str = ""
    configuration: Configuration | None = None
    max_toot_chars: int | None = None

    @property
    def rules(self) -> Rules:
        if self.configuration is not None:
            return self.configuration.statuses
        return Rules(self.max_toot_chars or DEFAULT_LENGTH)

    @property
    def keeps_keys(self) -> bool:
        """Whether the same ``Idempotency-Key`` gives the same post: Mastodon itself, for an hour.

        Servers that only speak its API ignore it, and some show our own posts late.
        """
        return bool(_MAINLINE.match(self.version)) and "compatible" not in self.version


class Desk:
    """Writes for one account. ``me`` is its id there; None where the token may not know it."""

    def __init__(
        self, http: Session, base: str, place: Place, me: str | None, clock: Clock
    ) -> None:
        self._http, self._base, self._place, self._me = http, base, place, me
        self._clock = clock

    def preview(self, reply: Outgoing) -> Preview:
        text, rules = addressed(reply, self._place.host), self._instance.rules
        length = count(text, rules.characters_reserved_per_url)
        return Preview(text, length, rules.max_characters, self._refused(reply, length, rules))

    def _refused(self, reply: Outgoing, length: int, rules: Rules) -> str | None:
        if reply.to is not None and reply.to.source != self._place.source:
            return f"it came from {reply.to.source}, and {self._place.host} may not know it"
        if length > rules.max_characters:
            return f"it has {length} characters, and {rules.max_characters} are allowed there"
        if reply.private and (reply.to is None or len(reply.to.author.handle) < 2):
            return "it names nobody, and would reach nobody"
        return None

    def send(self, reply: Outgoing) -> Posted:
        """https://docs.joinmastodon.org/methods/statuses/#create."""
        above = {} if reply.to is None else {"in_reply_to_id": reply.to.external_id}
        answer = self._http.send(
            "POST",
            f"{self._base}/api/v1/statuses",
            form={
                "status": addressed(reply, self._place.host),
                **above,
                "visibility": "direct" if _is_direct(reply) else "public",
            },
            headers={"Idempotency-Key": reply.key},
        )
        return _posted(answer.decode(Status, what="the post that was made"))

    def find(self, reply: Outgoing) -> Posted | None:
        """Among our own since the attempt: what answers the same post, or none, in the same words.

        A post whose parent was deleted meanwhile answers nothing any more.
        """
        wanted = _plain(addressed(reply, self._place.host))
        above = {None, reply.to.external_id if reply.to else None}
        for status in self._own(reply):
            other = status.in_reply_to_id not in above or status.id in reply.known
            if other or (status.visibility == "direct") != _is_direct(reply):
                continue
            if _plain(to_text(status.content or "")) == wanted:
                return _posted(status)
        if self._instance.keeps_keys:
            return None
        raise OutcomeUnknownError(
            f"{self._place.host} does not show the answer, and may yet do so.",
            "look there; then record its address, or send it again on purpose",
        )

    def _own(self, reply: Outgoing) -> Iterator[Status]:
        """Newest first, down to the time of the attempt.

        Raises
        ------
        OutcomeUnknownError
            That is further away than one can look, and the server may have forgotten the key.

        """
        path = f"{self._base}/api/v1/accounts/{quote(self._me or '', safe='')}/statuses"
        params: dict[str, str | int] = {"limit": PAGE, "exclude_reblogs": "true"}
        whole = True
        for _ in range(PAGES if self._me else 0):
            answer = self._http.get(path, params)
            raws = answer.decode(list[msgspec.Raw], what="the list of our own posts")
            statuses, broken = decode_items(raws, Status)
            since = earliest(reply, answer.ahead)
            yield from (one for one in statuses if since is None or one.created_at >= since)
            whole = whole and not broken
            if whole and (not raws or since is None or _reaches(statuses, since)):
                return
            if not statuses:
                break
            params["max_id"] = statuses[-1].id
        if not (self._instance.keeps_keys and self._key_holds(reply)):
            raise not_reached(self._place.channel, "since")

    def _key_holds(self, reply: Outgoing) -> bool:
        """Whether the key of the first attempt makes a second one do nothing."""
        return reply.tried_at is None or self._clock.now() - reply.tried_at < KEY_HELD

    def delete(self, external_id: str) -> None:
        """https://docs.joinmastodon.org/methods/statuses/#delete."""
        path = f"{self._base}/api/v1/statuses/{quote(external_id, safe='')}"
        self._http.send("DELETE", path, allow={404}, again=True)

    @cached_property
    def _instance(self) -> Instance:
        for version in ("v2", "v1"):
            answer = self._http.get(f"{self._base}/api/{version}/instance", allow={401, 403, 404})
            if answer.status == 200:
                return answer.decode(Instance, what="the rules of the server")
        return Instance()


def addressed(reply: Outgoing, host: str) -> str:
    """A reply reaches whom it names, and only them when it is private."""
    if reply.to is None:
        return reply.text
    handle = reply.to.author.handle.removesuffix(f"@{host}")
    # Behind a word or in an address it names nobody, and with another server somebody else.
    known = rf"(?<![\w@/.=]){re.escape(handle)}(?![\w@]|[.-]\w)"
    named = re.search(known, reply.text, re.IGNORECASE)
    return reply.text if named or not handle else f"{handle} {reply.text}"


def count(text: str, url: int = 23) -> int:
    """As the server counts: an address has a fixed length, and a handle is short of its server."""
    short = _REMOTE.sub(r"\1", _URL.sub("x" * url, text))
    return count_graphemes(short)


def _is_direct(reply: Outgoing) -> bool:
    return reply.private or (reply.to is not None and reply.to.kind == "dm")


def _reaches(statuses: list[Status], since: datetime) -> bool:
    """A pinned or late post may stand anywhere: it takes two to know where a list has come to."""
    return sum(one.created_at < since for one in statuses) > 1


def _plain(text: str) -> str:
    """What survives the way through the server's HTML: words and handles without their servers."""
    return " ".join(_REMOTE.sub(r"\1", text).split()).casefold()


def _posted(status: Status) -> Posted:
    at = status.created_at.astimezone(UTC)
    return Posted(status.id, status.url or status.uri, status.uri, at)

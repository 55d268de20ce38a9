"""The App Store: with a key all reviews of our own app, and answers; else a public feed.

The two know a review by different ids: who changes from one to the other reads once more.

https://developer.apple.com/documentation/appstoreconnectapi/customer-reviews
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from socialcare.channels.appstore.calls import Calls, fresh
from socialcare.channels.appstore.connect import Connect
from socialcare.channels.appstore.feed import Feed, Shop
from socialcare.channels.appstore.posts import Place
from socialcare.channels.appstore.refusals import KEYS
from socialcare.channels.appstore.sending import LONGEST, Desk, length_of, unfit
from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Outgoing,
    Page,
    Preview,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.options import Options
from socialcare.channels.signing import Access, Fresh, Key, pem_of, refuse_plain_http
from socialcare.errors import AuthError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

API = "https://api.appstoreconnect.apple.com"
FEED = "https://itunes.apple.com"
COUNTRY = "us"
NO_KEY = "answers at the App Store need a key of App Store Connect, and there is none"
_APP = re.compile(r"[0-9]{1,20}", re.ASCII)
_COUNTRY = re.compile(r"[a-z]{2}", re.ASCII)
_SPEC = re.compile(r"(?:([a-z]{2})/)?(?:id)?([0-9]{1,20})", re.ASCII)
_ADDRESS = re.compile(
    r"https://apps\.apple\.com/(?:([a-z]{2})/)?app/(?:[^/?#]+/)?id([0-9]{1,20})(?:\?.*)?", re.ASCII
)
_KEY_ID = re.compile(r"[A-Za-z0-9]{4,40}", re.ASCII)
_ISSUER = re.compile(r"[0-9A-Fa-f-]{36}", re.ASCII)


class AppStore(RepliesByDesk, Channel):
    """``app``, ``country``, ``key_id``, ``issuer``; the secret ``private_key``."""

    type: ClassVar[str] = "appstore"
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, posts=True)
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = ("review", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base_url = options.text("base_url")
        refuse_plain_http(self._base_url, options)
        app = (options.text("app") or "").removeprefix("id")
        if not _APP.fullmatch(app):
            raise options.error("app", "the number of the app is needed", 'write app = "123456789"')
        self._key_id, self._issuer = _key(options)
        countries = tuple(one.lower() for one in options.texts("country")) or (COUNTRY,)
        if not all(_COUNTRY.fullmatch(one) for one in countries):
            raise options.error("country", "two letters are needed", 'write country = ["us", "gb"]')
        source = f"appstore:{app}" if self._key_id else f"appstore:{app}/feed"
        self._place = Place(setup.name, app, source, setup.brand.name or app)
        self._shop = Shop(setup.name, app, source, countries)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """The number of the app, with a country before it or without; or its address."""
        match = _SPEC.fullmatch(what) or _ADDRESS.fullmatch(what)
        if match is None:
            raise UsageError(
                f'appstore: "{for_screen(what, one_line=True, limit=60)}" is no app.',
                "write its number, and a country: appstore:gb/123456789",
            )
        return {"app": match[2], **({"country": [match[1]]} if match[1] else {})}

    @property
    def source(self) -> str:
        return self._place.source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        if self._key_id:
            state: Mapping[str, Any] = checkpoint or {}
            return self._connect.pages(state.get("walk"), since)
        return self._feed.pages(checkpoint, since)

    def recheck(self, external_ids: Sequence[str]) -> Page:
        """The feed tells of no single review."""
        return self._connect.recheck(external_ids) if self._key_id else Page()

    def check_access(self) -> str:
        if not self._key_id:
            self._feed.try_one()
            return "the public feed"
        self._connect.ask(1)
        return f"the key {self._key_id}"

    def preview(self, reply: Outgoing) -> Preview:
        if self._key_id:
            return self._desk.preview(reply)
        refused = unfit(reply, self.source) or f"{NO_KEY}; make one at {KEYS}"
        return Preview(reply.text, length_of(reply.text), LONGEST, refused)

    @cached_property
    def _desk(self) -> Desk:
        if not self._key_id:
            raise AuthError(
                f"{self._name}: {NO_KEY}.",
                f"make one at {KEYS}, then write key_id and issuer into [channels.{self._name}]",
            )
        return Desk(self._calls, self._place)

    @cached_property
    def _connect(self) -> Connect:
        return Connect(self._calls, self._place, self._setup.clock.now())

    @cached_property
    def _feed(self) -> Feed:
        """Whoever keeps a private key does not want the feed."""
        if self._setup.secret("private_key"):
            raise AuthError(
                f"{self._name}: there is a private key, and no key_id and issuer to it.",
                f"they stand at {KEYS}: write them into [channels.{self._name}]",
            )
        base = (self._base_url or FEED).rstrip("/")
        http = self._setup.connect(base_url=base, follow=True)
        return Feed(self._shop, http, base, self._setup.clock.now())

    @cached_property
    def _calls(self) -> Calls:
        setup, base = self._setup, (self._base_url or API).rstrip("/")
        whose = f"{base} {self._issuer} {self._key_id}"
        access = Access(setup.tokens, setup.clock, whose, self._fresh)
        return Calls(setup.name, base, setup.connect(base_url=base), access, setup.clock)

    def _fresh(self) -> Fresh:
        secret = self._setup.secret("private_key") or ""
        pem = pem_of(secret)
        if pem is None:
            what = "is not the .p8 file of a key" if secret else "is missing"
            raise AuthError(
                f"{self._name}: the private_key {what}.",
                f"download it at {KEYS}, then say where it is: "
                f'private_key = {{ file = "AuthKey.p8" }} in [channels.{self._name}]',
            )
        key = Key(pem, self._key_id or "", "ES256", "private_key")
        return fresh(self._setup.name, self._issuer or "", key, self._setup.clock)

    @property
    def _name(self) -> str:
        return for_screen(self._setup.name, one_line=True, limit=60)


def _key(options: Options) -> tuple[str | None, str | None]:
    """Both or none of them."""
    key_id, issuer = options.text("key_id"), options.text("issuer")
    if key_id and not _KEY_ID.fullmatch(key_id):
        raise options.error("key_id", "is no id of a key", f"it stands beside the key at {KEYS}")
    if issuer and not _ISSUER.fullmatch(issuer):
        raise options.error("issuer", "is no issuer id", f"it stands above the keys at {KEYS}")
    if bool(key_id) != bool(issuer):
        missing = "issuer" if key_id else "key_id"
        raise options.error(missing, "is needed as well", f"it stands at {KEYS}")
    return key_id, issuer

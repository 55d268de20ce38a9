"""Signing in with an app password: seldom, for ten logins a day is the least limit seen.

Tokens are kept between runs and renewed. A refresh token serves once, so whoever renews
holds the others off, looks first whether somebody else was faster, and keeps what came
before using it.

https://docs.bsky.app/docs/advanced-guides/api-directory
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from socialcare.channels.answer import Answer, Session
from socialcare.channels.base import TokenCache
from socialcare.channels.bluesky.refusals import ACCOUNT, PASSWORDS, bare_refusal, refused
from socialcare.channels.bluesky.wire import Document, Opened
from socialcare.channels.decode import decode_items
from socialcare.errors import AuthError, ChannelError
from socialcare.text import for_screen

ROUNDS = 20_000
"""What a guess at the password costs whoever got hold of the file, and its tokens with it."""
FOR_GOOD = frozenset({"AuthenticationRequired", "AuthFactorTokenRequired"})
"""Refusals of a password that no second try changes."""
_HOME = re.compile(r"(https://(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63})/?", re.IGNORECASE)
_PRIVILEGED = frozenset({"com.atproto.access", "com.atproto.appPassPrivileged"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A session: who we are, and where that account lives."""

    did: str
    handle: str
    server: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    @property
    def may_message(self) -> bool:
        """Whether the password was allowed direct messages; a token that does not tell may try."""
        scope = _scope(self.access)
        return scope is None or scope in _PRIVILEGED or scope.startswith("transition:")


@dataclass(frozen=True, slots=True)
class Login:
    """What to sign in with."""

    channel: str
    server: str
    identifier: str
    password: Callable[[], str | None]


class SignIn:
    """The session of one account, made or renewed when it is needed."""

    def __init__(self, login: Login, http: Session, cache: TokenCache) -> None:
        self._login = login
        self._http = http
        self._cache = cache
        self._signed: Signed | None = None

    @property
    def secrets(self) -> list[str]:
        """What must not stand in a message."""
        signed = self._signed
        found = [self._password, signed and signed.access, signed and signed.refresh]
        return [secret for secret in found if secret]

    def current(self) -> Signed:
        """The session that was kept, or else a new one."""
        if self._signed is None:
            self._signed = self._kept() or self._renewed(None)
        return self._signed

    def renew(self, spent: Signed) -> Signed:
        """Another session, for the token of this one is over."""
        self._signed = self._renewed(spent)
        return self._signed

    def try_again(self) -> None:
        """Somebody is here and wants to know: a password that was refused is tried once more."""
        if "refused" in self._cache.read():
            self._cache.write({})

    def _renewed(self, spent: Signed | None) -> Signed:
        with self._cache.locked():
            kept = self._kept()
            if kept and (spent is None or kept.refresh != spent.refresh):
                return kept  # somebody else was faster; access tokens of one second are alike
            last = kept or spent
            opened = (self._refresh(last) if last else None) or self._create()
            return self._keep(opened)

    def _refresh(self, last: Signed) -> Opened | None:
        """None where the refresh token is over as well: after months, or with its password."""
        answer = self._ask("refreshSession", None, {"Authorization": f"Bearer {last.refresh}"})
        if answer.status == 200:
            return answer.decode(Opened, what="the answer to the sign-in")
        if bare_refusal(answer.body).error in ACCOUNT:
            raise self._wrong(answer.body)
        return None

    def _create(self) -> Opened:
        """A password that was refused is not tried again: every try counts as a login."""
        password = self._needed()
        kept = self._cache.read()
        if "refused" in kept and self._is_for_us(kept):
            raise self._wrong(json.dumps({"error": kept["refused"]}).encode())
        answer = self._ask(
            "createSession", {"identifier": self._login.identifier, "password": password}
        )
        if answer.status == 200:
            return answer.decode(Opened, what="the answer to the sign-in")
        code = bare_refusal(answer.body).error
        if code in FOR_GOOD:
            self._cache.write({"refused": code, **self._for_us()})
        raise self._wrong(answer.body)

    def _wrong(self, body: bytes) -> ChannelError:
        return refused(self._login.channel, body, 401, "the sign-in", self.secrets)

    def _ask(self, what: str, content: object, headers: Mapping[str, str] | None = None) -> Answer:
        path = f"{self._login.server}/xrpc/com.atproto.server.{what}"
        allow = {400, 401, 403, 422}
        return self._http.send("POST", path, content, headers=headers, allow=allow, again=True)

    def _needed(self) -> str:
        if self._password:
            return self._password
        name = for_screen(self._login.channel, one_line=True, limit=60)
        raise AuthError(
            f"{name}: Bluesky shows mentions and search only to who is signed in,"
            " and there is no app password.",
            f"make one at {PASSWORDS}, then: socialcare channel login {name}",
        )

    @cached_property
    def _password(self) -> str | None:
        return self._login.password()

    def _keep(self, opened: Opened) -> Signed:
        """Safe on disk before anybody uses it."""
        home = home_of(opened.did_doc) or self._login.server
        signed = Signed(opened.did, opened.handle, home, opened.access_jwt, opened.refresh_jwt)
        self._cache.write({**asdict(signed), **self._for_us()})
        return signed

    def _kept(self) -> Signed | None:
        """What was kept for this account and this password, and no other."""
        kept = self._cache.read()
        if not all(kept.get(key) for key in _KEPT) or not self._is_for_us(kept):
            return None
        return Signed(**{key: kept[key] for key in _KEPT})

    def _for_us(self) -> dict[str, str]:
        salt = secrets.token_hex(16)
        return {"salt": salt, "for": self._print(salt)}

    def _is_for_us(self, kept: Mapping[str, str]) -> bool:
        wanted = self._print(kept.get("salt", ""))
        return hmac.compare_digest(kept.get("for", "").encode(), wanted.encode())

    def _print(self, salt: str) -> str:
        """Tells one account and password from another without telling what they are."""
        login = self._login
        parts = f"{login.server}\0{login.identifier}\0{self._needed()}"
        return hashlib.pbkdf2_hmac("sha256", parts.encode(), salt.encode(), ROUNDS).hex()


_KEPT = ("did", "handle", "server", "access", "refresh")


def home_of(did_doc: msgspec.Raw) -> str | None:
    """The server that an account lives on, where it is named by a plain https address."""
    documents, _ = decode_items([did_doc], Document)
    for service in documents[0].service if documents else ():
        match = _HOME.fullmatch(service.service_endpoint)
        if match and service.id.endswith("#atproto_pds"):
            return match[1].lower()
    return None


def _scope(token: str) -> str | None:
    """What a token says that it may; None where it does not tell."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    body = parts[1].encode("ascii", "replace")
    try:
        raw = base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4))
    except ValueError:
        return None
    claims, _ = decode_items([msgspec.Raw(raw)], dict[str, Any])
    scope = claims[0].get("scope") if claims else None
    return scope if isinstance(scope, str) else None

"""Tokens: for an account by its refresh token or password, else for the app alone, which reads.

https://github.com/reddit-archive/reddit/wiki/OAuth2
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from socialcare.channels.answer import Answer, Session
from socialcare.channels.base import TokenCache
from socialcare.channels.decode import decode_items
from socialcare.channels.reddit.refusals import APPS
from socialcare.channels.reddit.wire import Grant
from socialcare.channels.words import fit_to_show
from socialcare.clock import Clock
from socialcare.errors import AuthError, ChannelError
from socialcare.text import for_screen

ROUNDS = 20_000
"""What a guess at the secret costs whoever got hold of the file, and its token with it."""
MARGIN = timedelta(minutes=1)
"""So long before its end a token counts as over."""
NO_KEYS = "Reddit has given no new API keys since November 2025"
_REFUSING = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True)
class Login:
    """What to sign in with. ``secret`` is that of the config."""

    channel: str
    base: str
    client_id: str | None
    user: str | None
    secret: Callable[[str], str | None]


class SignIn:
    """The token of one account or app, made when it is needed."""

    def __init__(self, login: Login, http: Session, cache: TokenCache, clock: Clock) -> None:
        self._login, self._http, self._cache, self._clock = login, http, cache, clock
        self._token: str | None = None
        self._newer = ""
        """A refresh token that came with an access token, in the place of the one before."""

    @property
    def is_account(self) -> bool:
        """Whether it is for an account, which may write and has an inbox."""
        return bool(self._refresh or (self._login.user and self._password))

    @property
    def secrets(self) -> list[str]:
        """What must not stand in a message."""
        found = (self._token, self._newer, self._refresh, self._password, self._client_secret)
        return [one for one in found if one]

    def token(self) -> str:
        if self._token is None:
            self._token = self._kept(self._clock.now(), None) or self._renewed(None)
        return self._token

    def renew(self, spent: str) -> str:
        """Another one, for this one is refused."""
        self._token = self._renewed(spent)
        return self._token

    def _renewed(self, spent: str | None) -> str:
        with self._cache.locked():
            now = self._clock.now()
            if kept := self._kept(now, spent):
                return kept  # somebody else was faster
            grant = self._ask()
            self._newer = grant.refresh_token or self._newer
            until = now + timedelta(seconds=min(max(grant.expires_in, 0), 86_400))
            kept_until = {"access": grant.access_token, "until": str(int(until.timestamp()))}
            self._cache.write({**kept_until, "refresh": self._newer, **self._for_us()})
            return grant.access_token

    def _ask(self) -> Grant:
        """Once more with the refresh token of the config, where a newer one is refused."""
        newer = self._newer
        answer = self._send(self._form)
        grant = self._granted(answer)
        if grant is None and newer and newer != self._refresh:
            self._newer = ""
            answer = self._send(self._form)
            grant = self._granted(answer)
        if grant is None:
            raise self._wrong(answer)
        return grant

    def _send(self, form: Mapping[str, str]) -> Answer:
        pair = f"{self._needed('client_id')}:{self._client_secret or ''}"
        basic = base64.b64encode(pair.encode()).decode()
        return self._http.send(
            "POST",
            f"{self._login.base}/api/v1/access_token",
            form=form,
            headers={"Authorization": f"Basic {basic}"},
            allow=_REFUSING,
            again=True,
        )

    @property
    def _form(self) -> dict[str, str]:
        refresh = self._newer or self._refresh
        if self._refresh and refresh:
            return {"grant_type": "refresh_token", "refresh_token": refresh}
        if self._login.user and self._password:
            words = {"username": self._login.user, "password": self._password}
            return {"grant_type": "password", **words}
        return {"grant_type": "client_credentials"}

    def _granted(self, answer: Answer) -> Grant | None:
        if answer.status != 200:
            return None
        grant = answer.decode(Grant, what="the answer to the sign-in")
        return grant if grant.access_token else None

    def _wrong(self, answer: Answer) -> ChannelError:
        name = for_screen(self._login.channel, one_line=True, limit=60)
        found, _ = decode_items([msgspec.Raw(answer.body)], Grant)
        code = str(found[0].error or "") if found else ""
        said = f" ({for_screen(code, one_line=True, limit=60)})" if code else ""
        login = f"socialcare channel login {name}"
        error = AuthError(
            f"{name}: Reddit refused the sign-in{said}.",
            f"check client_id and the secrets against {APPS}; then: {login}",
        )
        if answer.status == 401:
            wrong = "client_id or client_secret is wrong"
            if not self._client_secret:
                wrong = "it wants the client_secret, or client_id is wrong"
            error = AuthError(
                f"{name}: Reddit does not know the app: {wrong} (401).",
                f"both stand at {APPS}; {NO_KEYS}; then: {login}",
            )
        elif code == "unsupported_grant_type":
            error = AuthError(
                f"{name}: this app may not sign in this way{said}.",
                f"a password works only with an app of the kind script; make a refresh token: {login}",
            )
        elif code == "invalid_grant" and self._form["grant_type"] == "password":
            error = AuthError(
                f"{name}: Reddit refused the password of u/{self._login.user}{said}.",
                "it must be of an account that made the app, and without two-factor "
                f"authentication; else use a refresh token: {login}",
            )
        elif self._refresh:
            error = AuthError(
                f"{name}: Reddit refused the refresh token{said}: it was taken back.",
                f"make another with your app; then: {login}",
            )
        fit_to_show(error, self.secrets)
        return error

    def _needed(self, key: str) -> str:
        if self._login.client_id:
            return self._login.client_id
        name = for_screen(self._login.channel, one_line=True, limit=60)
        raise AuthError(
            f"{name}: Reddit wants the {key} of an app, and there is none; {NO_KEYS}.",
            f'who has one writes {key} = "…" into [channels.{name}]: socialcare config edit; '
            "without one, feeds can be read: socialcare channel add reddit:acme",
        )

    @cached_property
    def _client_secret(self) -> str | None:
        return self._login.secret("client_secret")

    @cached_property
    def _password(self) -> str | None:
        return self._login.secret("password")

    @cached_property
    def _refresh(self) -> str | None:
        return self._login.secret("refresh_token")

    def _kept(self, now: datetime, spent: str | None) -> str | None:
        """What was kept for this app and these secrets, and is not over."""
        kept = self._cache.read()
        if not self._is_for_us(kept):
            return None
        self._newer = kept.get("refresh", "") if self._refresh else ""
        until, access = kept.get("until", ""), kept.get("access", "")
        left = int(until) - now.timestamp() if until.isascii() and until.isdigit() else 0.0
        is_good = access and access != spent
        return access if is_good and MARGIN.total_seconds() < left <= 86_400 else None

    def _for_us(self) -> dict[str, str]:
        salt = secrets.token_hex(16)
        return {"salt": salt, "for": self._print(salt)}

    def _is_for_us(self, kept: Mapping[str, str]) -> bool:
        wanted = self._print(kept["salt"]) if kept.get("salt") else ""
        return bool(wanted) and hmac.compare_digest(kept.get("for", "").encode(), wanted.encode())

    def _print(self, salt: str) -> str:
        """Tells one app and account from another without telling what they are."""
        login = self._login
        parts = (login.base, login.client_id, login.user, *(self._client_secret, self._password))
        text = "\0".join(part or "" for part in (*parts, self._refresh))
        return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), ROUNDS).hex()

"""Signing in as an account: an access token lives two hours, a refresh token serves once.

What was renewed is kept between runs, and is safe before it is used. Whoever renews holds
the others off and looks first whether somebody else was faster: a refresh token that comes
a second time is taken for stolen, and ends the whole sign-in (so others report; X's own
pages tell of the two hours and of the renewal only).

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from socialcare.channels.answer import Answer, Session
from socialcare.channels.base import TokenCache
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.words import fit_to_show
from socialcare.channels.x.refusals import CONSOLE
from socialcare.clock import format_time, parse_time
from socialcare.errors import AuthError, ChannelError, OutcomeUnknownError
from socialcare.text import for_screen

MARGIN = timedelta(minutes=2)
"""A token that ends so soon is renewed before it is used."""
REFUSING = frozenset({400, 401, 403})
OF_THE_APP = frozenset({"invalid_client", "unauthorized_client"})
"""Refusals that are about ``client_id`` and ``client_secret``."""
_KEPT = ("access", "refresh", "until")


class Opened(msgspec.Struct):
    """https://www.rfc-editor.org/rfc/rfc6749#section-5.1; without a new refresh token the old one stays."""

    access_token: str = msgspec.field()
    refresh_token: str | None = None
    expires_in: int = 7200

    def __post_init__(self) -> None:
        if not self.access_token or not 0 < self.expires_in < 10**9:
            raise ValueError("`$.access_token` or `$.expires_in` is none")


class Refused(msgspec.Struct):
    error: str = ""
    error_description: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """Tokens of one sign-in; ``access`` is good until ``until``."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    until: datetime

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.access}"}


@dataclass(frozen=True, slots=True)
class Login:
    """What to renew with: ``refresh`` is the token that somebody gave us, at first."""

    channel: str
    client_id: str
    refresh: str = field(repr=False)
    client_secret: str | None = field(default=None, repr=False)

    @property
    def secrets(self) -> list[str]:
        return [one for one in (self.refresh, self.client_secret, self.basic) if one]

    @property
    def basic(self) -> str | None:
        """How an app with a secret tells who it is."""
        if not self.client_secret:
            return None
        return base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()


class SignIn:
    """The session of one account, renewed when it is over."""

    def __init__(
        self, login: Login, url: str, http: Session, cache: TokenCache, now: Callable[[], datetime]
    ) -> None:
        self._login, self._url, self._http, self._cache, self._now = login, url, http, cache, now
        self._signed: Signed | None = None

    @property
    def secrets(self) -> list[str]:
        """What must not stand in a message."""
        signed = self._signed
        return [*self._login.secrets, *([signed.access, signed.refresh] if signed else [])]

    def current(self) -> Signed:
        signed = self._signed or self._kept()
        if signed is None or self._is_over(signed):
            signed = self._renewed(signed)
        self._signed = signed
        return signed

    def renew(self, spent: Signed) -> Signed:
        """Another one, for X takes this one no more, whatever its time says."""
        self._signed = self._renewed(spent)
        return self._signed

    def _renewed(self, spent: Signed | None) -> Signed:
        with self._cache.locked():
            kept = self._kept()
            if kept and kept != spent and not self._is_over(kept):
                return kept  # somebody else was faster
            return self._refreshed(kept)

    def _is_over(self, signed: Signed) -> bool:
        return signed.until - MARGIN <= self._now()

    def _refreshed(self, last: Signed | None) -> Signed:
        """Note the attempt first: a refusal after one whose answer was lost has that cause."""
        before = self._cache.read() if self._is_for_us() else {}
        self._cache.write({**self._plain(last), "asked": format_time(self._now())})
        token = last.refresh if last else self._login.refresh
        try:
            answer = self._ask(token)
            opened = answer.decode(Opened) if answer.status == 200 else None
        except OutcomeUnknownError:
            raise self._lost() from None
        except ChannelError as error:
            # nothing was spent, so nothing of it is to be remembered
            self._cache.write(before)
            fit_to_show(error, [*self.secrets, token])
            raise
        if opened is None:
            raise self._refused(answer, before.get("asked"), token)
        until = self._now() + timedelta(seconds=opened.expires_in)
        signed = Signed(opened.access_token, opened.refresh_token or token, until)
        self._cache.write(self._plain(signed))
        return signed

    def _ask(self, token: str) -> Answer:
        login = self._login
        form = {"grant_type": "refresh_token", "refresh_token": token}
        headers = {"Authorization": f"Basic {login.basic}"} if login.basic else {}
        if not login.basic:
            form["client_id"] = login.client_id
        return self._http.send("POST", self._url, form=form, headers=headers, allow=REFUSING)

    def _lost(self) -> AuthError:
        name = self._name
        return AuthError(
            f"{name}: the answer of X to the renewal of the sign-in was lost; "
            "its token may be spent by that.",
            f"if the next fetch is refused, sign in again: socialcare channel login {name}",
        )

    def _refused(self, answer: Answer, lost: str | None, token: str) -> AuthError:
        why = decode_or_empty(answer.body, Refused)
        if why.error in OF_THE_APP:
            error = AuthError(
                f"{self._name}: X does not know this app ({answer.status}): {why.error}.",
                f"check client_id, and its client_secret if it has one, at {CONSOLE}, "
                f"then: socialcare channel login {self._name}",
            )
        elif lost:
            error = AuthError(
                f"{self._name}: X does not renew the sign-in ({answer.status}): the answer to the "
                f"renewal at {lost} was lost, and its token was spent by that.",
                f"sign in again: socialcare channel login {self._name}",
            )
        else:
            said = f": {why.error_description or why.error}".rstrip(". :")
            error = AuthError(
                f"{self._name}: X does not renew the sign-in ({answer.status}){said}.",
                "it ends after some months, and when its token is used elsewhere; "
                f"sign in again: socialcare channel login {self._name}",
            )
        fit_to_show(error, [*self.secrets, token])
        return error

    @property
    def _name(self) -> str:
        return for_screen(self._login.channel, one_line=True, limit=60)

    def _plain(self, signed: Signed | None) -> dict[str, str]:
        """As it is kept, with a mark of what it was made from."""
        salt = secrets.token_hex(16)
        mark = {"salt": salt, "for": self._print(salt)}
        if signed is None:
            return mark
        until = format_time(signed.until)
        return {"access": signed.access, "refresh": signed.refresh, "until": until, **mark}

    def _kept(self) -> Signed | None:
        """What was kept for this sign-in, and no other."""
        kept = self._cache.read()
        if not all(kept.get(key) for key in _KEPT) or not self._is_for_us():
            return None
        try:
            return Signed(kept["access"], kept["refresh"], parse_time(kept["until"]))
        except ValueError:  # a damaged file is as good as none
            return None

    def _is_for_us(self) -> bool:
        kept = self._cache.read()
        wanted = self._print(kept.get("salt", ""))
        return hmac.compare_digest(kept.get("for", "").encode(), wanted.encode())

    def _print(self, salt: str) -> str:
        """Tells one sign-in from another. A token is random: nobody guesses it from this."""
        parts = f"{self._url}\0{self._login.client_id}\0{self._login.refresh}"
        return hmac.new(salt.encode(), parts.encode(), hashlib.sha256).hexdigest()

"""Signing in as a service account: a signed token is changed for one that may ask.

https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from socialcare.channels.answer import Session
from socialcare.channels.decode import decode_items, decode_or_empty
from socialcare.channels.googleplay.wire import Denied, Granted, ServiceAccount
from socialcare.channels.signing import Fresh, Key, pem_of, sign
from socialcare.channels.words import fit_to_show
from socialcare.clock import Clock
from socialcare.errors import AuthError, ChannelError
from socialcare.text import for_screen

SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LASTS = timedelta(hours=1)
SKEW = timedelta(minutes=1)
"""How much fast a clock may be here before the token looks as if it came from the future."""
CONSOLE = "https://console.cloud.google.com/iam-admin/serviceaccounts"
REFUSING = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks; ``token_url`` is where Google gives out tokens."""

    channel: str
    email: str
    key: Key
    token_url: str

    @property
    def whose(self) -> str:
        return f"{self.token_url} {self.email} {self.key.id} {SCOPE}"

    def fresh(self, http: Session, clock: Clock) -> Fresh:
        """A new token.

        Raises
        ------
        ChannelError
            By cause.

        """
        now = clock.now()
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_url,
            "iat": int((now - SKEW).timestamp()),
            "exp": int((now - SKEW + LASTS).timestamp()),
        }
        assertion = sign(self.channel, claims, self.key)
        form = {"grant_type": GRANT, "assertion": assertion}
        answer = http.send("POST", self.token_url, form=form, allow=REFUSING, again=True)
        if answer.status in REFUSING:
            error = self._denied(answer.body)
            fit_to_show(error, [assertion])
            raise error
        granted = answer.decode(Granted, what="the answer to the sign-in")
        return Fresh(granted.access_token, now + timedelta(seconds=granted.expires_in))

    def _denied(self, body: bytes) -> ChannelError:
        denied = decode_or_empty(body, Denied)
        said = denied.error_description or denied.error
        hint = f"make a new key at {CONSOLE}, then: socialcare channel login {_name(self.channel)}"
        if "iat" in said or "exp" in said:
            hint = f"set the clock of this machine right; or {hint}"
        return AuthError(
            f"{_name(self.channel)}: Google refused the service account"
            f"{f': {said}' if said else ''}.",
            hint,
        )


def account_of(text: str, channel: str, token_url: str) -> Account:
    """Read the JSON of a service account.

    Raises
    ------
    AuthError
        It is none.

    """
    found, _ = decode_items([msgspec.Raw(text.encode())], ServiceAccount)
    pem = pem_of(found[0].private_key) if found else None
    if not found or pem is None:
        raise AuthError(
            f"{_name(channel)}: the service_account is not the JSON file of a service account.",
            f"download it at {CONSOLE} (Keys), then: "
            f'service_account = {{ file = "…" }} in [channels.{_name(channel)}]',
        )
    file = found[0]
    key = Key(pem, file.private_key_id, "RS256", "private key of the service_account")
    return Account(channel, file.client_email, key, token_url)


def _name(channel: str) -> str:
    return for_screen(channel, one_line=True, limit=60)

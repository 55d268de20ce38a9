"""Asking the Graph API: the token travels in a header, and no address of the service is followed.

https://developers.facebook.com/docs/graph-api/overview
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from socialcare.channels.answer import Answer, Session
from socialcare.channels.base import Setup
from socialcare.channels.meta.refusals import nearly_used_up, refused, used
from socialcare.channels.words import SHORTEST_SECRET, fit_to_show
from socialcare.clock import Clock
from socialcare.errors import AuthError, ChannelError
from socialcare.text import for_screen

REFUSING = frozenset({400, 401, 403, 404})
"""Statuses whose body has the code; rate limits come with 400 or 403."""
TOKENS = "https://developers.facebook.com/tools/explorer"
PROOF = "appsecret_proof"

NEARLY_ALL = 95.0
"""Per cent of what Meta allows, from which on nothing more is read."""
Fine = Callable[[Answer], bool]


@dataclass(slots=True)
class Gauge:
    """What the last answer said is used, in per cent."""

    percent: float = 0.0


@dataclass(frozen=True, slots=True)
class Calls:
    """``root`` is the address with the version. ``proof`` goes along with every call."""

    channel: str
    root: str
    http: Session
    clock: Clock
    secrets: tuple[str, ...]
    proof: Mapping[str, str]
    gauge: Gauge = field(default_factory=Gauge)

    def ask(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        what: str,
        needs: str,
        fine: Fine | None = None,
    ) -> Answer:
        """Read. A refusal that is ``fine`` comes back as an answer; its status is not 200.

        Raises
        ------
        ChannelError
            By cause.

        """
        if self.gauge.percent >= NEARLY_ALL:
            raise nearly_used_up(self.channel, self.gauge.percent, self.clock.now())
        answer = self.http.get(f"{self.root}/{path}", {**params, **self.proof}, allow=REFUSING)
        self.gauge.percent = used(answer.headers)
        return self._unless_refused(answer, what, needs, fine)

    def write(
        self,
        method: str,
        path: str,
        content: object = None,
        *,
        form: Mapping[str, str] | None = None,
        what: str,
        needs: str,
        fine: Fine | None = None,
    ) -> Answer:
        """Write, once; what is deleted may be deleted again.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause: it is not done.

        """
        answer = self.http.send(
            method,
            f"{self.root}/{path}",
            content,
            form=form,
            params=self.proof or None,
            allow=REFUSING,
            again=method == "DELETE",
        )
        return self._unless_refused(answer, what, needs, fine, wrote=method != "DELETE")

    def _unless_refused(
        self, answer: Answer, what: str, needs: str, fine: Fine | None, *, wrote: bool = False
    ) -> Answer:
        if answer.status not in REFUSING or (fine and fine(answer)):
            return replace(answer, body=self._without_secrets(answer.body))
        error = refused(self.channel, answer, what, needs, self.clock.now(), wrote=wrote)
        raise self.fit(error)

    def _without_secrets(self, body: bytes) -> bytes:
        """Addresses of next pages hold the token, and a broken item is kept as it came."""
        for secret in self.secrets:
            for written in (secret, quote(secret, safe="")):
                if len(written) >= SHORTEST_SECRET:
                    body = body.replace(written.encode(), b"***")
        return body

    def fit(self, error: ChannelError) -> ChannelError:
        """Meta quotes tokens that it does not like."""
        fit_to_show(error, self.secrets)
        return error


def sign_in(setup: Setup, base: str, version: str) -> Calls:
    """The calls of a channel; nothing is sent yet.

    Raises
    ------
    AuthError
        There is no token.

    """
    name = for_screen(setup.name, one_line=True, limit=60)
    token = setup.secret("token")
    if not token:
        raise AuthError(
            f"{name}: Meta wants a token of your own, and there is none.",
            f"make one at {TOKENS}, then: socialcare channel login {name}",
        )
    http = setup.connect(base_url=base, token=token)
    app_secret = setup.secret("app_secret")
    proof: dict[str, str] = {}
    if app_secret:
        proof[PROOF] = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    secrets = (token, *([app_secret] if app_secret else []), *proof.values())
    return Calls(name, f"{base}/{version}", http, setup.clock, secrets, proof)

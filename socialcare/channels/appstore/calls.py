"""Asking App Store Connect with tokens that we sign ourselves.

https://developer.apple.com/documentation/appstoreconnectapi/generating-tokens-for-api-requests
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from socialcare.channels.answer import Answer, Session
from socialcare.channels.appstore.refusals import REFUSING, refused
from socialcare.channels.http import Params
from socialcare.channels.signing import Access, Fresh, Key, sign
from socialcare.clock import Clock

AUDIENCE = "appstoreconnect-v1"
LASTS = timedelta(minutes=18)
"""Twenty are allowed, from the moment it was made."""
SKEW = timedelta(minutes=1)


def fresh(channel: str, issuer: str, key: Key, clock: Clock) -> Fresh:
    """A new token.

    Raises
    ------
    SocialcareError
        It cannot be signed.

    """
    made = clock.now() - SKEW
    until = made + LASTS
    claims = {
        "iss": issuer,
        "iat": int(made.timestamp()),
        "exp": int(until.timestamp()),
        "aud": AUDIENCE,
    }
    return Fresh(sign(channel, claims, key), until)


@dataclass(frozen=True, slots=True)
class Calls:
    channel: str
    base: str
    http: Session
    access: Access
    clock: Clock

    def get(self, path: str, params: Params, *, what: str, fine: Collection[int] = ()) -> Answer:
        """Ask; refusals with a status in ``fine`` come back.

        Raises
        ------
        ChannelError
            By cause.

        """
        return self._told(
            lambda headers: self.http.get(
                f"{self.base}/v1/{path}", params, headers=headers, allow=REFUSING
            ),
            what,
            fine,
        )

    def review(self, review: str) -> Answer | None:
        """One review with its answer, a :class:`OneReview`; None where there is none."""
        path, params = f"customerReviews/{quote(review, safe='')}", {"include": "response"}
        answer = self.get(path, params, what="read that review", fine={404})
        return None if answer.status == 404 else answer

    def write(
        self,
        method: str,
        path: str,
        content: object = None,
        *,
        what: str,
        fine: Collection[int] = (),
        again: bool = False,
    ) -> Answer:
        """Write. ``again``: doing it twice does no more than doing it once.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause: it is not done.

        """
        return self._told(
            lambda headers: self.http.send(
                method,
                f"{self.base}/v1/{path}",
                content,
                headers=headers,
                allow=REFUSING,
                again=again,
            ),
            what,
            fine,
        )

    def _told(
        self, ask: Callable[[Mapping[str, str]], Answer], what: str, fine: Collection[int]
    ) -> Answer:
        answer = self.access.asked(ask)
        if answer.status not in REFUSING or answer.status in fine:
            return answer
        raise refused(self.channel, self.access.unquoted(answer), what, self.clock.now())

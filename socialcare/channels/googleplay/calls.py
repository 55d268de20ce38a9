"""Asking for the reviews of one app; what is refused is told by its reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from socialcare.channels.answer import Answer, Session
from socialcare.channels.googleplay.refusals import REFUSING, refused
from socialcare.channels.googleplay.wire import Review
from socialcare.channels.signing import Access
from socialcare.clock import Clock


@dataclass(frozen=True, slots=True)
class Calls:
    """``url`` is that of the app's reviews."""

    channel: str
    url: str
    http: Session
    access: Access
    clock: Clock

    def listed(self, params: Mapping[str, str], *, fine: Collection[int] = ()) -> Answer:
        """A page of reviews; refusals with a status in ``fine`` come back.

        Raises
        ------
        ChannelError
            By cause.

        """
        ask = self._get(self.url, params)
        return self._told(self.access.asked(ask), "read the reviews", fine)

    def review(self, review: str) -> Review | None:
        """One review as it is now; None where there is none."""
        ask = self._get(f"{self.url}/{quote(review, safe='')}", {})
        answer = self._told(self.access.asked(ask), "read that review", {404})
        return None if answer.status == 404 else answer.decode(Review, what="the review")

    def reply(self, review: str, text: str) -> Answer:
        """Put our answer below a review, in the place of one that is there.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause: it is not done.

        """
        url = f"{self.url}/{quote(review, safe='')}:reply"

        def ask(headers: Mapping[str, str]) -> Answer:
            return self.http.send("POST", url, {"replyText": text}, headers=headers, allow=REFUSING)

        return self._told(self.access.asked(ask), "reply to that review", ())

    def _get(self, url: str, params: Mapping[str, str]) -> Callable[[Mapping[str, str]], Answer]:
        return lambda headers: self.http.get(url, params, headers=headers, allow=REFUSING)

    def _told(self, answer: Answer, what: str, fine: Collection[int]) -> Answer:
        if answer.status not in REFUSING or answer.status in fine:
            return answer
        raise refused(self.channel, self.access.unquoted(answer), what, self.clock.now())

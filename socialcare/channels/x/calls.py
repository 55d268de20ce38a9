"""Asking X, as an app or as an account; what it refuses is told by its cause."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from socialcare.channels.answer import Answer, Session
from socialcare.channels.words import fit_to_show
from socialcare.channels.x.refusals import REFUSING, refused
from socialcare.channels.x.signin import SignIn
from socialcare.clock import Clock


@dataclass(frozen=True, slots=True)
class Calls:
    channel: str
    base: str
    http: Session
    clock: Clock
    secrets: Collection[str] = ()
    sign_in: SignIn | None = None
    """Of an account; None where ``http`` has the token of an app."""

    def ask(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        what: str,
        fine: Collection[int] = (),
    ) -> Answer:
        """``what`` is what we wanted ("read the mentions of @acme").

        Raises
        ------
        ChannelError
            By cause.

        """
        url = f"{self.base}/2/{path}"
        answer = self._signed(
            lambda own, allow: self.http.get(url, params or None, headers=own, allow=allow)
        )
        return self._told(answer, what, fine)

    def write(
        self,
        method: str,
        path: str,
        content: object = None,
        *,
        what: str,
        fine: Collection[int] = (),
    ) -> Answer:
        """Write, once; taking back may be done again.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause: it is not done.

        """
        url, again = f"{self.base}/2/{path}", method == "DELETE"
        answer = self._signed(
            lambda own, allow: self.http.send(
                method, url, content, headers=own, allow=allow, again=again
            )
        )
        return self._told(answer, what, fine)

    def _signed(self, call: Callable[[Mapping[str, str], Collection[int]], Answer]) -> Answer:
        """Once more with a new token where this one is over: what was refused is not done."""
        if self.sign_in is None:
            return call({}, REFUSING)
        signed = self.sign_in.current()
        answer = call(signed.headers, {*REFUSING, 401})
        if answer.status != 401:
            return answer
        return call(self.sign_in.renew(signed).headers, {*REFUSING, 401})

    def _told(self, answer: Answer, what: str, fine: Collection[int]) -> Answer:
        if answer.status not in {*REFUSING, 401} or answer.status in fine:
            return answer
        error = refused(self.channel, answer, what, self.clock.now())
        fit_to_show(error, [*self.secrets, *(self.sign_in.secrets if self.sign_in else ())])
        raise error

"""Asking X, as an app or as an account; what it refuses is told by its cause."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from socialcare.channels.answer import Answer, Session
from socialcare.channels.words import fit_to_show
from socialcare.channels.x.refusals import REFUSING, refused
from socialcare.clock import Clock


@dataclass(frozen=True, slots=True)
class Calls:
    channel: str
    base: str
    http: Session
    clock: Clock
    secrets: Collection[str] = ()

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
        answer = self.http.get(f"{self.base}/2/{path}", params or None, allow=REFUSING)
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
        answer = self.http.send(
            method, f"{self.base}/2/{path}", content, allow=REFUSING, again=method == "DELETE"
        )
        return self._told(answer, what, fine)

    def _told(self, answer: Answer, what: str, fine: Collection[int]) -> Answer:
        if answer.status not in REFUSING or answer.status in fine:
            return answer
        error = refused(self.channel, answer, what, self.clock.now())
        fit_to_show(error, self.secrets)
        raise error

"""Asking Reddit: signed in, once more with a new token where the old one is over.

https://www.reddit.com/dev/api
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from socialcare.channels.answer import Answer, Session
from socialcare.channels.limits import asked_wait
from socialcare.channels.reddit.refusals import REFUSING, REST, refused, too_fast, turned_down
from socialcare.channels.reddit.signin import SignIn
from socialcare.channels.reddit.wire import Verdict, Written
from socialcare.channels.words import fit_to_show
from socialcare.clock import Clock
from socialcare.errors import ChannelError

_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)


class Calls:
    """The calls of one channel. ``name`` is fit to be shown."""

    def __init__(self, name: str, base: str, http: Session, signin: SignIn, clock: Clock) -> None:
        self.name, self.signin, self.clock = name, signin, clock
        self._base, self._http = base, http
        self._rest_until: datetime | None = None

    def get(
        self, path: str, params: Mapping[str, str], *, what: str, fine: Collection[int] = ()
    ) -> Answer:
        """Ask. Statuses in ``fine`` come back as answers; ``what`` is what we wanted.

        Raises
        ------
        ChannelError
            By cause.

        """

        def ask(headers: Mapping[str, str]) -> Answer:
            url = f"{self._base}/{path}"
            params_ = {**params, "raw_json": "1"}
            return self._http.get(url, params_, headers=headers, allow=REFUSING)

        answer = self._told(ask)
        if answer.status == 200 or answer.status in fine:
            return answer
        raise self.refused(answer, what)

    def post(
        self, path: str, form: Mapping[str, str], *, what: str, again: bool = False
    ) -> Verdict:
        """Write. ``again``: doing it twice does no more than doing it once.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause: it is not done, also where that is said with status 200.

        """

        def ask(headers: Mapping[str, str]) -> Answer:
            url, form_ = f"{self._base}/{path}", {**form, "api_type": "json"}
            params = {"raw_json": "1"}
            return self._http.send(
                "POST", url, form=form_, params=params, headers=headers, allow=REFUSING, again=again
            )

        answer = self._told(ask)
        if answer.status in REFUSING:
            raise self.refused(answer, what)
        if again and answer.body.strip() in {b"", b"{}"}:
            return Verdict([])
        verdict = answer.decode(Written, what=f"the answer of {path}").json
        error = turned_down(self.name, verdict, what, self.clock.now())
        if error is not None:
            raise self._fit(error)
        return verdict

    def refused(self, answer: Answer, what: str) -> ChannelError:
        return self._fit(refused(self.name, answer, what))

    def _told(self, ask: Callable[[Mapping[str, str]], Answer]) -> Answer:
        """A token that is refused did nothing, so that also writing may be tried again."""
        self._wait_for_turn()
        token = self.signin.token()
        answer = ask(_bearer(token))
        if answer.status == 401:
            answer = ask(_bearer(self.signin.renew(token)))
        self._note(answer)
        return answer

    def _wait_for_turn(self) -> None:
        if self._rest_until is not None and self.clock.now() < self._rest_until:
            raise too_fast(self.name, self._rest_until, "its window is used up")

    def _note(self, answer: Answer) -> None:
        """``remaining`` is a float such as ``599.0``, ``reset`` are seconds to go."""
        remaining = answer.headers.get("x-ratelimit-remaining", "").strip()
        if _NUMBER.fullmatch(remaining) and float(remaining) < 1:
            now = self.clock.now()
            wait = asked_wait(answer.headers, now)
            self._rest_until = now + (REST if wait is None else timedelta(seconds=wait))

    def _fit(self, error: ChannelError) -> ChannelError:
        fit_to_show(error, self.signin.secrets)
        return error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}

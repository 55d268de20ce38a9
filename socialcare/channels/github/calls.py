"""Asking the API, and reading its refusals.

https://docs.github.com/en/rest
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from socialcare.channels.answer import Answer, Session
from socialcare.channels.github.refusals import REFUSING, Refusals
from socialcare.channels.http import Params

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one channel, below ``base``."""

    http: Session
    base: str
    refusals: Refusals
    now: Callable[[], datetime]

    @property
    def channel(self) -> str:
        return self.refusals.channel

    def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        what: str,
        fine: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for a path, or for an address that ``Link`` gave.

        ``what`` names it for messages; answers whose status is in ``fine`` come back.

        Raises
        ------
        ChannelError
            By cause.

        """
        url = path if path.startswith(self.base) else f"{self.base}/{path}"
        headers = {**HEADERS, **(headers or {})}
        answer = self.http.get(url, params, headers=headers, allow={*REFUSING, *fine})
        return self._told(answer, what, fine)

    def send(
        self,
        method: str,
        path: str,
        content: object = None,
        *,
        what: str,
        fine: Collection[int] = (),
        again: bool = False,
    ) -> Answer:
        """Write below ``/repos/``. ``again``: doing it twice does no more than doing it once.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause: it is not done.

        """
        url = f"{self.base}/repos/{path}"
        answer = self.http.send(
            method, url, content, headers=HEADERS, allow={*REFUSING, *fine}, again=again
        )
        return self._told(answer, what, fine)

    def _told(self, answer: Answer, what: str, fine: Collection[int]) -> Answer:
        is_fine = answer.status in fine and not self.refusals.is_limit(answer)
        if answer.status in REFUSING and not is_fine:
            raise self.refusals.error(answer, what, self.now())
        return answer


def is_short(answer: Answer) -> bool:
    """Whether less than half of the requests of this hour are left.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    limit, left = (answer.headers.get(f"x-ratelimit-{one}", "") for one in ("limit", "remaining"))
    if not (limit.isdecimal() and left.isdecimal() and len(limit + left) < 20):
        return False
    return int(left) * 2 < int(limit)

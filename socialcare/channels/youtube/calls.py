"""Asking YouTube: with the key, or as an account; what it refuses is told by its reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from socialcare.channels.answer import Answer, Session
from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items, decode_or_empty
from socialcare.channels.words import fit_to_show
from socialcare.channels.youtube.refusals import refused
from socialcare.channels.youtube.wire import Items, Refusal
from socialcare.clock import Clock
from socialcare.errors import ChannelError

REFUSING = frozenset({400, 403, 404, 409, 429})
"""Statuses whose body has the reason."""
MANY = 50
"""Ids of one question."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Calls:
    channel: str
    base: str
    http: Session
    clock: Clock
    secrets: Collection[str] = ()

    def ask(
        self,
        of: str,
        params: Mapping[str, str],
        *,
        fine: Collection[str] = (),
        daily: bool = False,
    ) -> Items | None:
        """One page; None where it is refused for a reason in ``fine``.

        With ``daily`` also where the quota of the day is used up.

        Raises
        ------
        ChannelError
            By cause.

        """
        answer = self.http.get(f"{self.base}/youtube/v3/{of}", params, allow=REFUSING)
        if answer.status == 200:
            return answer.decode(Items, what=f"the answer of {of}")
        refusal = decode_or_empty(answer.body, Refusal)
        if refusal.reasons & set(fine) or (daily and refusal.is_daily):
            return None
        raise self._refused(answer, f"read {of}")

    def by_id(
        self, of: str, ids: Sequence[str], into: type[T], part: str, **more: str
    ) -> tuple[list[T], list[Broken]]:
        """What there is among some ids, fifty a question."""
        good: list[T] = []
        broken: list[Broken] = []
        for start in range(0, len(ids), MANY):
            some = ",".join(ids[start : start + MANY])
            params = {"part": part, "id": some, "maxResults": str(MANY), **more}
            found = self.ask(of, params)
            raws: list[msgspec.Raw] = found.items if found else []
            fine, bad = decode_items(raws, into, where="$.items")
            good += fine
            broken += bad
        return good, broken

    def write(
        self,
        method: str,
        to: str,
        params: Mapping[str, str],
        content: object = None,
        *,
        fine: Collection[str] = (),
    ) -> Answer:
        """Write; a refusal for a reason in ``fine`` comes back as an answer.

        Raises
        ------
        OutcomeUnknownError
            It may be done.
        ChannelError
            By cause.

        """
        url, again = f"{self.base}/youtube/v3/{to}", method == "DELETE"
        answer = self.http.send(method, url, content, params=params, allow=REFUSING, again=again)
        refusal = decode_or_empty(answer.body, Refusal)
        if answer.status not in REFUSING or refusal.reasons & set(fine):
            return answer
        raise self._refused(answer, f"write {to}")

    def _refused(self, answer: Answer, what: str) -> ChannelError:
        error = refused(self.channel, answer, what, self.clock.now())
        fit_to_show(error, self.secrets)
        return error

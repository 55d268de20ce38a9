"""How one answer leads to the next: what is said in the request, and what comes after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from socialcare.channels.mapped.calls import Calls, Told
from socialcare.channels.mapped.items import Found
from socialcare.channels.mapped.plan import Paging

Place = str | int
"""A page number, an offset, a cursor, the last id, or an address without its secrets."""
ADDRESSES = frozenset({"next", "link"})
COUNTED = frozenset({"page", "offset"})


@dataclass(frozen=True, slots=True)
class Turner:
    paging: Paging
    calls: Calls

    def said(self, place: Place | None, since: Mapping[str, str]) -> dict[str, str]:
        """What a place adds to the request."""
        paging = self.paging
        if paging.style in ADDRESSES or paging.style == "none":
            return {}
        if place is None and paging.style in COUNTED:
            place = paging.first
        if place is None:
            start = paging.start
            for name, value in since.items():
                start = start.replace(f"{{{name}}}", value)
            return {paging.param: start} if start else {}
        if paging.plus:
            place = int(place) + paging.plus
        return {paging.param: str(place)}

    def following(self, place: Place | None, told: Told, found: Found) -> Place | None:
        """Where the next page begins; None: the service says that this was the last.

        Raises
        ------
        RefusedError
            It is at another service.

        """
        paging = self.paging
        if paging.style == "none":
            return None
        if paging.more is not None and not paging.more.find(told.data):
            return None
        return self._counted(place, found) if paging.style in COUNTED else self.named(told)

    def named(self, told: Told) -> Place | None:
        """The place that an answer names: a cursor, or an address of this service."""
        paging = self.paging
        if paging.style == "link":
            return self.calls.own_address(told, told.next_link) if told.next_link else None
        value = paging.path.find(told.data) if paging.path else None
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            return None
        return self.calls.own_address(told, str(value)) if paging.style == "next" else str(value)

    def _counted(self, place: Place | None, found: Found) -> int | None:
        if not found.marks:
            return None
        here = self.paging.first if place is None else int(place)
        return here + (1 if self.paging.style == "page" else len(set(found.marks)))

    def is_beyond(self, place: Place | None) -> bool:
        """Whether the service does not go there."""
        last = self.paging.last
        return last is not None and isinstance(place, int) and place > last

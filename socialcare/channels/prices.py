"""What reading costs where it is paid for: a budget a day, counted before each call.

Money is whole mills, thousandths of a dollar: the cheapest post costs one. The day is
that of UTC, as the services count it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MILLS = 1_000
"""Of a dollar."""
BUDGET = 0.50
"""Dollars a day, where the config says nothing."""
MOST = 10_000
"""Dollars a day that are believed."""
REMEMBERED = 5_000
"""Things paid for that are remembered within a day; what is forgotten counts again."""


def budget_of(options: Mapping[str, object]) -> int:
    """``budget_per_day`` in mills.

    Raises
    ------
    ValueError
        It is no amount.

    """
    value = options.get("budget_per_day", BUDGET)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise ValueError("an amount in dollars is needed, such as 0.50")
    return round(value * MILLS)


def dollars(mills: int) -> str:
    """``$0.50``; a third place only where it says something."""
    shown = f"${mills / MILLS:,.3f}"
    return shown.removesuffix("0")


class Account:
    """What was spent on the day of ``now``, and for what: the same thing costs once a day."""

    def __init__(self, stored: Mapping[str, Any] | None, budget: int, now: datetime) -> None:
        self.day = now.date().isoformat()
        self.budget = budget
        today = stored if stored and stored.get("day") == self.day else {}
        self.spent: int = today.get("spent", 0)
        self.again: int = today.get("again", 0)
        """Of ``spent``, what a second look at known posts took."""
        self._paid: dict[str, None] = dict.fromkeys(today.get("paid", ()))

    def to_json(self) -> dict[str, Any]:
        kept = list(self._paid)[-REMEMBERED:]
        return {"day": self.day, "spent": self.spent, "again": self.again, "paid": kept}

    @property
    def left(self) -> int:
        return max(self.budget - self.spent, 0)

    def is_paid(self, thing: str) -> bool:
        return thing in self._paid

    def pay(self, things: Collection[str], price: int) -> int:
        """Count what came, each thing once a day; return what it cost."""
        new = [one for one in dict.fromkeys(things) if one not in self._paid]
        self._paid.update(dict.fromkeys(new))
        self.spent += price * len(new)
        return price * len(new)


@dataclass(frozen=True, slots=True)
class Spending:
    """One channel's day, in mills. ``reads_left``: posts that can be read for sure."""

    spent: int
    budget: int
    reads_left: int

    @property
    def left(self) -> int:
        return max(self.budget - self.spent, 0)


def spending(
    options: Mapping[str, object],
    checkpoint: Mapping[str, Any] | None,
    dearest: int,
    now: datetime,
) -> Spending:
    """As the checkpoint says. ``dearest`` is what a post costs at most, in mills.

    Raises
    ------
    ValueError
        The budget of the config is no amount.

    """
    stored = checkpoint.get("account") if checkpoint else None
    account = Account(stored, budget_of(options), now)
    return Spending(account.spent, account.budget, account.left // dearest)

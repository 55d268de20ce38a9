"""Import of orders: rows of the shop's own table, to be found again by their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from socialcare.channels.base import Broken
from socialcare.channels.tables.order_rows import OrderRow
from socialcare.clock import Clock, format_time
from socialcare.inbox.database import Database
from socialcare.inbox.orders import Kept, compare_orders, keep_orders

PAGE = 1_000
"""Rows of one transaction."""
TOLD = 5
"""Rows that could not be read and are told one by one."""


@dataclass(slots=True)
class OrdersReport:
    orders: int = 0
    kept: Kept = field(default_factory=Kept)
    unreadable: int = 0
    broken: list[Broken] = field(default_factory=list)
    """The first ones."""


def import_orders(
    db: Database | None, items: Iterable[OrderRow | Broken], clock: Clock, *, rehearse: bool = False
) -> OrdersReport:
    """Store a stream of orders, a transaction for each page; with ``rehearse`` only count.

    Only a rehearsal may do without a database.
    """
    report = OrdersReport()
    stream = iter(items)
    while page := list(islice(stream, PAGE)):
        orders = [(row.number, row.data) for row in page if isinstance(row, OrderRow)]
        broken = [row for row in page if isinstance(row, Broken)]
        report.orders += len({number.lower() for number, _ in orders})
        report.unreadable += len(broken)
        report.broken += broken[: TOLD - len(report.broken)]
        if db is None:
            report.kept.new += len({number.lower() for number, _ in orders})
        elif rehearse:
            report.kept.add(compare_orders(db, orders))
        else:
            report.kept.add(keep_orders(db, orders, format_time(clock.now())))
    return report

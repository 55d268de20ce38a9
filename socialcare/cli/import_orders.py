"""``socialcare import --orders``: the shop's own table of orders, to be shown beside mentions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from socialcare.cli.context import App
from socialcare.errors import ExitCode, UsageError
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.channels.base import Broken
    from socialcare.channels.tables.order_rows import OrderRow
    from socialcare.workflow.orders import OrdersReport


def import_orders_from(
    run: App,
    stream: BinaryIO,
    name: str,
    mapping: Mapping[str, str],
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Keep the orders of a CSV or TSV; twice is once, and a changed row is updated."""
    from socialcare.channels.tables.order_rows import read_orders

    report = _imported(run, read_orders(stream, name=name, mapping=mapping), dry_run=dry_run)
    if as_json:
        _write_json(run, report)
    elif not run.quiet:
        gap = ", " if run.accessible else "   "
        run.screen.data(f"{Path(name).name}{gap}{_told(report)}")
        if dry_run:
            run.screen.say("Nothing was stored (--dry-run).")
    for broken in report.broken:
        run.screen.warn(f"{broken.where}: {broken.reason}")
    if (rest := report.unreadable - len(report.broken)) > 0:
        run.screen.warn(f"... and {rest} more")
    if report.unreadable:
        return ExitCode.PARTLY if report.orders else ExitCode.FAILED
    return ExitCode.OK


def _imported(run: App, rows: Iterator[OrderRow | Broken], *, dry_run: bool) -> OrdersReport:
    from socialcare.workflow.orders import OrdersReport, import_orders

    if run.is_demo and not run.options.demo:
        raise UsageError(
            "this is the demo, and the next demo would erase what you import.",
            "set up your own: socialcare init   or play with it: socialcare --demo import ...",
        )
    if dry_run:
        return import_orders(run.read(), rows, run.clock, rehearse=True)
    # The first row is read before the database is made: a file that is none leaves nothing.
    first = next(rows, None)
    if first is None:
        return OrdersReport()
    return import_orders(run.write(), chain([first], rows), run.clock)


def _told(report: OrdersReport) -> str:
    kept = report.kept
    return (
        f"{count(report.orders, 'order')}: {kept.new} new, {kept.updated} updated,"
        f" {report.unreadable} unreadable"
    )


def _write_json(run: App, report: OrdersReport) -> None:
    from socialcare.output.formats import write_object

    counts = {"orders": report.orders, "new": report.kept.new, "updated": report.kept.updated}
    write_object(run.screen, {"v": 1, **counts, "unreadable": report.unreadable})

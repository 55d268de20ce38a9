"""The facts of the big report in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from socialcare.output.layout import one_cell
from socialcare.output.records import View
from socialcare.output.words import clock_time, count, moment, span_spoken
from socialcare.settings.duration import format_span

Record = Any
WAYS = {
    "filtered": "filtered",
    "automated": "by bots",
    "demo": "of the demo",
    "not-us": "closed as not about us",
    "spam": "closed as spam",
    "double": "closed as double",
}
_NOBODY = {"topic": "no topic", "owner": "nobody", "person": "not answered", "tag": "none of them", "customer": "none of them", "order": "no order"}  # fmt: skip
_HEADINGS = {"person": "Answered by", "tag": "Tag", "customer": "Customer", "order": "Order"}
_GOALS = {"answer_rate": "Answer rate", "median_first_response": "First answer"}


def percent(share: float | None) -> str:
    """``81%``, and ``-`` where there is nothing of which it could be a share."""
    return "-" if share is None else f"{share * 100:.0f}%"


def span(seconds: float | None, *, spoken: bool = False) -> str:
    if seconds is None:
        return "-"
    length = timedelta(seconds=seconds)
    return span_spoken(length) if spoken else format_span(length)


def grown(change: float | None) -> str:
    """``up 12%``; nothing where there was nothing before."""
    if change is None:
        return ""
    whole = round(change * 100)
    return "as many as before" if not whole else f"{'up' if whole > 0 else 'down'} {abs(whole)}%"


def title(report: Record, view: View, *, spoken: bool = False) -> str:
    """``Last 30 days, and today so far: 77,193 mentions, up 12%``."""
    changed = grown(report["change"])
    about = f", only: {one_cell(report['query'])}" if report["query"] else ""
    demo = " (demo data)" if report["demo"] else ""
    gap = ": " if spoken else "  "
    told = count(report["total"]["mentions"], "mention")
    return f"{_when(report, view)}{about}{demo}{gap}{told}{f', {changed}' if changed else ''}"


def _when(report: Record, view: View) -> str:
    since, until = moment(report["since"]), moment(report["until"])
    assert since is not None
    assert until is not None
    first, last = since.astimezone(view.zone), until.astimezone(view.zone)
    days = (last.date() - first.date()).days
    if report["so_far"] and first.time() == first.time().min:
        return f"Last {count(days, 'day')}, and today so far" if days else "Today so far"
    return f"{_at(report['since'], view)} to {_at(report['until'], view)}"


def _at(stored: str, view: View) -> str:
    when = moment(stored)
    return "" if when is None else clock_time(when, view.zone, view.now)


def facts(report: Record, view: View, *, spoken: bool = False) -> Iterator[tuple[str, str]]:
    """Name and text of each; what there is nothing to say of is left out."""
    total, before = report["total"], report["total_before"]
    earlier = report["before"]
    between = f"{_at(earlier['since'], view)} to {_at(earlier['until'], view)}"
    yield "Before", f"{count(before['mentions'], 'mention')} from {between}"
    if total["mentions"]:
        was = _was(percent(before["complaints_share"]))
        yield "Complaints", f"{percent(total['complaints_share'])} of mentions{was}"
    if total["need_answer"]:
        rate, was = percent(total["answer_rate"]), _was(percent(before["answer_rate"]))
        yield "Answered", f"{rate} of {total['need_answer']:,} that need an answer{was}"
    for name, key in _SPANS:
        if total[f"{key}_count"]:
            yield name, _spread(report, key, spoken=spoken)
    if total["in_time_share"] is not None:
        yield "In time", _in_time(report)
    yield "Waiting now", _waiting(total, spoken=spoken)
    yield from _goals(report, spoken=spoken)


_SPANS = (
    ("First answer", "first_response"),
    ("Next answer", "next_response"),
    ("Resolved", "resolution"),
)


def _was(text: str) -> str:
    return "" if text == "-" else f", before {text}"


def _spread(report: Record, key: str, *, spoken: bool) -> str:
    total = report["total"]
    was = _was(span(report["total_before"][f"{key}_median"], spoken=spoken))
    told = f"{_within(total, f'{key}_', spoken=spoken)}{was}"
    if report["hours"]:
        told += f"; in open hours {_within(total, f'{key}_open_', spoken=spoken)}"
    return told


def _within(total: Record, prefix: str, *, spoken: bool) -> str:
    half, most, mean = (
        span(total[f"{prefix}{name}"], spoken=spoken) for name in ("median", "p90", "mean")
    )
    return f"half within {half}, 9 of 10 within {most}, mean {mean}"


def _in_time(report: Record) -> str:
    total, before = report["total"], report["total_before"]
    was = _was(percent(before["in_time_share"]))
    judged = total["in_time"] + total["late"]
    told = f"{percent(total['in_time_share'])} of {judged:,} that were due{was}"
    if report["hours"]:
        told += f"; {percent(total['in_time_calendar_share'])} if all hours counted"
    return told


def _waiting(total: Record, *, spoken: bool) -> str:
    if not total["waiting"]:
        return "nothing"
    told = f"{total['waiting']:,}, {total['waiting_late']:,} late"
    if total["waiting_oldest"] is None:
        return told
    half, oldest = (span(total[key], spoken=spoken) for key in ("waiting_median", "waiting_oldest"))
    if total["waiting"] == 1:
        return f"{told}, for {oldest}"
    return f"{told}; half of them for {half} or longer, the oldest for {oldest}"


def _goals(report: Record, *, spoken: bool) -> Iterator[tuple[str, str]]:
    for one in report["goals"]:
        shown = percent if one["goal"] == "answer_rate" else lambda s: span(s, spoken=spoken)
        met = {True: "met", False: "missed", None: "nothing to measure yet"}[one["met"]]
        least = "at least " if one["goal"] == "answer_rate" else "half within "
        actual = "" if one["actual"] is None else f", it is {shown(one['actual'])}"
        yield "Goal", f"{_GOALS[one['goal']]} {least}{shown(one['wanted'])}{actual}: {met}"


class GroupWords(NamedTuple):
    """How the groups of a report are headed and compared."""

    report: Record
    view: View | None

    @property
    def heading(self) -> str:
        kind = _kind(self.report["by"])
        if kind == "order":
            return one_cell(self.report["by"].removeprefix("order.")) or "Order"
        return _HEADINGS.get(kind, kind.capitalize())

    def change(self, group: Record) -> str:
        if group["change"] is not None:
            return f"{round(group['change'] * 100):+d}%"
        new = group["mentions_before"] == 0 and self.report["total_before"]["mentions"]
        return "new" if new and group["mentions"] else ""


def _kind(by: str) -> str:
    return "order" if by.startswith("order.") else by.partition(":")[0]


def group_name(report: Record, group: Record) -> str:
    name = group["group"]
    by = report["by"]
    if name is None:
        return _NOBODY.get(_kind(by), "none")
    if by == "person" and name == "fetch":
        return "on the channel"
    last = report["groups"][-1]["group"] == name
    return f"{name} so far" if by == "day" and last and report["so_far"] else one_cell(name)


def money(record: Record) -> Iterator[str]:
    sign = record["currency"]
    if record["saved"] is not None:
        yield (
            f"saved {_sum(record['saved'], sign)}: {record['answers']:,} answers"
            f" x {record['minutes_saved']:g} min x {sign}{record['cost_per_hour']:g} an hour"
        )
    for one in record["channels"]:
        each = one["cost_per_inquiry"]
        told = f", {_sum(each, sign)} each" if each is not None else ""
        yield (
            f"{one_cell(one['channel'])}: {count(one['answers'], 'answer')},"
            f" {_inquiries(one['inquiries'])}{told}"
        )
    if record["cost"] is not None:
        each = record["cost_per_inquiry"]
        told = f", {_sum(each, sign)} each" if each is not None else ""
        number = record["inquiries"] + record["by_customers"]
        yield f"in all {_sum(record['cost'], sign)} for {_inquiries(number)}{told}"
        yield f"of these, answered by other customers: {record['by_customers']:,}, at {sign}0"
        for way in record["elsewhere"]:
            low, high = _sum(way["cost_low"], sign), _sum(way["cost_high"], sign)
            yield f"the same by {way['way']}: {low} to {high}"
    if record["deflected"]:
        worth = record["deflected_worth"]
        saved = f", worth {_sum(worth, sign)}" if worth else ""
        yield f"did not come back after a snippet: {record['deflected']:,}{saved}"
    yield from (f"assumed: {one_cell(text)}" for text in record["assumptions"])


def _inquiries(number: int) -> str:
    return f"{number:,} inquiry" if number == 1 else f"{number:,} inquiries"


def _sum(amount: float, sign: str) -> str:
    """Small amounts with their cents."""
    return f"{sign}{amount:,.2f}" if amount < 100 else f"{sign}{amount:,.0f}"

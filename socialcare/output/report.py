"""The big report as a person reads it: facts in words, groups as a table, bars beside numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from socialcare.output.bars import bar, gauge, sparkline
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import View
from socialcare.output.report_words import (
    WAYS,
    GroupWords,
    facts,
    group_name,
    money,
    percent,
    span,
    title,
)
from socialcare.output.styled import Line, Piece, plain
from socialcare.output.table import Column, table
from socialcare.output.words import count

SHOWN = 20
"""Groups on the page; CSV and JSON have all of them."""
SHOWN_TIMES = 62
TODAY = "today is not over"
_NAME = 16
_GAUGE = 8
_BAR = 24
_WIDE, _SPARK, _SPARK_WIDE = 110, 20, 31
_MIDDLE = 72
_GAP = (2, 2)
Record = Any


class Page(NamedTuple):
    """How it is drawn; ``plain``: only ASCII can be shown. ``width`` None: nothing is cut."""

    view: View
    width: int | None
    plain: bool = False

    @property
    def room(self) -> int:
        return self.width or 120


def report_text(report: Record, page: Page) -> Iterator[str | Line]:
    yield from _wrapped(title(report, page.view), page)
    yield ""
    for name, text in facts(report, page.view):
        yield from _fact(name, text, page)
    yield from _groups(report, page)
    yield from _first_answers(report, page)
    for name, lines in rest(report):
        yield ""
        yield name
        for line in lines:
            yield from wrap(line, page.room, "  ")


def report_spoken(report: Record, page: Page) -> Iterator[str]:
    """Sentences, and no columns."""
    yield from _wrapped(f"{title(report, page.view, spoken=True)}.", page)
    for name, text in facts(report, page.view, spoken=True):
        yield from _wrapped(f"{name}: {text}.", page)
    shown, more = _shown(report)
    for group in shown:
        yield from _wrapped(_group_spoken(report, group), page)
    yield from more
    for told in bins(report):
        yield from _wrapped(f"First answers {told[0]}: {percent(told[2])}.", page)
    for name, lines in rest(report):
        for line in lines:
            yield from _wrapped(f"{name}: {' '.join(line.split())}.", page)


def _wrapped(text: str, page: Page) -> Iterable[str]:
    return [text] if page.width is None else wrap(text, page.width)


def _fact(name: str, text: str, page: Page) -> Iterator[str]:
    if page.room < 60:
        yield from wrap(f"{name}: {text}", page.room)
        return
    first, *others = wrap(text, page.room - _NAME)
    yield f"{name:<{_NAME}}{first}"
    yield from (f"{'':<{_NAME}}{line}" for line in others)


def _shown(report: Record) -> tuple[Sequence[Record], list[str]]:
    groups = report["groups"]
    most = SHOWN_TIMES if report["by"] in ("day", "hour") else SHOWN
    more = len(groups) - most
    return groups[:most], [f"... {more:,} more: --format csv"] if more > 0 else []


def _groups(report: Record, page: Page) -> Iterator[str | Line]:
    shown, more = _shown(report)
    if not shown:
        return
    columns = _columns(report, page)
    yield ""
    yield from table(
        [column for column, _ in columns],
        [[Piece(cell(group)) for _, cell in columns] for group in shown],
        page.room,
    )
    yield from more
    if _has_half_a_day(report) and page.room >= _MIDDLE:
        yield f"* {TODAY}"


def _columns(report: Record, page: Page) -> list[tuple[Column, Any]]:
    """Each with what stands in it; those that an own width does not carry are left out."""
    words = GroupWords(report, page.view)
    times = report["by"] in ("day", "hour")
    wide, middle = page.room >= _WIDE, page.room >= _MIDDLE
    found: list[tuple[Column, Any]] = [
        (Column(words.heading, 8, 18, 26, whole=times), lambda one: group_name(report, one)),
        (
            Column("Mentions", 8, right=True, whole=True, gap=_GAP),
            lambda one: f"{one['mentions']:,}",
        ),
    ]
    if middle and report["by"] != "day" and report["total_before"]["mentions"]:
        found.append((Column("Change", 6, right=True, whole=True, gap=_GAP), words.change))
    found.append(
        (
            Column("Complaints", 10, right=True, whole=True, gap=_GAP),
            lambda one: _complaints(one["complaints_share"], gauged=middle),
        )
    )
    if middle:
        found.append(
            (
                Column("Answered", 8, right=True, whole=True, gap=_GAP),
                lambda one: percent(one["answer_rate"]),
            )
        )
    if wide:
        found += [
            (
                Column("Half in", 7, right=True, whole=True, gap=_GAP),
                lambda one: span(one["first_response_median"]),
            ),
            (
                Column("In time", 7, right=True, whole=True, gap=_GAP),
                lambda one: percent(one["in_time_share"]),
            ),
        ]
    if wide and not times:
        found.append(
            (
                Column("Waiting", 7, right=True, whole=True, gap=_GAP),
                lambda one: f"{one['waiting']:,}",
            )
        )
    if middle:
        found.append(_drawn(report, page, wide=wide, times=times))
    return found  # fmt: skip


def _drawn(report: Record, page: Page, *, wide: bool, times: bool) -> tuple[Column, Any]:
    if times:
        most = max((group["mentions"] for group in report["groups"]), default=0)
        width = _BAR if wide else 16
        return (
            Column("Per day" if report["by"] == "day" else "Per hour", 8, gap=_GAP),
            lambda one: bar(one["mentions"], most, width, plain=page.plain),
        )
    width = _SPARK_WIDE if wide else _SPARK
    star = "*" if _has_half_a_day(report) else ""
    unit = "By day" if report["steps"]["unit"] == "day" else "By hour"
    return (
        Column(f"{unit}{star}", 7, gap=_GAP, whole=True),
        lambda one: sparkline(one["steps"], width, plain=page.plain),
    )


def _has_half_a_day(report: Record) -> bool:
    """Whether the last of the days that are drawn is not over."""
    drawn = report["steps"]["unit"] == "day" and report["by"] not in ("day", "hour")
    return bool(drawn and report["so_far"])


def _complaints(share: float | None, *, gauged: bool) -> str:
    if share is None or not gauged:
        return percent(share)
    return f"{percent(share):>4} {gauge(share, _GAUGE)}"


def _group_spoken(report: Record, group: Record) -> str:
    words = GroupWords(report, None)
    name = group_name(report, group)
    name = name.capitalize() if group["group"] is None else f"{words.heading} {name}"
    parts = [f"{name}: {count(group['mentions'], 'mention')}"]
    if changed := words.change(group):
        parts.append(changed.replace("+", "up ").replace("-", "down "))
    if group["complaints_share"] is not None:
        parts.append(f"complaints {percent(group['complaints_share'])}")
    if group["answer_rate"] is not None:
        parts.append(f"answered {percent(group['answer_rate'])}")
    if group["first_response_median"] is not None:
        parts.append(f"half within {span(group['first_response_median'], spoken=True)}")
    if group["waiting"]:
        parts.append(f"{group['waiting']:,} waiting")
    return f"{', '.join(parts)}."


def _first_answers(report: Record, page: Page) -> Iterator[str | Line]:
    told = list(bins(report))
    if not told:
        return
    most = max(part for *_, part in told)
    width = max(0, min(_BAR, page.room - 31))
    yield ""
    yield "First answers"
    for name, number, part in told:
        drawn = bar(part, most, width, plain=page.plain)
        yield plain(f"  {name:<14}{percent(part):>4} {number:>8,}  {drawn}"[: page.room].rstrip())


def bins(report: Record) -> Iterator[tuple[str, int, float]]:
    """Within what time, how many, and which share of all that were answered."""
    found = report["first_responses"]
    whole = sum(one["count"] for one in found)
    if not whole:
        return
    before = 0.0
    for one in found:
        until = one["until"]
        name = f"under {_round(until)}" if until else f"{_round(before)} or more"
        yield name, one["count"], one["count"] / whole
        before = until


def _round(seconds: float) -> str:
    minutes = int(seconds) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h"


def rest(report: Record) -> Iterator[tuple[str, list[str]]]:
    if report["money"]:
        yield "Money, an estimate", list(money(report["money"]))
    left = [f"{number:,} {WAYS[why]}" for why, number in report["left_out"].items() if number]
    if left:
        yield "Left out of all figures", [", ".join(left)]
    spots = [
        f"{one_cell(one['says'])}; see: {one_cell(one['fix'])}" for one in report["not_watched"]
    ]
    if spots:
        yield "Not watched", spots

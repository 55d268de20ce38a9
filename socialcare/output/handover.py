"""The handover of a shift as a person reads it: plain text, Markdown, or sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from socialcare.output.accessible import spoken_facts
from socialcare.output.columns import answer_in, said, waits
from socialcare.output.layout import fit, one_cell, wrap
from socialcare.output.markdown import escaped
from socialcare.output.records import Record, View, text_of
from socialcare.output.styled import Line
from socialcare.output.table import Column, rows
from socialcare.output.words import clock_time, count, moment

SHOWN = 10
"""Mentions of one list on the page; the JSON has more of them."""
WIDE = 60
"""From this width on, a mention has its label and owner beside it."""
FROM = 48
"""And the author."""
_UNCUT = 1_000_000
_GAP = (2, 2)
_COLUMNS = (
    Column("", 1, 20, right=True, whole=True),
    Column("", 3, 6, gap=_GAP),
    Column("", 5, right=True, whole=True, gap=_GAP),
    Column("", 5, 12, right=True, gap=_GAP, from_width=WIDE - 2),
    Column("", 5, 9, gap=_GAP, from_width=WIDE - 2),
    Column("", 8, 16, most_wide=24, gap=_GAP, from_width=FROM - 2),
    Column("", 1, 8, gap=_GAP, from_width=WIDE - 2),
    Column("", 6, gap=_GAP),
)
_SAYS = 200
"""Characters of a text in a cell of Markdown."""
_COUNTED = ("complaint", "question")
"""Labels that stand for one mention; of the others there is some."""
_TIMED = {"promised": "promised_at", "waking": "snoozed_until"}
"""Lists with a time of their own, which are left out where they are empty."""
LISTS = (
    ("urgent", "Urgent ones that came"),
    ("late", "Late now"),
    ("due", "Late by {until}"),
    ("promised", "Promised until {until}"),
    ("waking", "Back from snooze until {until}"),
)


def handover_text(
    report: Record, view: View, width: int | None, *, spoken: bool = False
) -> Iterator[str | Line]:
    """Lines that fit; with ``width`` None nothing is cut, for a file or a program."""
    yield from _wrapped(_title(report, view), width)
    for name, lines in _facts(report, view):
        yield from ("", name, *_indented(lines, width))
    for some in _lists(report, view):
        yield from ("", *_wrapped(f"{some.title}{': ' if spoken else '  '}{some.total:,}", width))
        if spoken:
            yield from _indented((_spoken(item, some.timed, view) for item in some.items), width)
        else:
            yield from _items(some, view, width)
        yield from _indented(some.more, width)


def handover_markdown(report: Record, view: View) -> Iterator[str]:
    """For a wiki, a ticket or a chat: nothing in a mention is markup."""
    yield f"# {escaped(_title(report, view))}"
    for name, lines in _facts(report, view):
        yield from ("", f"## {name}", "", *(f"- {escaped(line)}" for line in lines))
    for some in _lists(report, view):
        yield from ("", f"## {escaped(some.title)}: {some.total:,}")
        if some.items:
            more, rule = (" Waits |", "---|") if view.hours else ("", "")
            yield from ("", f"| ID | Priority | When |{more} Label | From | Owner | Says |")
            yield f"|---:|---|---|{rule}---|---|---|---|"
            yield from (_row(item, some.timed, view) for item in some.items)
        yield from (f"\n{line}" for line in some.more)


def _title(report: Record, view: View) -> str:
    since, until = _at(report, "since", view), _at(report, "until", view)
    about = f", only: {report['query']}" if report["query"] else ""
    demo = " (demo data)" if report["demo"] else ""
    return f"Handover {_at(report, 'now', view)}: since {since}, and until {until}{about}{demo}"


def _facts(report: Any, view: View) -> Iterator[tuple[str, list[str]]]:
    """What stands in words: a heading and its lines."""
    yield "Came", list(_came(report))
    done = [
        f"{name} {_people(report[key])}"
        for key, name in (("answered", "answered"), ("closed", "closed"))
    ]
    yield "Done", done
    owners = [_owner(one) for one in report["owners"]]
    writing = [
        f"{one_cell(one['who'])} is writing an answer to {one['id']}, until {_at(one, 'until', view)}"
        for one in report["writing"]
    ]
    yield "Who has what", [*(owners or ["nothing waits for an answer"]), *writing]
    if report["replies"]:
        yield "Replies to look after", list(_replies(report["replies"]))
    yield "Channels", [*map(_channel, report["channels"])] or ["nothing is wrong with them"]


def _came(report: Any) -> Iterator[str]:
    came = report["came"]
    filtered = f", and {report['filtered']:,} filtered" if report["filtered"] else ""
    yield f"{count(came['mentions'], 'mention')}{filtered}"
    for one in came["channels"]:
        labels = ", ".join(
            count(number, label) if label in _COUNTED else f"{number:,} {label}"
            for label, number in one["labels"].items()
        )
        yield f"{one_cell(one['channel'])} {one['mentions']:,}: {labels}"


def _people(done: Any) -> str:
    number = count(done["conversations"], "conversation")
    who = ", ".join(
        f"{'on the channel' if one['who'] == 'fetch' else one_cell(one['who'])}"
        f" {one['conversations']:,}"
        for one in done["by"]
    )
    return f"{number}: {who}" if who else number


def _owner(one: Any) -> str:
    late = f", {one['late']:,} late" if one["late"] else ""
    top = ", ".join(map(str, one["top"]))
    who = "nobody" if one["owner"] is None else one_cell(one["owner"])
    return (
        f"{who} {one['open']:,} open{late}: {top}{', ...' if one['open'] > len(one['top']) else ''}"
    )


def _replies(replies: Sequence[Any]) -> Iterator[str]:
    states: dict[str, list[str]] = {}
    for one in replies:
        states.setdefault(one["state"], []).append(str(one["id"]))
    for state, ids in states.items():
        more = f", ... {len(ids) - SHOWN:,} more" if len(ids) > SHOWN else ""
        yield f"{state} {len(ids):,}: {', '.join(ids[:SHOWN])}{more}"


def _channel(one: Any) -> str:
    return f"{one_cell(one['message'])}; see: {one_cell(one['fix'])}"


class _List(NamedTuple):
    """``timed`` is the field that the list is about; None where it is the answer-by time."""

    title: str
    total: int
    items: Sequence[Record]
    timed: str | None

    @property
    def more(self) -> list[str]:
        others = self.total - len(self.items)
        return [f"... {others:,} more"] if others else []


def _lists(report: Any, view: View) -> Iterator[_List]:
    for key, title in LISTS:
        some, timed = report[key], _TIMED.get(key)
        if some["count"] or timed is None:
            named = title.format(until=_at(report, "until", view))
            yield _List(named, some["count"], some["items"][:SHOWN], timed)


def _items(some: _List, view: View, width: int | None) -> Iterator[Line]:
    """One under the other, without a column that is empty; the title above is the heading."""
    if not some.items:
        return
    cells = [_cells(item, some.timed, view) for item in some.items]
    shown = [at for at in range(len(_COLUMNS)) if any(row[at] for row in cells)]
    columns = [_COLUMNS[at] for at in shown]
    if width is None:
        columns = [replace(column, most=None, most_wide=None) for column in columns]
    yield from rows(columns, [[row[at] for at in shown] for row in cells], width or _UNCUT)


def _cells(item: Record, timed: str | None, view: View) -> tuple[str, ...]:
    waiting = waits(item, view)
    return (
        text_of(item, "id"),
        text_of(item, "priority"),
        _moment(item, timed, view),
        f"waits {waiting}" if waiting else "",
        text_of(item, "label"),
        text_of(item, "author"),
        text_of(item, "owner"),
        said(item),
    )


def _spoken(item: Record, timed: str | None, view: View) -> str:
    at = f" Until {_moment(item, timed, view)}." if timed else ""
    return f"{spoken_facts(item, view)}{at} {one_cell(said(item))}"


def _moment(item: Record, timed: str | None, view: View) -> str:
    return answer_in(item, view) if timed is None else _at(item, timed, view)


def _row(item: Record, timed: str | None, view: View) -> str:
    cells = (
        *(text_of(item, "id"), text_of(item, "priority"), _moment(item, timed, view)),
        *([waits(item, view)] if view.hours else []),
        *(text_of(item, "label"), text_of(item, "author"), text_of(item, "owner")),
        fit(one_cell(said(item)), _SAYS),
    )
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _at(record: Any, field: str, view: View) -> str:
    when = moment(record[field])
    return "" if when is None else clock_time(when, view.zone, view.now)


def _indented(lines: Iterable[str], width: int | None) -> Iterator[str]:
    for line in lines:
        if width is None:
            yield f"  {line}"
        else:
            yield from wrap(line, width, "  ")


def _wrapped(line: str, width: int | None) -> Iterator[str]:
    yield from [line] if width is None else wrap(line, width)

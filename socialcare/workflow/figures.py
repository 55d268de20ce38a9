"""The big report as one record, as the JSON has it: figures, groups, money, goals, blind spots."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.figures import Facts, Wanted, facts
from socialcare.inbox.grouping import TIMES, Grouping
from socialcare.inbox.knowledge import uses
from socialcare.inbox.query import Query
from socialcare.inbox.questions import Message
from socialcare.inbox.reading import Header
from socialcare.insight.money import Work, estimate
from socialcare.insight.period import Period
from socialcare.insight.tally import FIELDS, LABELS, WAITING, Figures, Tally, change
from socialcare.settings import Settings
from socialcare.settings.model import Goals
from socialcare.workflow.standing import Standing
from socialcare.workflow.watching import blind_spots

Record = dict[str, Any]
ROW_FIELDS = ("row", "by", "group", "since", "until", "mentions_before", "change", *FIELDS)
"""Of a flat row, which is the ``total``, the one ``before``, or a ``group``."""
BINS = tuple(timedelta(minutes=minutes) for minutes in (30, 60, 240, 1440))
"""Until when an answer is quick, within the hour, and so on; what takes longer is the rest."""


def report(
    db: Database | None,
    query: Query,
    words: Sequence[str],
    period: Period,
    by: Grouping,
    settings: Settings,
    me: str,
    header: Header,
    channels: Sequence[Standing],
) -> Record:
    """Without a database nothing has come."""
    before = period.before()
    wanted = Wanted(query, (period.since, period.until), before, period.now, me, by)
    found = Facts() if db is None else facts(db, wanted, settings)
    table = _Table(found, period, by)
    total = table.total.figures()
    earlier = _without_waiting(table.before.figures())
    spots = blind_spots(channels, header, period.now)
    return {
        "v": 1,
        "since": format_time(period.since),
        "until": format_time(period.until),
        "now": format_time(period.now),
        "so_far": period.so_far,
        "hours": bool(settings.answer_by.hours),
        "query": " ".join(words),
        "by": by.name,
        "before": {"since": format_time(before[0]), "until": format_time(before[1])},
        "total": total,
        "total_before": earlier,
        "change": change(table.total.labels.total(), table.before.labels.total()),
        "groups": list(table.records()),
        "steps": table.steps(),
        "first_responses": _bins(table.total.took["first_response"]),
        "left_out": found.left_out,
        "goals": list(_goals(settings.goals, total)),
        "money": _money(db, found, wanted, settings, narrowed=bool(words)),
        "not_watched": [asdict(spot) for spot in spots],
        "last_fetch": header.last_fetch and format_time(header.last_fetch),
        "demo": header.demo,
    }


def flat_rows(found: Record) -> Iterator[Record]:
    """The same as rows of one width, for a spreadsheet or a program."""
    empty = dict.fromkeys(ROW_FIELDS)
    period = {"by": found["by"], "since": found["since"], "until": found["until"]}
    total = found["total"] | {"mentions_before": found["total_before"]["mentions"]}
    yield empty | period | total | {"row": "total", "change": found["change"]}
    yield empty | period | found["before"] | found["total_before"] | {"row": "before"}
    for group in found["groups"]:
        known = {name: group[name] for name in ROW_FIELDS if name in group}
        yield empty | period | known | {"row": "group"}


class _Table:
    """All that was found, counted once for all and once for its group."""

    def __init__(self, found: Facts, period: Period, by: Grouping) -> None:
        self.period, self.by = period, by
        self.starts = period.steps()
        self._stored = [format_time(start) for start in self.starts]
        self.total, self.before = Tally(), Tally()
        self.groups: dict[str | None, Tally] = {key: Tally() for key in self._expected()}
        self.earlier: Counter[str | None] = Counter()
        self.by_step: dict[str | None, list[int]] = {}
        self.complaints = [0] * len(self.starts)
        self.group_of = self._group_of()
        self._count(found)

    def _expected(self) -> list[str]:
        """Days and hours in which nothing came are there too."""
        if self.by.name == "hour":
            return [f"{hour:02d}" for hour in range(24)]
        if self.by.name != "day":
            return []
        local = (start.astimezone(self.period.zone) for start in self.starts)
        return list(dict.fromkeys(f"{at:%Y-%m-%d}" for at in local))

    def _group_of(self) -> Callable[[Message], str | None]:
        if self.by.name not in TIMES:
            return lambda message: message.group
        form = "%Y-%m-%d" if self.by.name == "day" else "%H"

        @cache
        def local(hour: str, quarter: int) -> str:
            at = datetime.fromisoformat(hour).replace(minute=quarter * 15, tzinfo=UTC)
            return at.astimezone(self.period.zone).strftime(form)

        # Zones are ahead of UTC by quarters of an hour: few times have to be worked out.
        return lambda message: local(message.at[:13], int(message.at[14:16]) // 15)

    def _of(self, group: str | None) -> Tally:
        found = self.groups.get(group)
        if found is None:
            found = self.groups[group] = Tally()
        return found

    def _count(self, found: Facts) -> None:
        """Everything once for its group; the total is the sum of all groups."""
        self._count_messages(found.messages)
        for question in found.questions:
            tally = self._tally(question.of)
            tally.judge(in_time=question.in_time, calendar=question.in_time_calendar)
            if question.took is not None:
                tally.span(f"{question.kind}_response", question.took, question.in_open)
        for resolution in found.resolutions:
            self._tally(resolution.of).span("resolution", resolution.took, resolution.in_open)
        for row in found.waiting:
            tally = self.total if self.by.name in TIMES else self._of(row.group)
            tally.wait(row.waited, late=row.late)
        for tally in self.groups.values():
            self.total.add(tally)

    def _count_messages(self, messages: Sequence[Message]) -> None:
        alike: Counter[tuple[str | None, str, bool, bool, bool]] = Counter()
        steps: Counter[tuple[str | None, int, bool]] = Counter()
        stored, group_of = self._stored, self.group_of
        for message in messages:
            group = group_of(message)
            alike[group, message.label, message.needs, message.answered, message.current] += 1
            if message.current:
                at = bisect_right(stored, message.at) - 1
                steps[group, at, message.label == "complaint"] += 1
        for (group, label, needs, answered, current), number in alike.items():
            tally = self._of(group) if current else self.before
            tally.count(label, number, needs=needs, answered=answered)
            self.earlier[group] += 0 if current else number
        for (group, at, complaint), number in steps.items():
            self.by_step.setdefault(group, [0] * len(stored))[at] += number
            self.complaints[at] += number if complaint else 0

    def _tally(self, message: Message) -> Tally:
        return self._of(self.group_of(message)) if message.current else self.before

    def steps(self) -> Record:
        sums = [0] * len(self.starts)
        for counts in self.by_step.values():
            sums = [one + other for one, other in zip(sums, counts, strict=True)]
        return {
            "unit": "hour" if self.period.by_hour else "day",
            "starts": self._stored,
            "mentions": sums,
            "complaints": self.complaints,
        }

    def records(self) -> Iterator[Record]:
        names = dict.fromkeys((*self.groups, *(self.earlier if self.by.name != "day" else ())))
        for name in sorted(names, key=self._place):
            tally = self._of(name)
            figures = tally.figures()
            if self.by.name in TIMES:
                figures = _without_waiting(figures)
            earlier = None if self.by.name == "day" else self.earlier[name]
            mentions = tally.labels.total()
            yield {
                "group": name,
                "mentions_before": earlier,
                "change": None if earlier is None else change(mentions, earlier),
                **figures,
                "steps": self.by_step.get(name, [0] * len(self.starts)),
            }

    def _place(self, name: str | None) -> tuple[object, ...]:
        if name is None:
            return (1,)
        if self.by.name in TIMES:
            return (0, name)
        if self.by.name == "label":
            return (0, LABELS.index(name))
        return (0, -self._of(name).labels.total(), name)


def _without_waiting(figures: Figures) -> Figures:
    return figures | dict.fromkeys(WAITING)


def _bins(spans: Sequence[float]) -> list[Record]:
    """How many first answers came within each time; ``until`` in seconds, None for the rest."""
    edges = [edge.total_seconds() for edge in BINS]
    counts = [0] * (len(edges) + 1)
    for span in spans:
        counts[bisect_right(edges, span)] += 1
    return [
        {"until": edge, "count": count} for edge, count in zip([*edges, None], counts, strict=True)
    ]


def _goals(goals: Goals, total: Figures) -> Iterator[Record]:
    """``met`` None: nothing came by which it could be said."""
    if goals.answer_rate is not None:
        rate = total["answer_rate"]
        met = None if rate is None else rate >= goals.answer_rate
        yield {"goal": "answer_rate", "wanted": goals.answer_rate, "actual": rate, "met": met}
    if goals.median_first_response is not None:
        wanted, median = goals.median_first_response.total_seconds(), total["first_response_median"]
        met = None if median is None else median <= wanted
        yield {"goal": "median_first_response", "wanted": wanted, "actual": median, "met": met}


def _money(
    db: Database | None, found: Facts, wanted: Wanted, settings: Settings, *, narrowed: bool
) -> Record | None:
    if not settings.report.cost_per_hour:
        return None
    inquiries: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for question in found.questions:
        if question.of.current and question.took is not None:
            answers[question.of.channel] += 1
            inquiries[question.of.channel] += question.kind == "first"
    work = [Work(name, inquiries[name], number) for name, number in answers.most_common()]
    deflected = None
    if db is not None and not narrowed:  # which snippet helped is known for all of them alone
        used = uses(db, wanted.now, sent=wanted.period)
        deflected = sum(one.deflected for one in used.values())
    return estimate(settings.report, work, found.by_customers, deflected)

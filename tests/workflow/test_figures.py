"""Every figure of the big report, from 50,000 mentions of which the truth is known.

The truth is worked out here from what happened, in plain Python and plain SQL; the program
works it out from its tables.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.grouping import read_grouping
from socialcare.inbox.query import Query
from socialcare.inbox.reading import header
from socialcare.insight.period import Period, midnight
from socialcare.settings import AnswerBy, Settings
from socialcare.settings.hours import parse_hours
from socialcare.workflow.figures import report
from tests.inbox.big_shop import TARGETS, Talk, put, talks
from tests.inbox.house import new_inbox

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
"""Clocks in Oslo were put back on 25 October, in the period of these reports."""
OSLO = ZoneInfo("Europe/Oslo")
DAYS = 30
BYS = ("channel", "label", "topic", "owner", "person", "day", "hour", "tag:vip,courier", "customer:vip", "order.country")  # fmt: skip
SUMS = ("mentions", "complaint", "question", "praise", "other", "unsure", "need_answer", "answered", "first_response_count", "next_response_count", "resolution_count", "in_time", "late", "in_time_calendar", "late_calendar")  # fmt: skip
OPEN = parse_hours("Mon-Fri 09:00-18:00")
POLICIES = {
    "always": AnswerBy(timezone="Europe/Oslo"),
    "hours": AnswerBy(timezone="Europe/Oslo", hours=OPEN),
}


@dataclass
class World:
    db: Database
    made: list[Talk]
    reports: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    db = new_inbox(tmp_path_factory.mktemp("figures"))
    made = list(talks(7, 35_500, NOW, 2 * DAYS + 2))
    put(db, made)
    assert 50_000 < db.value("select count(*) from mention") < 52_500
    yield World(db, made)
    db.close()


def period(days: int = DAYS) -> Period:
    day = NOW.astimezone(OSLO).date() - timedelta(days=days)
    return Period(midnight(day, OSLO), NOW, NOW, OSLO)


def made(world: World, by: str = "topic", hours: str = "always") -> dict[str, Any]:
    if (by, hours) not in world.reports:
        settings, state = Settings(answer_by=POLICIES[hours]), header(world.db, NOW)
        grouping = read_grouping(by)
        told = report(world.db, Query(), [], period(), grouping, settings, "mia", state, ())
        world.reports[by, hours] = told
    return world.reports[by, hours]


# ── the truth ──────────────────────────────────────────────────────────────────────────


def open_seconds(start: datetime, end: datetime) -> float:
    """Hours of Monday to Friday, 9 to 18 in Oslo; day by day, so nothing of it is ours."""
    total = 0.0
    day = start.astimezone(OSLO).date()
    while day <= end.astimezone(OSLO).date():
        if day.weekday() < 5:
            opens = datetime(day.year, day.month, day.day, 9, tzinfo=OSLO).astimezone(UTC)
            closes = datetime(day.year, day.month, day.day, 18, tzinfo=OSLO).astimezone(UTC)
            low, high = max(opens, start), min(closes, end)
            total += max(0.0, (high - low).total_seconds())
        day += timedelta(days=1)
    return total


def passed(talk: Talk, end: datetime, clock: Callable[[datetime, datetime], float]) -> float:
    """Time that ran against us, in seconds, until ``end``; while it was put off none did."""
    start = talk.asked[0]
    if talk.put_off is None:
        return clock(start, end)
    since, until = talk.put_off
    if end <= since:
        return clock(start, end)
    ran = clock(start, since)
    if ran >= TARGETS[talk.priority] * 3600:
        return ran  # it was late already
    return ran + (clock(until, end) if end > until else 0.0)


def wall(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def in_time(talk: Talk, clock: Callable[[datetime, datetime], float]) -> bool | None:
    target = TARGETS[talk.priority] * 3600
    if talk.answered:
        return passed(talk, talk.answered, clock) <= target
    if talk.closed:
        return None
    return False if passed(talk, NOW, clock) > target else None


def truth(world: World, since: datetime, until: datetime, *, hours: bool) -> dict[str, float]:
    found: Counter[str] = Counter()
    spans: dict[str, list[float]] = {"first_response_": [], "resolution_": []}
    if hours:
        spans |= {f"{name}open_": [] for name in list(spans)}
    for talk in world.made:
        if talk.left_out:
            continue
        mine = [at for at in talk.asked if since <= at < until]
        found["mentions"] += len(mine)
        found[talk.label] += len(mine)
        if talk.needs and talk.reason != "no-answer-needed":
            found["need_answer"] += len(mine)
            found["answered"] += len(mine) if talk.answered else 0
        if not (talk.needs and since <= talk.asked[0] < until):
            continue
        for name, end in (("first_response_", talk.answered), ("resolution_", talk.closed)):
            if end:
                spans[name].append(wall(talk.asked[0], end))
                if hours:
                    spans[f"{name}open_"].append(open_seconds(talk.asked[0], end))
        for name, clock in (("", open_seconds if hours else wall), ("_calendar", wall)):
            judged = in_time(talk, clock)
            if judged is not None:
                found[f"{'in_time' if judged else 'late'}{name}"] += 1
    told: dict[str, float] = dict(found)
    for name, values in spans.items():
        if "open" not in name:
            told[f"{name}count"] = len(values)
        ordered = sorted(values)
        told[f"{name}mean"], told[f"{name}median"] = fmean(values), median(values)
        told[f"{name}p90"] = ordered[math.ceil(len(ordered) * 9 / 10) - 1]
    told["complaints_share"] = found["complaint"] / found["mentions"]
    told["answer_rate"] = found["answered"] / found["need_answer"]
    for name in ("", "_calendar"):
        late, right = found[f"late{name}"], found[f"in_time{name}"]
        told[f"in_time{name}_share"] = right / (right + late)
    return told


# ── the laws ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hours", POLICIES)
def test_every_figure_is_the_truth(world, hours):
    told = made(world, hours=hours)
    since, until = (datetime.fromisoformat(told["before"][end]) for end in ("since", "until"))
    spans = {"total": (period().since, NOW), "total_before": (since, until)}
    for key, (since, until) in spans.items():
        wanted = truth(world, since, until, hours=hours == "hours")
        assert len(wanted) > 20
        for name, value in wanted.items():
            assert told[key][name] == pytest.approx(value, abs=0.00051), (key, name)


def test_the_plain_counts_are_those_of_plain_sql(world):
    total = made(world)["total"]
    where = """from mention m join triage t on t.mention_id = m.id
      where m.created_at >= ? and m.created_at < ? and not m.automated
      and t.status <> 'filtered' and coalesce(t.close_reason, '') not in ('not-us', 'spam')"""
    span = (format_time(period().since), format_time(NOW))
    asks = "t.needs_answer and coalesce(t.close_reason, '') <> 'no-answer-needed'"
    for name, sql in {
        "mentions": "count(*)",
        "complaint": "sum(t.label = 'complaint')",
        "need_answer": f"sum({asks})",
        "answered": f"sum({asks} and t.first_answer_at is not null)",
    }.items():
        assert total[name] == world.db.value(f"select {sql} {where}", span), name
    waits = "select count(*), sum(due_at < ?), min(waiting_since) from triage where waits = 1"
    number, late, oldest = world.db.rows(waits, (format_time(NOW),))[0]
    assert (total["waiting"], total["waiting_late"]) == (number, late)
    assert total["waiting_oldest"] == pytest.approx(wall(datetime.fromisoformat(oldest), NOW))


def test_what_is_left_out_is_counted(world):
    mine = [t for t in world.made for at in t.asked if period().since <= at < NOW]
    left = made(world)["left_out"]
    assert left["filtered"] == sum(t.status == "filtered" for t in mine) > 100
    bots = [t for t in mine if t.automated and t.status != "filtered"]
    assert left["automated"] == len(bots) > 100
    others = [t for t in mine if not t.automated and t.status != "filtered"]
    assert left["not-us"] == sum(t.reason == "not-us" for t in others) > 100
    assert left["spam"] == sum(t.reason == "spam" for t in others) > 100


@pytest.mark.parametrize(("by", "hours"), [*((by, "always") for by in BYS), ("topic", "hours")])
def test_every_grouping_adds_up_to_the_total(world, by, hours):
    told = made(world, by, hours)
    assert len(told["groups"]) > 1
    for name in SUMS:
        assert sum(group[name] for group in told["groups"]) == told["total"][name], name
    for group in told["groups"]:
        assert sum(group["steps"]) == group["mentions"]
    assert sum(told["steps"]["mentions"]) == told["total"]["mentions"]
    assert sum(told["steps"]["complaints"]) == told["total"]["complaint"]
    if by not in ("day", "hour"):
        assert sum(g["waiting"] for g in told["groups"]) == told["total"]["waiting"]
    if by != "day":
        earlier = sum(g["mentions_before"] for g in told["groups"])
        assert earlier == told["total_before"]["mentions"]


def test_the_totals_do_not_depend_on_the_grouping(world):
    totals = [made(world, by)["total"] for by in BYS]
    assert all(total == totals[0] for total in totals)


@pytest.mark.parametrize(
    ("by", "group_of"),
    [
        ("channel", lambda talk, at: talk.channel),
        ("label", lambda talk, at: talk.label),
        ("topic", lambda talk, at: talk.topic),
        ("owner", lambda talk, at: talk.owner),
        ("person", lambda talk, at: talk.by),
        ("tag:vip,courier", lambda talk, at: talk.tag),
        ("customer:vip", lambda talk, at: "vip" if talk.tag == "vip" else None),
        ("order.country", lambda talk, at: talk.country),
        ("day", lambda talk, at: f"{at.astimezone(OSLO):%Y-%m-%d}"),
        ("hour", lambda talk, at: f"{at.astimezone(OSLO):%H}"),
    ],
)
def test_each_group_holds_what_belongs_to_it(world, by, group_of):
    found = {g["group"]: g for g in made(world, by)["groups"]}
    wanted: dict[object, Counter[str]] = {key: Counter() for key in found}
    firsts: dict[object, list[float]] = {key: [] for key in found}
    for talk in world.made:
        if talk.left_out:
            continue
        for at in talk.asked:
            if period().since <= at < NOW:
                wanted[group_of(talk, at)].update(["mentions", talk.label])
        first = talk.asked[0]
        if talk.answered and talk.needs and first >= period().since:
            firsts[group_of(talk, first)].append(wall(first, talk.answered))
    for key, counts in wanted.items():
        assert found[key]["mentions"] == counts["mentions"], key
        assert found[key]["complaint"] == counts["complaint"], key
        median_ = median(firsts[key]) if firsts[key] else None
        assert found[key]["first_response_median"] == pytest.approx(median_, abs=0.00051), key


def test_a_day_of_25_hours_is_one_day(world):
    told = made(world, "day")
    days = [group["group"] for group in told["groups"]]
    assert days == sorted(days)
    assert len(days) == DAYS + 1
    long_day = next(g for g in told["groups"] if g["group"] == "2026-10-25")
    begin, end = "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"
    assert begin in told["steps"]["starts"]
    sql = """select count(*) from mention m join triage t on t.mention_id = m.id
      where m.created_at >= ? and m.created_at < ? and not m.automated
      and t.status <> 'filtered' and coalesce(t.close_reason, '') not in ('not-us', 'spam')"""
    assert long_day["mentions"] == world.db.value(sql, (begin, end)) > 500


def test_the_period_before_is_as_many_days_until_the_same_time_of_day(world):
    told = made(world)
    assert told["since"] == "2026-10-02T22:00:00.000Z"
    assert told["before"] == {
        "since": "2026-09-01T22:00:00.000Z",
        "until": "2026-10-02T13:00:00.000Z",  # 15 o'clock in Oslo, as now, and then it was summer
    }
    assert told["so_far"] is True

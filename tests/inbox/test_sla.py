"""The answer-by clock, against cases worked by hand and laws.

Times are those of Oslo in a week of November 2026 (winter time, Monday is the 16th), as
"fri 16:45"; "next mon" is the 23rd.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.clock import LATEST
from socialcare.inbox.calendar import ROUND_THE_CLOCK, Calendar
from socialcare.inbox.sla import Clock, ClockEvent, Cycle, Step, run_clock
from socialcare.settings import AnswerBy
from socialcare.settings.holidays import Holidays
from socialcare.settings.hours import parse_hours

OSLO = ZoneInfo("Europe/Oslo")
H, M = timedelta(hours=1), timedelta(minutes=1)
DAYS = {name: 16 + number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}  # fmt: skip
POLICY = AnswerBy()
RESOLVING = AnswerBy(next={"normal": 2 * H}, resolve={"normal": 16 * H})
OFFICE = Calendar(OSLO, parse_hours("Mon-Fri 09:00-17:00"))


def at(text: str) -> datetime:
    *later, day, time = text.split()
    hour, minute = map(int, time.split(":"))
    number = DAYS[day] + 7 * len(later)
    return datetime(2026, 11, 1, hour, minute, tzinfo=OSLO).astimezone(UTC) + timedelta(
        days=number - 1
    )


def run(*told: str, policy=POLICY, calendar=OFFICE, priority="normal", label="question") -> Clock:
    """``run("asked fri 16:45", "answered next mon 10:00")``; a promise as ``… until tue 12:00``."""
    return run_clock(policy, calendar, [event(text) for text in told], priority, label)


def event(text: str) -> ClockEvent:
    kind, _, rest = text.partition(" ")
    when, _, until = rest.partition(" until ")
    return ClockEvent(at(when), kind, at(until) if until else None)  # type: ignore[arg-type]


def due(clock: Clock) -> tuple[datetime | None, str | None]:
    return clock.due_at, clock.due_for


def test_friday_evening():
    """16:45-17:00 is 15 min, the other 3 h 45 of 4 h run on Monday from 09:00."""
    clock = run("asked fri 16:45")
    assert clock.cycles == (Cycle("first", at("fri 16:45"), at("next mon 12:45"), None),)
    assert due(clock) == (at("next mon 12:45"), "first")
    assert clock.waiting_since == at("fri 16:45")
    assert (clock.resolve_by, clock.promised) == (None, None)


def test_a_holiday_in_between():
    """Monday is off: 15 min on Friday, 3 h 45 on Tuesday."""
    off = Holidays(ranges=((date(2026, 11, 23), date(2026, 11, 24)),))
    clock = run("asked fri 16:45", calendar=Calendar(OSLO, OFFICE.week, off))
    assert clock.due_at == at("next tue 12:45")


def test_two_spans_a_day():
    """16:45-18:00 is 1 h 15, Saturday has 1 h, Monday 09:00-10:30 1 h 30, then 11:00 + 15 min."""
    hours = parse_hours("Mon-Fri 09:00-10:30 11:00-18:00, Sat 10:00-11:00")
    assert run("asked fri 16:45", calendar=Calendar(OSLO, hours)).due_at == at("next mon 11:15")


@pytest.mark.parametrize(
    ("asked", "due_at"),
    [
        # 23:00-02:00 is 3 h, at 02:00 it is 03:00, one hour more.
        (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)),
        # 23:00-03:00 in summer time is 4 h: it ends when 02:00 begins once more.
        (datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ],
)
def test_both_nights_of_the_change(asked, due_at):
    night = Calendar(OSLO, parse_hours("Sat-Sun 22:00-06:00"))
    told = run_clock(POLICY, night, [ClockEvent(asked, "asked")], "normal", "question")
    assert told.due_at == due_at


def test_an_answer_stops_it_wherever_it_was_given():
    """In the app of the channel, from a phone: it comes with the next fetch, with its own time."""
    clock = run("answered fri 16:50", "asked fri 16:45")
    assert clock.cycles == (Cycle("first", at("fri 16:45"), at("next mon 12:45"), at("fri 16:50")),)
    assert (due(clock), clock.waiting_since) == ((None, None), None)


def test_further_messages_of_the_same_question_do_not_restart_it():
    clock = run("asked mon 09:00", "asked mon 10:00", "asked mon 12:00")
    assert due(clock) == (at("mon 13:00"), "first")
    assert clock.waiting_since == at("mon 09:00")


def test_a_message_after_our_answer_starts_a_next_cycle():
    """Its target is 2 h: 16:00-17:00 on Monday, 09:00-10:00 on Tuesday."""
    clock = run("asked mon 09:00", "answered mon 10:00", "asked mon 16:00", policy=RESOLVING)
    assert [(cycle.kind, cycle.due) for cycle in clock.cycles] == [
        ("first", at("mon 13:00")),
        ("next", at("tue 10:00")),
    ]
    assert due(clock) == (at("tue 10:00"), "next")
    assert clock.waiting_since == at("mon 16:00")


def test_without_targets_of_its_own_a_next_answer_is_due_as_the_first():
    clock = run("asked mon 09:00", "answered mon 10:00", "asked mon 11:00")
    assert due(clock) == (at("mon 15:00"), "next")


def test_reopened_after_close_it_is_a_first_answer_again():
    """4 h and not the 2 h of a next answer; 16 h to resolve begin anew: 6 on Tuesday, 8, 2."""
    clock = run(
        "asked mon 09:00", "answered mon 10:00", "closed mon 10:05", "asked tue 11:00",
        policy=RESOLVING,
    )  # fmt: skip
    assert clock.cycles[-1] == Cycle("first", at("tue 11:00"), at("tue 15:00"), None)
    assert due(clock) == (at("tue 15:00"), "first")
    assert clock.resolve_by == at("thu 11:00")


def test_closed_without_an_answer_nobody_waits():
    clock = run("asked mon 09:00", "closed mon 18:00", policy=RESOLVING)
    assert clock.cycles == (Cycle("first", at("mon 09:00"), at("mon 13:00"), at("mon 18:00")),)
    assert (due(clock), clock.waiting_since, clock.resolve_by) == ((None, None), None, None)


def test_pending_for_a_weekend():
    """Asked Friday 15:00, due in 4 h. Pending 16:00-Monday 10:00: one hour was used, and 3 h
    run from Monday 10:00. Open hours in the pause: Friday 1 h and Monday 1 h, so it is due
    2 h later than Monday 11:00, when it would have been."""
    told = "asked fri 15:00", "paused fri 16:00", "resumed next mon 10:00"
    assert run(*told[:1]).due_at == at("next mon 11:00")
    assert due(run(*told[:2])) == (None, None)
    assert due(run(*told)) == (at("next mon 13:00"), "first")
    # Around the clock the pause is 66 h: Friday 19:00 + 66 h.
    assert run(*told, calendar=ROUND_THE_CLOCK).due_at == at("next mon 13:00")


def test_while_paused_the_person_still_waits_and_the_cycle_says_when_it_was_due():
    clock = run("asked fri 15:00", "paused fri 16:00")
    assert clock.waiting_since == at("fri 15:00")
    assert clock.cycles == (Cycle("first", at("fri 15:00"), at("next mon 11:00"), None),)


def test_who_writes_again_resumes_it():
    """3 h are left at the pause: from Tuesday 12:00."""
    clock = run("asked mon 09:00", "paused mon 10:00", "asked tue 12:00", "resumed tue 16:00")
    assert due(clock) == (at("tue 15:00"), "first")


def test_a_due_time_that_has_passed_is_moved_by_no_pause():
    clock = run("asked mon 09:00", "paused mon 14:00", "resumed wed 09:00")
    assert due(clock) == (at("mon 13:00"), "first")


def test_an_answer_out_of_a_pause_is_in_time():
    """3 h were left; at the answer on Wednesday 10:00 they still are."""
    clock = run("asked mon 09:00", "paused mon 10:00", "answered wed 10:00")
    assert clock.cycles == (Cycle("first", at("mon 09:00"), at("wed 13:00"), at("wed 10:00")),)


def test_paused_twice_counts_once():
    told = ["asked mon 09:00", "paused mon 10:00", "paused mon 11:00", "resumed mon 12:00"]
    assert run(*told, "resumed mon 15:00").due_at == at("mon 15:00")


def test_pauses_of_nothing_are_nothing():
    told = ["paused mon 08:00", "resumed mon 08:30", "asked mon 09:00", "resumed mon 10:00"]
    assert run(*told).due_at == at("mon 13:00")


def test_what_we_wrote_before_they_did_answers_nothing():
    """Their clock is behind ours, or we spoke to them first."""
    clock = run("answered mon 08:55", "asked mon 09:00")
    assert due(clock) == (at("mon 13:00"), "first")
    again = run("asked mon 09:00", "closed mon 09:30", "answered mon 09:40", "asked mon 10:00")
    assert due(again) == (at("mon 14:00"), "first")


def test_resolution_runs_while_it_is_with_us():
    """16 h of open time. Monday 09:00-10:00 1 h, answered; they write on Tuesday 16:00: 15 h
    are left, 1 h on Tuesday, 8 on Wednesday, 6 on Thursday."""
    told = "asked mon 09:00", "answered mon 10:00", "asked tue 16:00", "answered tue 16:30"
    assert run(told[0], policy=RESOLVING).resolve_by == at("tue 17:00")
    assert run(*told[:2], policy=RESOLVING).resolve_by is None
    assert run(*told[:3], policy=RESOLVING).resolve_by == at("thu 15:00")
    # We take it up again ourselves on Friday 09:00: 14 h 30 are left.
    clock = run(*told, "resumed fri 09:00", policy=RESOLVING)
    assert due(clock) == (at("next mon 15:30"), "resolve")
    assert clock.waiting_since is None
    assert run(*told, "closed fri 09:00", policy=RESOLVING).resolve_by is None


def test_a_pause_without_an_answer_holds_the_resolution_too():
    told = "asked mon 09:00", "paused mon 10:00"
    assert run(*told, policy=RESOLVING).resolve_by is None
    # 15 h are left on Wednesday 09:00: 8 and 7.
    assert run(*told, "resumed wed 09:00", policy=RESOLVING).resolve_by == at("thu 16:00")


def test_a_promise_is_due_whatever_is_paused():
    told = ["asked mon 09:00", "answered mon 10:00", "promised mon 10:00 until tue 12:00"]
    assert due(run(*told)) == (at("tue 12:00"), "promise")
    assert due(run(*told, "paused mon 10:01")) == (at("tue 12:00"), "promise")
    assert run(*told).promised == at("tue 12:00")


def test_the_answer_that_makes_a_promise_does_not_keep_it_and_the_next_does():
    told = ["promised mon 10:00 until tue 12:00", "answered mon 10:00", "asked mon 09:00"]
    assert run(*told).due_for == "promise"
    assert due(run(*told, "answered tue 09:00")) == (None, None)
    assert due(run(*told, "closed mon 10:00")) == (at("tue 12:00"), "promise")
    assert due(run(*told, "closed mon 10:01")) == (None, None)


def test_of_two_promises_the_earlier_holds_and_an_answer_ends_it():
    two = ["promised mon 10:00 until tue 12:00", "promised mon 10:00 until tue 09:00"]
    assert run(*two).due_at == at("tue 09:00")
    assert run(*two, "answered mon 11:00", "promised mon 11:00 until wed 12:00").due_at == at("wed 12:00")  # fmt: skip
    assert run("promised mon 10:00").promised is None


def test_what_is_due_first_is_named():
    told = ["asked mon 09:00", "answered mon 10:00", "promised mon 10:00 until tue 12:00"]
    both = run(*told, "asked tue 10:30", policy=RESOLVING)
    assert due(both) == (at("tue 12:00"), "promise")
    earlier = run(*told, "asked tue 09:30", policy=RESOLVING)
    assert due(earlier) == (at("tue 11:30"), "next")


@pytest.mark.parametrize(
    ("policy", "priority", "label", "due_at"),
    [
        # The label's 2 h: 15 min on Friday, 1 h 45 on Monday.
        (AnswerBy(labels={"complaint": 2 * H}), "normal", "complaint", "next mon 10:45"),
        (AnswerBy(labels={"complaint": 2 * H}), "urgent", "complaint", "next mon 09:45"),
        # Round the clock: Friday 16:45 + 1 h, + 4 h.
        (AnswerBy(always=frozenset({"urgent"})), "urgent", "question", "fri 17:45"),
        (AnswerBy(always=frozenset({"urgent"})), "normal", "question", "next mon 12:45"),
        (AnswerBy(always=frozenset({"complaint"})), "normal", "complaint", "fri 20:45"),
    ],
)
def test_priority_and_label_choose_target_and_hours(policy, priority, label, due_at):
    clock = run("asked fri 16:45", policy=policy, priority=priority, label=label)
    assert clock.due_at == at(due_at)
    assert clock.round_the_clock == (policy.round_the_clock(priority, label))


def test_round_the_clock_a_pause_is_calendar_time():
    """1 h 15 used of 4 h; from Sunday 12:00 2 h 45."""
    always = AnswerBy(always=frozenset({"complaint"}))
    told = ["asked fri 16:45", "paused fri 18:00", "resumed sun 12:00"]
    assert run(*told, policy=always, label="complaint").due_at == at("sun 14:45")


def test_a_policy_that_changed_counts_for_what_is_open():
    """Asked 09:00, paused an hour from 10:00: with 4 h due 14:00, with 6 h 16:00; with hours
    until 12:00 only, 2 h on Monday and 2 h on Tuesday."""
    told = ["asked mon 09:00", "paused mon 10:00", "resumed mon 11:00"]
    assert run(*told).due_at == at("mon 14:00")
    assert run(*told, policy=AnswerBy(normal=6 * H)).due_at == at("mon 16:00")
    mornings = Calendar(OSLO, parse_hours("Mon-Fri 09:00-12:00"))
    assert run(*told, calendar=mornings).due_at == at("tue 11:00")
    stopped = run(*told, "answered mon 12:00", policy=AnswerBy(normal=1 * H))
    assert [cycle.due for cycle in stopped.cycles] == [at("mon 10:00")]


def test_without_events_nothing_runs():
    clock = run()
    assert (clock.cycles, due(clock), clock.waiting_since, clock.steps) == ((), (None, None), None, ())  # fmt: skip


def test_far_dates_are_due_at_the_end_of_time():
    far = [ClockEvent(LATEST, "asked"), ClockEvent(LATEST, "paused"), ClockEvent(LATEST, "resumed")]
    for calendar in (OFFICE, ROUND_THE_CLOCK):
        assert run_clock(RESOLVING, calendar, far, "normal", "question").due_at == LATEST


def test_what_is_never_due_stays_so_after_a_pause():
    """An hour a week is no 366 days in a hundred years."""
    rare = Calendar(OSLO, parse_hours("Mon 09:00-10:00"))
    told = ["asked mon 09:00", "paused mon 09:30", "resumed next mon 12:00"]
    assert run(*told, calendar=rare, policy=AnswerBy(normal=timedelta(366))).due_at == LATEST


def test_the_working_of_a_friday_evening():
    steps = run("asked fri 16:45").steps
    assert steps == (
        Step(at("fri 16:45"), "asked", 15 * M, "first"),
        Step(at("next mon 09:00"), "opens", 3 * H + 45 * M),
        Step(at("next mon 12:45"), "due", 4 * H, "first", "normal"),
    )


def test_what_stopped_or_was_due_before_the_hours_ended_tells_of_no_opening():
    """Friday 13:00 + 4 h is 17:00, when it closes."""
    steps = run("asked fri 16:45", "answered fri 16:50").steps
    assert [step.what for step in steps] == ["asked", "answered", "due"]
    assert run("asked fri 13:00").steps[0] == Step(at("fri 13:00"), "asked", None, "first")


def test_the_working_of_a_whole_conversation():
    told = [
        "asked sat 12:00",
        "paused next mon 10:00",
        "asked next mon 12:00",
        "answered next mon 16:00",
        "promised next mon 16:00 until next tue 12:00",
        "closed next wed 09:30",
    ]
    assert run(*told).steps == (
        Step(at("sat 12:00"), "asked", 0 * H, "first"),  # outside of the hours
        Step(at("next mon 09:00"), "opens", 4 * H),
        Step(at("next mon 10:00"), "paused", 3 * H, "first"),
        Step(at("next mon 12:00"), "again", 3 * H, "first"),
        Step(at("next mon 15:00"), "due", 4 * H, "first", "normal"),
        Step(at("next mon 16:00"), "answered", 52 * H, "first", late=1 * H),
        Step(at("next mon 16:00"), "promised", 20 * H, "promise"),
        Step(at("next wed 09:30"), "closed"),
    )


def test_of_many_openings_some_are_told():
    hourly = Calendar(OSLO, parse_hours("Mon-Sun 09:00-10:00"))
    steps = run("asked mon 09:00", calendar=hourly, priority="low").steps
    assert [(step.what, step.span, step.number) for step in steps] == [
        ("asked", 1 * H, 0),
        ("opens", 23 * H, 0),
        ("opens", 22 * H, 0),
        ("more", None, 20),
        ("opens", 1 * H, 0),
        ("due", 24 * H, 0),
    ]


# Laws.

LAW = settings(deadline=None)
BEGIN = at("mon 00:00")
MOMENTS = st.integers(0, 10 * 24 * 60).map(lambda minute: BEGIN + minute * M)
KINDS = st.sampled_from(["asked", "answered", "paused", "resumed", "closed", "promised"])
EVENTS = st.builds(
    lambda at, kind, wait: ClockEvent(at, kind, at + wait if kind == "promised" else None),
    MOMENTS,
    KINDS,
    st.integers(1, 3000).map(lambda minutes: minutes * M),
)
HISTORIES = st.lists(EVENTS, max_size=12)
CALENDARS = st.sampled_from(
    [
        OFFICE,
        ROUND_THE_CLOCK,
        Calendar(OSLO, parse_hours("Mon-Fri 09:00-12:00 13:00-18:00, Sat 22:00-02:00")),
        Calendar(OSLO, OFFICE.week, Holidays(ranges=((date(2026, 11, 18), date(2026, 11, 20)),))),
    ]
)
TARGETS = st.integers(1, 40 * 60).map(lambda minutes: minutes * M)
POLICIES = st.builds(
    lambda first, following, resolve: AnswerBy(
        normal=first,
        next={"normal": following} if following else {},
        resolve={"normal": resolve} if resolve else {},
    ),
    TARGETS,
    st.none() | TARGETS,
    st.none() | TARGETS,
)


def worked(policy, calendar, events) -> Clock:
    return run_clock(policy, calendar, events, "normal", "question")


@LAW
@given(POLICIES, CALENDARS, HISTORIES, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_told_does_not_matter(policy, calendar, events, random):
    other = list(events)
    random.shuffle(other)
    assert worked(policy, calendar, other) == worked(policy, calendar, events)
    assert worked(policy, calendar, other).steps == worked(policy, calendar, events).steps


@LAW
@given(TARGETS, CALENDARS, MOMENTS, st.lists(MOMENTS, max_size=8).map(sorted), MOMENTS, MOMENTS)
def test_pausing_never_brings_a_due_time_forward(target, calendar, asked, times, one, two):
    policy = AnswerBy(normal=target)
    pauses = [
        ClockEvent(when, "resumed" if number % 2 else "paused")
        for number, when in enumerate(times[: len(times) // 2 * 2])
    ]
    events = [ClockEvent(asked, "asked"), *pauses]
    without = worked(policy, calendar, events).due_at
    assert without is not None
    assert calendar.due(asked, target) <= without
    # One more pause that touches none of the others.
    begin, end = min(one, two), max(one, two)
    if not any(begin <= when <= end for when in times) and sum(t < begin for t in times) % 2 == 0:
        more = [ClockEvent(begin, "paused"), ClockEvent(end, "resumed")]
        with_more = worked(policy, calendar, events + more).due_at
        assert with_more is not None
        assert without <= with_more


@LAW
@given(TARGETS, CALENDARS, MOMENTS, st.lists(MOMENTS, max_size=8, unique=True).map(sorted))
def test_a_due_time_is_when_the_target_has_run_outside_of_the_pauses(
    target, calendar, asked, times
):
    """Added up piece by piece, as one would by hand."""
    times = [when for when in times if when > asked]
    times = times[: len(times) // 2 * 2]
    left, since, due_at = target, asked, None
    for begin, end in zip(times[::2], times[1::2], strict=True):
        if due_at is None and calendar.due(since, left) <= begin:
            due_at = calendar.due(since, left)
        left -= calendar.open_between(since, begin)
        since = end
    events = [
        ClockEvent(when, "resumed" if number % 2 else "paused") for number, when in enumerate(times)
    ]
    told = worked(AnswerBy(normal=target), calendar, [ClockEvent(asked, "asked"), *events])
    assert told.due_at == (due_at or calendar.due(since, left))


@LAW
@given(POLICIES, HISTORIES)
def test_more_open_hours_never_make_it_later(policy, events):
    longer = Calendar(OSLO, parse_hours("Mon-Fri 08:00-20:00, Sat 10:00-16:00"))
    few, many = worked(policy, OFFICE, events), worked(policy, longer, events)
    pairs = zip(few.cycles, many.cycles, strict=True)
    assert all(later.due >= earlier.due for later, earlier in pairs)
    assert (few.due_at is None) == (many.due_at is None)
    assert few.due_at is None or many.due_at is None or many.due_at <= few.due_at


@LAW
@given(POLICIES, CALENDARS, HISTORIES)
def test_what_a_clock_says_fits_together(policy, calendar, events):
    clock = worked(policy, calendar, events)
    running = [cycle for cycle in clock.cycles if cycle.stopped is None]
    assert running in ([], list(clock.cycles[-1:]))
    assert clock.waiting_since == (running[0].started if running else None)
    assert all(cycle.due > cycle.started for cycle in clock.cycles)
    for before, after in zip(clock.cycles, clock.cycles[1:], strict=False):
        assert before.stopped is not None
        assert before.stopped <= after.started
    owed = [time for time in (clock.promised, clock.resolve_by) if time is not None]
    assert clock.due_at in [*owed, *(cycle.due for cycle in running), None]
    assert not owed or (clock.due_at is not None and clock.due_at <= min(owed))
    assert (clock.due_at is None) == (clock.due_for is None)
    times = [step.at for step in clock.steps]
    assert times == sorted(times)
    assert len([step for step in clock.steps if step.what == "asked"]) == len(clock.cycles)


@LAW
@given(POLICIES, CALENDARS, MOMENTS)
def test_one_message_alone_is_one_look_at_the_calendar(policy, calendar, asked):
    clock = worked(policy, calendar, [ClockEvent(asked, "asked")])
    assert clock.due_at == min(
        calendar.due(asked, span) for span in (policy.normal, *policy.resolve.values())
    )
    slow = worked(policy, calendar, [ClockEvent(asked, "asked"), ClockEvent(asked, "asked")])
    assert (slow.cycles, due(slow)) == (clock.cycles, due(clock))

"""The first line of the inbox: how much waits, and how old the data is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from socialcare.output.layout import wrap
from socialcare.output.records import InboxState
from socialcare.output.words import ago, ago_spoken, count

INTERVALS_UNTIL_SILENT = 3
LEAST_SILENCE = timedelta(minutes=15)
"""A few runs by hand, seconds apart, are no schedule that could have stopped."""
_ASK_CRON = "is cron running? socialcare doctor"


def header_lines(state: InboxState, now: datetime, width: int) -> Iterator[str]:
    """One line where it fits, else one for the numbers and more for the age of the data."""
    late = f"{state.late:,}{'+' if state.late_capped else ''}"
    numbers = f"Inbox  {state.open:,} open   {late} late"
    age = freshness(state, now)
    if len(numbers) + 4 + len(age) <= width:
        yield f"{numbers}    {age}"
        return
    yield from wrap(numbers, width)
    yield from wrap(age, width)


def freshness(state: InboxState, now: datetime) -> str:
    """``last fetch 3 min ago, 4 of 4 channels ok``; a silent schedule is said here."""
    if state.demo:
        return "demo data"
    if state.last_fetch is None:
        return "nothing fetched yet: socialcare fetch"
    age = f"last fetch {ago(now - state.last_fetch)}"
    if is_silent(state, now):
        return f"{age}: {_ASK_CRON}"
    return f"{age}, {state.channels_ok} of {state.channels} channels ok" if state.channels else age


def is_silent(state: InboxState, now: datetime) -> bool:
    """Whether fetches have stopped: none for three usual intervals."""
    if state.last_fetch is None or state.usual_interval is None:
        return False
    silence = max(INTERVALS_UNTIL_SILENT * state.usual_interval, LEAST_SILENCE)
    return now - state.last_fetch > silence


def nothing_line(state: InboxState, now: datetime, *, filtered: bool) -> str:
    """What an empty list says: ``Nothing waiting. Last fetch 3 min ago.``"""
    first = "Nothing here matches." if filtered else "Nothing waiting."
    if state.demo:
        return f"{first} Demo data."
    if state.last_fetch is None:
        return f"{first} Nothing fetched yet: socialcare fetch"
    age = f"Last fetch {ago(now - state.last_fetch)}"
    return f"{first} {age}: {_ASK_CRON}" if is_silent(state, now) else f"{first} {age}."


def spoken_header(state: InboxState, now: datetime) -> str:
    """``3 open, 3 late. Last fetch 3 minutes ago.``"""
    late = f"{'more than ' if state.late_capped else ''}{state.late:,} late"
    first = f"{state.open:,} open, {late}."
    if state.demo:
        return f"{first} Demo data."
    if state.last_fetch is None:
        return f"{first} Nothing fetched yet: socialcare fetch"
    age = f"Last fetch {ago_spoken(now - state.last_fetch)}"
    if is_silent(state, now):
        return f"{first} {age}: {_ASK_CRON}"
    failed = state.channels - state.channels_ok
    trouble = f" {count(failed, 'channel')} failed." if failed > 0 else ""
    return f"{first} {age}.{trouble}"

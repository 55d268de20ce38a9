"""``report --brief``: what a shift hands over to the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from socialcare.cli.context import App
from socialcare.cli.listing import choose, state_of, view_of
from socialcare.cli.target import target
from socialcare.errors import UsageError
from socialcare.inbox.handover import Shift
from socialcare.inbox.query import Query
from socialcare.inbox.when import parse_when
from socialcare.output.formats import write_object
from socialcare.output.handover import handover_markdown, handover_text
from socialcare.output.screen import Screen
from socialcare.output.styled import Line, plain
from socialcare.settings.duration import parse_duration
from socialcare.workflow.report import brief
from socialcare.workflow.standing import standings

FORMATS = ("text", "md", "json")
LONGEST = timedelta(days=366)


def write_brief(
    run: App,
    words: list[str],
    since: str,
    until: str | None,
    form: str | None,
    output: str | None,
    *,
    force: bool,
) -> None:
    shift = _shift(run, since, until)
    found = _brief(run, words, shift)
    with target(run, output, force=force) as screen:
        _write(run, screen, found, form or "text")


def _shift(run: App, since: str, until: str | None) -> Shift:
    now = run.clock.now()
    start = _moment(run, since, now)
    try:
        ahead = now - start if until is None else parse_duration(until)
    except (ValueError, OverflowError):
        raise UsageError(
            f'--until cannot be "{until}".'[:90], "it is a span from now on: --until 8h"
        ) from None
    if not timedelta(0) < ahead <= LONGEST:
        raise UsageError("--until is too far away.", "a shift ahead: --until 8h")
    return Shift(start, now, now + ahead)


def _moment(run: App, since: str, now: datetime) -> datetime:
    try:
        start = parse_when(since, now, run.zone)
    except (ValueError, OverflowError):
        raise UsageError(
            f'--since cannot be "{since[:60]}".', "--since 8h   --since today   --since 2026-11-01"
        ) from None
    if not now - LONGEST <= start < now:
        raise UsageError("--since must lie within the last year.", "--since 8h   --since today")
    return start


def _brief(run: App, words: list[str], shift: Shift) -> dict[str, Any]:
    db = run.read()
    checked = choose(run, db, words).query if words else Query()
    if checked is None:
        raise UsageError(
            "a report is about a query, not about single mentions.",
            "socialcare report --brief channel:mastodon",
        )
    channels = () if run.is_demo else standings(run.settings, db, run.paths, run.environ, shift.now)
    return brief(db, checked, words, shift, run.me, state_of(run, db), channels)


def _write(run: App, screen: Screen, found: dict[str, Any], form: str) -> None:
    if form == "json":
        write_object(screen, found)
        return
    view = view_of(run)
    lines: Iterator[str | Line]
    if form == "md":
        lines = map(plain, handover_markdown(found, view))
    else:
        width = screen.streams.width if screen.streams.stdout_tty else None
        lines = handover_text(found, view, width, spoken=screen.accessible)
    screen.data(*lines)

"""``report`` without ``--brief``: the figures of a period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from socialcare.cli.context import App
from socialcare.cli.listing import choose, state_of, view_of
from socialcare.cli.target import target
from socialcare.errors import UsageError
from socialcare.inbox.grouping import read_grouping
from socialcare.inbox.query import Query
from socialcare.inbox.when import parse_when
from socialcare.insight.period import Period, midnight
from socialcare.output.formats import is_utf, write_object, write_records
from socialcare.output.report import Page, report_spoken, report_text
from socialcare.output.screen import Screen
from socialcare.output.styled import Line, plain
from socialcare.workflow.figures import ROW_FIELDS, flat_rows, report
from socialcare.workflow.standing import standings

FORMATS = ("text", "md", "json", "csv", "tsv")
LONGEST = timedelta(days=3660)
_DAYS = re.compile(r"(\d{1,4})([dw])", re.ASCII)
_EXAMPLES = "--since 30d   --since monday   --since 2026-11-01 --until 2026-12-01"


def write_figures(
    run: App,
    words: list[str],
    since: str,
    until: str | None,
    by: str | None,
    form: str | None,
    output: str | None,
    *,
    force: bool,
) -> None:
    grouping, period = read_grouping(by or "topic"), _period(run, since, until)
    db = run.read()
    checked = choose(run, db, words).query if words else Query()
    if checked is None:
        raise UsageError(
            "a report is about a query, not about single mentions.",
            "socialcare report channel:mastodon",
        )
    now = period.now
    channels = () if run.is_demo else standings(run.settings, db, run.paths, run.environ, now)
    header = state_of(run, db)._replace(demo=run.is_demo)
    found = report(db, checked, words, period, grouping, run.settings, run.me, header, channels)
    with target(run, output, force=force) as screen:
        _write(run, screen, found, form)


def _period(run: App, since: str, until: str | None) -> Period:
    now = run.clock.now()
    start = _moment(run, "since", since, now)
    end = now if until is None else _moment(run, "until", until, now)
    if end > now:
        raise UsageError("--until lies ahead, and nothing has come from there.", _EXAMPLES)
    if not end - LONGEST <= start < end:
        raise UsageError("--since must lie before the end, by ten years at most.", _EXAMPLES)
    return Period(start, end, now, run.zone)


def _moment(run: App, option: str, text: str, now: datetime) -> datetime:
    """``30d`` is midnight 30 days ago: that many whole days, and today so far."""
    try:
        if days := _DAYS.fullmatch(text.strip().lower()):
            ago = timedelta(days=int(days[1]) * (7 if days[2] == "w" else 1))
            day: date = now.astimezone(run.zone).date() - ago
            return midnight(day, run.zone)
        return parse_when(text, now, run.zone)
    except (ValueError, OverflowError):
        raise UsageError(f'--{option} cannot be "{text[:60]}".', _EXAMPLES) from None


def _write(run: App, screen: Screen, found: dict[str, Any], form: str | None) -> None:
    streams = screen.streams
    if form is None:
        form = "text" if streams.stdout_tty else "tsv"
    if form == "json":
        write_object(screen, found)
    elif form in ("csv", "tsv"):
        kind: Any = form
        write_records(screen, flat_rows(found), kind, fields=ROW_FIELDS)
    elif form == "md":
        from socialcare.output.report_markdown import report_markdown

        screen.data(*map(plain, report_markdown(found, view_of(run))))
    else:
        width = streams.width if streams.stdout_tty else None
        page = Page(view_of(run), width, plain=not is_utf(streams.stdout.encoding))
        lines: Iterator[str | Line]
        lines = report_spoken(found, page) if screen.accessible else report_text(found, page)
        screen.data(*lines)

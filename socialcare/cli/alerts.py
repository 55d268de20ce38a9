"""``socialcare alerts``: what is unusual and what is not as it should be now, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.listing import state_of
from socialcare.cli.options import Json, Quiet
from socialcare.clock import format_time
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.inbox import alarms
from socialcare.inbox.alarms import Alarm
from socialcare.output.formats import tsv_line, write_records
from socialcare.output.layout import flow, one_cell, wrap
from socialcare.output.records import Record
from socialcare.output.words import clock_time
from socialcare.settings.duration import parse_duration
from socialcare.workflow.alerts import Finding, findings, known_of, on_record, watched

FIELDS = (
    "v",
    "kind",
    "message",
    "count",
    "ids",
    "channel",
    "since",
    "wrong",
    "fix",
    "usual",
    "name",
    "acknowledged_by",
    "acknowledged_at",
    "muted_by",
    "muted_until",
)
_PLAIN = ("kind", "message", "count", "channel", "wrong", "fix", "name")
SHOWN = 5
"""Ids on one line; the JSON has more of them."""
LONGEST_MUTE = timedelta(days=31)
_INDENT = 9
EXAMPLES = """\b
Examples:
  socialcare alerts
  socialcare alerts --exit-code -q || socialcare inbox is:late
  socialcare alerts --json | jq -r '.[] | select(.wrong) | .message'
  socialcare alerts --ack spike                 say that you know of it
  socialcare alerts --mute mastodon --for 4h    tell nobody of it for so long
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def alerts(
    ctx: typer.Context,
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something is unusual, late or fails.")
    ] = False,
    mute: Annotated[
        str | None, typer.Option(metavar="NAME", help="Tell nobody of it for a while.")
    ] = None,
    span: Annotated[
        str | None, typer.Option("--for", metavar="SPAN", help="For how long: 30m, 4h, 2d.")
    ] = None,
    ack: Annotated[
        str | None, typer.Option(metavar="NAME", help="Say that you know of it.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say what is unusual, what is late or soon will be, and which channels fail or are silent.

    Asks no channel. A spike is more than this hour of the week usually brings, or one post
    that spreads; how strong it must be is [alerts] spike in the config, and from how many
    late answers on it says so is [alerts] late. With --quiet, for cron, each incident is said
    once, and what is only due soon, acknowledged or muted is left out.
    """
    run = App.of(ctx)
    until = _until(run, mute, span)
    changes = mute is not None or ack is not None
    db = run.read()
    now = run.clock.now()
    found = findings(
        watched(db, run.settings, state_of(run, db), now, run.paths, run.environ, run.me)
    )
    known = {} if db is None else known_of(db, found, run.settings, now)
    if changes:
        return _change(run, found, mute, until, ack)
    if quiet:
        every, found = found, [one for one in found if one.wrong and _is_news(known, one)]
        if found and db is not None:
            _note_printed(run, every, found)
    told = [(one, known.get(one.name, Alarm())) for one in found]
    if as_json:
        write_records(run.screen, [_record(*each) for each in told], "json", fields=FIELDS)
    elif not run.streams.stdout_tty:
        run.screen.encoded("".join(tsv_line(_cells(run, *each)) for each in told))
    elif told:
        run.screen.data(*_lines(run, told, run.streams.width))
    elif not quiet:
        run.screen.data("Nothing is unusual, nothing is late, and nothing fails.")
    wrong = any(one.wrong and not alarm.is_quiet for one, alarm in told)
    return ExitCode.FOUND_SOMETHING if exit_code and wrong else ExitCode.OK


def _is_news(known: Mapping[str, Alarm], one: Finding) -> bool:
    alarm = known.get(one.name, Alarm())
    return not (alarm.is_quiet or alarm.printed)


def _note_printed(run: App, every: Sequence[Finding], news: Sequence[Finding]) -> None:
    """What this run says, the next one does not say again."""
    now = run.clock.now()
    with run.write().write() as tx:
        known = on_record(tx, every, run.settings, now)
        alarms.printed(tx, [id_ for one in news if (id_ := known[one.name].id)], now)


def _until(run: App, mute: str | None, span: str | None) -> datetime | None:
    if mute is None:
        if span is not None:
            raise UsageError("--for says how long --mute lasts.", "--mute NAME --for 4h")
        return None
    try:
        length = parse_duration(span or "")
    except ValueError:
        length = timedelta(0)
    if not timedelta(0) < length <= LONGEST_MUTE:
        raise UsageError("--mute needs to know for how long.", "--mute NAME --for 4h")
    return run.clock.now() + length


def _change(
    run: App, found: Sequence[Finding], mute: str | None, until: datetime | None, ack: str | None
) -> int:
    muted = None if mute is None else _named(found, mute)
    acked = None if ack is None else _named(found, ack)
    now = run.clock.now()
    with run.write().write() as tx:
        known = on_record(tx, found, run.settings, now)
        if muted is not None and until is not None:
            alarms.mute(tx, muted.name, until, run.me, now)
        if acked is not None and (id_ := known[acked.name].id) is not None:
            alarms.acknowledge(tx, id_, run.me, now)
    if muted is not None and until is not None:
        run.screen.data(f"{muted.name}: muted until {clock_time(until, run.zone, now)}.")
    if acked is not None:
        run.screen.data(f"{acked.name}: acknowledged by {known[acked.name].acked_by or run.me}.")
    return ExitCode.OK


def _named(found: Sequence[Finding], name: str) -> Finding:
    """By its name, its kind or its channel."""
    wrong = [one for one in found if one.wrong]
    for one in wrong:
        if name.lower() in (one.name.lower(), one.kind.lower(), (one.channel or "").lower()):
            return one
    names = ", ".join(dict.fromkeys(one.name for one in wrong)) or "none"
    raise NotFoundError(
        f'there is no alert "{one_cell(name)[:60]}" now.', f"alerts: {names}   socialcare alerts"
    )


def _record(one: Finding, alarm: Alarm) -> Record:
    return {
        "v": 1,
        **{name: getattr(one, name) for name in _PLAIN},
        "ids": list(one.ids),
        "since": one.since and format_time(one.since),
        "usual": None if one.usual is None else list(one.usual),
        "acknowledged_by": alarm.acked_by,
        "acknowledged_at": alarm.acked_at and format_time(alarm.acked_at),
        "muted_by": alarm.muted_by,
        "muted_until": alarm.muted_until and format_time(alarm.muted_until),
    }


def _cells(run: App, one: Finding, alarm: Alarm) -> list[str]:
    ids = ", ".join(map(str, one.ids))
    return [one.kind, one.message, ids, one.fix, _quiet(run, alarm)]


def _quiet(run: App, alarm: Alarm) -> str:
    """Who knows of it, and until when nobody is told."""
    now, told = run.clock.now(), []
    if alarm.acked_by is not None and alarm.acked_at is not None:
        at = clock_time(alarm.acked_at, run.zone, now)
        told.append(f"acknowledged by {one_cell(alarm.acked_by)} {at}")
    if alarm.muted_until is not None:
        until = clock_time(alarm.muted_until, run.zone, now)
        told.append(f"muted until {until} by {one_cell(alarm.muted_by or '')}")
    return ", ".join(told)


def _lines(run: App, told: Sequence[tuple[Finding, Alarm]], width: int) -> Iterator[str]:
    for one, alarm in told:
        ids = ", ".join(map(str, one.ids[:SHOWN])) + (", ..." if len(one.ids) > SHOWN else "")
        message, since, fix = one_cell(one.message), _since(run, one), one_cell(one.fix)
        if run.accessible:
            said = f"{one.kind.capitalize()}: {one_cell(one.spoken)}{since and f', {since}'}."
            named = f" Mentions {ids}." if one.ids else ""
            known = _quiet(run, alarm)
            state = f" {known[0].upper()}{known[1:]}." if known else ""
            yield from wrap(f"{said}{named}{state} To do: {fix}", width)
            continue
        parts = [part for part in (message, ids, since, _quiet(run, alarm), fix) if part]
        first, *rest = flow(parts, max(10, width - _INDENT))
        yield f"{one.kind:<{_INDENT}}{first}"
        yield from (f"{' ' * _INDENT}{line}" for line in rest)


def _since(run: App, one: Finding) -> str:
    if not one.begins or one.since is None:
        return ""
    return f"since {clock_time(one.since, run.zone, run.clock.now())}"

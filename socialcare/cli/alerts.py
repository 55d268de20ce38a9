"""``socialcare alerts``: what is unusual and what is not as it should be now, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.listing import state_of
from socialcare.cli.options import Json, Quiet
from socialcare.clock import format_time
from socialcare.errors import ExitCode
from socialcare.output.formats import tsv_line, write_records
from socialcare.output.layout import flow, one_cell, wrap
from socialcare.output.records import Record
from socialcare.output.words import clock_time
from socialcare.workflow.alerts import Finding, findings, watched

FIELDS = ("v", "kind", "message", "count", "ids", "channel", "since", "wrong", "fix", "usual")
_TURNED = ("v", "ids", "since", "usual")
SHOWN = 5
"""Ids on one line; the JSON has more of them."""
_INDENT = 9
EXAMPLES = """\b
Examples:
  socialcare alerts
  socialcare alerts --exit-code -q || socialcare inbox is:late
  socialcare alerts --json | jq -r '.[] | select(.wrong) | .message'
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def alerts(
    ctx: typer.Context,
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something is unusual, late or fails.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say what is unusual, what is late or soon will be, and which channels fail or are silent.

    Asks no channel and changes nothing. A spike is more than this hour of the week usually
    brings, or one post that spreads; how strong it must be is [alerts] spike in the config,
    and from how many late answers on it says so is [alerts] late. With --quiet, what is only
    due soon is left out.
    """
    run = App.of(ctx)
    db = run.read()
    found = findings(
        watched(
            db, run.settings, state_of(run, db), run.clock.now(), run.paths, run.environ, run.me
        )
    )
    shown = [one for one in found if one.wrong or not quiet]
    if as_json:
        write_records(run.screen, map(_record, shown), "json", fields=FIELDS)
    elif not run.streams.stdout_tty:
        run.screen.encoded("".join(tsv_line(_cells(one)) for one in shown))
    elif shown:
        run.screen.data(*_lines(run, shown, run.streams.width))
    elif not quiet:
        run.screen.data("Nothing is unusual, nothing is late, and nothing fails.")
    wrong = any(one.wrong for one in found)
    return ExitCode.FOUND_SOMETHING if exit_code and wrong else ExitCode.OK


def _record(one: Finding) -> Record:
    since = one.since and format_time(one.since)
    facts = {name: getattr(one, name) for name in FIELDS if name not in _TURNED}
    usual = None if one.usual is None else list(one.usual)
    return {"v": 1, **facts, "ids": list(one.ids), "since": since, "usual": usual}


def _cells(one: Finding) -> list[str]:
    return [one.kind, one.message, ", ".join(map(str, one.ids)), one.fix]


def _lines(run: App, found: Sequence[Finding], width: int) -> Iterator[str]:
    for one in found:
        ids = ", ".join(map(str, one.ids[:SHOWN])) + (", ..." if len(one.ids) > SHOWN else "")
        message, since, fix = one_cell(one.message), _since(run, one), one_cell(one.fix)
        if run.accessible:
            told = f"{one.kind.capitalize()}: {one_cell(one.spoken)}{since and f', {since}'}."
            named = f" Mentions {ids}." if one.ids else ""
            yield from wrap(f"{told}{named} To do: {fix}", width)
            continue
        parts = [part for part in (message, ids, since, fix) if part]
        first, *rest = flow(parts, max(10, width - _INDENT))
        yield f"{one.kind:<{_INDENT}}{first}"
        yield from (f"{' ' * _INDENT}{line}" for line in rest)


def _since(run: App, one: Finding) -> str:
    if not one.begins or one.since is None:
        return ""
    return f"since {clock_time(one.since, run.zone, run.clock.now())}"

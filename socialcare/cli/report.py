"""``socialcare report``: what a shift hands over to the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from socialcare.cli.app import new_app
from socialcare.cli.changing import one_of
from socialcare.cli.context import App
from socialcare.cli.listing import choose, state_of, view_of
from socialcare.cli.options import Json, Query, Quiet
from socialcare.cli.target import target
from socialcare.errors import ExitCode, UsageError
from socialcare.inbox.handover import Shift
from socialcare.inbox.query import Query as Checked
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
EXAMPLES = """\b
Examples:
  socialcare report --brief --since 8h             what the last shift leaves
  socialcare report --brief channel:mastodon --until 16h
  socialcare report --brief -o handover.md --force
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def report(
    ctx: typer.Context,
    *,
    query: Query = None,
    brief_: Annotated[
        bool, typer.Option("--brief", help="The handover of a shift, which is all there is so far.")
    ] = False,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="When the shift began: 8h, today, 2026-11-21.")
    ] = "8h",
    until: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="How long the next one lasts; without it, as this one."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="A new file; else stdout.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="text, md or json; else by the file."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """What came, who answered what, who has what, and what is late before the next shift.

    Mentions are counted when they came in, people's work when they did it. A query narrows
    all of it, in whatever state a mention is. Changes nothing.
    """
    run = App.of(ctx)
    del brief_  # the big report comes with another version; until then this is what there is
    chosen = "json" if as_json else one_of("format", form, FORMATS) or _by_name(output)
    shift = _shift(run, since, until)
    found = _brief(run, query or [], shift)
    with target(run, output, force=force) as screen:
        _write(run, screen, found, chosen)
    if output not in (None, "-"):
        run.screen.say(f"{output}: written.")
    return ExitCode.OK


def _by_name(output: str | None) -> str:
    ending = str(output).lower().rpartition(".")[2]
    return ending if ending in FORMATS else "text"


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
    checked = choose(run, db, words).query if words else Checked()
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

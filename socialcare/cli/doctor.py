"""``socialcare doctor``: check that everything works, and say how to fix it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.errors import ConfigError, ExitCode
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import cell_width, wrap
from socialcare.output.records import Record
from socialcare.output.styled import Line, Piece, Style
from socialcare.output.table import field_table
from socialcare.output.words import count
from socialcare.settings import Settings
from socialcare.workflow.doctor import Check, Patient, examine

FIELDS = ("v", "level", "name", "message", "fix")
BESIDE_FROM = 60
"""From this width on, what was found stands beside its name, else below it."""
EXAMPLES = """\b
Examples:
  socialcare doctor
  socialcare doctor --offline           without asking the channels
  socialcare doctor --json | jq -r '.[] | select(.level != "ok") | .fix'
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def doctor(
    ctx: typer.Context,
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask the channels: only what the runs noted.")
    ] = False,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,
) -> int:
    """Check config, database, schedule and channels. Changes nothing.

    Exit 10 when something is to be looked at or does not work, else 0.
    """
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    names = chosen_fields(fields, FIELDS)
    patient = _patient(run)
    if patient.settings.channels and not offline:
        run.screen.say("Asking the channels ...")
    checks = list(examine(patient, offline=offline))
    shown = [check for check in checks if not (quiet and check.level == "ok")]
    records = [_record(check) for check in shown]
    if chosen != "table":
        cells = None if names else _cells
        write_records(run.screen, records, chosen, fields=names or FIELDS, cells=cells)
    elif names is not None:
        rows = [[plain_value(record[name]) for name in names] for record in records]
        run.screen.data(*field_table(names, rows, run.streams.width))
    else:
        lines = _spoken(shown) if run.accessible else _lines(shown, run.streams.width)
        run.screen.data(*lines)
        if not quiet:
            run.screen.data(*wrap(_sum(checks), run.streams.width))
    found = any(check.level != "ok" for check in checks)
    return ExitCode.FOUND_SOMETHING if found else ExitCode.OK


def _patient(run: App) -> Patient:
    """What can be known, also where the config is wrong."""
    error: ConfigError | None = None
    try:
        settings, database, demo = run.settings, run.database_path, run.is_demo
    except ConfigError as wrong:
        error, settings, database, demo = wrong, Settings(), run.paths.database, False
    return Patient(
        settings=settings,
        config_error=error,
        paths=run.paths.with_files(settings),
        database=database,
        environ=run.environ,
        clock=run.clock,
        clock_time=run.clock_time,
        demo=demo,
    )


def _record(check: Check) -> Record:
    return {
        "v": 1,
        "level": check.level,
        "name": check.name,
        "message": check.message,
        "fix": check.fix or None,
    }


def _cells(record: Record) -> list[str]:
    return [plain_value(record[name]) for name in FIELDS[1:]]


def _lines(checks: Sequence[Check], width: int) -> Iterator[Line]:
    room = min(20, max((cell_width(check.name) for check in checks), default=0))
    for check in checks:
        style: Style = "strong" if check.level == "STOP" else "plain"
        head = Piece(f"{check.level:<6}", style)
        indent = 6
        if width >= BESIDE_FROM and cell_width(check.name) <= room:
            indent += room + 2
        else:
            yield (head, Piece(check.name))
        body = list(wrap(check.message, max(10, width - indent)))
        if indent > 6:
            name = check.name + " " * (room - cell_width(check.name) + 2)
            yield (head, Piece(f"{name}{body.pop(0)}"))
        fix = list(wrap(f"fix: {check.fix}", max(10, width - indent))) if check.fix else []
        for line in (*body, *fix):
            yield (Piece(f"{' ' * indent}{line}"),)


def _spoken(checks: Sequence[Check]) -> Iterator[str]:
    """``database: look. None yet. To do: socialcare fetch``, what is to be done behind it."""
    for check in checks:
        fix = f". To do: {check.fix}" if check.fix else "."
        yield f"{check.name}, {check.level}: {check.message}{fix}"


def _sum(checks: Sequence[Check]) -> str:
    problems = sum(check.level == "STOP" for check in checks)
    looks = sum(check.level == "look" for check in checks)
    parts = [count(problems, "problem")] if problems else []
    parts += [f"{looks} to look at"] if looks else []
    return f"{', '.join(parts)}." if parts else "All is well."

"""``socialcare export``: everything as JSON Lines or CSV."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from socialcare.cli.app import new_app
from socialcare.cli.changing import one_of
from socialcare.cli.choosing import chosen
from socialcare.cli.context import App
from socialcare.cli.options import Fields, Quiet
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.inbox.export import FIELDS, LISTS, every_id, export_records
from socialcare.output.formats import chosen_fields, write_records
from socialcare.output.screen import Screen

if TYPE_CHECKING:
    from socialcare.output.formats import Format
    from socialcare.output.records import Record

FORMATS = ("jsonl", "csv", "json")
EXAMPLES = """\b
Examples:
  socialcare export -o everything.jsonl
  socialcare export since:7d is:any --format csv -o week.csv
  socialcare export is:closed | socialcare --db other.db import -
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def export(
    ctx: typer.Context,
    *,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHAT]...", help="Ids or a query; without it, everything."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="A new file; else stdout.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="jsonl (default), csv or json.")
    ] = None,
    fields: Fields = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="CSV cells as they are, also those a spreadsheet could run."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    quiet: Quiet = False,
) -> int:
    """Write mentions with notes, answers and history as JSON Lines or CSV.

    Without WHAT it is everything, our own answers and reposts too, and an import of the
    file into an empty inbox gives the same mentions. In CSV, cells that a spreadsheet
    would take for a formula get a quote in front.
    """
    run = App.of(ctx)
    chosen_form = _format(form, output)
    known = [name for name in FIELDS if name not in LISTS] if chosen_form == "csv" else FIELDS
    names = chosen_fields(fields, FIELDS) or known
    count = _Counted(_records(run, what or ()))
    with _target(run, output, force=force) as screen:
        write_records(screen, count, chosen_form, fields=names, raw=raw)
    if output is not None and not quiet:
        run.screen.say(f"{output}: {count.number} mentions.")
    return ExitCode.OK


class _Counted:
    """Counts what passes."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self.number = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.number += 1
            yield record


def _format(form: str | None, output: str | None) -> Format:
    by_name = "csv" if form is None and str(output).lower().endswith(".csv") else "jsonl"
    checked = one_of("format", form, FORMATS) or by_name
    return "csv" if checked == "csv" else "json" if checked == "json" else "jsonl"


def _records(run: App, what: Sequence[str]) -> Iterator[Record]:
    db = run.read()
    if db is None:
        return iter(())
    ids = iter(chosen(run, what)[0]) if what else every_id(db)
    return export_records(db, ids, run.clock.now())


@contextmanager
def _target(run: App, output: str | None, *, force: bool) -> Iterator[Screen]:
    """Standard output, or a new file that only we can read."""
    if output is None or output == "-":
        yield run.screen
        return
    with _new_file(Path(output), force=force) as file:
        yield Screen(replace(run.streams, stdout=file, stdout_tty=False, colour="none"))


def _new_file(path: Path, *, force: bool) -> TextIO:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already.", "name another file, or write over it with --force"
        ) from None
    except OSError as error:
        raise SocialcareError(
            f"{path} cannot be written: {error.strerror}.", "name another file with -o FILE"
        ) from None
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")

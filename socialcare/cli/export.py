"""``socialcare export``: everything as JSON Lines or CSV."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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
from socialcare.output.words import count as counted

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
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
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
    count = _Counted(_records(run, what))
    with _target(run, output, force=force) as screen:
        write_records(screen, count, chosen_form, fields=names, raw=raw)
    if output not in (None, "-"):
        _note(run, str(output))
        run.screen.say(f"{output}: {counted(count.number, 'mention')}.")
    return ExitCode.OK


def _note(run: App, output: str) -> None:
    """So that an erasure can name the file; exporting works where nothing can be written, too."""
    from socialcare.inbox.copies import note_written

    path = Path(output)
    if path.is_file() and run.database_path.exists():
        with suppress(SocialcareError), run.write().write() as tx:
            note_written(tx, path)


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
    """As asked for, else by the ending of the file."""
    checked = one_of("format", form, FORMATS)
    ending = str(output).lower().rpartition(".")[2]
    wanted = checked or (ending if ending in FORMATS else "jsonl")
    return "csv" if wanted == "csv" else "json" if wanted == "json" else "jsonl"


def _records(run: App, what: Sequence[str] | None) -> Iterator[Record]:
    ids = iter(chosen(run, what)[0]) if what else None
    db = run.read()
    if db is None:
        return iter(())
    return export_records(db, every_id(db) if ids is None else ids, run.clock.now())


@contextmanager
def _target(run: App, output: str | None, *, force: bool) -> Iterator[Screen]:
    """Standard output, or a file that only we can read; a failure leaves no half of one."""
    if output is None or output == "-":
        yield run.screen
        return
    path = Path(output)
    if path.resolve() == run.database_path.resolve():
        raise UsageError(f"{path} is the database itself.", "name another file: -o FILE")
    with _told(path), _file(path, force=force) as file:
        yield Screen(replace(run.streams, stdout=file, stdout_tty=False, colour="none"))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SocialcareError(
            f"{path} cannot be written: {error.strerror or error}.", "name another file: -o FILE"
        ) from None


@contextmanager
def _file(path: Path, *, force: bool) -> Iterator[TextIO]:
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("w", encoding="utf-8", newline="") as device:
            yield device
        return
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already.", "name another file, or write over it with --force"
        )
    path = path.resolve()
    if path.exists():
        descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    else:
        written = str(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise

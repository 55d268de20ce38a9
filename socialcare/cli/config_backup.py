"""``socialcare config backup``: a copy of the inbox that can be put back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.inbox import copies
from socialcare.output.formats import write_object, write_records
from socialcare.output.words import file_size
from socialcare.settings.table import shown_path

BACKUP_EXAMPLES = """\b
Examples:
  socialcare config backup              beside the database, with the date
  socialcare config backup /mnt/usb/acme.db
  socialcare config backup --list
"""
FIELDS = ("v", "path", "bytes")


def backup(
    ctx: typer.Context,
    *,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A new file; else one with the date.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="The copies beside the database.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Copy the whole inbox into a new file that only you can read.

    It works while others use the inbox, and never writes over a file. To put a copy back,
    stop the schedule and copy it over the database.
    """
    run = App.of(ctx)
    if listed:
        return _list(run, named=file is not None, as_json=as_json)
    if not run.database_path.exists():
        raise NotFoundError("there is no database yet.", "get mentions: socialcare fetch")
    now = run.clock.now()
    target = Path(file) if file else copies.backup_name(run.database_path.absolute(), now)
    size = copies.backup(run.write(), target, now)
    if as_json:
        write_object(run.screen, {"v": 1, "path": str(target), "bytes": size})
    elif not quiet:
        run.screen.data(f"Copied to {shown_path(target)}, {file_size(size)}.")
    return ExitCode.OK


def _list(run: App, *, named: bool, as_json: bool) -> int:
    if named:
        raise UsageError("--list takes no file.", "socialcare config backup --list")
    found = [(path, path.stat().st_size) for path in copies.ours(run.database_path)]
    if as_json or not run.streams.stdout_tty:
        records = ({"v": 1, "path": str(path), "bytes": size} for path, size in found)
        write_records(run.screen, records, "json" if as_json else "tsv", fields=FIELDS[0 if as_json else 1:])  # fmt: skip
    elif found:
        run.screen.data(*(f"{shown_path(path)}  {file_size(size)}" for path, size in found))
    else:
        run.screen.data("There is no copy beside the database: socialcare config backup")
    return ExitCode.OK

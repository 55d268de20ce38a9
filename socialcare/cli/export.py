"""``socialcare export``: everything as JSON Lines or CSV."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.changing import one_of
from socialcare.cli.context import App
from socialcare.cli.exporting import exported
from socialcare.cli.options import Fields, Quiet
from socialcare.cli.person import names_person
from socialcare.cli.target import target
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.output.formats import chosen_fields
from socialcare.output.words import count as counted

if TYPE_CHECKING:
    from socialcare.output.formats import Format

FORMATS = ("jsonl", "csv", "json")
EXAMPLES = """\b
Examples:
  socialcare export -o everything.jsonl
  socialcare export since:7d is:any --format csv -o week.csv
  socialcare export is:closed | socialcare --db other.db import -
  socialcare export @mia@mas.to -o mia.jsonl       all about one person
  socialcare export --conversations --format csv
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def export(
    ctx: typer.Context,
    *,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT]...", help="Ids, a query, a @handle; without it, everything."
        ),
    ] = None,
    by_conversation: Annotated[
        bool, typer.Option("--conversations", help="One row for each conversation.")
    ] = False,
    channel: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only the accounts of a handle on this channel."),
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

    With a @handle it is the answer to a request for access: in JSON first the accounts,
    orders and their history, then what they wrote, what was filtered too, and what we
    answered and noted.
    """
    run = App.of(ctx)
    if channel is not None and (by_conversation or not names_person(what or ())):
        raise UsageError(
            "--channel goes with one @handle.", "socialcare export is:any channel:NAME"
        )
    chosen_form = _format(form, output)
    found = exported(run, what, channel, by_conversation=by_conversation)
    names = chosen_fields(fields, found.fields)
    with target(run, output, force=force) as screen:
        found.write(screen, chosen_form, names, raw=raw)
    if output not in (None, "-"):
        _note(run, str(output))
        run.screen.say(f"{output}: {counted(found.records.number, found.noun)}.")
    return ExitCode.OK


def _note(run: App, output: str) -> None:
    """So that an erasure can name the file; exporting works where nothing can be written, too."""
    from socialcare.inbox.copies import note_written

    path = Path(output)
    if path.is_file() and run.database_path.exists():
        with suppress(SocialcareError), run.write().write() as tx:
            note_written(tx, path)


def _format(form: str | None, output: str | None) -> Format:
    """As asked for, else by the ending of the file."""
    checked = one_of("format", form, FORMATS)
    ending = str(output).lower().rpartition(".")[2]
    wanted = checked or (ending if ending in FORMATS else "jsonl")
    return "csv" if wanted == "csv" else "json" if wanted == "json" else "jsonl"

"""``socialcare report``: figures of a period, or with ``--brief`` what a shift hands over."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.options import Json, Query, Quiet
from socialcare.errors import ExitCode, UsageError

EXAMPLES = """\b
Examples:
  socialcare report                                the last 30 days, by topic
  socialcare report --since 2026-11-01 --until 2026-12-01 --by channel
  socialcare report --by owner channel:mastodon --json
  socialcare report --by order.country -o countries.csv
  socialcare report --brief --since 8h             what the last shift leaves
  socialcare report --brief -o handover.md --force

What each figure means: socialcare help figures
"""
LATER = ("html", "eml")
"""Formats that this version does not write yet."""
SINCE = "From when on, 30d without it: 7d, today, 2026-11-01. With --brief, 8h without it."
UNTIL = "Where it ends, itself not part of it; with --brief, a span ahead."
BY = (
    "topic, channel, label, owner, person (who answered), day, hour, tag:vip,regular,"
    " customer:vip or order.COLUMN."
)

app = new_app()


@app.command(epilog=EXAMPLES)
def report(
    ctx: typer.Context,
    *,
    query: Query = None,
    brief_: Annotated[bool, typer.Option("--brief", help="The handover of a shift.")] = False,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help=SINCE)] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help=UNTIL)] = None,
    by: Annotated[str | None, typer.Option(metavar="WHAT", help=BY)] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="A new file; else stdout.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORMAT", help="text, md, json, csv or tsv; else by the file."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Numbers of a period, compared with the one before: how much came, how fast it was answered.

    A query narrows all of it, in whatever state a mention is. Changes nothing.
    """
    run = App.of(ctx)
    form = "json" if as_json else form
    if form in LATER or (form is None and _ending(output) in LATER):
        raise UsageError(
            f"this version writes no {form or _ending(output)} yet.",
            "socialcare report -o report.md",
        )
    if brief_:
        if by is not None:
            raise UsageError("--brief and --by do not go together.", "socialcare report --by owner")
        from socialcare.cli import report_brief

        form = _form(form, output, report_brief.FORMATS)
        report_brief.write_brief(run, query or [], since or "8h", until, form, output, force=force)
    else:
        from socialcare.cli import report_figures

        form = _form(form, output, report_figures.FORMATS)
        report_figures.write_figures(
            run, query or [], since or "30d", until, by, form, output, force=force
        )
    if output not in (None, "-"):
        run.screen.say(f"{output}: written.")
    return ExitCode.OK


def _form(form: str | None, output: str | None, known: tuple[str, ...]) -> str | None:
    from socialcare.cli.changing import one_of

    ending = _ending(output)
    return one_of("format", form, known) or (ending if ending in known else None)


def _ending(output: str | None) -> str:
    return str(output).lower().rpartition(".")[2]

"""``socialcare snippet``: ready-made answers, kept as Markdown files in one folder."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.cli.app import NounGroup, new_app
from socialcare.cli.context import App
from socialcare.cli.options import Quiet
from socialcare.cli.snippet_edit import EDIT_EXAMPLES, edit
from socialcare.cli.snippet_export import EXPORT_EXAMPLES, export
from socialcare.cli.snippet_gaps import GAPS_EXAMPLES, gaps
from socialcare.cli.snippet_list import LIST_EXAMPLES, list_
from socialcare.cli.snippet_show import SHOW_EXAMPLES, show
from socialcare.cli.snippet_statement import (
    APPROVE_EXAMPLES,
    WITHDRAW_EXAMPLES,
    approve,
    withdraw,
)
from socialcare.errors import ExitCode

EXAMPLES = """\b
Examples:
  socialcare snippet                        which there are, and how used
  socialcare snippet edit delay-apology --from 41
  socialcare snippet gaps --since 7d        questions that none answers
  socialcare snippet export --public -o faq.html
"""
PATH_EXAMPLES = """\b
Examples:
  socialcare snippet path
  cd "$(socialcare snippet path)" && git init
"""

app = new_app(cls=NounGroup, epilog=EXAMPLES)


@app.callback()
def snippet(ctx: typer.Context) -> None:
    """Ready-made answers. Without a verb it lists them."""


def path(
    ctx: typer.Context,
    *,
    snippet: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The file of that one.")
    ] = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Where the snippets are, whether there are any or not."""
    run = App.of(ctx)
    if snippet is None:
        run.screen.data(str(run.snippets))
        return ExitCode.OK
    from socialcare.workflow.snippets import named

    _, texts = named(run.snippets, snippet)
    run.screen.data(str(texts[0].path))
    return ExitCode.OK


app.command("list", epilog=LIST_EXAMPLES)(list_)
app.command("show", epilog=SHOW_EXAMPLES)(show)
app.command("edit", epilog=EDIT_EXAMPLES)(edit)
app.command("gaps", epilog=GAPS_EXAMPLES)(gaps)
app.command("export", epilog=EXPORT_EXAMPLES)(export)
app.command("approve", epilog=APPROVE_EXAMPLES)(approve)
app.command("withdraw", epilog=WITHDRAW_EXAMPLES)(withdraw)
app.command("path", epilog=PATH_EXAMPLES)(path)

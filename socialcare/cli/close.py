"""``socialcare close``: mark as done, with the reason."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from socialcare.cli.app import new_app
from socialcare.cli.changing import How, apply, one_of, read_note
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Steal, What, Yes
from socialcare.models import CLOSE_REASONS, CloseReason

EXAMPLES = """\b
Examples:
  socialcare close 41 --reason answered
  socialcare close 44 46 --reason not-us --note "a cartoon coyote"
  socialcare close channel:feeds before:30d --reason no-answer-needed
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def close(
    ctx: typer.Context,
    *,
    what: What,
    reason: Annotated[
        str | None, typer.Option(metavar="WHY", help=", ".join(CLOSE_REASONS))
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A private remark.")] = None,
    steal: Steal = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Mark mentions as done.

    Only --reason answered stops the clock of the first answer; without a reason nothing
    is claimed.
    """
    from socialcare.inbox.changes import Wish

    run = App.of(ctx)
    wish = Wish(
        status="closed",
        reason=cast("CloseReason | None", one_of("reason", reason, CLOSE_REASONS)),
        note=read_note(note),
    )
    return apply(run, what, wish, "close", How(dry_run, yes, as_json, steal))

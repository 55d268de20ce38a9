"""``snippet approve`` and ``snippet withdraw``: which words may go to many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet
from socialcare.cli.snippet_shelf import shelf_of
from socialcare.clock import format_time
from socialcare.errors import ExitCode, NotFoundError
from socialcare.inbox import statements
from socialcare.inbox.fields import Hand
from socialcare.output.layout import wrap
from socialcare.output.words import clock_time
from socialcare.text import MAX_TEXT, for_screen

if TYPE_CHECKING:
    from socialcare.inbox.statements import Approved

Name = Annotated[str, typer.Argument(metavar="NAME", help="The statement.")]
APPROVE_EXAMPLES = """\b
Examples:
  socialcare snippet approve outage
  socialcare snippet approve outage --json
  socialcare reply is:open topic:delivery --statement outage --dry-run
  socialcare reply is:open topic:delivery --statement outage --send
"""
WITHDRAW_EXAMPLES = """\b
Examples:
  socialcare snippet withdraw outage     what has not left yet stays here
  socialcare snippet approve outage      it may go to others again
"""


def approve(
    ctx: typer.Context,
    *,
    snippet: Name,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Let a statement go to many, with the words that it has now.

    A statement is a snippet with "statement: true" in its header, and perhaps "until:
    2026-11-26 18:00", "promise: 4h" and "pace: 30/h". Other words need a new approval.
    """
    from socialcare.workflow import statements as many
    from socialcare.workflow.snippets import named

    run = App.of(ctx)
    shelf = shelf_of(run)
    many.statement_of(shelf, snippet)
    hand = Hand(run.me, run.clock.now(), "snippet approve")
    name, _ = many.approve(shelf, snippet, run.write(), hand)
    db = run.read()
    found = statements.newest(db, name) if db is not None else None
    assert found is not None, "it was just approved"
    if as_json:
        _as_json(run, found)
        return ExitCode.OK
    run.screen.data(_told(run, found))
    if run.streams.stdout_tty:
        for variant in named(shelf.folder, name)[1]:
            for line in for_screen(variant.text, limit=MAX_TEXT).split("\n"):
                run.screen.data(*wrap(line, run.streams.width, "    "))
    run.screen.say(f"Look who would get it: socialcare reply is:open --statement {name} --dry-run")
    return ExitCode.OK


def withdraw(
    ctx: typer.Context,
    *,
    snippet: Name,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """End the approval of a statement: what of it has not left yet does not."""
    from socialcare.snippets.library import address_of

    run = App.of(ctx)
    name = address_of(snippet).name
    hand = Hand(run.me, run.clock.now(), "snippet withdraw")
    if run.read() is None or not statements.withdraw(run.write(), name, hand):
        raise NotFoundError(
            f"no statement {name} is approved.", f"approve it: socialcare snippet approve {name}"
        )
    db = run.read()
    found = statements.newest(db, name) if db is not None else None
    if as_json and found is not None:
        _as_json(run, found)
    else:
        run.screen.data(f"Withdrawn: {name}. What of it has not left yet stays here.")
    return ExitCode.OK


def _told(run: App, found: Approved) -> str:
    until = ""
    if found.until is not None:
        until = f", until {clock_time(found.until, run.zone, run.clock.now())}"
    return f"Approved: {found.name} may go to many{until}."


def _as_json(run: App, found: Approved) -> None:
    from socialcare.output.formats import write_object

    times = {
        name: format_time(value) if (value := getattr(found, name)) else None
        for name in ("approved_at", "until", "withdrawn_at")
    }
    write_object(
        run.screen,
        {
            "v": 1,
            "name": found.name,
            "approved_by": found.approved_by,
            "approved_at": times["approved_at"],
            "until": times["until"],
            "withdrawn_by": found.withdrawn_by,
            "withdrawn_at": times["withdrawn_at"],
            "digest": found.digest,
        },
    )

"""``socialcare forget``: erase a customer, some mentions or old data, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.asking import ask
from socialcare.cli.context import App
from socialcare.cli.forget_plan import as_record, lines, tell, tell_nothing, write_plan
from socialcare.cli.forget_target import Target, find_target
from socialcare.cli.options import DryRun, Json, Quiet
from socialcare.cli.person import shown
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.inbox.tombstones import folded

if TYPE_CHECKING:
    from socialcare.workflow.forget import Plan

EXAMPLES = """\b
Examples:
  socialcare forget @mia@mas.to --dry-run      what would go
  socialcare forget @mia@mas.to
  socialcare forget 41 43 --confirm 2
  socialcare forget --older-than 400d --confirm 1200
"""
app = new_app()


@app.command(epilog=EXAMPLES)
def forget(
    ctx: typer.Context,
    *,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="@HANDLE|WHAT...", help="One person, or ids, or a query."),
    ] = None,
    older: Annotated[
        str | None,
        typer.Option("--older-than", metavar="AGE", help="What is older, such as 400d."),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only the accounts of a handle on this channel."),
    ] = None,
    confirm: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="For scripts: the handle, or how many mentions."),
    ] = None,
    finish: Annotated[
        bool, typer.Option("--finish", help="End an erasure that was interrupted.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Erase texts, names, notes and answers. This cannot be undone.

    Labels, times and counts stay, and so does what other people wrote. A later fetch or
    import does not bring back what was erased. Copies of the database that socialcare made
    are deleted; files that you wrote elsewhere are named. What waits for an answer is never
    erased for its age.
    """
    run = App.of(ctx)
    if sum((bool(what), older is not None, finish)) != 1:
        raise UsageError(
            "name one thing to erase: a handle, mentions, or an age.",
            "socialcare forget @HANDLE   or   socialcare forget --older-than 400d",
        )
    if finish:
        return _finish(run)
    words = what or []
    try:
        target = find_target(run, words, older, channel)
    except NotFoundError:
        if _was_erased(run, words):
            return ExitCode.OK
        raise
    return _erase(run, target, confirm, dry_run=dry_run, as_json=as_json)


def _erase(run: App, target: Target, confirm: str | None, *, dry_run: bool, as_json: bool) -> int:
    from socialcare.workflow.forget import forget as erase
    from socialcare.workflow.forget import plan

    db = run.read()
    told = plan(db, target.doomed)
    nothing = not (target.doomed.ids or target.doomed.accounts)
    action = None
    if not (dry_run or nothing):
        if not _agreed(run, target, told, confirm):
            run.screen.warn("Nothing was erased.")
            return ExitCode.OK
        from socialcare.inbox.fields import Hand

        hand = Hand(run.me, run.clock.now(), "forget")
        action = erase(run.write(), target.again, run.settings, hand, run.paths.log)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, as_record(told, action, dry_run=dry_run))
    elif nothing:
        tell_nothing(run, told)
    elif dry_run:
        write_plan(run, target, told)
    else:
        tell(run, target, told)
    return ExitCode.OK


def _agreed(run: App, target: Target, told: Plan, confirm: str | None) -> bool:
    """Whoever erases has to say what, in a script too.

    Raises
    ------
    UsageError
        ``--confirm`` is missing where nobody can be asked, or says something else.

    """
    key = shown(target.handle or told.counts.mentions)
    if confirm is None and run.streams.stdin_tty:
        run.screen.warn(*lines(run, target, told))
        return _says(ask(run, f"Type {key} to erase: "), key)
    hint = f'look first with --dry-run, then add --confirm "{key}"'
    if confirm is None:
        message = f"this would erase {target.named} for good, and nobody is here to ask."
        raise UsageError(message, hint, code="needs_confirm")
    if not _says(confirm, key):
        message = f'--confirm says "{shown(confirm)}", but this would erase {target.named}.'
        raise UsageError(message, hint, code="needs_confirm")
    return True


def _says(typed: str, key: str) -> bool:
    """A number may be typed as it is shown: 14,459."""
    return folded(typed) == folded(key) or (key.isdigit() and typed.replace(",", "") == key)


def _finish(run: App) -> int:
    from socialcare.inbox.compaction import due_since
    from socialcare.workflow.forget import finish

    db = run.read()
    if db is None or due_since(db) is None:
        run.screen.data("Nothing is left to finish.")
        return ExitCode.OK
    finish(run.write(), run.paths.log)
    run.screen.data("Finished: nothing of what was erased is left in the file.")
    return ExitCode.OK


def _was_erased(run: App, words: list[str]) -> bool:
    """Erasing can be repeated: whoever is gone is told so, and what was left is ended."""
    from socialcare.inbox.compaction import due_since
    from socialcare.inbox.tombstones import erased_at
    from socialcare.output.words import day, moment

    db = run.read()
    at = None if db is None or len(words) != 1 else moment(erased_at(db, words[0]))
    if db is None or at is None:
        return False
    if due_since(db) is not None:
        _finish(run)
    when = day(at, run.zone, run.clock.now())
    run.screen.data(f"{shown(words[0])} was erased on {when}; nothing of theirs is here.")
    return True

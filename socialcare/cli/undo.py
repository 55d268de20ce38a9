"""``socialcare undo``: take back a change, and see what can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.changing import PLAN_FIELDS, tell
from socialcare.cli.choosing import Deed, plan, plan_records
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Fields, Format, Json, Quiet
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.output.formats import write_object, write_records
from socialcare.output.history import Place, changed, where
from socialcare.output.layout import wrap
from socialcare.output.words import ago

if TYPE_CHECKING:
    from socialcare.inbox.actions import Action
    from socialcare.inbox.undo import Undone

EXAMPLES = """\b
Examples:
  socialcare undo                    take back your own last change
  socialcare undo 17                 that one, also a colleague's
  socialcare undo --list             the latest changes with their numbers
  socialcare undo --list --json | jq '.[] | select(.actor == "mia")'
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def undo(
    ctx: typer.Context,
    *,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[N]", min=1, help="The number of a change; see --list."),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="The latest changes: number, who, what.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many.")
    ] = None,
    form: Format = None,
    fields: Fields = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Take back a change: all of it, or nothing when somebody changed it further since.

    Without a number it is your own last change that still counts, so that again and again
    goes back step by step. What takes back is a change with a number too: undo that number,
    and it is done again. Answers, what a fetch or an import brought, and what was erased stay.
    """
    run = App.of(ctx)
    if listed:
        from socialcare.cli.undo_list import list_actions

        if number is not None or dry_run:
            raise UsageError(
                "--list goes alone.", "socialcare undo --list   or: socialcare undo 17"
            )
        list_actions(run, form, fields, as_json=as_json, limit=limit)
        return ExitCode.OK
    if limit is not None or form is not None or fields is not None:
        raise UsageError("--limit, --format and --fields are for --list.", "socialcare undo --list")
    undone = _take_back(run, number, rehearse=dry_run)
    if as_json:
        write_object(run.screen, _record(run, undone))
    elif undone is None:
        run.screen.data("There is nothing of yours to take back.")
    elif dry_run:
        _write_plan(run, undone)
    elif not run.quiet:
        tell(run, _told(run, undone), _way_back(undone))
    return ExitCode.OK


def _take_back(run: App, number: int | None, *, rehearse: bool) -> Undone | None:
    from socialcare.workflow.undo import take_back

    if run.read() is not None:
        now, zone = run.clock.now(), run.zone
        return take_back(
            run.write(), number, run.settings, now, zone, actor=run.me, rehearse=rehearse
        )
    if number is None:
        return None
    raise NotFoundError(f"there is no action {number}.", "get mentions first: socialcare fetch")


def _told(run: App, undone: Undone) -> str:
    """``Took back 19 (set, 2 min ago): owner mia on 3 mentions.``"""
    action = undone.concerns
    done = f"Did {action.id} again" if undone.again else f"Took back {action.id}"
    return f"{done} ({_origin(run, action)}): {_changed(run, action)}."


def _origin(run: App, action: Action) -> str:
    whose = "" if action.actor == run.me else f" by {action.actor}"
    return f"{action.command}{whose}, {ago(run.clock.now() - action.at)}"


def _changed(run: App, action: Action) -> str:
    told, on = changed(action, Place(run.clock.now(), run.zone)), where(action)
    return f"{told} on {on}" if on else told


def _way_back(undone: Undone) -> str:
    return f"{'Take back' if undone.again else 'Do it again'}: socialcare undo {undone.action}"


def _write_plan(run: App, undone: Undone) -> None:
    """A few examples for a person, every mention for a program."""
    if not run.streams.stdout_tty:
        write_records(run.screen, plan_records(run, undone.mentions), "tsv", fields=PLAN_FIELDS)
        return
    action, done = undone.concerns, "be done again" if undone.again else "be taken back"
    told = f"{action.id} ({_origin(run, action)}) would {done}: {_changed(run, action)}."
    _, *rest = plan(run, undone.mentions, Deed("", ""))
    run.screen.data(*wrap(told, run.streams.width), *rest)


def _record(run: App, undone: Undone | None) -> dict[str, object]:
    if undone is None:
        return {"v": 1, "action": None, "changed": [], "skipped": [], "undoes": None}
    action = undone.taken_back
    return {
        "v": 1,
        "action": undone.action,
        "changed": list(undone.mentions),
        "skipped": [],
        "undoes": action.id,
        "actor": action.actor,
        "command": action.command,
        "accounts": _handles(run, undone),
    }


def _handles(run: App, undone: Undone) -> list[str]:
    from socialcare.inbox.actions import handles

    db = run.read()
    return handles(db, undone.authors) if db is not None and undone.authors else []

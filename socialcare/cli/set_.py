"""``socialcare set``: the one verb for all fields of a mention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from socialcare.cli.app import new_app
from socialcare.cli.changing import How, apply, one_of, read_note, read_owner, read_word
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Steal, What, Yes
from socialcare.cli.times import ahead
from socialcare.errors import UsageError
from socialcare.models import LABELS, PRIORITIES, Label, Priority, Status

if TYPE_CHECKING:
    from datetime import datetime

    from socialcare.inbox.changes import Wish

EXAMPLES = """\b
Examples:
  socialcare set 41-43 --owner mia --tag courier
  socialcare set 41 --label praise     the label was wrong; this wins for ever
  socialcare set 41 --snooze monday    until then, or until they write again
  socialcare set is:filtered author:@mia --status open        bring it back
  socialcare inbox channel:phone --format ids | socialcare set - --owner me
"""
STATES = ("open", "pending")
_SNOOZES = '--snooze 2h   tomorrow   monday   2026-12-01   "2026-12-01 09:00"   reply'

app = new_app()


@app.command(epilog=EXAMPLES)
def set_(
    ctx: typer.Context,
    *,
    what: What,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="NAME, me or none.")] = None,
    priority: Annotated[str | None, typer.Option(metavar="P", help=", ".join(PRIORITIES))] = None,
    label: Annotated[str | None, typer.Option(metavar="L", help=", ".join(LABELS))] = None,
    topic: Annotated[
        list[str] | None, typer.Option(metavar="T", help="Its topic, or several.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="T", help="Put a tag on it.")] = None,
    untag: Annotated[list[str] | None, typer.Option(metavar="T", help="Take a tag off.")] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A private remark.")] = None,
    snooze: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="2h, tomorrow, monday, 2026-12-01, or reply."),
    ] = None,
    status: Annotated[str | None, typer.Option(metavar="S", help=", ".join(STATES))] = None,
    needs_answer: Annotated[
        bool | None,
        typer.Option("--needs-answer/--no-answer-needed", help="Whether it belongs in the inbox."),
    ] = None,
    steal: Steal = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Change owner, priority, label, topic, tags or status; add a note; snooze.

    Any mix is one command. What you say about label, topic and priority wins over the
    classifier for ever. What is snoozed comes back at its time (a day begins at 09:00), or
    when the person writes again: --snooze reply waits for nothing else.
    """
    from socialcare.inbox.changes import Wish

    run = App.of(ctx)
    wish = Wish(
        owner=read_owner(run, owner),
        priority=cast("Priority | None", one_of("priority", priority, PRIORITIES)),
        label=cast("Label | None", one_of("label", label, LABELS)),
        topics=None if topic is None else tuple(read_word("topic", t) for t in topic),
        needs_answer=needs_answer,
        status=_status(status, snooze),
        snoozed_until=_until(run, snooze),
        tag=tuple(read_word("tag", t) for t in tag or ()),
        untag=tuple(read_word("tag", t) for t in untag or ()),
        note=read_note(note),
    )
    if wish == Wish():
        raise UsageError(
            "set needs to know what to change.",
            "socialcare set 41 --owner me   more: socialcare set --help",
        )
    how = How(dry_run, yes, as_json, steal)
    return apply(run, what, wish, "set", how, told=_told(run, wish))


def _status(wanted: str | None, snooze: str | None) -> Status | None:
    if snooze is not None and wanted is not None:
        raise UsageError(
            "--snooze and --status cannot both be given.",
            "snooze it: socialcare set 41 --snooze 2h   wake it: socialcare set 41 --status open",
        )
    if snooze is not None:
        return "snoozed"
    if wanted == "closed":
        raise UsageError("a mention is closed with its reason.", "socialcare close 41 --reason WHY")
    return cast("Status | None", one_of("status", wanted, STATES))


def _until(run: App, text: str | None) -> datetime | None:
    """None is until the person writes again."""
    if text is None or text.strip().lower() == "reply":
        return None
    return ahead(run, text, "snoozed", _SNOOZES)


def _told(run: App, wish: Wish) -> str:
    parts = [f"owner {wish.owner or 'nobody'}"] if wish.owner is not None else []
    parts += [f"{name} {_plain(value)}" for name, value in wish.corrections.items()]
    parts += [_status_told(run, wish)] if wish.status else []
    parts += [f"tag {tag}" for tag in wish.tag] + [f"no tag {tag}" for tag in wish.untag]
    parts += ["note added"] if wish.note else []
    return ", ".join(parts)


def _status_told(run: App, wish: Wish) -> str:
    from socialcare.output.snooze import until_told

    if wish.status != "snoozed":
        return f"status {wish.status}"
    if wish.snoozed_until is None:
        return "snoozed until they write again"
    return f"snoozed until {until_told(wish.snoozed_until, run.zone, run.clock.now())}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)

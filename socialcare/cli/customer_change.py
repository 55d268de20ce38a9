"""``socialcare customer link``, ``unlink``, ``mute`` and ``unmute``: who is one person, who is quiet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet
from socialcare.errors import ExitCode, UsageError
from socialcare.output.layout import one_cell, wrap
from socialcare.output.words import count
from socialcare.text import MAX_FIELD, at_door

if TYPE_CHECKING:
    from socialcare.inbox.customers import Account, Outcome, Register

LINK_EXAMPLES = """\b
Examples:
  socialcare customer link @mia@mas.to u/mia
  socialcare customer link @mia @mia.example mia_boots
"""
UNLINK_EXAMPLES = """\b
Examples:
  socialcare customer unlink u/mia
  socialcare customer unlink u/mia --dry-run
"""
MUTE_EXAMPLES = """\b
Examples:
  socialcare customer mute @spam@bots.example --reason "sells watches"
  socialcare customer list --muted            who muted whom, when and why
"""
UNMUTE_EXAMPLES = """\b
Examples:
  socialcare customer unmute @spam@bots.example
  socialcare customer unmute @spam --dry-run
"""
Handle = Annotated[str, typer.Argument(metavar="@HANDLE", help="Whom: a handle or part of one.")]


def link(
    ctx: typer.Context,
    *,
    accounts: Annotated[
        list[str], typer.Argument(metavar="@A @B...", help="Accounts of one person.")
    ],
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Say that accounts belong to one person.

    Earlier contacts then count together, on all channels. Two customers become one.
    """
    if len(accounts) < 2:
        raise UsageError(
            "link needs two accounts.",
            "socialcare customer link @mia@mas.to u/mia   see who wrote: socialcare customer list",
        )
    run = App.of(ctx)
    return _change(run, "link", lambda to: to.link(accounts), _linked, dry_run, as_json)


def unlink(
    ctx: typer.Context,
    *,
    account: Handle,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Take one account out of its customer again."""
    run = App.of(ctx)
    return _change(run, "unlink", lambda to: to.unlink(account), _unlinked, dry_run, as_json)


def mute(
    ctx: typer.Context,
    *,
    account: Handle,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why, for the others.")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """See nothing more of a person.

    What they write, and what is open of it now, goes to the filtered pile: is:filtered.
    """
    run = App.of(ctx)
    why = _reason(reason)
    return _change(run, "mute", lambda to: to.mute(account, why), _muted, dry_run, as_json)


def unmute(
    ctx: typer.Context,
    *,
    account: Handle,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Hear a person again. What was filtered for the mute alone comes back."""
    run = App.of(ctx)
    return _change(run, "unmute", lambda to: to.unmute(account), _unmuted, dry_run, as_json)


def _reason(text: str | None) -> str | None:
    if text is None:
        return None
    if not text.strip() or len(text) > MAX_FIELD:
        raise UsageError(
            f"a reason has from 1 to {MAX_FIELD:,} characters.", '--reason "sells watches"'
        )
    return at_door(" ".join(text.split()), MAX_FIELD)


def _change(
    run: App,
    verb: str,
    deed: Callable[[Register], Outcome],
    told: Callable[[Outcome], str],
    dry_run: bool,
    as_json: bool,
) -> int:
    from socialcare.inbox.customers import Register, nobody
    from socialcare.inbox.fields import Hand

    if run.read() is None:
        words = [word for word in run.argv[2:] if not word.startswith("-")]
        raise nobody(words[0] if words else verb)
    hand = Hand(run.me, run.clock.now(), f"customer {verb}")
    outcome = deed(Register(run.write(), run.settings, hand, rehearse=dry_run))
    if as_json:
        _write_json(run, outcome)
    elif not run.quiet:
        only = "Not done (--dry-run): " if dry_run else ""
        run.screen.data(*wrap(f"{only}{told(outcome)}{_moved(outcome)}", run.streams.width))
    return ExitCode.OK


def _write_json(run: App, outcome: Outcome) -> None:
    from socialcare.output.formats import write_object

    write_object(
        run.screen,
        {
            "v": 1,
            "action": outcome.action,
            "accounts": [account.handle for account in outcome.accounts],
            "changed": [account.handle for account in outcome.changed],
            "filtered": list(outcome.filtered),
            "brought_back": list(outcome.back),
        },
    )


def _linked(outcome: Outcome) -> str:
    state = "are one customer now" if outcome.changed else "were one customer already"
    return f"{_names(outcome.accounts)} {state}."


def _unlinked(outcome: Outcome) -> str:
    out, *_ = outcome.named
    if not outcome.changed:
        return f"{_names([out])} was alone already."
    rest = [one for one in outcome.changed if one.id != out.id]
    return f"{_names([out])} is alone again{f', and so is {_names(rest)}' if rest else ''}."


def _muted(outcome: Outcome) -> str:
    reason = outcome.named[0].muted
    why = f": {reason}" if reason else ""
    already = "" if outcome.changed else " already"
    return f"{_names(outcome.accounts)} {_is(outcome)} muted{already}{why}."


def _unmuted(outcome: Outcome) -> str:
    state = "not muted any more" if outcome.changed else "not muted"
    return f"{_names(outcome.accounts)} {_is(outcome)} {state}."


def _is(outcome: Outcome) -> str:
    return "is" if len(outcome.accounts) == 1 else "are"


def _moved(outcome: Outcome) -> str:
    parts = [
        f"{count(len(outcome.filtered), 'mention')} filtered" if outcome.filtered else "",
        f"{count(len(outcome.back), 'mention')} brought back" if outcome.back else "",
    ]
    told = ", ".join(filter(None, parts))
    return f" {told[0].upper()}{told[1:]}." if told else ""


def _names(accounts: Sequence[Account]) -> str:
    handles = [one_cell(account.handle) for account in accounts]
    return " and ".join([", ".join(handles[:-1]), handles[-1]] if handles[1:] else handles)

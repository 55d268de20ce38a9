"""What ``set`` and ``close`` share: choose, ask, change, tell."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from socialcare.cli.choosing import chosen, confirm, show_plan
from socialcare.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.changes import Wish


def apply(
    run: App,
    what: Sequence[str],
    wish: Wish,
    command: str,
    *,
    told: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Change what the words mean; ``told`` says what is different now."""
    from socialcare.inbox.changes import change

    verb = "closed" if command == "close" else "changed"
    ids, asked = chosen(run, what)
    if dry_run:
        show_plan(run, ids, verb)
        return ExitCode.OK
    if not confirm(run, ids, verb, asked=asked, yes=yes):
        run.screen.warn("Nothing was changed.")
        return ExitCode.OK
    done = change(
        run.write(), ids, wish, run.settings, run.clock.now(), actor=run.me, command=command
    )
    if as_json:
        from socialcare.output.formats import write_object

        write_object(
            run.screen,
            {
                "v": 1,
                "action": done.action,
                "changed": list(done.changed),
                "skipped": list(done.skipped),
            },
        )
    elif not run.quiet:
        already = f" {len(done.skipped)} were so already." if done.skipped else ""
        what_now = f": {told}." if told and done.changed else "."
        run.screen.data(f"{len(done.changed)} {verb}{what_now}{already}")
    return ExitCode.OK


def one_of(option: str, value: str | None, allowed: Sequence[str]) -> str | None:
    """Check a value of an option.

    Raises
    ------
    UsageError
        It is none of ``allowed``; the hint suggests the nearest.

    """
    if value is None or value in allowed:
        return value
    close = difflib.get_close_matches(value.lower(), allowed, n=1, cutoff=0.5)
    meant = f"did you mean --{option} {close[0]} ?  " if close else ""
    raise UsageError(
        f'--{option} cannot be "{value[:60]}".', f"{meant}use one of: {', '.join(allowed)}"
    )

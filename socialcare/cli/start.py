"""``socialcare`` alone: the top of the inbox, or how to get one. Asks nothing, fetches nothing."""

from __future__ import annotations

from socialcare.cli.app import START
from socialcare.cli.context import App
from socialcare.errors import ExitCode

ROWS = 5


def start(run: App) -> int:
    if run.read() is None:
        run.screen.data(*START.rstrip("\n").split("\n"))
        return ExitCode.OK
    from socialcare.cli.inbox import show_inbox

    show_inbox(run, run.screen, limit=ROWS)
    return ExitCode.OK

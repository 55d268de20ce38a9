"""``socialcare`` alone: the top of the inbox, or how to get one. Asks nothing, fetches nothing."""

from __future__ import annotations

from socialcare.cli.context import App
from socialcare.cli.first_page import START
from socialcare.errors import ExitCode
from socialcare.inbox.reading import is_empty
from socialcare.output.formats import chosen_format

ROWS = 5


def start(run: App, *, as_json: bool) -> int:
    db = run.read()
    if not as_json and (db is None or is_empty(db)):
        run.screen.data(*START.rstrip("\n").split("\n"))
        return ExitCode.OK
    from socialcare.cli.inbox import list_inbox

    form = chosen_format(None, as_json=as_json, tty=run.streams.stdout_tty)
    list_inbox(run, (), form, limit=ROWS)
    return ExitCode.OK

"""Which mentions a changing command means, and whether somebody has to be asked first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from socialcare.cli.listing import choose
from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox.reading import chosen_ids, records
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.database import Database

ASK_FROM = 11
"""Named ids up to ten just work: it can be taken back by naming them again."""
EXAMPLES = 5


def chosen(run: App, what: Sequence[str]) -> tuple[list[int], bool]:
    """The ids that the words mean, and whether they came from a query.

    Raises
    ------
    NotFoundError
        One that was named is not there, or there is no database yet.
    UsageError
        An unknown filter, or ids mixed with query words.

    """
    db = run.read()
    if db is None:
        raise NotFoundError("there are no mentions yet.", "get some: socialcare fetch")
    words = list(_from_stdin(run)) if list(what) == ["-"] else list(what)
    if not words and list(what) == ["-"]:
        return [], False
    choice = choose(run, db, words)
    return chosen_ids(db, choice, run.clock.now(), run.me), choice.query is not None


def confirm(run: App, ids: Sequence[int], verb: str, *, asked: bool, yes: bool) -> bool:
    """Ask where a query, or more than ten, would change. ``verb`` is "changed" or "closed".

    Raises
    ------
    UsageError
        Nobody is there to ask and ``--yes`` was not given.

    """
    if yes or not ids or (not asked and len(ids) < ASK_FROM):
        return True
    if not run.streams.stdin_tty:
        raise UsageError(
            f"this would change {_mentions(len(ids))} and nobody is here to ask.",
            "look first with --dry-run, then add --yes",
            code="needs_yes",
        )
    show_plan(run, ids, verb)
    run.streams.stderr.write(f"Go on with {len(ids)}? [y/N] ")
    run.streams.stderr.flush()
    return run.streams.stdin.readline().strip().lower() in ("y", "yes")


def show_plan(run: App, ids: Sequence[int], verb: str) -> None:
    """Say what would happen, with a few examples."""
    db = run.read()
    assert db is not None
    subject = "This one" if len(ids) == 1 else f"These {len(ids)}"
    run.screen.warn(f"{subject} would be {verb}:" if ids else f"Nothing would be {verb}.")
    for line in _examples(run, db, ids[:EXAMPLES]):
        run.screen.warn(line)
    if len(ids) > EXAMPLES:
        run.screen.warn(f"  ... {len(ids) - EXAMPLES} more")


def _examples(run: App, db: Database, ids: Sequence[int]) -> Iterator[str]:
    for record in records(db, ids, run.clock.now()):
        line = f"  {record['id']}  {record['author']}  {record['text']}"
        yield for_screen(line, one_line=True, limit=max(20, run.streams.width - 1))


def _from_stdin(run: App) -> Iterator[str]:
    """Ids, one a line, or JSON Lines with an ``id``."""
    for number, line in enumerate(run.streams.stdin, start=1):
        text = line.strip().rstrip(",")
        if not text:
            continue
        if text.startswith("{"):
            yield _id_of(text, number)
        else:
            yield text


def _id_of(text: str, number: int) -> str:
    try:
        return str(int(json.loads(text)["id"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f'line {number} of standard input has no "id".',
            "one id a line, or JSON Lines: socialcare inbox --format ids | socialcare set - ...",
        ) from None


def _mentions(count: int) -> str:
    return "1 mention" if count == 1 else f"{count} mentions"

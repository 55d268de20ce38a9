"""Which mentions a changing command means, and whether somebody has to be asked first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.listing import choose
from socialcare.cli.piped import named_words
from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox.reading import chosen_ids, records, stream
from socialcare.output.columns import said
from socialcare.output.layout import one_cell
from socialcare.output.styled import Line
from socialcare.output.table import Column, rows
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.reading import Record

ASK_FROM = 11
"""Named ids up to ten just work: it can be taken back by naming them again."""
EXAMPLES = 5
EXAMPLE = (
    Column("", 1, whole=True, right=True),
    Column("", 8, gap=(2, 2)),
    Column("", 6, gap=(2, 2)),
)


class Deed(NamedTuple):
    """What is about to be done, in words: ``Close {}`` for the question, ``closed`` for the plan."""

    question: str
    done: str


def chosen(run: App, what: Sequence[str], *, own: bool = False) -> tuple[list[int], bool]:
    """The ids that the words mean, and whether they came from a query; with ``own``, posts of
    our own may be among them.

    Raises
    ------
    NotFoundError
        One that was named is not there.
    UsageError
        Nothing is named, an unknown filter, or ids mixed with query words.

    """
    words, piped = named_words(run, what)
    if not words and piped:
        return [], False
    if not words:
        # An unset variable of a script must never mean the whole inbox.
        raise UsageError("no mention is named.", "name ids or a query; see: socialcare help query")
    db = run.read()
    choice = choose(run, db, words)
    if db is not None:
        return chosen_ids(db, choice, run.clock.now(), run.me, own=own), choice.query is not None
    if choice.query is None:
        raise NotFoundError("there are no mentions yet.", "get some: socialcare fetch")
    return [], True


def confirm(run: App, ids: Sequence[int], deed: Deed, *, asked: bool, yes: bool) -> bool:
    """Ask where a query, or more than ten, would change.

    Raises
    ------
    UsageError
        Nobody is there to ask and ``--yes`` was not given.

    """
    if yes or not ids or (not asked and len(ids) < ASK_FROM):
        return True
    if not run.streams.stdin_tty:
        raise UsageError(
            f"this would change {count(len(ids), 'mention')} and nobody is here to ask.",
            "look first with --dry-run, then add --yes",
            code="needs_yes",
        )
    run.screen.warn(*plan(run, ids, deed))
    run.streams.stderr.write(f"{deed.question.format(len(ids))}? [y/N] ")
    run.streams.stderr.flush()
    if run.streams.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    run.screen.warn("Nothing was changed.")
    return False


def plan(run: App, ids: Sequence[int], deed: Deed) -> Iterator[str | Line]:
    """What would happen, with a few examples."""
    subject = "This one" if len(ids) == 1 else f"These {len(ids):,}"
    yield f"{subject} would be {deed.done}:" if ids else f"Nothing would be {deed.done}."
    yield from examples(run, ids[:EXAMPLES], len(ids))


def examples(run: App, ids: Sequence[int], number: int) -> Iterator[str | Line]:
    """A line for each of ``ids``, and how many more of ``number`` there are."""
    db = run.read() if ids else None
    if db is not None:
        shown = [_example(record) for record in records(db, ids, run.clock.now())]
        if run.accessible:
            yield from (f"Mention {id_}, from {who}: {text}" for id_, who, text in shown)
        else:
            width = run.streams.width
            id_, who, text = EXAMPLE
            yield from rows((id_, replace(who, most=min(26, width * 2 // 5)), text), shown, width)
    if number > len(ids):
        yield f"{'And' if run.accessible else '  ...'} {number - len(ids):,} more"


def plan_records(run: App, ids: Sequence[int]) -> Iterator[Record]:
    """All that would be changed, for a program."""
    db = run.read()
    return iter(()) if db is None else stream(db, ids, run.clock.now())


def _example(record: Record) -> tuple[str, str, str]:
    return str(record["id"]), one_cell(str(record["author"])), one_cell(said(record))

"""What ``forget`` would do and has done, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from socialcare.cli.choosing import examples
from socialcare.cli.forget_target import Target
from socialcare.cli.person import shown
from socialcare.output.layout import wrap
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.output.records import Record
    from socialcare.output.styled import Line
    from socialcare.workflow.forget import Plan

PLAN_FIELDS = ("id", "author", "text")
STAYS = "Labels, times and counts stay."


def lines(run: App, target: Target, told: Plan) -> Iterator[str | Line]:
    """What would go, what stays, and what cannot be reached."""
    width = run.streams.width
    yield from wrap(f"This erases {target.named}, for good:", width)
    with_it = rest(told) if target.handle is None else what(told) or "the name alone"
    if with_it:
        yield from wrap(with_it, width, indent="  ")
    yield from examples(run, told.counts.examples, told.counts.mentions)
    yield from wrap(f"{STAYS} It cannot be undone.", width)
    yield from around(told, width, done=False)


def around(told: Plan, width: int, *, done: bool) -> Iterator[str]:
    """What stays, and which files go or may hold the same."""
    others, copies = told.counts.named_by_others, len(told.copies)
    if others:
        stay = "names them; that stays" if others == 1 else "name them; those stay"
        yield from wrap(f"{count(others, 'mention')} by other people {stay}.", width)
    if told.already:
        yield _before(told)
    if copies:
        verb = "Deleted" if done else "This deletes"
        yield from wrap(f"{verb} {_copies(copies)} of the database:", width)
        yield from map(_listed, told.copies)
    if told.not_reached:
        yield from wrap("These may hold the same, and are yours to delete:", width)
        yield from map(_listed, told.not_reached)


def what(told: Plan) -> str:
    """``5 mentions, 1 answer of ours, 2 notes``."""
    mentions = count(told.counts.mentions, "mention") if told.counts.mentions else ""
    return ", ".join(part for part in (mentions, rest(told)) if part)


def rest(told: Plan) -> str:
    """What goes with the mentions."""
    numbers = told.counts
    ours = "answer of ours" if numbers.answers == 1 else "answers of ours"
    parts = (
        (numbers.answers, f"{numbers.answers:,} {ours}"),
        (numbers.reposts, count(numbers.reposts, "repost")),
        (numbers.notes, count(numbers.notes, "note")),
        (numbers.drafts, count(numbers.drafts, "draft")),
    )
    return ", ".join(part for number, part in parts if number)


def write_plan(run: App, target: Target, told: Plan) -> None:
    """A few examples for a person, every mention for a program."""
    if run.streams.stdout_tty:
        run.screen.data(*lines(run, target, told))
        return
    from socialcare.cli.choosing import plan_records
    from socialcare.output.formats import write_records

    records = plan_records(run, target.doomed.ids)
    write_records(run.screen, records, "tsv", fields=PLAN_FIELDS)


def tell(run: App, target: Target, told: Plan) -> None:
    """In a pipe one line, however long."""
    more = what(told) if target.handle else rest(told)
    done = f"Erased {target.named}{f': {more}' if more else ''}. {STAYS}"
    run.screen.data(*(wrap(done, run.streams.width) if run.streams.stdout_tty else [done]))
    run.screen.warn(*around(told, run.streams.width, done=True))


def tell_nothing(run: App, told: Plan) -> None:
    run.screen.data(f"Nothing to erase.{f' {_before(told)}' if told.already else ''}")


def as_record(told: Plan, action: int | None, *, dry_run: bool) -> Record:
    numbers = told.counts
    return {
        "v": 1,
        "action": action,
        "dry_run": dry_run,
        "mentions": numbers.mentions,
        "answers": numbers.answers,
        "reposts": numbers.reposts,
        "notes": numbers.notes,
        "drafts": numbers.drafts,
        "accounts": told.people,
        "already": told.already,
        "named_by_others": numbers.named_by_others,
        "copies": [str(path) for path in told.copies],
        "not_reached": [str(path) for path in told.not_reached],
    }


def _before(told: Plan) -> str:
    return f"{told.already:,} {'was' if told.already == 1 else 'were'} erased before."


def _copies(number: int) -> str:
    return "1 copy" if number == 1 else f"{number} copies"


def _listed(path: Path) -> str:
    return f"  {shown(path)}"

"""``socialcare show``: one mention with all that is known, or one person's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from socialcare.cli.app import new_app
from socialcare.cli.card import card_of
from socialcare.cli.choosing import chosen
from socialcare.cli.context import App
from socialcare.cli.listing import view_of
from socialcare.cli.options import Json, Quiet
from socialcare.cli.own_post import show_own
from socialcare.cli.person_history import show_person
from socialcare.cli.snippet_shelf import Fitting
from socialcare.clock import format_time
from socialcare.errors import DatabaseError
from socialcare.inbox.reading import Record, records
from socialcare.inbox.story import Story, mark_seen, story
from socialcare.output.card import card_lines
from socialcare.output.formats import write_object, write_records
from socialcare.output.records import MENTION_FIELDS, View
from socialcare.output.styled import Line

LISTS = ("cues", "conversation", "before", "notes", "answers", "edits", "orders")
EXAMPLES = """\b
Examples:
  socialcare show 41                 text, thread, why it is urgent, notes
  socialcare show next --clock       how its answer-by time came about
  socialcare show @mia@mas.to        everything by one person
  socialcare show is:late label:complaint
  socialcare show 41 --json
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def show(
    ctx: typer.Context,
    *,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT|@HANDLE",
            help="Ids, next, a post's address, - for ids on stdin, a query, or a @handle.",
        ),
    ],
    clock: Annotated[
        bool, typer.Option("--clock", help="The answer-by arithmetic, line by line.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Show one mention with all that is known, or one person's history."""
    run = App.of(ctx)
    if len(what) == 1 and what[0].startswith("@") and len(what[0]) > 1:
        return show_person(run, what[0], as_json=as_json)
    ids, asked = chosen(run, what, own=True)
    if not asked and show_own(run, ids, as_json=as_json):
        return 0
    told, fitting = list(_told(run, ids)), Fitting(run)
    if as_json:
        _as_json(run, told, fitting, alone=not asked and what != ["-"] and len(told) == 1)
        return 0
    if not told:
        run.screen.data("Nothing here matches.")
        run.screen.say("A person is shown with @ before the name; what is done, with is:any")
    for number, (record, known) in enumerate(told):
        snippets = _snippets(fitting, record)
        _draw(run, record, known, snippets, clock=clock, again=number > 0)
    _seen(run, [record["id"] for record, _ in told if record["new"]])
    return 0


def _told(run: App, ids: Sequence[int]) -> Iterator[tuple[Record, Story]]:
    db = run.read()
    if db is not None:
        for record in records(db, ids, run.clock.now()):
            yield record, story(db, record["id"], run.settings.order_pattern)


def _as_json(
    run: App, told: Sequence[tuple[Record, Story]], fitting: Fitting, *, alone: bool
) -> None:
    """One mention that was named is one object; several, and those of a query, are an array."""
    whole = [
        record | _lists(known) | {"snippets": list(_snippets(fitting, record))}
        for record, known in told
    ]
    if alone:
        write_object(run.screen, whole[0])
    else:
        fields = (*MENTION_FIELDS, *LISTS, "filtered_why", "close_reason", "snippets")
        write_records(run.screen, whole, "json", fields=fields)


def _lists(known: Story) -> dict[str, Any]:
    lists = {name: list(getattr(known, name)) for name in LISTS}
    return lists | {"filtered_why": known.filtered_why, "close_reason": known.close_reason}


def _draw(
    run: App,
    record: Record,
    known: Story,
    snippets: Sequence[str],
    *,
    clock: bool,
    again: bool,
) -> None:
    view, screen = view_of(run), run.screen
    if again:
        screen.data("")
    screen.data(
        *card_lines(
            card_of(record, known, spoken=screen.accessible, snippets=snippets),
            view,
            screen.streams.width,
            spoken=screen.accessible,
        )
    )
    if clock:
        screen.data("", *_working(run, record, view))


def _snippets(fitting: Fitting, record: Record) -> Sequence[str]:
    """Those that fit what is not done yet."""
    return () if record["status"] in ("closed", "filtered") else fitting.names(record)


def _working(run: App, record: Record, view: View) -> Iterator[Line]:
    from socialcare.inbox.settling import clock_of
    from socialcare.output.answer_by import clock_lines

    db = run.read()
    assert db is not None, "the record was read from it"
    told = clock_of(db, record["id"], run.settings)
    return clock_lines(told, record, view, run.screen.streams.width, spoken=run.accessible)


def _seen(run: App, ids: Sequence[int]) -> None:
    """What a person looked at is not new any more; a script's look does not count."""
    if not (run.streams.stdout_tty and ids):
        return
    try:
        db = run.write()
        for id_ in ids:
            mark_seen(db, id_, format_time(run.clock.now()))
    except DatabaseError:
        # Looking works on a file that may only be read.
        return

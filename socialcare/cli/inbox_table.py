"""The inbox as a person sees it: header, table, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from socialcare.cli.commands import COMMANDS
from socialcare.cli.listing import Found, find, view_of
from socialcare.inbox.letters_standing import standing_letters
from socialcare.output.accessible import spoken_mentions
from socialcare.output.columns import MENTION_COLUMNS, mention_table
from socialcare.output.formats import plain_value
from socialcare.output.header import header_lines, nothing_line, spoken_header
from socialcare.output.records import Record, View
from socialcare.output.table import field_table

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.output.screen import Screen
    from socialcare.output.styled import Line


def show_inbox(
    run: App,
    screen: Screen,
    words: Sequence[str] = (),
    *,
    limit: int,
    fields: Sequence[str] | None = None,
) -> None:
    """Draw header and table for a person, or say that nothing waits."""
    found = find(run, words, limit + 1)
    records = list(found.records)
    view = view_of(run)
    notices = [] if words else list(_answers(run))
    if not records:
        screen.data(nothing_line(found.header, view.now, filtered=found.asked), *notices)
        return
    screen.data(*_drawn(screen, found, records[:limit], view, fields, notices))
    if len(records) > limit:
        screen.say(f"There are more: add --limit {limit * 2}")
    screen.say(*_footer(records[0], screen.streams.width, spoken=screen.accessible))


def _drawn(
    screen: Screen,
    found: Found,
    records: Sequence[Record],
    view: View,
    fields: Sequence[str] | None,
    notices: Sequence[str],
) -> Iterator[Line | str]:
    width = screen.streams.width
    if screen.accessible and fields is None:
        yield spoken_header(found.header, view.now)
        yield from notices
        yield from spoken_mentions(records, view, width)
        return
    yield from header_lines(found.header, view.now, width)
    yield from notices
    if fields is None:
        yield from mention_table(records, view, width, MENTION_COLUMNS)
        return
    rows = [[plain_value(record.get(name)) for name in fields] for record in records]
    yield from field_table(fields, rows, width)


def _answers(run: App) -> Iterator[str]:
    """Answers that this person has to look after, for as long as there are any."""
    db = run.read()
    standing = [] if db is None else standing_letters(db)
    if not standing:
        return
    from socialcare.output.words import count
    from socialcare.settings.approval import may_approve

    policy = run.settings.reply
    mine = [one for one in standing if one.state == "waiting"]
    mine = [one for one in mine if may_approve(policy, one.author, run.me)]
    if mine:
        waits = "waits" if len(mine) == 1 else "wait"
        yield f"{count(len(mine), 'answer')} {waits} for your approval: socialcare inbox is:waiting"
    if failed := sum(one.state == "failed" for one in standing):
        was = "was" if failed == 1 else "were"
        yield f"{count(failed, 'answer')} {was} not sent: socialcare inbox is:failed"
    if unknown := sum(one.state == "unknown" for one in standing):
        yield f"{count(unknown, 'answer')} may not have gone out: socialcare inbox is:unknown"


def _footer(first: Record, width: int, *, spoken: bool) -> list[str]:
    """What to do next, on one line where it fits."""
    top = first.get("id")
    look = (
        "Go through them: socialcare triage"
        if "triage" in COMMANDS
        else f"Look at one: socialcare show {top}"
    )
    parts = [look, f"Answer one: socialcare reply {top}"]
    line = "     ".join(parts)
    return [line] if len(line) <= width and not spoken else parts

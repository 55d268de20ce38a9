"""What ``export`` writes: everything, some mentions, one person, or conversations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.choosing import chosen
from socialcare.cli.person import find_person, names_person
from socialcare.inbox import conversation_rows
from socialcare.inbox.export import FIELDS, LISTS, every_id, export_records
from socialcare.output.formats import write_object, write_records

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.output.formats import Format
    from socialcare.output.records import Record
    from socialcare.output.screen import Screen


class Exported(NamedTuple):
    """``person`` comes before the records of a person, in JSON."""

    records: Counted
    fields: Sequence[str]
    noun: str
    person: Record | None = None
    lists: Sequence[str] = LISTS
    """Fields that hold lists of records, which CSV cannot."""

    def write(
        self, screen: Screen, form: Format, names: Sequence[str] | None, *, raw: bool
    ) -> None:
        flat = [name for name in self.fields if form != "csv" or name not in self.lists]
        if self.person is None or form == "csv" or names is not None:
            write_records(screen, self.records, form, fields=names or flat, raw=raw)
        elif form == "json":
            write_object(screen, {**self.person, "mentions": list(self.records)})
        else:
            first = list(self.records)
            write_object(screen, self.person)
            write_records(screen, first, form, fields=flat)


class Counted:
    """Counts what passes."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self.number = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.number += 1
            yield record


def mentions(run: App, what: Sequence[str] | None) -> Exported:
    ids = iter(chosen(run, what)[0]) if what else None
    db = run.read()
    if db is None:
        return Exported(Counted(iter(())), FIELDS, "mention")
    found = export_records(db, every_id(db) if ids is None else ids, run.clock.now())
    return Exported(Counted(found), FIELDS, "mention")


def conversations(run: App, what: Sequence[str] | None) -> Exported:
    ids = chosen(run, what)[0] if what else None
    db = run.read()
    found = (
        iter(()) if db is None else conversation_rows.conversation_records(db, ids, run.clock.now())
    )
    return Exported(Counted(found), conversation_rows.FIELDS, "conversation", lists=())


def person(run: App, handle: str, channel: str | None) -> Exported:
    """All that ``forget`` would erase of them."""
    from socialcare.inbox.access import person_record
    from socialcare.inbox.doomed import all_of

    db = run.read()
    accounts = find_person(db, handle, "export", channel)
    assert db is not None, "somebody was found in it"
    theirs = all_of(db, accounts)
    found = export_records(db, iter(theirs.ids), run.clock.now())
    about = person_record(db, accounts, theirs, run.settings.order_pattern)
    return Exported(Counted(found), FIELDS, "mention", about)


def exported(
    run: App, what: Sequence[str] | None, channel: str | None, *, by_conversation: bool
) -> Exported:
    if by_conversation:
        return conversations(run, what)
    if what and names_person(what):
        return person(run, what[0], channel)
    return mentions(run, what)

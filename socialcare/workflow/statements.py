"""A statement for many: what each of them gets, when it leaves, and who gets none and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from socialcare.errors import BlockedError, ConfigError, SocialcareError, UsageError
from socialcare.inbox import statements
from socialcare.inbox.calendar import calendar_of
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Words, letter_of
from socialcare.inbox.reading import records
from socialcare.inbox.statements import Approved, Copy
from socialcare.inbox.when import parse_until
from socialcare.models import Visibility
from socialcare.settings import ReplySettings
from socialcare.settings.identity import NOBODY
from socialcare.snippets.model import Statement
from socialcare.workflow.replying import Examiner, can_post, limits_of
from socialcare.workflow.snippet_values import promised
from socialcare.workflow.snippets import Shelf, named

PACE = 60
"""How many leave in an hour on one channel, where the statement does not say."""


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who gets none. ``fine``: they have it, or get it elsewhere."""

    mention_id: int
    why: str
    fine: bool = False


@dataclass(slots=True)
class Plan:
    """``copies`` in the order in which they leave."""

    name: str
    approved: Approved
    pace: int
    copies: list[Copy] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def statement_of(shelf: Shelf, name: str) -> tuple[str, Statement]:
    """The name of a statement, and how it goes to many.

    Raises
    ------
    NotFoundError
        There is no such snippet.
    UsageError
        It is an answer for one person at a time.

    """
    snippet, _ = named(shelf.folder, name)
    if snippet.statement is None:
        raise UsageError(
            f"{snippet.name} is no statement: it answers one person at a time.",
            f"write into its header: statement: true   with: socialcare snippet edit {snippet.name}",
            code="no_statement",
        )
    return snippet.name, snippet.statement


def approve(shelf: Shelf, name: str, db: Database, hand: Hand) -> tuple[str, bool]:
    """Let a statement go to many, with the words that it has now; whether that is new.

    Raises
    ------
    BlockedError
        Others approve here, or it is over.

    """
    name, statement = statement_of(shelf, name)
    _refuse_stranger(shelf.settings.reply, hand.actor)
    until = until_of(name, statement, shelf.now, shelf.zone)
    if until is not None and until <= hand.now:
        raise BlockedError(
            f"the statement {name} is over: it says until {statement.until}.",
            f"say another time: socialcare snippet edit {name}",
        )
    return name, statements.approve(db, name, statement.digest, until, hand)


def _refuse_stranger(policy: ReplySettings, me: str) -> None:
    if policy.approval != "off" and (me == NOBODY or me not in policy.approvers):
        who = " or ".join(policy.approvers)
        raise BlockedError(
            f"statements are approved by {who}.", "ask one of them", code="not_approver"
        )


def until_of(
    name: str, statement: Statement, now: datetime, zone: tzinfo | None
) -> datetime | None:
    return None if statement.until is None else _time(name, "until", statement.until, now, zone)


def _time(name: str, key: str, text: str, now: datetime, zone: tzinfo | None) -> datetime:
    try:
        return parse_until(text, now, zone)
    except ValueError:
        raise ConfigError(
            f'{name}.md: "{text}" is no {key}.',
            f"write another: socialcare snippet edit {name}",
            code="snippet",
        ) from None


def in_force(db: Database, name: str, statement: Statement, now: datetime) -> Approved:
    """Its approval.

    Raises
    ------
    BlockedError
        There is none for the words that it has now, or it is over.

    """
    found = statements.newest(db, name)
    hint = f"socialcare snippet approve {name}"
    if found is None or found.withdrawn_at is not None:
        raise BlockedError(f"the statement {name} is not approved.", hint, code="not_approved")
    if found.digest != statement.digest:
        raise BlockedError(
            f"the statement {name} was changed since {found.approved_by} approved it.",
            hint,
            code="not_approved",
        )
    if found.until is not None and found.until <= now:
        raise BlockedError(
            f"the statement {name} is over.",
            f"say another time in its header: socialcare snippet edit {name}",
            code="over",
        )
    return found


class Planner:
    """Plans a statement for some mentions; looks only, and changes nothing."""

    def __init__(self, shelf: Shelf, db: Database, name: str) -> None:
        self.shelf, self.db = shelf, db
        self.name, self.statement = statement_of(shelf, name)
        self.approved = in_force(db, self.name, self.statement, shelf.now)
        self.pace = self.statement.pace or PACE
        self._slots = dict(statements.last_slots(db, shelf.now))

    def plan(self, ids: Sequence[int]) -> Plan:
        plan = Plan(self.name, self.approved, self.pace)
        people = statements.people(self.db, ids)
        got = statements.got_already(self.db, self.name, ids)
        first: dict[int, int] = {}
        for record in records(self.db, ids, self.shelf.now):
            id_ = record["id"]
            person = people[id_]
            if id_ in got:
                plan.left.append(Left(id_, f"they get it already, with {got[id_]}", fine=True))
            elif person in first:
                plan.left.append(Left(id_, f"the same person as {first[person]}", fine=True))
            elif isinstance(made := self._made(record), Left):
                plan.left.append(made)
            else:
                plan.copies.append(made)
                first[person] = id_
                self._slots[record["channel"]] = made.send_after
        known = {copy.mention_id for copy in plan.copies} | {one.mention_id for one in plan.left}
        plan.left += [Left(id_, "a post of our own") for id_ in ids if id_ not in known]
        return plan

    def _made(self, record: Mapping[str, Any]) -> Copy | Left:
        id_ = record["id"]
        why = self._in_the_way(record)
        if why is not None:
            return Left(id_, why)
        at = self._slot(record["channel"])
        # What it says of times is true when it leaves.
        shelf = replace(self.shelf, now=at)
        try:
            _, body = shelf.filled(self.name, record)
            words = Words(shelf.signed(body, record), self._usual(record), snippet=self.name)
        except SocialcareError as error:
            return Left(id_, error.message)
        seen = last_event(self.db, id_)
        examiner = Examiner(
            self.db, record, self.shelf.settings, self.shelf.now, seen, self.shelf.me
        )
        examined = examiner.examine(words, statement=True)
        if stops := examined.stops():
            return Left(id_, f"STOP {stops[0].check}: {stops[0].text}")
        private = words.visibility == "private"
        return Copy(
            id_, words.body, private, at, self._promised(at), seen, tuple(examined.records())
        )

    def _in_the_way(self, record: Mapping[str, Any]) -> str | None:
        if not can_post(record["channel"], self.shelf.settings):
            return f"{record['channel']} is answered by hand"
        if record["held_by"] not in (None, self.shelf.me):
            return f"{record['held_by']} is writing an answer"
        letter = letter_of(self.db, record["id"])
        if letter is not None:
            return f"there is an answer by {letter.author} already ({letter.state})"
        return None

    def _usual(self, record: Mapping[str, Any]) -> Visibility:
        limits = limits_of(record["channel"], self.shelf.settings)
        return "private" if record["kind"] == "dm" or not limits.public else "public"

    def _slot(self, channel: str) -> datetime:
        """When the next one leaves there, so that no more than ``pace`` do in an hour."""
        before = self._slots.get(channel)
        now = self.shelf.now
        return now if before is None else max(now, before + timedelta(hours=1) / self.pace)

    def _promised(self, at: datetime) -> datetime | None:
        """A span counts open hours, as in ``{in:4h}``, from when it leaves."""
        promise, zone = self.statement.promise, self.shelf.zone
        if promise is None:
            return None
        if promise[-1].isalpha() and promise[0].isdigit():
            return promised(calendar_of(self.shelf.settings.answer_by), at, promise, zone)
        return _time(self.name, "promise", promise, at, zone)

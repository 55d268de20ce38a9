"""Telling people: what happened is put on record, then each target is told what waits for it.

It comes after a fetch and beside it: a target that hangs or refuses takes only time of its own,
and what it was to be told is kept for the next run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from socialcare.channels.http import Budget
from socialcare.errors import (
    BusyError,
    ChannelError,
    RateLimitError,
    SignInError,
    SocialcareError,
    UnavailableError,
)
from socialcare.inbox import notices
from socialcare.inbox.database import Database
from socialcare.inbox.duty import Assigned
from socialcare.inbox.notices import Notice, TargetState
from socialcare.inbox.reading import header, is_demo, records
from socialcare.output.notice import LISTED, SHOWN, digest_record, notice_record
from socialcare.output.records import Record
from socialcare.settings import Settings
from socialcare.settings.model import Notify, SecretRef
from socialcare.settings.paths import notify_lock_beside
from socialcare.settings.redaction import remember
from socialcare.settings.secrets import resolve
from socialcare.workflow.alerts import Finding, alert_facts, findings, on_record, watched
from socialcare.workflow.channels import Workshop, defect
from socialcare.workflow.lock import outbox_lock

AT_ONCE = 5
"""Notices that a target is told one by one in a run; the rest comes in one message."""
RUN_SECONDS = 30.0
"""For all targets together."""
_LEAST_SECONDS = 1.0
_HINT = "see what it says there, and its [[notify]]: socialcare config edit"


@dataclass(frozen=True, slots=True)
class Told:
    """What a run found to tell of, and how its targets do."""

    alerts: Sequence[Finding] = ()
    sent: int = 0
    targets: Sequence[TargetState] = ()


def note_duty(
    tx: sqlite3.Connection, settings: Settings, assigned: Sequence[Assigned], now: datetime
) -> None:
    """In the transaction that gave it to them: one notice for each person."""
    for person in dict.fromkeys(one.owner for one in assigned):
        ids = tuple(one.id for one in assigned if one.owner == person)
        facts = {"person": person, "count": len(ids), "message": f"{len(ids):,} given to {person}"}
        action = tx.execute("select max(id) from action").fetchone()[0]
        notice = Notice(f"duty-{action}-{person}", "duty", now, facts, ids, person=person)
        notices.add(tx, notice, _targets(settings, notice))


def note(
    tx: sqlite3.Connection, settings: Settings, found: Sequence[Finding], now: datetime
) -> None:
    """Alerts that nobody was told of, and urgent mentions that came since the last look."""
    wrong = {one.name: one for one in found if one.wrong}
    known = on_record(tx, found, settings, now)
    for name, one in wrong.items():
        alarm = known[name]
        if one.kind == "NOTIFY" or alarm.is_quiet:
            continue
        topic = one.kind.lower()
        notice = Notice(
            f"alarm-{alarm.id}", topic, now, alert_facts(one), one.ids, at_once=topic == "spike"
        )
        notices.add(tx, notice, _targets(settings, notice))
    crisis = any(one.kind == "SPIKE" and not known[name].is_quiet for name, one in wrong.items())
    urgent = notices.new_urgent(tx)
    # A wave of them is what the message of the spike is about.
    at_once = not (crisis and len(urgent) > AT_ONCE)
    for id_ in urgent:
        notice = Notice(f"urgent-{id_}", "urgent", now, ids=(id_,), at_once=at_once)
        notices.add(tx, notice, _targets(settings, notice))
    notices.drop_old(tx, now)


def _targets(settings: Settings, notice: Notice) -> list[str]:
    return [
        target.name
        for target in settings.notify
        if notice.topic in target.on and target.person in (None, notice.person or target.person)
    ]


def tell(shop: Workshop, db: Database, me: str) -> Told:
    """Look for what is to be told, and tell it. Whoever is telling already goes on alone."""
    now, settings = shop.clock.now(), shop.settings
    if is_demo(db):
        return Told()
    enabled = [channel.name for channel in settings.channels.values() if channel.enabled]
    state = header(db, now, enabled)
    found = findings(watched(db, settings, state, now, shop.paths, shop.environ, me))
    with db.write() as tx:
        note(tx, settings, found, now)
    sent = 0
    if settings.notify:
        lock = notify_lock_beside(db.path)
        with (
            suppress(BusyError),
            outbox_lock(lock, shop.clock, 0, shared=settings.share == "group"),
        ):
            sent = Courier(shop, db).run()
    states = notices.states(db, [target.name for target in settings.notify])
    return Told([one for one in found if one.wrong], sent, states)


class Courier:
    """One round: each target is tried until it fails once."""

    def __init__(self, shop: Workshop, db: Database) -> None:
        self._shop, self._db = shop, db
        self._budget = Budget(shop.clock, RUN_SECONDS)

    def run(self) -> int:
        """Return how many notices were told. Who failed least is told first."""
        targets = {target.name: target for target in self._shop.settings.notify}
        states = notices.states(self._db, list(targets))
        now, sent = self._shop.clock.now(), 0
        for state in sorted(states, key=lambda state: state.failures):
            resting = state.not_before is not None and state.not_before > now
            if state.waiting and not resting:
                sent += self._round(targets[state.name])
        return sent

    def _round(self, target: Notify) -> int:
        now, sent = self._shop.clock.now(), 0
        for parcel in parcels(notices.waiting(self._db, target.name), target, now):
            if self._budget.left() < _LEAST_SECONDS or not self._hand_over(target, parcel):
                break
            sent += len(parcel)
        return sent

    def _hand_over(self, target: Notify, parcel: Sequence[Notice]) -> bool:
        error = self._tried(target, self._record(parcel))
        now = self._shop.clock.now()
        with self._db.write() as tx:
            if error is None:
                notices.told(tx, target.name, parcel, now)
            else:
                later = error.not_before if isinstance(error, RateLimitError) else None
                notices.failed(tx, target.name, error.message, error.hint, now, later)
        return error is None

    def _record(self, parcel: Sequence[Notice]) -> Record:
        now = self._shop.clock.now()
        told = [
            notice_record(
                f"notice-{one.id}",
                one.topic,
                one.at,
                one.facts,
                records(self._db, one.ids[:SHOWN], now),
            )
            for one in parcel[:LISTED]
        ]
        if len(parcel) == 1:
            return told[0]
        id_ = f"digest-{parcel[0].id}-{parcel[-1].id}-{len(parcel)}"
        return digest_record(id_, parcel[-1].at, told, len(parcel))

    def _tried(self, target: Notify, record: Record) -> SocialcareError | None:
        try:
            seconds = min(target.seconds, self._budget.left())
            Way(self._shop, target, {**record, "brand": self._shop.settings.brand.name}, seconds)()
        except ChannelError as error:
            if isinstance(error, RateLimitError):
                return error
            return UnavailableError(error.message, _HINT, code=error.code)
        except SocialcareError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a defect of one target stays with it
            told = defect(target.name, error)
            told.hint = _HINT
            return told
        return None


def parcels(waiting: Sequence[Notice], target: Notify, now: datetime) -> list[Sequence[Notice]]:
    """What goes out now: some one by one, the rest together."""
    at_once = [one for one in waiting if one.at_once or target.digest is None]
    later = [one for one in waiting if not (one.at_once or target.digest is None)]
    if target.digest is not None and not any(one.at <= now - target.digest for one in later):
        later = []
    rest = sorted([*at_once[AT_ONCE:], *later], key=lambda one: one.id)
    return [*([one] for one in at_once[:AT_ONCE]), *([rest] if rest else [])]


class Way:
    """One try on the way of a target."""

    def __init__(self, shop: Workshop, target: Notify, record: Record, seconds: float) -> None:
        self._shop, self._target, self._record = shop, target, record
        self._seconds = seconds

    def __call__(self) -> None:
        target = self._target
        way: Callable[[], None] = self._mail
        if target.command:
            way = self._program
        elif target.webhook is not None:
            way = self._hook
        way()

    def _program(self) -> None:
        import json

        from socialcare.channels.notify import run_program
        from socialcare.channels.process import Program

        given = json.dumps(self._record, allow_nan=False).encode() + b"\n"
        target = self._target
        program = Program(target.name, target.command, given, {}, self._seconds)
        run_program(program, self._shop.clock)

    def _hook(self) -> None:
        from socialcare.channels.notify import Hook, post

        target = self._target
        hidden = isinstance(target.webhook, SecretRef)
        hook = Hook(
            target.name,
            self._secret(target.webhook, "webhook") or "",
            self._secret(target.secret, "secret"),
            hidden,
        )
        id_ = str(self._record["id"])
        post(self._shop.http, hook, id_, self._record, self._shop.clock, self._seconds)

    def _secret(self, kept: str | SecretRef | None, key: str) -> str | None:
        if not isinstance(kept, SecretRef):
            return kept
        try:
            return remember(resolve(kept, f"{self._target.name}: {key}", self._shop.environ))
        except SignInError as error:
            raise SignInError(error.message, _HINT) from None

    def _mail(self) -> None:
        from socialcare.channels.email import Email

        name, target = self._target.channel or "", self._target
        budget = Budget(self._shop.clock, self._seconds)
        channel = self._shop.build(self._shop.settings.channels[name], budget)
        assert isinstance(channel, Email)
        subject = f"[{self._record['brand'] or 'socialcare'}] {self._record['message']}"
        text, id_ = str(self._record["text"]), str(self._record["id"])
        channel.tell(target.mail or "", subject, text, f"{target.name}-{id_}")

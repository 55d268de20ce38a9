"""Fetch: every channel in its own thread, one writer, one transaction per page.

Reading the network and labelling happen in the threads; the pages meet in a queue, and
the caller's thread stores them. A channel that fails, hangs or is refused never stops
the others.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialcare.channels.base import CanRecheck, Channel, Page
from socialcare.channels.http import Budget
from socialcare.clock import format_time
from socialcare.errors import (
    BusyError,
    DatabaseError,
    NotFoundError,
    SocialcareError,
    UnavailableError,
)
from socialcare.inbox import duty, health
from socialcare.inbox.conversations import wake
from socialcare.inbox.database import Database
from socialcare.inbox.events import FETCH_ACTOR
from socialcare.inbox.fields import Hand
from socialcare.inbox.policy import follow
from socialcare.inbox.rules import read_rules
from socialcare.inbox.store import DeadLetter, Incoming, Stored, store
from socialcare.models import Judged
from socialcare.settings import ChannelSettings, Settings
from socialcare.settings.redaction import redacted, redacted_bytes
from socialcare.workflow import delivery
from socialcare.workflow.channels import Workshop, defect
from socialcare.workflow.fetch_report import ChannelReport, FetchReport
from socialcare.workflow.forget import keep
from socialcare.workflow.judging import Judge
from socialcare.workflow.notify import note_duty
from socialcare.workflow.outcome import merged

FIRST_LOOK = timedelta(days=30)
"""How far back the first run of a channel goes."""
_LEAST_SECONDS = 1.0
"""With less time than this left, or than a page took, a channel stops at the page it has."""
_GRACE_SECONDS = 5.0
"""A channel keeps to its time by itself; one that does not is left behind so much later."""
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked to do."""

    names: Sequence[str] = ()
    since: datetime | None = None
    """Read again from here, whatever the checkpoints say; they stay as they are."""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """One page on its way from a thread to the writer; ``page`` None is the end."""

    report: ChannelReport
    channel: Channel | None = None
    page: Page | None = None
    judged: Sequence[Judged] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    report: ChannelReport
    settings: ChannelSettings
    channel: Channel
    budget: Budget
    patience: Budget
    checkpoint: Mapping[str, object] | None
    since: datetime
    recheck: Sequence[str]


class Fetch:
    """One run over the channels."""

    def __init__(self, shop: Workshop, db: Database | None, wanted: Wanted) -> None:
        self._shop, self._db, self._wanted = shop, db, wanted
        self._settings: Settings = shop.settings
        self._judge = Judge(shop.settings)
        self._pages: queue.Queue[_Found] = queue.Queue(maxsize=16)
        self._stop = threading.Event()
        seconds = wanted.seconds if wanted.seconds is not None else self._settings.run_seconds
        self._run = Budget(shop.clock, seconds)

    def run(self, keep: Callable[[Incoming], Stored]) -> FetchReport:
        """Read all channels and hand every page to ``keep``; return what came."""
        started = self._shop.clock.monotonic()
        reports = [ChannelReport(channel.name) for channel in self._chosen()]
        jobs = [job for report in reports if (job := self._prepared(report)) is not None]
        jobs.sort(key=self._read_until)
        threads = [
            threading.Thread(target=self._read, args=(job,), name=job.report.name, daemon=True)
            for job in jobs
        ]
        for thread in threads:
            thread.start()
        try:
            self._write({job.report.name: job for job in jobs}, keep)
        finally:
            self._stop.set()
        return FetchReport(reports, self._shop.clock.monotonic() - started)

    def _read_until(self, job: _Job) -> str:
        """Who waited longest begins: of channels that share a host with pauses, one gets its turn."""
        known = {} if self._db is None else health.states(self._db)
        return known.get(job.report.name, {}).get("last_success_at") or ""

    def _chosen(self) -> list[ChannelSettings]:
        known = self._settings.channels
        for name in self._wanted.names:
            if name not in known:
                raise NotFoundError(
                    f'there is no channel "{name[:60]}".',
                    f"channels: {', '.join(known) or 'none yet'}; add one: socialcare channel add SPEC",
                )
        if self._wanted.names:
            return [known[name] for name in dict.fromkeys(self._wanted.names)]
        return [channel for channel in known.values() if channel.enabled]

    def _prepared(self, report: ChannelReport) -> _Job | None:
        """Build the channel and look up where it stands; None when it is not its turn."""
        if self._db is not None:
            now = self._shop.clock.now()
            report.failures = health.failures(self._db, report.name)
            report.not_before = health.not_before(self._db, report.name, now)
            if report.not_before is not None:
                return None
        try:
            return self._job(report)
        except DatabaseError:
            raise
        except SocialcareError as error:
            report.fail(error)
        except Exception as error:  # noqa: BLE001 - a defect of one channel stays with that channel
            report.fail(defect(report.name, error))
        return None

    def _job(self, report: ChannelReport) -> _Job:
        settings = self._settings.channels[report.name]
        now, seconds = self._shop.clock.now(), self._seconds(settings)
        budget = Budget(self._shop.clock, seconds)
        patience = Budget(self._shop.clock, seconds + _GRACE_SECONDS)
        channel = self._shop.build(settings, budget)
        checkpoint: Mapping[str, object] | None = None
        recheck: Sequence[str] = ()
        if self._db is not None and self._wanted.since is None:
            checkpoint = health.checkpoint(
                self._db, report.name, channel.source, channel.checkpoint_version
            )
        if self._db is not None and isinstance(channel, CanRecheck):
            recheck = health.worth_another_look(self._db, channel.source, now)
        since = self._wanted.since or now - FIRST_LOOK
        return _Job(report, settings, channel, budget, patience, checkpoint, since, recheck)

    def _seconds(self, settings: ChannelSettings) -> float:
        own = settings.seconds if settings.seconds is not None else self._settings.channel_seconds
        return min(own, self._run.left())

    def _read(self, job: _Job) -> None:
        """Run in the channel's thread: pages in, judged pages into the queue."""
        try:
            self._read_pages(job)
            if job.recheck and not job.report.more and isinstance(job.channel, CanRecheck):
                self._hand_over(job, job.channel.recheck(job.recheck))
        except SocialcareError as error:
            job.report.fail(error)
        except Exception as error:  # noqa: BLE001 - a defect of one channel stays with that channel
            job.report.fail(defect(job.report.name, error))
        finally:
            self._put(_Found(job.report))

    def _read_pages(self, job: _Job) -> None:
        most = job.settings.pages or self._settings.pages_per_run
        slowest, left = _LEAST_SECONDS, job.budget.left()
        for count, page in enumerate(job.channel.pages(job.checkpoint, job.since), start=1):
            slowest = max(slowest, left - job.budget.left())
            self._hand_over(job, page)
            if self._stop.is_set():
                return
            left = job.budget.left()
            # Without a checkpoint there is no place to go on from: stopping would only repeat.
            if page.checkpoint is not None and (count >= most or left < slowest):
                job.report.more = True
                return

    def _hand_over(self, job: _Job, page: Page) -> None:
        match = bool(job.settings.options.get("match", job.channel.matches))
        judged = [self._judge.judge(mention, match=match) for mention in page.mentions]
        self._put(_Found(job.report, job.channel, page, judged))

    def _put(self, found: _Found) -> None:
        """Wait for room in the queue, but not for a writer that has given up."""
        while not self._stop.is_set():
            try:
                self._pages.put(found, timeout=0.5)
            except queue.Full:
                continue
            return

    def _write(self, running: dict[str, _Job], keep: Callable[[Incoming], Stored]) -> None:
        spoiled: set[str] = set()
        while running:
            try:
                found = self._pages.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                _leave_behind(running)
                continue
            if found.page is None or found.channel is None:
                running.pop(found.report.name, None)
                continue
            report, page = found.report, found.page
            if report.name in spoiled:
                continue  # after a page that could not be stored, a later one would leave a gap
            try:
                report.stored.add(keep(self._incoming(found, found.channel, page)))
            except SocialcareError:
                raise
            except Exception as error:  # noqa: BLE001 - a defect of one channel stays with that channel
                report.fail(defect(report.name, error))
                spoiled.add(report.name)
                continue
            report.possibly_missed = report.possibly_missed or page.possibly_missed
            if page.notice:
                report.notices.append(page.notice)

    def _incoming(self, found: _Found, channel: Channel, page: Page) -> Incoming:
        return Incoming(
            channel=found.report.name,
            source=channel.source,
            judged=found.judged,
            gone=page.gone,
            gone_from=page.gone_from,
            dead=[
                DeadLetter(redacted(b.where), redacted(b.reason), redacted_bytes(b.raw))
                for b in page.broken
            ],
            checkpoint=page.checkpoint if self._wanted.since is None else None,
            checkpoint_version=channel.checkpoint_version,
        )


def fetch(shop: Workshop, db: Database, wanted: Wanted) -> FetchReport:
    """Fetch and store. The caller holds the fetch lock.

    Raises
    ------
    NotFoundError
        A channel was named that is not in the config.
    DatabaseError
        The inbox cannot be written; what was stored before stays.

    """
    clock = shop.clock
    started = clock.now()
    follow(db, shop.settings)
    hand = Hand(FETCH_ACTOR, started, "fetch")
    # First, so that a post of ours that the channels bring is known to be one.
    settled = delivery.settle(shop, db, hand)
    report = Fetch(shop, db, wanted).run(
        lambda incoming: store(db, incoming, shop.settings, clock.now())
    )
    with db.write() as tx:
        for channel in report.channels:
            channel.failures = health.save(tx, _outcome(channel), clock.now())
        health.save_run(tx, started, clock.now(), report.new, [c.ok for c in report.channels])
        health.drop_old_letters(tx, clock.now())
        report.woken = wake(tx, format_time(clock.now()), shop.settings)
        report.assigned = duty.assign(tx, shop.settings, clock.now())
        note_duty(tx, shop.settings, report.assigned, clock.now())
    report.broken_rules = read_rules(shop.settings, clock.now())[1]
    report.sent = settled
    with suppress(BusyError):
        report.sent = merged(settled, delivery.deliver(shop, db, hand))
    report.erased = keep(db, shop.settings, Hand(FETCH_ACTOR, clock.now(), "fetch"))
    return report


def try_fetch(shop: Workshop, db: Database | None, wanted: Wanted) -> FetchReport:
    """Ask the channels and store nothing: the counts say what a run would bring."""
    seen: set[tuple[str, str]] = set()

    def count(incoming: Incoming) -> Stored:
        result = Stored(broken=len(incoming.dead))
        for item in incoming.judged:
            key = (item.mention.source, item.mention.external_id)
            if key in seen or (db is not None and health.is_known(db, *key)):
                continue
            seen.add(key)
            if item.mention.role == "mention":
                result.new_ids.append(0)
                result.filtered += item.filtered is not None
        return result

    return Fetch(shop, db, wanted).run(count)


def _outcome(report: ChannelReport) -> health.Outcome:
    error = report.error
    return health.Outcome(
        channel=report.name,
        skipped=report.skipped,
        error_code=error.code if error else None,
        error=error.message if error else None,
        hint=error.hint if error else None,
        not_before=report.not_before,
        possibly_missed=report.possibly_missed,
        brought=bool(report.stored.new_ids),
    )


def _leave_behind(running: dict[str, _Job]) -> None:
    """Wait no longer for channels that do not come back: they take their threads with them."""
    for name, job in list(running.items()):
        if job.patience.left() <= 0:
            del running[name]
            job.report.fail(
                UnavailableError(
                    f"{name} did not end in its time, and was left behind.",
                    f"try it alone: socialcare channel test {name}",
                    code="out_of_time",
                )
            )

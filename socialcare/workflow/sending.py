"""Sending approved answers: each post at most once, whatever breaks on the way.

What the outbox says of a post decides what is done with it: ``queued`` is sent; ``sending`` was
begun by a run that is over, so the channel is asked what became of it before anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from socialcare.channels.base import CanRecheck, CanReply, Channel, Outgoing, Page
from socialcare.channels.http import Budget
from socialcare.errors import (
    AuthError,
    ChannelError,
    DatabaseError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    SocialcareError,
    UnavailableError,
)
from socialcare.inbox import outbox
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.outbox import Parcel, Post
from socialcare.inbox.store import Incoming, store
from socialcare.models import Mention, Posted
from socialcare.workflow.channels import Workshop, defect
from socialcare.workflow.judging import Judge
from socialcare.workflow.outcome import Outcome, by_hand, later, not_told, stopped
from socialcare.workflow.splitting import TooLongError, pieces

SETTLED = timedelta(minutes=2)
"""What a service does not show so long after a lost answer is not there, or cannot be told."""
STALE = timedelta(days=1)
"""An approval from before then is of another day: somebody looks again."""


@dataclass
class Sender:
    """One run over the outbox. The caller holds its lock."""

    shop: Workshop
    db: Database
    hand: Hand
    _judge: Judge | None = None
    _channels: dict[str, Channel | SocialcareError] = field(default_factory=dict)
    _held: set[tuple[str, str]] = field(default_factory=set)
    """Threads in which an earlier answer did not go: what comes after it waits."""

    def send(self, ids: Sequence[int] | None = None) -> list[Outcome]:
        """Send what may go, or of it only the answers to these mentions."""
        ready = outbox.ready(self.db, self.now, ids)
        return [outcome for id_ in ready if (outcome := self._send(id_)) is not None]

    def settle(self) -> list[Outcome]:
        """Ask what became of posts that a run left half done, and send nothing new."""
        ready = outbox.ready(self.db, self.now)
        parcels = [outbox.parcel(self.db, id_) for id_ in ready]
        begun = [p.letter.mention_id for p in parcels if p and p.letter.state == "sending"]
        return [outcome for id_ in begun if (outcome := self._send(id_)) is not None]

    @property
    def now(self) -> datetime:
        return self.shop.clock.now()

    def _send(self, id_: int) -> Outcome | None:
        parcel = outbox.parcel(self.db, id_)
        if parcel is None or _thread(parcel.to) in self._held:
            return None
        try:
            outcome = self._outcome(parcel)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - what a defect left half done is asked for next time
            outcome = later(parcel, defect(parcel.to.channel, error))
        if outcome is not None and outcome.state != "sent":
            self._held.add(_thread(parcel.to))
        return outcome

    def _outcome(self, parcel: Parcel) -> Outcome | None:
        try:
            channel = self._channel(parcel.to.channel)
        except SocialcareError as error:
            return self._put_off(parcel, error)
        desk = self._desk(channel)
        if desk is None:
            return self._fail(parcel, by_hand(parcel.to))
        if parcel.letter.state == "approved":
            outcome = self._begin(parcel, channel, desk)
            if outcome is not None:
                return outcome
            begun = outbox.parcel(self.db, parcel.letter.mention_id)
            if begun is None or begun.letter.state != "sending":
                return None  # somebody changed it in between
            parcel = begun
        return self._deliver(parcel, desk)

    def _begin(self, parcel: Parcel, channel: Channel, desk: CanReply) -> Outcome | None:
        """Look at the mention again, and put the letter on its way; an outcome where it stays."""
        if parcel.letter.approved_at is not None and self.now - parcel.letter.approved_at > STALE:
            return self._fail(parcel, stopped(parcel, "it was approved more than a day ago"))
        try:
            self._look_again(parcel, channel)
            why = outbox.overtaken(self.db, parcel.letter)
            if why is not None:
                return self._fail(parcel, stopped(parcel, why))
            planned = plan(parcel, desk)
        except TooLongError as error:
            return self._fail(parcel, error)
        except ChannelError as error:
            return self._refused(parcel, error)
        outbox.begin(self.db, parcel.letter, planned, self.hand)
        return None

    def _look_again(self, parcel: Parcel, channel: Channel) -> None:
        if isinstance(channel, CanRecheck) and channel.source == parcel.to.source:
            self._store(parcel.to, channel.recheck([parcel.to.external_id]))

    def _store(self, mention: Mention, page: Page) -> None:
        judge = self._judge = self._judge or Judge(self.shop.settings)
        judged = [judge.judge(one, match=False) for one in page.mentions]
        incoming = Incoming(
            channel=mention.channel, source=mention.source, judged=judged, gone=page.gone
        )
        store(self.db, incoming, self.shop.settings, self.now)

    def _deliver(self, parcel: Parcel, desk: CanReply) -> Outcome:
        posted: list[Posted] = []
        for post in parcel.posts:
            if post.posted is not None:
                posted.append(post.posted)
                continue
            out = _outgoing(parcel, post, posted)
            made = self._post(parcel, post, out, desk)
            if isinstance(made, Outcome):
                return made
            posted.append(made)
            outbox.landed(self.db, post, made, self.now)
        outbox.arrived(self.db, parcel.letter, self.hand, self.shop.settings)
        return Outcome(parcel.letter.mention_id, "sent", posted[0].url, len(posted))

    def _post(self, parcel: Parcel, post: Post, out: Outgoing, desk: CanReply) -> Posted | Outcome:
        if post.state == "sending":
            found = self._ask(parcel, post, out, desk)
            if found is not None:
                return found
        if not outbox.attempt(self.db, post, self.now):
            return later(parcel, not_told(parcel))
        try:
            return desk.send(out)
        except OutcomeUnknownError as error:
            return self._look(parcel, out, desk, error)
        except ChannelError as error:
            return self._refused(parcel, error)

    def _look(
        self, parcel: Parcel, out: Outgoing, desk: CanReply, lost: OutcomeUnknownError
    ) -> Posted | Outcome:
        """Right after a lost answer only a post that is there says something."""
        try:
            found = desk.find(out)
        except ChannelError:
            found = None
        return found if found is not None else later(parcel, lost)

    def _ask(
        self, parcel: Parcel, post: Post, out: Outgoing, desk: CanReply
    ) -> Posted | Outcome | None:
        """What became of an attempt that nobody saw the end of; None: it is not there."""
        assert post.tried_at is not None, "it was begun"
        young = self.now - post.tried_at < SETTLED
        try:
            found = desk.find(out)
        except OutcomeUnknownError as error:
            if young:
                return later(parcel, error)
            outbox.lose_sight(self.db, parcel.letter, post, error.message, self.hand)
            return Outcome(parcel.letter.mention_id, "unknown", error=error)
        except ChannelError as error:
            return later(parcel, error)
        if found is None and young:
            return later(parcel, not_told(parcel))
        return found

    def _refused(self, parcel: Parcel, error: ChannelError) -> Outcome:
        """It is certainly not there: later, where waiting or signing in can help."""
        if isinstance(error, RateLimitError | UnavailableError | AuthError):
            self._channels[parcel.to.channel] = error
            return self._put_off(parcel, error)
        return self._fail(parcel, error)

    def _put_off(self, parcel: Parcel, error: SocialcareError) -> Outcome:
        until = error.not_before if isinstance(error, RateLimitError) else None
        outbox.put_off(self.db, parcel.letter, error.message, until, self.hand)
        return later(parcel, error)

    def _fail(self, parcel: Parcel, error: SocialcareError) -> Outcome:
        outbox.give_up(self.db, parcel.letter, error.message, self.hand, self.shop.settings)
        return Outcome(parcel.letter.mention_id, "failed", error=error)

    def _desk(self, channel: Channel) -> CanReply | None:
        return channel if isinstance(channel, CanReply) and channel.limits.posts else None

    def _channel(self, name: str) -> Channel:
        """Built once a run. One that told us to wait, or let nobody in, is not asked again."""
        if name not in self._channels:
            self._channels[name] = self._built(name)
        channel = self._channels[name]
        if isinstance(channel, SocialcareError):
            raise channel
        return channel

    def _built(self, name: str) -> Channel | SocialcareError:
        settings = self.shop.settings.channels.get(name)
        if settings is None:
            return NotFoundError(
                f'the channel "{name}" is not in the config any more.',
                "add it again, or record the answer: socialcare reply ID --record URL",
            )
        seconds = settings.seconds or self.shop.settings.channel_seconds
        try:
            return self.shop.build(settings, Budget(self.shop.clock, seconds))
        except SocialcareError as error:
            return error


def plan(parcel: Parcel, desk: CanReply) -> list[tuple[str, bool]]:
    """The posts of a letter in their order, each with whether it is private.

    Raises
    ------
    TooLongError
        The channel would not take it.

    """
    words = parcel.letter.words
    private = words.visibility == "private"
    made = [(piece, private) for piece in pieces(parcel.to, words, desk)]
    if words.follow_up is not None and not private:
        made.append((words.follow_up, True))
    return made


def _outgoing(parcel: Parcel, post: Post, before: Sequence[Posted]) -> Outgoing:
    """A part that goes on from one before answers that one."""
    to = parcel.to
    if before and not post.private:
        last = before[-1]
        to = replace(to, external_id=last.external_id, uri=last.uri, url=last.url)
    return Outgoing(to, post.body, post.key, post.private, post.began_at)


def _thread(mention: Mention) -> tuple[str, str]:
    return mention.source, mention.thread or mention.external_id

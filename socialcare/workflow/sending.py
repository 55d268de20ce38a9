"""Sending approved answers: each post at most once, whatever breaks on the way.

What the outbox says of a post decides what is done with it: ``queued`` is sent; ``sending`` was
begun by a run that is over, so the channel is asked what became of it before anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from socialcare.channels.base import CanRecheck, CanReply, Channel, Outgoing, Page
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    BusyError,
    ChannelError,
    DatabaseError,
    OutcomeUnknownError,
    RateLimitError,
    SocialcareError,
    UnavailableError,
)
from socialcare.inbox import dispatch, outbox, own_posts, statements
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Letter
from socialcare.inbox.outbox import Parcel, Post
from socialcare.inbox.store import Incoming, store
from socialcare.models import Mention, Posted
from socialcare.workflow.channels import Workshop, defect
from socialcare.workflow.desks import Desks
from socialcare.workflow.judging import Judge
from socialcare.workflow.outcome import Outcome, by_hand, later, not_told, stopped
from socialcare.workflow.splitting import TooLongError, pieces

SETTLED = timedelta(minutes=2)
"""What a service does not show so long after a lost answer is not there, or cannot be told."""
STALE = timedelta(days=1)
"""An approval from before then is of another day: somebody looks again."""
PATIENCE = 3
"""How often what is on the service is tried to be written down while others write."""
_CLOSING = (RateLimitError, UnavailableError, AuthError)
"""What holds for whatever else is asked of that channel."""
_PASSING = (*_CLOSING, BadAnswerError)
"""What says nothing about the answer itself, where only something was to be read."""


@dataclass
class Sender:
    """One run over the outbox. The caller holds its lock."""

    shop: Workshop
    db: Database
    hand: Hand
    _judge: Judge | None = None
    _held: set[tuple[str, str]] = field(default_factory=set)
    """Threads in which an earlier answer did not go: what comes after it waits."""

    def __post_init__(self) -> None:
        self._desks = Desks(self.shop)

    def send(self, ids: Sequence[int] | None = None) -> list[Outcome]:
        """Send what may go, or of it only the answers to these mentions and what goes before them."""
        ready = outbox.ready(self.db, self.now, ids)
        return [outcome for id_ in ready if (outcome := self._send(id_)) is not None]

    def settle(self) -> list[Outcome]:
        """Ask what became of posts that a run left half done, and end what it had begun."""
        lost = outbox.lost(self.db, self.now)
        again = [id_ for id_ in lost if self._turned_up(id_)]
        ready = outbox.ready(self.db, self.now)
        parcels = [outbox.parcel(self.db, id_) for id_ in ready]
        begun = [p.letter.mention_id for p in parcels if p and p.letter.state == "sending"]
        ids = dict.fromkeys([*begun, *again])
        return [outcome for id_ in ids if (outcome := self._send(id_)) is not None]

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
        except SocialcareError as error:
            outcome = later(parcel, error)
        except Exception as error:  # noqa: BLE001 - what a defect left half done is asked for next time
            outcome = later(parcel, defect(parcel.to.channel, error))
        if outcome is not None and outcome.state != "sent":
            self._held.add(_thread(parcel.to))
        return outcome

    def _outcome(self, parcel: Parcel) -> Outcome | None:
        if parcel.posts and all(post.state == "sent" for post in parcel.posts):
            return self._arrive(parcel)
        try:
            channel = self._desks.channel(parcel.to)
        except SocialcareError as error:
            return self._wait(parcel, error)
        desk = self._desks.desk(channel, parcel.to)
        if desk is None:
            why = by_hand(parcel.to)
            return self._wait(parcel, why) if parcel.begun else self._fail(parcel, why)
        if not parcel.begun:
            outcome = self._begin(parcel, channel, desk)
            if outcome is not None:
                return outcome
            again = outbox.parcel(self.db, parcel.letter.mention_id)
            if again is None or again.letter.state != "sending":
                return None  # somebody changed it in between
            parcel = again
        return self._deliver(parcel, channel, desk)

    def _begin(self, parcel: Parcel, channel: Channel, desk: CanReply) -> Outcome | None:
        """Look at the mention again, and put the letter on its way; an outcome where it stays."""
        if parcel.letter.state == "sending":
            # A run ended before it tried anything, and that may have been long ago.
            dispatch.take_back(self.db, parcel.letter, self.hand)
            back = outbox.parcel(self.db, parcel.letter.mention_id)
            if back is None or back.letter.state != "approved":
                return None
            parcel = back
        outcome = self._objection(parcel, channel)
        if outcome is not None:
            return outcome
        try:
            planned = plan(parcel, desk)
        except TooLongError as error:
            return self._fail(parcel, error)
        except ChannelError as error:
            return self._refused(parcel, error, _PASSING)
        own_posts.place(self.db, parcel.letter.mention_id, channel.source)
        dispatch.begin(self.db, parcel.letter, planned, self.hand)
        return None

    def _objection(self, parcel: Parcel, channel: Channel) -> Outcome | None:
        """What stands in the way of an answer of which nothing is there."""
        why = self._outdated(parcel.letter)
        if why is not None:
            return self._fail(parcel, stopped(parcel, why))
        try:
            self._look_again(parcel, channel)
        except ChannelError as error:
            return self._refused(parcel, error, _PASSING)
        why = outbox.overtaken(self.db, parcel.letter)
        return None if why is None else self._fail(parcel, stopped(parcel, why))

    def _outdated(self, letter: Letter) -> str | None:
        """A statement ends when it says so; any other approval is of its day."""
        if letter.statement is not None:
            return statements.ended(self.db, letter, self.now)
        old = letter.approved_at is not None and self.now - letter.approved_at > STALE
        return "it was approved more than a day ago" if old else None

    def _look_again(self, parcel: Parcel, channel: Channel) -> None:
        if isinstance(channel, CanRecheck) and own_posts.answered(parcel.to):
            self._store(parcel.to, channel.recheck([parcel.to.external_id]))

    def _store(self, mention: Mention, page: Page) -> None:
        judge = self._judge = self._judge or Judge(self.shop.settings)
        judged = [judge.judge(one, match=False) for one in page.mentions]
        incoming = Incoming(
            channel=mention.channel, source=mention.source, judged=judged, gone=page.gone
        )
        store(self.db, incoming, self.shop.settings, self.now)

    def _deliver(self, parcel: Parcel, channel: Channel, desk: CanReply) -> Outcome:
        posted: list[Posted] = []
        for post in parcel.posts:
            if post.state == "sent":
                posted.append(post.posted or Posted(parcel.to.external_id, parcel.to.url))
                continue
            out = self._outgoing(parcel, post, posted)
            made = self._post(parcel, post, out, channel, desk)
            if isinstance(made, Outcome):
                return made
            posted.append(made)
            self._keep(post, made)
        return self._arrive(parcel, posted)

    def _arrive(self, parcel: Parcel, posted: Sequence[Posted] = ()) -> Outcome:
        posted = posted or [post.posted for post in parcel.posts if post.posted]
        dispatch.arrived(self.db, parcel.letter, self.hand, self.shop.settings)
        url = posted[0].url if posted else None
        return Outcome(parcel.letter.mention_id, "sent", url, len(posted))

    def _keep(self, post: Post, made: Posted) -> None:
        """It is there: not to know that later is worse than to wait now."""
        for _ in range(PATIENCE - 1):
            try:
                return dispatch.landed(self.db, post, made, self.now)
            except BusyError:
                continue
        return dispatch.landed(self.db, post, made, self.now)

    def _post(
        self, parcel: Parcel, post: Post, out: Outgoing, channel: Channel, desk: CanReply
    ) -> Posted | Outcome:
        if post.state == "sending":
            found = self._ask(parcel, post, out, desk)
            if found is None and not parcel.sent:
                found = self._objection(parcel, channel)
            if found is not None:
                return found
        began = dispatch.attempt(self.db, post, self.now)
        if began is None:
            return later(parcel, not_told(parcel))
        try:
            return desk.send(out)
        except OutcomeUnknownError as error:
            return self._look(parcel, replace(out, tried_at=out.tried_at or began), desk, error)
        except ChannelError as error:
            return self._refused(parcel, error, _CLOSING)

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
        if post.tried_at > self.now:
            dispatch.count_anew(self.db, post, self.now)
            return later(parcel, not_told(parcel))
        young = self.now - post.tried_at < SETTLED
        try:
            found = desk.find(out)
        except _PASSING as error:
            return self._wait(parcel, error)
        except ChannelError as error:
            if young:
                return later(parcel, error)
            dispatch.lose_sight(self.db, parcel.letter, post, error.message, self.hand)
            return Outcome(parcel.letter.mention_id, "unknown", error=error)
        if found is None and young:
            return later(parcel, not_told(parcel))
        return found

    def _turned_up(self, id_: int) -> bool:
        """Whether a post that a service did not show is there after all."""
        parcel = outbox.parcel(self.db, id_)
        post = next((p for p in parcel.posts if p.state == "unknown"), None) if parcel else None
        if parcel is None or post is None or post.tried_at is None:
            return False
        found = self._found(parcel, post)
        if found is not None:
            dispatch.seen_again(self.db, parcel.letter, post, found, self.hand)
            return True
        # Less and less often: some services have their price for it.
        until = self.now + max(self.now - post.tried_at, SETTLED)
        dispatch.wait(self.db, parcel.letter, parcel.letter.error or "", until)
        return False

    def _found(self, parcel: Parcel, post: Post) -> Posted | None:
        before = [one.posted for one in parcel.posts[: post.place] if one.posted]
        try:
            desk = self._desks.desk(self._desks.channel(parcel.to), parcel.to)
            return desk.find(self._outgoing(parcel, post, before)) if desk else None
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - it stays as unknown as it was
            if isinstance(error, _CLOSING):
                self._desks.close(parcel.to.channel, error)
            return None

    def _outgoing(self, parcel: Parcel, post: Post, before: Sequence[Posted]) -> Outgoing:
        """A part that goes on from one before answers that one."""
        to = parcel.to
        if before and not post.private:
            last = before[-1]
            to = replace(to, external_id=last.external_id, uri=last.uri, url=last.url)
        # Of a clock that was put back since, nothing can be said about what is older.
        began = post.began_at if post.began_at and post.began_at <= self.now else None
        known = outbox.known(self.db, parcel, post, self.now)
        return Outgoing(own_posts.answered(to), post.body, post.key, post.private, began, known)

    def _refused(
        self, parcel: Parcel, error: ChannelError, passing: tuple[type[ChannelError], ...]
    ) -> Outcome:
        """It is certainly not there: later, where waiting or signing in can help."""
        if not isinstance(error, passing):
            return self._fail(parcel, error)
        if isinstance(error, _CLOSING):
            self._desks.close(parcel.to.channel, error)
        dispatch.put_off(self.db, parcel.letter, error.message, _until(error), self.hand)
        return later(parcel, error)

    def _wait(self, parcel: Parcel, error: SocialcareError) -> Outcome:
        """Nothing was asked, or nothing learnt: what is on record stays as it is."""
        if isinstance(error, _CLOSING):
            self._desks.close(parcel.to.channel, error)
        dispatch.wait(self.db, parcel.letter, error.message, _until(error))
        return later(parcel, error)

    def _fail(self, parcel: Parcel, error: SocialcareError) -> Outcome:
        dispatch.give_up(self.db, parcel.letter, error.message, self.hand, self.shop.settings)
        return Outcome(parcel.letter.mention_id, "failed", error=error)


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


def _until(error: SocialcareError) -> datetime | None:
    return error.not_before if isinstance(error, RateLimitError) else None


def _thread(mention: Mention) -> tuple[str, str]:
    return mention.source, mention.thread or mention.external_id

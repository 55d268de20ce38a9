"""Going through the inbox card by card: where one is, what was done, who else is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from socialcare.clock import Clock, format_time, parse_time
from socialcare.errors import BlockedError, InputError
from socialcare.inbox.changes import Done, Wish, change
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.conversations import wake
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.leases import give_back, take
from socialcare.inbox.reading import Record, records
from socialcare.inbox.replies import answered_elsewhere
from socialcare.inbox.story import Story, mark_seen, story
from socialcare.inbox.walking import last_action, own_since, stands_for
from socialcare.settings import Settings
from socialcare.workflow.undo import take_back

COMMAND = "triage"
_AS_DRAWN = ("text", "messages", "edited_at", "gone_at")
"""What must be as it was when the card was drawn, before something is decided about it."""


class Card(NamedTuple):
    """One mention on the desk. ``free`` is false where a colleague is writing an answer."""

    id: int
    record: Record
    story: Story
    free: bool
    seen: int
    """Its last event when it was drawn."""


class Passed(NamedTuple):
    """A mention that nothing has to be done about any more; ``status`` None: it was erased."""

    id: int
    status: str | None


class Deed(NamedTuple):
    """Something done on this walk: an action, at which place, and whether that settled it."""

    action: int
    place: int
    settles: bool


@dataclass
class Walk:
    """A list of mentions as it was at the start, and the place in it.

    What arrives meanwhile changes neither order nor number; only where a person writes
    again, the newest message takes the place of the earlier one.
    """

    db: Database
    ids: Sequence[int]
    settings: Settings
    clock: Clock
    zone: tzinfo | None
    me: str
    waiting_only: bool = True
    """Whether what does not wait any more is passed over."""
    place: int = 0
    deeds: list[Deed] = field(default_factory=list)
    _visited: set[int] = field(default_factory=set)
    _passed: set[int] = field(default_factory=set)
    _for_good: set[int] = field(default_factory=set)
    """Places where something was done that could not be taken back."""
    _held: int | None = None

    @property
    def handled(self) -> int:
        return len(self._settled)

    @property
    def left(self) -> int:
        return len(self.ids) - len(self._settled | self._passed)

    @property
    def _settled(self) -> set[int]:
        return self._for_good | {deed.place for deed in self.deeds if deed.settles}

    @property
    def over(self) -> bool:
        return self.place >= len(self.ids)

    def open(self) -> Card | Passed:
        """Put the card of this place on the desk, where colleagues see that for 15 minutes."""
        self.leave()
        now, id_ = self.clock.now(), self.ids[self.place]
        if self.waiting_only:
            id_ = stands_for(self.db, id_)
        free = self._take(id_, now)
        seen = last_event(self.db, id_)  # first: what comes after it is not on the card
        found = records(self.db, [id_], now)
        if not found or self._is_settled(found[0]):
            self._passed.add(self.place)
            self.leave()
            return Passed(id_, found[0]["status"] if found else None)
        self._visited.add(self.place)
        self._passed.discard(self.place)
        known = story(self.db, id_, self.settings.order_pattern)
        mark_seen(self.db, id_, format_time(now))
        return Card(id_, found[0], known, free, seen)

    def _is_settled(self, record: Record) -> bool:
        """By somebody else: to what was seen on this walk one can go back."""
        return self.waiting_only and not record["waiting"] and self.place not in self._visited

    def _take(self, id_: int, now: datetime, *, steal: bool = False) -> bool:
        try:
            take(self.db, id_, self.me, now, steal=steal)
        except BlockedError:
            return False
        self._held = id_
        return True

    def steal(self, card: Card) -> bool:
        """Take the card from the colleague who has it; whether nobody was quicker."""
        return self._take(card.id, self.clock.now(), steal=True)

    def forward(self) -> None:
        self.place += 1

    def back(self) -> bool:
        """Go to the card before that was seen; whether there is one."""
        before = [place for place in self._visited if place < self.place]
        self.place = max(before, default=self.place)
        return bool(before)

    def leave(self) -> None:
        """Give back what is on the desk."""
        if self._held is not None:
            held, self._held = self._held, None
            give_back(self.db, held, self.me)

    def change(self, card: Card, wish: Wish, *, settles: bool = False) -> Done:
        """Change one mention, and what goes with it in its conversation.

        Raises
        ------
        BlockedError, HeldError
            A colleague was there first, or the person wrote again: nothing was changed.

        """
        if wish.decides:
            self._refuse_stale(card)
        now = self.clock.now()
        done = change(
            self.db,
            [card.id],
            wish,
            self.settings,
            now,
            actor=self.me,
            command=COMMAND,
            seen={card.id: card.seen},
        )
        self._did(done.action, settles=settles)
        return done

    def answered(self, card: Card, at: datetime) -> int | None:
        """Note an answer that was given elsewhere. Raises as :meth:`change`.

        Raises
        ------
        InputError
            It was not written yet at that time.

        """
        self._refuse_stale(card)
        written, now = parse_time(card.record["created_at"]), self.clock.now()
        if at < written.replace(second=0, microsecond=0):  # 13:40 is any time in that minute
            raise InputError(f"{card.id} was not written yet at that time.", "name a later one")
        hand = Hand(self.me, now, COMMAND)
        action = answered_elsewhere(
            self.db, card.id, max(at, written), self.settings, hand, seen=card.seen
        )
        self._did(action, settles=True)
        return action

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Whatever else is done meanwhile under the same name is of this walk too."""
        before = last_action(self.db)
        try:
            yield
        finally:
            for action in reversed(list(own_since(self.db, self.me, before))):
                self._did(action.id, settles=action.stays == "answer")

    def undo(self) -> int | None:
        """Take back the last deed of this walk and go to its place; None where there is none.

        Returns the number of the mention.

        Raises
        ------
        BlockedError
            Somebody changed it further, or it cannot be taken back. It is passed over from
            now on: the next undo is of the deed before.

        """
        if not self.deeds:
            return None
        deed = self.deeds.pop()
        try:
            undone = take_back(
                self.db, deed.action, self.settings, self.clock.now(), self.zone, actor=self.me
            )
        except BlockedError:
            if deed.settles:
                self._for_good.add(deed.place)
            raise
        self.place = deed.place
        return undone.mentions[0] if undone and undone.mentions else self.ids[deed.place]

    def _did(self, action: int | None, *, settles: bool) -> None:
        if action is not None:
            self.deeds.append(Deed(action, self.place, settles))

    def _refuse_stale(self, card: Card) -> None:
        found = records(self.db, [card.id], self.clock.now())
        if not found:
            raise BlockedError(f"{card.id} was erased.", "nothing was changed")
        if any(found[0][name] != card.record[name] for name in _AS_DRAWN):
            raise BlockedError(
                f"the person of {card.id} wrote again, or changed it, since this card was drawn.",
                "nothing was changed; read it first",
                code="changed",
            )


def wake_due(db: Database, settings: Settings, now: datetime) -> None:
    """Bring back what was put off until now, so that no walk misses it."""
    with db.write() as tx:
        wake(tx, format_time(now), settings)

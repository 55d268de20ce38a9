"""Three hundred mentions of a busy shop, and all that people did to them by noon."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from socialcare.inbox.changes import Wish, change
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Words, save_draft
from socialcare.inbox.replies import record_answer
from socialcare.inbox.store import Incoming, store
from socialcare.inbox.story import mark_seen
from socialcare.models import Author, Classification, Judged, Label, Mention
from socialcare.settings import Settings
from tests.inbox.house import NOW

MINUTE = timedelta(minutes=1)
SETTINGS = Settings()
CHANNELS = {"mastodon": "mastodon:mas.to", "bluesky": "bluesky:bsky.example", "feeds": "feed"}
PEOPLE = (
    Author("1", "@mia@mas.to", followers=1_240),
    Author("2", "@Mia@other.example"),
    Author("3", "@mia.w@mas.to", followers=20_000),
    Author("4", "u/mia"),
    Author("5", "kjell.example"),
    Author("6", "Kjell"),
    Author("7", "@müller@mas.to"),
    Author("8", "Outdoor Weekly"),
    Author("9", "@さくら@mas.to", followers=150_000),
)
US = Author("us", "@acme@mas.to", is_us=True)
TEXTS: Sequence[tuple[Label, str]] = (
    ("complaint", "Order #4411 and STILL no parcel 😡"),
    ("complaint", "No parcel, still. No refund either, is there?"),
    ("complaint", "Parcels lost, refunds lost: never again"),
    ("complaint", "荷物が届かない。いつ届きますか"),
    ("complaint", "The zip of my café jacket broke 😡😡"),
    ("question", "Where is my parcel 4411?"),
    ("question", "Do you refund what never came? Again, do you?"),
    ("question", "Wo bleibt mein Paket, Müller & Söhne?"),
    ("question", "44110 or 4411-B, which is the size chart"),
    ("praise", "Thank you, the parcel is here 🎉"),
    ("praise", "thanks!"),
    ("praise", "Refund in two days, naïve me doubted it. Wonderful people, " + "really " * 9),
    ("other", "Acme at the fair in Oslo, still the café with the view"),
    ("other", "100% [bold]acme[/] 'quoted' \"and\" -- ; drop table mention"),
    ("unsure", "届いた 🎉 / parcel: ok"),
)
SENTIMENTS = ("negative", "neutral", "positive")
TOPICS: Sequence[tuple[str, ...]] = (
    (),
    ("delivery",),
    ("delivery", "refund_billing"),
    ("refund_billing",),
    ("account",),
)
OLD = (25 * 60, 90 * 60)
FRESH = (1, 20)
"""Ages in minutes of what stands in threads: late, or far from it, by any priority."""


class Sent(NamedTuple):
    """A mention as the channel told it, by the id that it got."""

    id: int
    mention: Mention
    label: Classification
    filtered: bool


class Shop:
    """The shop's inbox, and what a reference needs to know besides its events."""

    def __init__(self, db: Database, seed: int = 4, size: int = 270) -> None:
        self.db, self.dice = db, random.Random(seed)
        self.posts: dict[tuple[str, str], Judged] = {}
        self.seen: set[int] = set()
        self.number = 0
        self._fetch([self._post() for _ in range(size)])
        self._answer_on_the_channels(18)
        self._work()
        self._fetch([self._post(talk=True, age=FRESH) for _ in range(30)])
        self._lose_and_edit()
        self._replies_of_other_states()
        self._join_accounts()

    def sent(self) -> list[Sent]:
        """Every mention of the inbox; our own answers are none."""
        rows = self.db.rows("select id, source, external_id from mention where role = 'mention'")
        found = []
        for row in rows:
            item = self.posts[row["source"], row["external_id"]]
            assert item.classification is not None
            made = Sent(row["id"], item.mention, item.classification, item.filtered is not None)
            found.append(made)
        return found

    def answers(self) -> list[Mention]:
        return [i.mention for i in self.posts.values() if i.mention.role == "answer"]

    def _post(self, *, talk: bool | None = None, age: tuple[int, int] | None = None) -> Judged:
        dice = self.dice
        talk = dice.random() < 0.45 if talk is None else talk
        channel = dice.choice(["mastodon", "mastodon", "bluesky", "feeds"])
        author = dice.choice(PEOPLE[:4] if channel == "mastodon" else PEOPLE[4:])
        named, text = dice.choice(TEXTS)
        spans = (OLD, FRESH) if talk else ((1, 65), (85, 125), (205, 250), (1400, 1450), (0, 9000))
        low, high = age or dice.choice(spans)
        self.number += 1
        made = Mention(
            channel=channel,
            source=CHANNELS[channel],
            external_id=str(self.number),
            author=author,
            text=text,
            created_at=NOW - dice.randint(low, high) * MINUTE - timedelta(seconds=self.number),
            direct=dice.random() < 0.3,
            thread=f"t{dice.randint(1, 9)}" if talk else None,
            in_reply_to=str(dice.randint(1, self.number)) if dice.random() < 0.2 * talk else None,
            rating=dice.choice([None, None, None, 1.0, 5.0]),
        )
        classified = Classification(
            named,
            0.8,
            {"complaint": 0.8, "question": 0.1, "praise": 0.05, "other": 0.05},
            sentiment=dice.choice(SENTIMENTS),  # type: ignore[arg-type]
            sentiment_score=0.0,
            topics=dice.choice(TOPICS),
            urgent=dice.random() < 0.15,
            needs_answer=named != "other",
        )
        why = "perhaps not about you" if dice.random() < 0.08 else None
        return Judged(made, classified, why)

    def _fetch(self, items: Sequence[Judged], gone: Sequence[Mention] = ()) -> None:
        self.posts |= {(i.mention.source, i.mention.external_id): i for i in items}
        for channel, source in CHANNELS.items():
            mine = [item for item in items if item.mention.source == source]
            lost = [m.external_id for m in gone if m.source == source]
            store(self.db, Incoming(channel, source, mine, lost), SETTINGS, NOW)

    def _answer_on_the_channels(self, number: int) -> None:
        parents = self.dice.sample([i.mention for i in self.posts.values()], number)
        self._fetch([self._answer_to(parent) for parent in parents])

    def _answer_to(self, parent: Mention) -> Judged:
        self.number += 1
        at = parent.created_at + (NOW - parent.created_at) / 2
        made = Mention(
            channel=parent.channel,
            source=parent.source,
            external_id=str(self.number),
            author=US,
            text="We are looking for the parcel.",
            created_at=at,
            role="answer",
            thread=parent.thread,
            in_reply_to=parent.external_id,
        )
        return Judged(made, None)

    def _work(self) -> None:
        """What two people did: each wish for some ids, in an order of chance."""
        for wish, share in WISHES * 2:
            self._change(self._some(share), wish)
        for id_ in self._some(0.3):
            mark_seen(self.db, id_, "2026-11-21T13:00:00.000Z")
            self.seen.add(id_)
        for id_ in self._some(0.08):
            save_draft(self.db, id_, Words("Sorry, we are looking."), HAND)
        for id_ in self._some(0.05):
            record_answer(self.db, id_, "It is on its way.", None, SETTINGS, HAND)

    def _some(self, share: float) -> list[int]:
        ids = [row[0] for row in self.db.rows("select mention_id from triage order by 1")]
        return self.dice.sample(ids, int(len(ids) * share))

    def _change(self, ids: Sequence[int], wish: Wish) -> None:
        open_ = {
            row[0] for row in self.db.rows("select mention_id from triage where status = 'open'")
        }
        # What is done is done here: opening it again is the clock's own business.
        wanted = ids if wish.status is None else [id_ for id_ in ids if id_ in open_]
        change(self.db, wanted, wish, SETTINGS, NOW, actor=HAND.actor, command="set")

    def _lose_and_edit(self) -> None:
        mentions = [i.mention for i in self.posts.values() if i.mention.role == "mention"]
        self._fetch([], gone=self.dice.sample(mentions, 12))
        for mention in self.dice.sample(mentions, 12):
            item = self.posts[mention.source, mention.external_id]
            facts: dict[str, Any] = {name: getattr(mention, name) for name in mention.__slots__}
            edited = Mention(**facts | {"text": "edited: parcel 4411 届く", "edited_at": NOW})
            self._fetch([Judged(edited, item.classification, item.filtered)])

    def _replies_of_other_states(self) -> None:
        """As they stand between a draft and an answer."""
        free = [id_ for id_ in self._some(0.9) if not self._has_letter(id_)]
        states = ("waiting", "approved", "failed", "unknown")
        self.states = {state: set(free[place::20]) for place, state in enumerate(states)}
        with self.db.write() as tx:
            for state, ids in self.states.items():
                tx.executemany(
                    "insert into reply (mention_id, body, visibility, state, key, author,"
                    " created_at, updated_at) values (?, 'x', 'public', ?, ?, 'leo', '', '')",
                    [(id_, state, f"{state} {id_}") for id_ in ids],
                )

    def _has_letter(self, id_: int) -> bool:
        return self.db.one("select 1 from reply where mention_id = ?", (id_,)) is not None

    def _join_accounts(self) -> None:
        """Kjell of one channel is the weekly of another, and mia has two accounts."""
        with self.db.write() as tx:
            for number, handles in enumerate(CUSTOMERS, 1):
                tx.execute("insert into customer (id, at) values (?, '')", (number,))
                for handle in handles:
                    tx.execute(
                        "update author set customer_id = ? where handle = ?", (number, handle)
                    )


CUSTOMERS = (("Kjell", "Outdoor Weekly"), ("@mia@mas.to", "@mia.w@mas.to"))
HAND = Hand("leo", NOW, "reply")
LATER: datetime = NOW + timedelta(hours=3)
WISHES: tuple[tuple[Wish, float], ...] = (
    (Wish(owner="leo"), 0.12),
    (Wish(owner="mia"), 0.12),
    (Wish(owner=""), 0.04),
    (Wish(tag=("vip",)), 0.15),
    (Wish(tag=("courier", "Vip"), untag=("vip",)), 0.06),
    (Wish(label="complaint"), 0.05),
    (Wish(label="praise"), 0.04),
    (Wish(topics=("delivery",)), 0.05),
    (Wish(topics=()), 0.05),
    (Wish(needs_answer=True), 0.02),
    (Wish(needs_answer=False), 0.02),
    (Wish(status="pending"), 0.05),
    (Wish(status="snoozed", snoozed_until=LATER), 0.04),
    (Wish(status="snoozed"), 0.04),
    (Wish(status="closed", reason="answered"), 0.05),
    (Wish(status="closed", reason="not-us", note="a cartoon"), 0.03),
    (Wish(status="filtered"), 0.02),
)

"""The page writer: facts, labels, triage rows and the checkpoint in one transaction.

What is delivered twice is stored once, in whatever order and split it comes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from socialcare.clock import format_time
from socialcare.inbox import answers, conversations, facts, outbox, own_posts, people, rules
from socialcare.inbox.database import Database
from socialcare.inbox.events import FETCH_ACTOR, Change, record
from socialcare.inbox.fields import standing
from socialcare.inbox.judgement import judge, later_of_same_author, rerank
from socialcare.inbox.reach import note as note_reach
from socialcare.inbox.settling import settle
from socialcare.inbox.tombstones import letters_not_erased, not_erased
from socialcare.models import Judged, Mention
from socialcare.settings import Settings


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An item that could not be read, kept for 30 days."""

    place: str
    reason: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One page, judged and ready: everything in it is stored, or nothing."""

    channel: str
    source: str
    judged: Sequence[Judged] = ()
    gone: Sequence[str] = ()
    gone_from: str | None = None
    """Where those stood; None: at ``source``."""
    dead: Sequence[DeadLetter] = ()
    checkpoint: Mapping[str, Any] | None = None
    checkpoint_version: int = 1


@dataclass(slots=True)
class Stored:
    """What a page changed. ``new_ids`` are the mentions that were not known before."""

    new_ids: list[int] = field(default_factory=list)
    urgent: int = 0
    answers: int = 0
    reposts: int = 0
    updated: int = 0
    gone: int = 0
    filtered: int = 0
    broken: int = 0
    """Unreadable items that were not known before."""
    erased: int = 0
    """What had been erased and was left out."""

    @property
    def new(self) -> int:
        """New mentions that went to the inbox."""
        return len(self.new_ids) - self.filtered

    def add(self, other: Stored) -> None:
        self.new_ids += other.new_ids
        for name in (f.name for f in fields(self) if f.name != "new_ids"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def store(
    db: Database,
    page: Incoming,
    settings: Settings,
    now: datetime,
    *,
    actor: str = FETCH_ACTOR,
    command: str = "fetch",
) -> Stored:
    """Store one page and its checkpoint, all or nothing."""
    with db.write() as tx:
        result = _Writer(tx, settings, format_time(now), actor, command).store(page)
        rules.route(tx, result.new_ids, settings, now)
        result.urgent = _count_urgent(tx, result.new_ids)
        if page.checkpoint is not None:
            _save_checkpoint(tx, page, format_time(now))
        result.broken = _save_dead(tx, page, format_time(now), anywhere=command == "fetch")
    return result


class _Writer:
    def __init__(
        self, tx: sqlite3.Connection, settings: Settings, now: str, actor: str, command: str
    ) -> None:
        self.tx, self.settings, self.now = tx, settings, now
        self.changes: list[Change] = []
        self.moved: set[int] = set()
        """Mentions whose place in the inbox may be another now."""
        self.actor, self.command = actor, command

    def store(self, page: Incoming) -> Stored:
        alive = not_erased(self.tx, page.judged)
        judged = own_posts.claim(self.tx, outbox.ours(self.tx, alive))
        items, others = facts.once(judged)
        last_id = facts.last_id(self.tx)
        writers = [item.mention.author for item in items]
        authors, reach = facts.save_authors(self.tx, writers, items)
        known = facts.known(self.tx, [item.mention for item in items])
        fresh = [item for item in items if facts.key(item.mention) not in known]
        seen = [(known[facts.key(i.mention)], i) for i in items if facts.key(i.mention) in known]
        new = facts.insert(self.tx, [i.mention for i in fresh], authors, last_id, self.now)
        born = list(zip(new, fresh, strict=True))
        result = Stored(erased=len(page.judged) - len(judged))
        changed = self._refresh(seen, result)
        own_posts.seen_again(self.tx, seen, authors)
        note_reach(self.tx, [*new, *(row["id"] for row, _ in seen)], self.now)
        self._judge_new(born, result)
        self._index(last_id)
        self._mark_gone(page, result)
        aliases = self._aliases(others, born, seen)
        facts.save_aliases(self.tx, aliases)
        changed += facts.mentions_of(self.tx, reach)
        touched = self._link(born, changed, aliases.values())
        rerank(self.tx, touched, self.settings)
        record(self.tx, self.changes, actor=self.actor, command=self.command, at=self.now)
        self.moved.update(change.mention_id for change in self.changes)
        settle(self.tx, self.moved, self.settings)
        return result

    @staticmethod
    def _aliases(
        others: dict[facts.Key, facts.Key],
        fresh: list[tuple[int, Judged]],
        seen: list[tuple[sqlite3.Row, Judged]],
    ) -> dict[facts.Key, int]:
        """Identities under which mentions came besides their own, with the ids of those."""
        ids = {facts.key(item.mention): id_ for id_, item in fresh}
        ids |= {facts.key(item.mention): row["id"] for row, item in seen}
        found = {other: ids[own] for other, own in others.items()}
        for row, item in seen:
            own = facts.key(item.mention)
            if own != (row["source"], row["external_id"]):
                found[own] = row["id"]
        return found

    def _judge_new(self, fresh: list[tuple[int, Judged]], result: Stored) -> None:
        labels = {id_: i.classification for id_, i in fresh if i.classification is not None}
        judge(self.tx, labels, self.settings)
        result.new_ids = list(labels)
        muted = people.muted_mentions(self.tx, labels)
        for id_, item in fresh:
            if item.mention.role == "answer":
                result.answers += 1
            elif item.mention.role == "repost":
                result.reposts += 1
            elif why := item.filtered or muted.get(id_):
                result.filtered += 1
                self._filter(id_, why)

    def _filter(self, id_: int, why: str) -> None:
        self.tx.execute(
            "update triage set status = 'filtered', filtered_why = ? where mention_id = ?",
            (why, id_),
        )
        self.changes.append(Change(id_, "status", None, "filtered", why))

    def _refresh(self, seen: list[tuple[sqlite3.Row, Judged]], result: Stored) -> list[int]:
        """Bring known rows up to date; return the ids whose words or label facts changed."""
        changed: list[int] = []
        relabel = {}
        facts.refresh_counts(self.tx, seen)
        for row, item in seen:
            mention = item.mention
            if facts.says_something_new(row, mention):
                self._reword(row, mention)
                result.updated += 1
                if item.classification is not None:
                    relabel[row["id"]] = item.classification
            if row["gone_at"] is not None:
                self._reappear(row)
            if row["status"] == "filtered" and item.filtered is None:
                self._bring_back(row["id"])
                changed.append(row["id"])
            if facts.outranks(row, mention):
                changed.append(row["id"])
        judge(self.tx, relabel, self.settings)
        return [*changed, *relabel]

    def _reword(self, row: sqlite3.Row, mention: Mention) -> None:
        edited = format_time(mention.edited_at) if mention.edited_at else None
        # How the channel words what was written here is no edit, unless it says so.
        if mention.text != row["text"] and (edited or mention.role != "own"):
            self.tx.execute(
                "insert into revision (mention_id, text, replaced_at) values (?, ?, ?)",
                (row["id"], row["text"], self.now),
            )
            self.changes.append(Change(row["id"], "text", None, None, "edited by its author"))
        self.tx.execute(
            "update mention set text = ?, edited_at = ?, rating = ?, media = ? where id = ?",
            (mention.text, edited, mention.rating, facts.media_json(mention), row["id"]),
        )

    def _reappear(self, row: sqlite3.Row) -> None:
        self.tx.execute("update mention set gone_at = null where id = ?", (row["id"],))
        self.changes.append(Change(row["id"], "gone_at", row["gone_at"], None, "it is back"))

    def _bring_back(self, id_: int) -> None:
        """What a fetch filtered another sighting may bring back, unless a person decided."""
        decided = self.tx.execute(
            "select 1 from event e join action a on a.id = e.action_id"
            " where e.mention_id = ? and e.field = 'status' and a.actor <> ?",
            (id_, self.actor),
        ).fetchone()
        if decided:
            return
        if why := people.muted_mentions(self.tx, [id_]).get(id_):
            self._keep_muted(id_, why)
            return
        self.tx.execute(
            "update triage set status = 'open', filtered_why = null where mention_id = ?", (id_,)
        )
        self.changes.append(Change(id_, "status", "filtered", "open", "it is about us after all"))

    def _keep_muted(self, id_: int, why: str) -> None:
        """It is about us after all, but nobody wants to hear from its author."""
        before = standing(self.tx, id_, "filtered_why")
        if before != why:
            self.tx.execute("update triage set filtered_why = ? where mention_id = ?", (why, id_))
            self.changes.append(Change(id_, "filtered_why", before, why, "its author is muted"))

    def _index(self, last_id: int) -> None:
        self.tx.execute(
            "insert into mention_fts (rowid, text) select id, text from mention where id > ?",
            (last_id,),
        )

    def _mark_gone(self, page: Incoming, result: Stored) -> None:
        rows = self.tx.execute(
            "select id from mention where source = ? and gone_at is null"
            " and external_id in (select value from json_each(?))",
            (page.gone_from or page.source, json.dumps(list(page.gone))),
        ).fetchall()
        for (id_,) in rows:
            self.tx.execute("update mention set gone_at = ? where id = ?", (self.now, id_))
            self.changes.append(Change(id_, "gone_at", None, self.now, "deleted by its author"))
        result.gone += len(rows)

    def _link(
        self, fresh: list[tuple[int, Judged]], changed: Iterable[int], aliased: Iterable[int]
    ) -> set[int]:
        """Join messages, answers, reposts and earlier complaints to what they concern."""
        new = {id_: item.mention for id_, item in fresh}
        joined = conversations.join(self.tx, [*new, *aliased])
        self.changes += conversations.carry_on(self.tx, list(new))
        answered = answers.link(self.tx, [*new, *aliased, *joined], self.settings.reply)
        self.changes += answered
        touched = set(changed)
        touched |= answers.reposted(self.tx, [m for m in new.values() if m.role == "repost"])
        touched |= later_of_same_author(self.tx, [*new, *touched])
        ours = answers.concerned(self.tx, [i for i in new if new[i].role == "answer"])
        self.moved |= conversations.members(self.tx, joined | ours)
        return touched | self.moved


def _count_urgent(tx: sqlite3.Connection, ids: Sequence[int]) -> int:
    count: int = tx.execute(
        "select count(*) from triage where priority_rank = 0 and waits = 1"
        " and mention_id in (select value from json_each(?))",
        (json.dumps(list(ids)),),
    ).fetchone()[0]
    return count


def _save_checkpoint(tx: sqlite3.Connection, page: Incoming, now: str) -> None:
    tx.execute(
        "insert into checkpoint values (?, ?, ?, ?, ?) on conflict do update set"
        " version = excluded.version, value = excluded.value, updated_at = excluded.updated_at",
        (page.channel, page.source, page.checkpoint_version, json.dumps(page.checkpoint), now),
    )


def _save_dead(tx: sqlite3.Connection, page: Incoming, now: str, *, anywhere: bool) -> int:
    """Keep each letter once, however often it comes; return how many were new.

    What a channel shows again may stand ``anywhere``; in a file each line counts.
    """
    dead = letters_not_erased(tx, page.channel, page.dead)
    rows = [(now, page.channel, d.place, d.reason, d.raw, anywhere) for d in dead]
    before = tx.total_changes
    tx.executemany(
        """
        insert into dead_letter (at, channel, place, reason, raw)
        select ?1, ?2, ?3, ?4, ?5 where not exists (select 1 from dead_letter
          where channel = ?2 and length(raw) = length(?5) and raw = ?5 and reason = ?4
            and (?6 or place = ?3))
        """,
        rows,
    )
    return tx.total_changes - before

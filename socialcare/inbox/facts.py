"""Mentions and their authors as rows: what is new, what is known, what changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from socialcare.clock import format_time
from socialcare.models import Author, Judged, Mention

Key = tuple[str, str]
"""``source`` and ``external_id``."""

_INSERT = """
insert into mention (id, source, external_id, uri, channel, kind, role, author_id, text, url,
  created_at, fetched_at, lang, thread, in_reply_to, repost_of, direct, automated, rating,
  likes, reposts, replies, media, edited_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_AUTHOR = """
insert into author (source, external_id, handle, name, url, followers, is_us)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (source, external_id) do update set handle = excluded.handle,
  name = coalesce(excluded.name, name), url = coalesce(excluded.url, url),
  followers = coalesce(excluded.followers, followers), is_us = max(is_us, excluded.is_us)
where handle <> excluded.handle or name is not coalesce(excluded.name, name)
  or url is not coalesce(excluded.url, url) or is_us < excluded.is_us
  or followers is not coalesce(excluded.followers, followers)
"""
_KNOWN = """
select m.id, m.source, m.external_id, m.uri, m.text, m.direct, m.rating, m.likes, m.reposts,
  m.replies, m.media, m.edited_at, m.gone_at, m.kind, t.status,
  a.external_id as author
from mention m join author a on a.id = m.author_id left join triage t on t.mention_id = m.id
"""


def key(mention: Mention) -> Key:
    return mention.source, mention.external_id


def once(items: Iterable[Judged]) -> tuple[list[Judged], dict[Key, Key]]:
    """Each mention of a page once, in an order that does not depend on the page.

    The second value says by which other identities some of them came, and whose they are.
    """
    found: dict[Key, Judged] = {}
    by_uri: dict[str, Key] = {}
    others: dict[Key, Key] = {}
    for item in items:
        own = place = key(item.mention)
        if item.mention.uri is not None:
            place = by_uri.setdefault(item.mention.uri, own)
        if place != own:
            others[own] = place
        found[place] = _joined(found[place], item) if place in found else item
    kept = sorted(found.values(), key=lambda i: (i.mention.created_at, i.mention.external_id))
    return kept, others


def _joined(first: Judged, second: Judged) -> Judged:
    newer = second if _version(second.mention) >= _version(first.mention) else first
    mention = replace(
        newer.mention,
        source=first.mention.source,
        external_id=first.mention.external_id,
        direct=first.mention.direct or second.mention.direct,
    )
    filtered = None if None in (first.filtered, second.filtered) else newer.filtered
    return replace(newer, mention=mention, filtered=filtered)


def _version(mention: Mention) -> str:
    return format_time(mention.edited_at) if mention.edited_at else ""


def last_id(tx: sqlite3.Connection) -> int:
    """The highest id ever given: ids are never used twice."""
    row = tx.execute("select seq from sqlite_sequence where name = 'mention'").fetchone()
    return int(row[0]) if row else 0


def save_authors(
    tx: sqlite3.Connection, authors: Sequence[Author], items: Sequence[Judged]
) -> tuple[dict[Key, int], list[int]]:
    """Insert or refresh the authors of a page.

    Returns their row ids by source and id, and the row ids of those whose reach changed.
    """
    rows = {
        (item.mention.source, author.external_id): author
        for author, item in zip(authors, items, strict=True)
    }
    before = {
        (row["source"], row["external_id"]): row["followers"]
        for row in _by_key(tx, "select source, external_id, followers from author m", list(rows))
    }
    tx.executemany(
        _AUTHOR,
        [
            (source, external_id, a.handle, a.name, a.url, a.followers, int(a.is_us))
            for (source, external_id), a in rows.items()
        ],
    )
    ids = {
        (row["source"], row["external_id"]): row["id"]
        for row in _by_key(tx, "select id, source, external_id from author m", list(rows))
    }
    return ids, [
        ids[place]
        for place, old in before.items()
        if rows[place].followers not in (None, old)
        and max(rows[place].followers or 0, old or 0) >= 1000
    ]


def mentions_of(tx: sqlite3.Connection, authors: Sequence[int]) -> set[int]:
    """Ids of all mentions of these authors."""
    rows = tx.execute(
        "select id from mention where role = 'mention'"
        " and author_id in (select value from json_each(?))",
        (json.dumps(list(authors)),),
    )
    return {row[0] for row in rows}


def save_aliases(tx: sqlite3.Connection, aliases: dict[Key, int]) -> None:
    """Keep further identities of mentions: how another channel calls the same post."""
    tx.executemany(
        "insert into alias (source, external_id, mention_id) values (?, ?, ?)"
        " on conflict do nothing",
        [(source, external_id, id_) for (source, external_id), id_ in aliases.items()],
    )


def known(tx: sqlite3.Connection, mentions: Sequence[Mention]) -> dict[Key, sqlite3.Row]:
    """The stored rows of those mentions that are known, by their own id or by their address."""
    found = {
        (row["source"], row["external_id"]): row
        for row in _by_key(tx, _KNOWN, [key(mention) for mention in mentions])
    }
    by_uri = {m.uri: key(m) for m in mentions if m.uri is not None and key(m) not in found}
    rows = tx.execute(
        _KNOWN + " where m.uri in (select value from json_each(?))", (json.dumps(list(by_uri)),)
    )
    found.update({by_uri[row["uri"]]: row for row in rows})
    return found


def _by_key(tx: sqlite3.Connection, select: str, keys: Sequence[Key]) -> list[sqlite3.Row]:
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    rows: list[sqlite3.Row] = []
    for source, ids in by_source.items():
        sql = f"{select} where m.source = ? and m.external_id in (select value from json_each(?))"
        rows += tx.execute(sql, (source, json.dumps(ids))).fetchall()
    return rows


def insert(
    tx: sqlite3.Connection,
    mentions: Sequence[Mention],
    authors: dict[Key, int],
    after: int,
    now: str,
) -> list[int]:
    """Insert new mentions with ids that follow ``after``; return the ids in order."""
    ids = list(range(after + 1, after + 1 + len(mentions)))
    rows = [
        _row(id_, mention, authors[(mention.source, mention.author.external_id)], now)
        for id_, mention in zip(ids, mentions, strict=True)
    ]
    tx.executemany(_INSERT, rows)
    return ids


def _row(id_: int, m: Mention, author_id: int, now: str) -> tuple[object, ...]:
    fetched = format_time(m.fetched_at) if m.fetched_at else now
    edited = format_time(m.edited_at) if m.edited_at else None
    return (
        *(id_, m.source, m.external_id, m.uri, m.channel, m.kind, m.role, author_id),
        *(m.text, m.url, format_time(m.created_at), fetched, m.lang, m.thread, m.in_reply_to),
        *(m.repost_of, int(m.direct), int(m.automated), m.rating, m.likes, m.reposts, m.replies),
        *(media_json(m), edited),
    )


def media_json(mention: Mention) -> str | None:
    if not mention.media:
        return None
    items = [{"type": m.type, "url": m.url, "alt": m.alt} for m in mention.media]
    return json.dumps(items, ensure_ascii=False)


def says_something_new(row: sqlite3.Row, mention: Mention) -> bool:
    """Whether a known post now has other words, pictures or stars, and is not an older copy.

    A channel that tells when a post was edited always tells; of one that never does, the
    newest delivery is the truth.
    """
    if _version(mention) < (row["edited_at"] or "") or _somebody_elses(row, mention):
        return False
    stored = (row["text"], row["rating"], row["media"])
    return stored != (mention.text, mention.rating, media_json(mention))


def _somebody_elses(row: sqlite3.Row, mention: Mention) -> bool:
    """Under a known id, but by another author: a forged mail must not speak for the first one."""
    same_place = key(mention) == (row["source"], row["external_id"])
    return same_place and row["kind"] == "dm" and mention.author.external_id != row["author"]


def outranks(row: sqlite3.Row, mention: Mention) -> bool:
    """Whether a fact that counts for the priority changed, apart from the words."""
    if mention.direct and not row["direct"]:
        return True
    return bool(mention.reposts is not None and mention.reposts != row["reposts"])


def refresh_counts(tx: sqlite3.Connection, seen: Iterable[tuple[sqlite3.Row, Judged]]) -> None:
    """Counts are facts of the moment: refreshed in place, without event or revision."""
    rows = [
        (m.likes, m.reposts, m.replies, int(m.direct), row["id"])
        for row, item in seen
        if _counts_differ(row, m := item.mention)
    ]
    tx.executemany(
        "update mention set likes = coalesce(?, likes), reposts = coalesce(?, reposts),"
        " replies = coalesce(?, replies), direct = max(direct, ?) where id = ?",
        rows,
    )


def _counts_differ(row: sqlite3.Row, mention: Mention) -> bool:
    counts = [(mention.likes, "likes"), (mention.reposts, "reposts"), (mention.replies, "replies")]
    return (mention.direct and not row["direct"]) or any(
        count is not None and count != row[name] for count, name in counts
    )

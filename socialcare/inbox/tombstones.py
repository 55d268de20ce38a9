"""Keyed hashes of what was erased: they name nobody, and yet no fetch or import brings it back.

The key lies in the same file. It keeps the hashes of one inbox from being compared with those
of another, and from being looked up in a list of handles made once for all.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol, TypeVar

from socialcare.clock import format_time
from socialcare.errors import NotFoundError
from socialcare.inbox.database import Database
from socialcare.models import Judged, Mention

Kind = Literal["post", "uri", "person", "handle", "said", "letter", "order"]
Identity = tuple[Kind, tuple[str, ...]]
"""``post``: source and id; ``person``: source and the author's id; ``said``: handle and text;
``letter``: channel and the raw bytes, as Latin-1. The others are one text."""
AnyRaw = TypeVar("AnyRaw", bound="Raw")
AnyOrder = TypeVar("AnyOrder", bound=tuple[object, ...])

LEAST_SAID = 20
"""Characters from which words are somebody's own: anybody says thanks twice."""
_KEY = "tombstone_key"


class Tombstones:
    """The hashes of one inbox; the key is made with the first."""

    def __init__(self, tx: sqlite3.Connection) -> None:
        self._tx = tx
        self._key = _stored_key(tx)

    def bury(self, identities: Iterable[Identity], at: str) -> None:
        """Make sure that these are not stored again."""
        self._tx.executemany(
            "insert into tombstone (hash, kind, at) values (?, ?, ?)"
            " on conflict (hash) do update set at = excluded.at",
            [(self._hash(*identity), identity[0], at) for identity in identities],
        )

    def stand_in(self, value: str) -> str:
        """What stands where an id or address stood: equal for equal ones, and says nothing."""
        return f"erased-{self._hash('post', ('', value))[:16]}"

    def at(self, identities: Iterable[Identity]) -> dict[Identity, str]:
        """Those of these that were erased, and when."""
        by_hash = {self._hash(*identity): identity for identity in identities}
        rows = self._tx.execute(
            "select hash, at from tombstone where hash in (select value from json_each(?))",
            (json.dumps(list(by_hash)),),
        )
        return {by_hash[row[0]]: row[1] for row in rows}

    def _hash(self, kind: Kind, parts: tuple[str, ...]) -> str:
        import hmac

        if self._key is None:
            self._key = _new_key(self._tx)
        message = json.dumps([kind, *parts]).encode()
        return hmac.digest(self._key, message, "sha256").hex()[:40]


def _stored_key(tx: sqlite3.Connection) -> bytes | None:
    row = tx.execute("select value from meta where key = ?", (_KEY,)).fetchone()
    return None if row is None else bytes.fromhex(row[0])


def _new_key(tx: sqlite3.Connection) -> bytes:
    import os

    key = os.urandom(32)
    tx.execute("insert into meta values (?, ?)", (_KEY, key.hex()))
    return key


def are_there(tx: sqlite3.Connection) -> bool:
    return tx.execute("select 1 from tombstone limit 1").fetchone() is not None


def not_erased(tx: sqlite3.Connection, judged: Sequence[Judged]) -> Sequence[Judged]:
    """Without what was erased before, in whatever way it comes again."""
    if not judged or not are_there(tx):
        return judged
    own = {id(item): set(_always(item.mention)) for item in judged}
    dated = {id(item): set(_until_then(item.mention)) for item in judged}
    found = Tombstones(tx).at(set().union(*own.values(), *dated.values()))
    return [
        item
        for item in judged
        if own[id(item)].isdisjoint(found)
        and all(
            format_time(item.mention.created_at) > found[identity]
            for identity in dated[id(item)] & found.keys()
        )
    ]


def _always(mention: Mention) -> Iterator[Identity]:
    """By these it stays away for ever: it is the same post, or passes it on, or answers it."""
    yield "post", (mention.source, mention.external_id)
    if mention.uri is not None:
        yield "uri", (mention.uri,)
    if mention.repost_of is not None:
        yield "post", (mention.source, mention.repost_of)
        yield "uri", (mention.repost_of,)
    if mention.role == "answer" and mention.in_reply_to is not None:
        yield "post", (mention.source, mention.in_reply_to)


def _until_then(mention: Mention) -> Iterator[Identity]:
    """By these it stays away when it is older than the erasure; what they write later is new."""
    yield "person", (mention.source, mention.author.external_id)
    if mention.role == "mention" and len(mention.text) >= LEAST_SAID:
        yield "said", said(mention.author.handle, mention.text)
    if is_worldwide(mention.author.handle):
        yield "handle", (folded(mention.author.handle),)


def said(handle: str, text: str) -> tuple[str, str]:
    return folded(handle), " ".join(text.split())


def folded(handle: str) -> str:
    """A handle as people mean it: without its ``@`` and its capitals."""
    return handle.strip().removeprefix("@").casefold()


def is_worldwide(handle: str) -> bool:
    """Whether it names the same person wherever it stands: ``@mia@mas.to``, ``ana@example.org``."""
    return "@" in folded(handle)


class Raw(Protocol):
    """An item that could not be read."""

    @property
    def raw(self) -> bytes: ...


def letters_not_erased(
    tx: sqlite3.Connection, channel: str, letters: Sequence[AnyRaw]
) -> Sequence[AnyRaw]:
    if not letters or not are_there(tx):
        return letters
    found = Tombstones(tx).at(letter(channel, one.raw) for one in letters)
    return [one for one in letters if letter(channel, one.raw) not in found]


def letter(channel: str, raw: bytes) -> Identity:
    return "letter", (channel, raw.decode("latin-1"))


def orders_not_erased(tx: sqlite3.Connection, orders: Sequence[AnyOrder]) -> Sequence[AnyOrder]:
    """Without the orders of people who were erased; the number comes first in each."""
    if not orders or not are_there(tx):
        return orders
    found = Tombstones(tx).at(order(str(one[0])) for one in orders)
    return [one for one in orders if order(str(one[0])) not in found]


def order(number: str) -> Identity:
    return "order", (number.casefold(),)


def is_erased(db: Database, source: str, external_id: str) -> bool:
    """For a rehearsal, which asks for one post after the other."""
    if not are_there(db.conn):
        return False
    return bool(Tombstones(db.conn).at([("post", (source, external_id))]))


def erased_at(db: Database, handle: str) -> str | None:
    """When somebody of this handle was erased as a whole."""
    if not are_there(db.conn):
        return None
    identity: Identity = ("handle", (folded(handle),))
    return Tombstones(db.conn).at([identity]).get(identity)


def erased_among(tx: sqlite3.Connection, ids: Sequence[int]) -> set[int]:
    """Those of these mentions of which nothing but their counts is left."""
    rows = tx.execute(
        "select id from mention where erased_at is not null"
        " and id in (select value from json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row[0] for row in rows}


def refuse_erased(tx: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Raise NotFoundError where one of them was erased: there is nobody left to answer."""
    for id_ in sorted(erased_among(tx, ids)):
        raise NotFoundError(
            f"{id_} was erased; only its counts are left.", f"see them: socialcare show {id_}"
        )

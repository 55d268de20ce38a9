"""What is left of people elsewhere in the file: author rows, tags, unreadable items, orders."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from socialcare.inbox.orders import numbers_in
from socialcare.inbox.tombstones import Tombstones, folded, letter, order

_WRITERS = """
select author_id, count(*) as n from mention
where id in (select value from json_each(?)) and role <> 'answer' group by author_id
"""
_ALL_OF_THEM = """
select (select count(*) from mention where author_id = :author and role = 'mention')
  + (select count(*) from mention where author_id = :author and role <> 'mention')
"""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def leave_author(tx: sqlite3.Connection, ids: Sequence[int], people: Collection[int]) -> None:
    """Part mentions from whoever wrote them; ``people`` are erased as a whole anyway.

    Whoever has nothing else here is nobody any more; of others, their erased mentions
    become those of a nameless one.
    """
    listed = json.dumps(ids)
    for author, count in tx.execute(_WRITERS, (listed,)).fetchall():
        if author in people:
            continue
        if tx.execute(_ALL_OF_THEM, {"author": author}).fetchone()[0] == count:
            blank_author(tx, author)
            continue
        nameless = tx.execute(
            "insert into author (source, external_id, handle)"
            " select source, 'erased of ' || id, '' from author where id = ?",
            (author,),
        ).lastrowid
        assert nameless is not None, "a row was inserted"
        tx.execute(
            "update mention set author_id = ? where author_id = ? and role <> 'answer'"
            " and id in (select value from json_each(?))",
            (nameless, author, listed),
        )
        blank_author(tx, nameless)


def blank_author(tx: sqlite3.Connection, author: int) -> None:
    """The row stays, so that people can still be counted."""
    tx.execute(
        "update author set external_id = 'erased-' || id, handle = 'erased-' || id, name = null,"
        " url = null, followers = null, customer_id = null,"
        " muted_at = null, muted_by = null, muted_why = null where id = ?",
        (author,),
    )
    tx.execute(
        "update event set before = null, after = null, why = null where author_id = ?",
        (author,),
    )
    tx.execute(
        "delete from customer where id not in"
        " (select customer_id from author where customer_id is not null)"
    )


def clear_tags(
    tx: sqlite3.Connection, ids: Sequence[int], people: Iterable[tuple[str, str | None]]
) -> None:
    """Tags are words of ours and stay, but not those that name one of ``people``.

    They come as handle and name.
    """
    names = {part for handle, name in people for part in _names(handle, name)}
    if not names:
        return
    naming = whole_words(names)
    rows = tx.execute(
        "select mention_id, tag from tag where mention_id in (select value from json_each(?1))"
        " union select mention_id, json_extract(coalesce(nullif(after, 'null'), before), '$')"
        " from event where field = 'tag' and mention_id in (select value from json_each(?1))",
        (json.dumps(ids),),
    ).fetchall()
    for id_, tag in rows:
        if tag is not None and naming.search(str(tag).casefold()):
            tx.execute("delete from tag where mention_id = ? and tag = ?", (id_, tag))
            tx.execute(
                "update event set before = null, after = null where mention_id = ?"
                " and field = 'tag' and json_extract(coalesce(nullif(after, 'null'), before), '$')"
                " = ?",
                (id_, tag),
            )


def clear_letters(
    tx: sqlite3.Connection, stones: Tombstones, words: Collection[str], at: str
) -> None:
    """Drop unreadable items with one of these words in them, and keep them away."""
    rows = tx.execute("select id, channel, place, reason, raw from dead_letter").fetchall()
    if not (words and rows):
        return
    wanted = whole_words(words)
    for row in rows:
        if any(wanted.search(text) for text in (*_readings(row["raw"]), row["reason"].casefold())):
            tx.execute("delete from dead_letter where id = ?", (row["id"],))
            stones.bury([letter(row["channel"], row["raw"])], at)


def whole_words(words: Iterable[str]) -> re.Pattern[str]:
    """Finds one of them in folded text, where it is not part of a longer word."""
    return re.compile("|".join(rf"(?<!\w){re.escape(word.casefold())}(?!\w)" for word in words))


def _names(handle: str, name: str | None) -> set[str]:
    """``@mia@mas.to`` is also called ``mia``."""
    bare = folded(handle)
    return {word for word in (bare, bare.partition("@")[0], name or "") if len(word) > 2}


def _readings(raw: bytes) -> tuple[str, ...]:
    """An item as text: as it is, and with the escapes of JSON undone."""
    text = raw.decode("utf-8", "replace").casefold()
    if "\\" not in text:
        return (text,)
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).casefold()
    return text, plain.replace('\\"', '"').replace("\\/", "/").replace("\\n", "\n")


def clear_orders(
    tx: sqlite3.Connection, stones: Tombstones, ids: Sequence[int], pattern: str, at: str
) -> None:
    """Drop the orders whose number stands in these mentions, and keep them away."""
    numbers = order_numbers(tx, ids, pattern)
    if numbers:
        tx.execute(
            "delete from orders where number in (select value from json_each(?))",
            (json.dumps(numbers),),
        )
        stones.bury([order(number) for number in numbers], at)


def order_numbers(tx: sqlite3.Connection, ids: Sequence[int], pattern: str) -> list[str]:
    """Numbers of orders that we know and that stand in these mentions, or once did."""
    if tx.execute("select 1 from orders limit 1").fetchone() is None:
        return []
    texts = tx.execute(
        "select text from mention where id in (select value from json_each(?1))"
        " union all select text from revision where mention_id in"
        " (select value from json_each(?1))",
        (json.dumps(ids),),
    )
    named = numbers_in((row[0] for row in texts), pattern)
    rows = tx.execute(
        "select number from orders where number in (select value from json_each(?)) order by number",
        (json.dumps(list(named)),),
    )
    return [row[0] for row in rows]

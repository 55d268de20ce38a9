"""Bodies of Instagram webhooks, as some receiver has dropped them into a spool.

https://developers.facebook.com/docs/instagram-platform/webhooks
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.text import for_screen

_KEPT = 65_536
"""Bytes of a broken file."""
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,40}$")]


class Named(msgspec.Struct):
    """Where we are named: a comment, or the text below a media object."""

    media_id: Id
    comment_id: Id | None = None


class Change(msgspec.Struct):
    field: str = ""
    value: msgspec.Raw = msgspec.Raw(b"null")


class Entry(msgspec.Struct):
    """``id`` is that of the account which was told."""

    id: str = ""
    changes: list[Change] = []


class Body(msgspec.Struct):
    object: str
    entry: list[Entry] = []


Item = Named | Entry


def read_body(name: str, body: bytes, account: str) -> Iterator[Item | Broken]:
    """Where ``account`` is named, and the entries of other accounts: the file is theirs too."""
    bodies, broken = decode_items([msgspec.Raw(body)], Body)
    entries = [entry for one in bodies if one.object == "instagram" for entry in one.entry]
    ours = [entry for entry in entries if entry.id in {"", account}]
    changes = [one.value for entry in ours for one in entry.changes if one.field == "mentions"]
    named, bad = decode_items(changes, Named)
    yield from named
    yield from (entry for entry in entries if entry.id not in {"", account})
    where = f"$ of {for_screen(name, one_line=True, limit=100)}"
    for one in (*broken, *bad):
        yield replace(one, where=where, raw=one.raw[:_KEPT])

"""Bodies of Instagram webhooks, as some receiver has dropped them: files, read in the order of their names.

A receiver should write beside the folder and move the file in when it is whole. Names
have to grow, such as by the time: what comes before the last name read is never read.

https://developers.facebook.com/docs/instagram-platform/webhooks
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.errors import ConfigError
from socialcare.text import for_screen

LARGEST = 1_048_576
"""Bytes of one file."""
_KEPT = 65_536
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,40}$")]
_SUFFIX = re.compile(r"\.json", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file. ``name`` goes into the checkpoint."""

    name: str
    named: Sequence[Named] = ()
    broken: Sequence[Broken] = field(default_factory=tuple)


def read_spool(folder: Path, after: str, account: str, channel: str) -> Iterator[Dropped]:
    """The files whose names come after ``after``; those of other accounts say nothing to us.

    Raises
    ------
    ConfigError
        The folder cannot be read.

    """
    for path in _files(folder, after, channel):
        body = _content(path)
        if isinstance(body, Broken):
            yield Dropped(path.name, broken=(body,))
        elif body is not None:
            yield _read(path.name, body, account)


def _files(folder: Path, after: str, channel: str) -> list[Path]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise ConfigError(
            f"[channels.{channel}] spool: {for_screen(str(folder), one_line=True)}: {error.strerror}.",
            "make the folder, or change spool: socialcare config edit",
        ) from None
    return [
        folder / name
        for name in names
        if name > after and not name.startswith(".") and _SUFFIX.fullmatch(Path(name).suffix)
    ]


def _content(path: Path) -> bytes | Broken | None:
    """None where the file has gone, or is no file."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Broken(_where(path.name), f"cannot be read: {error.strerror}")
    if len(body) > LARGEST:
        return Broken(_where(path.name), f"longer than {LARGEST:,} bytes", body[:_KEPT])
    return body


def _read(name: str, body: bytes, account: str) -> Dropped:
    bodies, broken = decode_items([msgspec.Raw(body)], Body)
    changes = [
        change
        for one in bodies
        if one.object == "instagram"
        for entry in one.entry
        if entry.id in {"", account}
        for change in entry.changes
        if change.field == "mentions"
    ]
    named, bad = decode_items([change.value for change in changes], Named)
    faults = [replace(one, where=_where(name)) for one in (*broken, *bad)]
    return Dropped(name, tuple(named), tuple(faults))


def _where(name: str) -> str:
    return f"$ of {for_screen(name, one_line=True, limit=100)}"

"""Reading a mailbox over IMAP. Nothing is ever marked as read, moved or deleted.

https://www.rfc-editor.org/rfc/rfc3501. Folders are opened with EXAMINE, mails fetched
with ``BODY.PEEK[]``; the only thing that is written is a copy of our own answer, where
``sent_folder`` asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from socialcare.channels.base import Broken
from socialcare.channels.dates import read_time
from socialcare.channels.email.failures import Line, told
from socialcare.channels.email.imap import (
    MAX_LINE,
    UNPRINTABLE,
    Imap,
    Login,
    last_words,
    quoted,
    sign_in,
)
from socialcare.channels.email.mime import header_of, raw_field
from socialcare.channels.email.wire import ALLOWANCE
from socialcare.channels.transport import Deadline
from socialcare.errors import BadAnswerError, ChannelError, GoneError

PAGE = 50
"""Mails of one page."""
MAX_MAIL = 4 << 20
"""Bytes of a mail that is fetched whole."""
BEGINNING = 256 << 10
"""Bytes of a larger one: its headers, and as a rule its text; what follows are attachments."""
SLACK = 64 << 10
BATCH = 8 << 20
"""Bytes asked for at once."""

_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_NAME = re.compile(rb'\) (?:"[^"]{0,9}"|NIL) "?([^"\r\n]{1,200})')
"""Of a folder: quoted, or not where it needs none."""
_NUMBER = re.compile(rb"\d{1,10}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Folder:
    """``validity`` changes when the server numbers its mails anew."""

    name: str
    validity: int
    next_uid: int | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail in the folder, before it is read. ``at`` is when it arrived."""

    uid: int
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """The bytes of a mail, or of its beginning."""

    arrival: Arrival
    raw: bytes


class Mailbox:
    """A mailbox that is signed in to; every call raises a ``ChannelError`` and nothing else."""

    def __init__(self, line: Line, login: Login, deadline: Deadline) -> None:
        self._line = line
        with told(line):
            self._imap = Imap(line, deadline)
        try:
            with told(line):
                sign_in(self._imap, login)
        except BaseException:
            self.close()
            raise

    def leave(self) -> None:
        with suppress(ChannelError), told(self._line):
            self._imap.wire.allow()
            self._imap.logout()

    def close(self) -> None:
        self._imap.shutdown()

    def open(self, name: str) -> Folder:
        """Open a folder for reading only."""
        with told(self._line):
            self._imap.wire.allow()
            code, words = self._imap.select(quoted(name), readonly=True)
            if code != "OK":
                raise self._line.no(last_words(words), lambda said: self._no_folder(name, said))
            validity, coming = self._number("UIDVALIDITY"), self._number("UIDNEXT")
            if validity is None:
                raise self._line.odd("a folder without UIDVALIDITY")
            return Folder(name, validity, coming)

    def _number(self, key: str) -> int | None:
        _, values = self._imap.response(key)
        value = values[-1] if values else None
        return int(value) if isinstance(value, bytes) and _NUMBER.fullmatch(value) else None

    def _no_folder(self, name: str, said: str) -> GoneError:
        self._imap.wire.allow()
        _, rows = self._imap.list()
        names = [
            match[1] for row in rows if isinstance(row, bytes) and (match := _NAME.search(row))
        ]
        known = ", ".join(one.decode("ascii", "replace") for one in names[:15])
        return GoneError(
            f"{self._line.where} has no folder {self._line.said(name)}: {self._line.said(said)}",
            f"it has: {self._line.said(known)}",
        )

    def after(self, uid: int) -> list[int]:
        """Uids above this one, ascending. ``n:*`` always names the last mail too: left out."""
        return [found for found in self._search("UID", f"{uid + 1}:*") if found > uid]

    def since(self, moment: datetime) -> list[int]:
        """Uids of what arrived since that day, ascending; days are those of the server."""
        day = f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year:04d}"
        return self._search("SINCE", day)

    def with_id(self, message_id: str) -> list[int]:
        if not message_id.isascii() or UNPRINTABLE.search(message_id):
            return []
        return self._search("HEADER", "Message-ID", quoted(message_id))

    def _search(self, *criteria: str) -> list[int]:
        with told(self._line):
            self._imap.wire.allow(4 * MAX_LINE)
            code, answers = self._imap.uid("SEARCH", *criteria)
            if code != "OK":
                raise self._line.no(last_words(answers))
            found = {int(n) for row in answers if row for n in _NUMBER.findall(row)}
            return sorted(found)

    def arrivals(self, uids: Sequence[int], now: datetime) -> list[Arrival]:
        """How large they are and when they came; those that are gone by now are left out."""
        wanted, found = set(uids), {}
        with told(self._line):
            self._imap.wire.allow()
            rows = self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)")
        for row in rows:
            text = row[0] if isinstance(row, tuple) else row
            uid, size = _UID.search(text), _SIZE.search(text)
            if uid and size and int(uid[1]) not in wanted:
                raise self._line.odd("a mail that was not asked for")
            if uid and size:
                found[int(uid[1])] = Arrival(int(uid[1]), int(size[1]), _arrived(text, now))
        return [found[uid] for uid in sorted(found)]

    def letters(self, folder: Folder, arrivals: Sequence[Arrival]) -> Iterator[Letter | Broken]:
        """The mails, in order. One that the server cannot give does not stop the others."""
        for batch in _batches(arrivals):
            raws = self._raws(batch)
            for one in batch:
                raw = raws.get(one.uid)
                yield Letter(one, raw) if raw is not None else _unreadable(folder, one)

    def _raws(self, batch: Sequence[Arrival]) -> dict[int, bytes]:
        most = max(_wanted(one) for one in batch)
        uids = [one.uid for one in batch]
        with told(self._line):
            self._imap.wire.allow(len(batch) * most + ALLOWANCE)
            code, rows = self._imap.uid(
                "FETCH", ",".join(map(str, uids)), f"(UID BODY.PEEK[]<0.{most}>)"
            )
            if code != "OK":
                error = self._line.no(last_words(rows))
                if not isinstance(error, BadAnswerError):
                    raise error
                alone = len(batch) > 1
                return (
                    {k: v for one in batch for k, v in self._raws([one]).items()} if alone else {}
                )
            return self._bodies([row for row in rows if row], set(uids))

    def _bodies(
        self, rows: Sequence[bytes | tuple[bytes, bytes]], asked: set[int]
    ) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for at, row in enumerate(rows):
            if not isinstance(row, tuple):
                continue
            after = rows[at + 1] if at + 1 < len(rows) else b""
            uid = _UID.search(row[0]) or _UID.search(after if isinstance(after, bytes) else b"")
            if uid is None or int(uid[1]) not in asked:
                raise self._line.odd("a mail that was not asked for")
            found[int(uid[1])] = row[1]
        return found

    def _fetch(self, uids: Sequence[int], what: str) -> list[bytes | tuple[bytes, bytes]]:
        code, rows = self._imap.uid("FETCH", ",".join(map(str, uids)), what)
        if code != "OK":
            raise self._line.no(last_words(rows))
        return [row for row in rows if row]

    def headers(self, uid: int) -> bytes:
        """The header of one mail; empty where it is gone."""
        with told(self._line):
            self._imap.wire.allow()
            rows = self._fetch([uid], "(UID BODY.PEEK[HEADER])")
            return next((row[1] for row in rows if isinstance(row, tuple)), b"")

    def keep(self, folder: str, raw: bytes) -> None:
        """Put a copy of a mail of ours into a folder, as read."""
        with told(self._line):
            self._imap.wire.allow()
            code, words = self._imap.append(quoted(folder), r"(\Seen)", "", raw)
            if code != "OK":
                raise self._line.no(last_words(words))


@contextmanager
def signed_in(line: Line, login: Login, deadline: Deadline) -> Iterator[Mailbox]:
    mailbox = Mailbox(line, login, deadline)
    try:
        yield mailbox
        mailbox.leave()
    finally:
        mailbox.close()


def keep_copy(line: Line, login: Login, deadline: Deadline, folder: str, raw: bytes) -> None:
    """Put a copy of an answer where the server did not do so itself.

    The answer has left by now: that no copy could be kept is no reason to call it failed.
    """
    with suppress(ChannelError), signed_in(line, login, deadline) as mailbox:
        mailbox.open(folder)
        if not mailbox.with_id(raw_field(header_of(raw), "message-id")):
            mailbox.keep(folder, raw)


def _wanted(arrival: Arrival) -> int:
    """Bytes to ask for: some servers only estimate the size."""
    if arrival.size > MAX_MAIL:
        return BEGINNING
    return min(MAX_MAIL, 2 * arrival.size + SLACK)


def _batches(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    """Neighbours that are asked for together: small ones by size, large ones alone."""
    batch: list[Arrival] = []
    size = 0
    for one in arrivals:
        large = one.size > MAX_MAIL
        if batch and (large or size + one.size > BATCH):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += BATCH if large else one.size
    if batch:
        yield batch


def _unreadable(folder: Folder, arrival: Arrival) -> Broken:
    return Broken(
        f"$.{folder.name}[{arrival.uid}]",
        "the server has no `$.BODY[]` of this mail",
        f"{folder.validity}:{arrival.uid}".encode(),
    )


def _arrived(text: bytes, now: datetime) -> datetime:
    found = _ARRIVED.search(text)
    if found:
        with suppress(ValueError):
            return read_time(found[1].decode("ascii", "replace").strip())
    return now

"""Any program that prints JSON Lines of the input record (:mod:`socialcare.channels.records`).

On standard input it gets one line, ``{"since": "2026-11-21T11:48:00.000Z", "checkpoint":
null}``, and may read it or not. ``since`` is when the last complete run began, less an
overlap; what it prints twice is stored once. A line ``{"checkpoint": {…}}`` says that
everything before it has been printed: should the program be stopped later, the next run
gets that checkpoint and goes on from there. Exit status 0 means that this was all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from socialcare.channels.base import Broken, Channel, Checkpoint, Page, Setup
from socialcare.channels.process import MAX_LINE, Ended, Program, run, split_command
from socialcare.channels.records import PAGE_SIZE, Row, broken_row, to_mention
from socialcare.channels.tables.charset import decode_line
from socialcare.channels.tables.jsonlines import read_line
from socialcare.clock import format_time, parse_time
from socialcare.models import KINDS, Kind, Mention

OVERLAP = timedelta(minutes=15)
MAX_CHECKPOINT = 64 * 1024
"""Characters of a checkpoint as JSON."""
MAX_BRACKETS = 200
"""Objects and lists in a checkpoint: it is a place to go on from, not data."""


class Exec(Channel):
    type: ClassVar[str] = "exec"
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = KINDS

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._command = split_command(setup.options.get("command"), setup.name)

    @property
    def source(self) -> str:
        """The name in the config: a program has no address of its own that would stay."""
        return f"exec:{self._setup.name}"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        began = self._setup.clock.now()
        until, own = _last(checkpoint)
        program = self._program(until - OVERLAP if until else since, own)
        batch = _Batch()
        for number, item in enumerate(run(program, self._setup.clock), 1):
            if isinstance(item, Ended):
                # An empty page would be the last one read, and the failure never heard of.
                if item.error is None or batch.holds_any:
                    yield batch.page(None if item.error else _checkpoint(began, own))
                if item.error is not None:
                    raise item.error
                return
            read = self._read(number, item)
            if isinstance(read, str):
                own = read
                yield batch.page(_checkpoint(until, own))
            elif read is not None:
                batch.add(read)
                if batch.full:
                    yield batch.page(None)

    def _program(self, since: datetime, own: str | None) -> Program:
        asked = f'{{"since": "{format_time(since)}", "checkpoint": {own or "null"}}}\n'
        token = self._setup.secret("token")
        return Program(
            name=self._setup.name,
            command=self._command,
            stdin=asked.encode(),
            environment={"SOCIALCARE_TOKEN": token} if token else {},
            seconds=self._setup.seconds,
        )

    def _read(self, number: int, line: bytes) -> Mention | Broken | str | None:
        """One printed line: a mention, a dead letter, a checkpoint, or nothing."""
        if not line.strip():
            return None
        if len(line) > MAX_LINE:
            return broken_row(number, "larger than 4 MB", decode_line(line))
        row = read_line(number, decode_line(line).strip())
        if isinstance(row, Broken):
            return row
        if row.record.keys() == {"checkpoint"}:
            return _own_checkpoint(row)
        name, now = self._setup.name, self._setup.clock.now()
        return to_mention(row, channel=name, now=now, source=self.source)


class _Batch:
    """What was printed since the last page."""

    def __init__(self) -> None:
        self._mentions: list[Mention] = []
        self._broken: list[Broken] = []

    @property
    def full(self) -> bool:
        return len(self._mentions) + len(self._broken) >= PAGE_SIZE

    @property
    def holds_any(self) -> bool:
        return bool(self._mentions or self._broken)

    def add(self, item: Mention | Broken) -> None:
        if isinstance(item, Mention):
            self._mentions.append(item)
        else:
            self._broken.append(item)

    def page(self, checkpoint: Checkpoint | None) -> Page:
        page = Page(tuple(self._mentions), checkpoint, tuple(self._broken))
        self._mentions, self._broken = [], []
        return page


def _own_checkpoint(row: Row) -> str | Broken:
    """Its checkpoint as JSON text: we pass it on without looking inside."""
    own = row.record["checkpoint"]
    small = (
        len(row.raw) <= MAX_CHECKPOINT and row.raw.count("[") + row.raw.count("{") <= MAX_BRACKETS
    )
    if isinstance(own, dict) and small:
        return json.dumps(own)
    return broken_row(row.line, "checkpoint: not an object of at most 64 kB", row.raw)


def _checkpoint(until: datetime | None, own: str | None) -> Checkpoint:
    return {"until": format_time(until) if until else None, "program": own}


def _last(checkpoint: Checkpoint | None) -> tuple[datetime | None, str | None]:
    """When the last complete run began, and what the program wants to be told."""
    if checkpoint is None:
        return None, None
    until, own = checkpoint.get("until"), checkpoint.get("program")
    return parse_time(until) if until else None, own

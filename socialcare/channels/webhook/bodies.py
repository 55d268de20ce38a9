"""What stands in a file: an object, an array or JSON Lines; our records or bodies of GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Literal

from socialcare.channels.base import Broken
from socialcare.channels.github.posts import Place
from socialcare.channels.records import MAX_RAW, Row, broken_row, to_mention
from socialcare.channels.tables.charset import open_text
from socialcare.channels.tables.jsonlines import json_lines, json_values, read_line
from socialcare.channels.webhook.github import Item, is_body, read_body
from socialcare.errors import InputError
from socialcare.text import for_screen

Layout = Literal["auto", "github", "mentions"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the files of one channel. ``source`` is that of records; GitHub has its own."""

    layout: Layout
    source: str
    place: Place
    now: datetime

    def items(self, name: str, body: bytes) -> Iterator[Item]:
        """Everything in a file. Of what is broken, ``where`` begins with the name of the file."""
        empty = True
        for item in self._all(name, body):
            empty = False
            yield item
        if empty and not body.strip():
            yield Broken(_shown(name), "it is empty", name.encode("utf-8", "replace"))

    def _all(self, name: str, body: bytes) -> Iterator[Item]:
        try:
            rows = list(_rows(body, name))
        except InputError as error:
            yield Broken(_shown(name), error.message, body[:MAX_RAW])
            return
        for row in rows:
            for item in [row] if isinstance(row, Broken) else self._of(row, len(rows) > 1):
                if isinstance(item, Broken):
                    yield replace(item, where=f"{_shown(name)} {item.where}")
                else:
                    yield item

    def _of(self, row: Row, several: bool) -> Iterator[Item]:
        if self.layout == "mentions" or not is_body(row.record):
            if self.layout == "github":
                yield broken_row(row.line, "no body of a GitHub webhook", row.raw)
            else:
                yield to_mention(row, channel=self.place.channel, now=self.now, source=self.source)
            return
        for item in read_body(row.raw.encode("utf-8", "replace"), self.place):
            if several and isinstance(item, Broken):
                yield replace(item, where=f"line {row.line} {item.where}")
            else:
                yield item


def _rows(body: bytes, name: str) -> Iterator[Row | Broken]:
    """Lines where the first line is a whole object; else values, however they are laid out."""
    opened = open_text(BytesIO(body), name)
    first = opened.head.lstrip("\ufeff \t\r\n").partition("\n")[0].strip()
    lines = isinstance(read_line(1, first), Row)
    return json_lines(opened.text) if lines else json_values(opened.text)


def _shown(name: str) -> str:
    return for_screen(name, one_line=True, limit=200)

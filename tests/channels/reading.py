"""Read what a test wrote down, as a file would be read."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from socialcare.channels.base import Broken
from socialcare.channels.records import Row
from socialcare.channels.tables import TableFormat, read_mentions, read_rows
from socialcare.errors import InputError
from socialcare.models import Mention

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOTHING: Mapping[str, str] = {}


def rows(
    data: bytes | str, form: TableFormat | None = None, mapping: Mapping[str, str] = NOTHING
) -> list[Row | Broken]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(read_rows(stream, name="posts.csv", format=form, mapping=mapping))


def records(data: bytes | str, **options: Mapping[str, str]) -> list[Mapping[str, object]]:
    return [row.record for row in rows(data, **options) if isinstance(row, Row)]  # type: ignore[arg-type]


def texts(data: bytes | str) -> list[object]:
    return [record["text"] for record in records(data)]


def broken(data: bytes | str) -> list[tuple[str, str]]:
    return [(row.where, row.reason) for row in rows(data) if isinstance(row, Broken)]


def mentions(data: bytes | str, mapping: Mapping[str, str] = NOTHING) -> list[Mention]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    read = list(read_mentions(stream, name="posts.csv", now=NOW, mapping=mapping))
    assert all(isinstance(item, Mention) for item in read), read
    return [item for item in read if isinstance(item, Mention)]


def refusal(data: bytes | str, mapping: Mapping[str, str] = NOTHING) -> InputError:
    with pytest.raises(InputError) as caught:
        rows(data, mapping=mapping)
    return caught.value

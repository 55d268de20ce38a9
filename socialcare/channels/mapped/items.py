"""From the items of an answer to mentions, by the paths of the config."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from socialcare.channels.base import Broken, Page
from socialcare.channels.dates import read_time
from socialcare.channels.mapped.plan import Plan, Shape
from socialcare.channels.records import MAX_RAW, BadRecord, mention_from_record
from socialcare.channels.values import quoted
from socialcare.clock import Clock, format_time, from_epoch
from socialcare.errors import BadAnswerError
from socialcare.models import Mention
from socialcare.text import MAX_FIELD, at_door

TIMES = ("created_at", "edited_at")


@dataclass(slots=True)
class Found:
    """What one answer held. ``marks`` are the ids that paging goes by, of all its items."""

    marks: Sequence[str]
    mentions: list[Mention] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    wordless: int = 0
    """Items with nothing to read in them."""

    def page(self, since: datetime, notice: str | None = None) -> Page:
        """As it is handed over, without what was written before ``since``."""
        fresh = [one for one in self.mentions if one.created_at >= since]
        return Page(fresh, broken=self.broken, gone=self.gone, notice=notice)


class Reader:
    """Reads the answers of one channel."""

    def __init__(self, name: str, source: str, plan: Plan, clock: Clock) -> None:
        self._name, self._source, self._clock = name, source, clock
        self._plan, self._shape = plan, plan.shape

    def read(self, data: object) -> Found:
        """All items of an answer.

        Raises
        ------
        BadAnswerError
            There is no list where it should be.

        """
        items = [
            (f"{path}[{index}]", item)
            for path in self._shape.items
            for index, item in enumerate(self._list(path.find(data), str(path)))
        ]
        found = Found([self._mark(item) for _, item in items])
        for where, item in items:
            self._read(where, item, found)
        return found

    def read_one(self, item: object) -> Found:
        found = Found([])
        self._read("$", item, found)
        return found

    def _list(self, value: object, where: str) -> list[object]:
        if isinstance(value, list):
            return value
        kind = "nothing" if value is None else type(value).__name__
        raise BadAnswerError(
            f"{self._name}: there is no list at {where} of the answer, but {kind}.",
            f"look at items of [channels.{self._name}]: socialcare config edit",
        )

    def _mark(self, item: object) -> str:
        """What an item is known by from answer to answer."""
        paging = self._plan.paging
        path = paging.path if paging.style == "after" else self._shape.fields["id"]
        inner = item
        if paging.style != "after" and self._shape.item is not None:
            inner = self._shape.item.find(item)
        mark = path.find(inner) if path else None
        if isinstance(mark, str | int) and mark != "" and not isinstance(mark, bool):
            return str(mark)
        return "" if paging.style == "after" else _dumped(item)

    def _read(self, where: str, item: object, found: Found) -> None:
        inner = self._shape.item.find(item) if self._shape.item else item
        if inner is None:
            return
        try:
            if any(_is_set(path.find(inner)) for path in self._shape.gone):
                found.gone.append(self._id(inner))
                return
            record = self._record(inner)
            if not record["text"] and not any(record.get(k) for k in ("media", "rating")):
                found.wordless += 1
                return
            now = self._clock.now()
            found.mentions.append(
                mention_from_record(record, channel=self._name, now=now, source=self._source)
            )
        except BadRecord as error:
            raw = _dumped(item).encode("utf-8", "replace")[:MAX_RAW]
            found.broken.append(Broken(where, self._reason(str(error)), raw))

    def _reason(self, said: str) -> str:
        """``created_at: no time`` with where it was looked for."""
        name, _, why = said.partition(": ")
        name = "id" if name == "external_id" else name
        path = self._shape.fields.get(name)
        return f"{name} from {path}: {why}" if path else said

    def _id(self, inner: object) -> str:
        value = self._shape.fields["id"].find(inner)
        if value is None or value == "":
            raise BadRecord("id: nothing is there")
        if isinstance(value, list | dict | bool | float):
            raise BadRecord(f"id: no id: {quoted(value)}")
        return at_door(str(value), MAX_FIELD)

    def _record(self, inner: object) -> dict[str, object]:
        shape = self._shape
        values = {name: path.find(inner) for name, path in shape.fields.items()}
        record: dict[str, object] = {k: v for k, v in values.items() if v not in (None, "")}
        record["external_id"] = self._id(inner)
        record.pop("id", None)
        record.setdefault("kind", shape.kind)
        record.update(self._words(values["text"], record))
        for name in TIMES:
            if name in record:
                record[name] = format_time(_moment(name, record[name], shape))
        if "created_at" in shape.fields and "created_at" not in record:
            raise BadRecord("created_at: nothing is there")
        if "media_type" in record:
            record["media_type"] = [_media_type(one) for one in _listed(record["media_type"])]
        if self._is_us(record):
            record |= {"is_us": True, "role": "answer"}
        return record

    def _words(self, value: object, record: Mapping[str, object]) -> dict[str, object]:
        """The text as a person would read it; pictures that stand in a Markdown text."""
        if value is None:
            raise BadRecord("text: nothing is there")
        if isinstance(value, list):
            value = "\n\n".join(one for one in value if isinstance(one, str))
        if not isinstance(value, str):
            raise BadRecord(f"text: not a text: {quoted(value)}")
        if self._shape.text_format == "html":
            from socialcare.channels.html import to_text

            return {"text": to_text(value).strip()}
        if self._shape.text_format == "markdown":
            from socialcare.channels.markdown import to_plain

            words, media = to_plain(value)
            shown = [{"url": one.url, "type": one.type, "alt": one.alt} for one in media]
            return {"text": words, **({"media": shown} if shown and "media" not in record else {})}
        return {"text": value.strip()}

    def _is_us(self, record: Mapping[str, object]) -> bool:
        names = (str(record.get(key, "")).removeprefix("@") for key in ("author", "author_id"))
        return any(name.casefold() in self._plan.us for name in names if name)


def _dumped(item: object) -> str:
    return json.dumps(item, ensure_ascii=False, default=str)


def _is_set(value: object) -> bool:
    """A flag may be a time or a reason: what is there and not false counts."""
    return bool(value) and str(value).strip().lower() not in {"false", "no", "0"}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _media_type(value: object) -> object:
    """``image`` of ``image/png``."""
    return value.partition("/")[0] if isinstance(value, str) else value


def _moment(name: str, value: Any, shape: Shape) -> datetime:
    try:
        return _read_moment(value, shape)
    except ValueError as error:
        raise BadRecord(f"{name}: {error}") from None


def _read_moment(value: Any, shape: Shape) -> datetime:
    if shape.time_format in {"epoch", "epoch_ms"}:
        number = float(value) if isinstance(value, str) and len(value) < 40 else value
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise ValueError(f"no number: {quoted(value)}")
        return from_epoch(number / (1000 if shape.time_format == "epoch_ms" else 1))
    local = _without_zone(value) if isinstance(value, str) else None
    if local is not None and shape.timezone is not None:
        return local.replace(tzinfo=shape.timezone).astimezone(UTC)
    if shape.time_format == "rfc3339" and local is None and not _is_iso(value):
        raise ValueError(f"no RFC 3339 time: {quoted(value)}")
    return read_time(value)


def _is_iso(value: object) -> bool:
    return isinstance(value, str) and next(_iso(value), None) is not None


def _without_zone(text: str) -> datetime | None:
    moment = next(_iso(text), None)
    return moment if moment is not None and moment.tzinfo is None else None


def _iso(text: str) -> Iterator[datetime]:
    try:
        yield datetime.fromisoformat(text.strip()[:64])
    except ValueError:
        return

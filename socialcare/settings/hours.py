"""Opening hours as people write them: ``Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-16:00``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from socialcare.settings.model import Week
from socialcare.settings.table import nearest, shown

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT = 24 * 60
EXAMPLE = 'hours = "Mon-Fri 09:00-18:00, Sat 10:00-16:00"'

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)
_BLANKS = re.compile(r"\s*[-–—]\s*")
Span = tuple[int, int]


class HoursError(ValueError):
    """Says what is wrong, with what to write instead."""

    def __init__(self, message: str, hint: str = f"write for example: {EXAMPLE}") -> None:
        super().__init__(message)
        self.hint = hint


def parse_hours(text: str) -> Week:
    """Spans of wall-clock time by weekday; one that runs past midnight is cut there in two.

    Raises
    ------
    HoursError
        It is written in another way, or two spans overlap.

    """
    week: list[list[Span]] = [[] for _ in DAYS]
    for part in _BLANKS.sub("-", text).split(","):
        days, spans = _part(part)
        for number in days:
            for opens, closes in spans:
                week[number].append((opens, min(closes, MIDNIGHT)))
                if closes > MIDNIGHT:
                    week[(number + 1) % 7].append((0, closes - MIDNIGHT))
    return tuple(_joined(DAYS[number], spans) for number, spans in enumerate(week))


def _part(part: str) -> tuple[list[int], list[Span]]:
    words = part.split()
    if not words:
        raise HoursError("there is nothing beside a comma.")
    days, *times = words
    if _SPAN.fullmatch(days):
        raise HoursError(f'no day is named before "{shown(days)}".')
    if not times:
        message = f'"{shown(days)}" has no times.'
        raise HoursError(message, f"write for example: {shown(days)} 09:00-18:00")
    return list(_days(days)), [_span(word) for word in times]


def _days(text: str) -> Iterator[int]:
    first, dash, last = text.partition("-")
    begin = _day(first)
    end = _day(last) if dash else begin
    for step in range((end - begin) % 7 + 1):
        yield (begin + step) % 7


def _day(word: str) -> int:
    for number, name in enumerate(DAYS):
        if len(word) >= 3 and name.lower().startswith(word.lower()):
            return number
    near = nearest(word, [*DAYS, *(name[:3] for name in DAYS)])
    hint = f"did you mean {near[:3]}?" if near else f"write for example: {EXAMPLE}"
    raise HoursError(f'"{shown(word)}" is no day of the week.', hint)


def _span(word: str) -> Span:
    """The end lies after 24:00 where the span runs past midnight."""
    match = _SPAN.fullmatch(word)
    if match is None:
        hint = "write for example: 09:00-18:00"
        raise HoursError(f'"{shown(word)}" is no span of the day.', hint)
    opens, closes = (_minute(word, match[n], match[n + 1]) for n in (1, 3))
    if opens == MIDNIGHT:
        raise HoursError(f'"{shown(word)}" begins at 24:00.', "write 00:00, and the day after")
    if opens == closes:
        message = f'"{shown(word)}" ends when it begins.'
        raise HoursError(message, "all day is written 00:00-24:00")
    return opens, closes if closes > opens else closes + MIDNIGHT


def _minute(word: str, hour: str, minute: str) -> int:
    number = int(hour) * 60 + int(minute)
    if int(minute) > 59 or number > MIDNIGHT:
        message = f'"{shown(word)}": there is no {hour}:{minute}.'
        raise HoursError(message, "times go from 00:00 to 24:00")
    return number


def _joined(day: str, spans: list[Span]) -> tuple[Span, ...]:
    """In order, and those that touch made one."""
    joined: list[Span] = []
    for opens, closes in sorted(span for span in spans if span[0] < span[1]):
        if joined and opens < joined[-1][1]:
            message = f"{day[:3]} {_shown(joined[-1])} and {_shown((opens, closes))} overlap."
            raise HoursError(message, f"write each span of a day once, for example: {EXAMPLE}")
        if joined and opens == joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _shown(span: Span) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span)

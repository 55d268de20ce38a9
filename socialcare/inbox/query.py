"""The query language: words in, a checked :class:`Query` out. No SQL here.

An unknown filter or value is an error with a suggestion: a query that silently matches
everything, or nothing, hides complaints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from socialcare.clock import format_time
from socialcare.errors import UsageError
from socialcare.inbox.when import parse_when
from socialcare.text import at_door, for_screen
from socialcare.vocabulary import LABELS, PRIORITIES

STATES = (
    *("open", "new", "late", "soon", "pending", "snoozed", "closed", "filtered"),
    *("any", "mine", "draft", "waiting", "approved", "failed", "unknown"),
)
FILTERS: dict[str, tuple[str, ...] | None] = {
    "is": STATES,
    "channel": None,
    "author": None,
    "customer": None,
    "topic": None,
    "tag": None,
    "label": LABELS,
    "sentiment": ("negative", "neutral", "positive"),
    "priority": PRIORITIES,
    "owner": None,
    "since": None,
    "before": None,
    "text": None,
    "sort": ("priority", "due", "new", "old"),
}
"""Every filter with the values it may have; None where any value may be."""

MAX_WORDS = 200
"""Filters of one query; SQLite takes no more than a thousand conditions at once."""
_MEANT = {
    "source": "channel",
    "from": "author",
    "by": "author",
    "user": "author",
    "handle": "author",
    "person": "customer",
    "status": "is",
    "state": "is",
    "assignee": "owner",
    "after": "since",
    "until": "before",
    "order": "sort",
}
"""Names that other programs use, and ours for the same thing."""

_ID = re.compile(r"#?([0-9]{1,15})", re.ASCII)
_RANGE = re.compile(r"([0-9]{1,15})-([0-9]{1,15})", re.ASCII)
_SAVED = re.compile(r"(-?)@([\w-]{1,40})")
_PARTS = re.compile(r'[^\s"]*"[^"]*"|\S+')
_NAME = re.compile(r"(-?)([a-z_]+):(.*)", re.DOTALL | re.IGNORECASE)


class Filter(NamedTuple):
    """``name`` with its values, any of which may match; ``negated`` turns it round."""

    name: str
    values: tuple[str, ...]
    negated: bool = False


class Query(NamedTuple):
    """A checked query. ``filters`` must all hold."""

    filters: tuple[Filter, ...] = ()
    sort: str = "priority"

    @property
    def scoped(self) -> bool:
        """Whether it says itself which states it means; otherwise only open ones are meant."""
        return any(f.name == "is" and not f.negated for f in self.filters)


class Choice(NamedTuple):
    """What somebody named: ids and addresses, or a query."""

    ids: tuple[tuple[int, int], ...] = ()
    """Ranges, both ends included; one id is a range of one."""
    addresses: tuple[str, ...] = ()
    top: bool = False
    """``next``: the top of the inbox."""
    query: Query | None = None


class Reader(NamedTuple):
    """What the meaning of a query depends on."""

    now: datetime
    zone: tzinfo | None = None
    channels: frozenset[str] = frozenset()
    """Known names; empty means that any name is accepted."""
    saved: Mapping[str, str] = MappingProxyType({})
    """Words by the name that stands for them with an ``@``."""
    opened: tuple[str, ...] = ()
    """The saved queries that are being read, each in the one before."""

    def choose(self, words: Sequence[str]) -> Choice:
        """Read ids, ranges, ``next``, addresses, or a query.

        Raises
        ------
        UsageError
            An unknown filter or value, or ids mixed with query words.

        """
        words = [at_door(word) for word in words if word.strip()]
        named = [word for word in words if is_named(word)]
        if not named:
            return Choice(query=self.read(words))
        if len(named) != len(words):
            raise UsageError(
                "ids and query words cannot be mixed.",
                f'a number as a word is written text:{named[0]}; see "socialcare help query"',
            )
        return Choice(
            ids=tuple(_span(word) for word in named if word[0] in "#0123456789"),
            addresses=tuple(word for word in named if "://" in word),
            top="next" in named,
        )

    def read(self, words: Iterable[str]) -> Query:
        """Read query words."""
        filters: list[Filter] = []
        sort = "priority"
        negated = False
        for word in _unpacked(map(at_door, words)):
            if word.lower() == "not" and not negated:
                negated = True
                continue
            for found in self._filters(word, negated=negated):
                if found.name == "sort":
                    sort = found.values[0]
                else:
                    filters.append(found)
            negated = False
        if len(filters) > MAX_WORDS:
            raise UsageError(
                f"the query has {len(filters):,} words.",
                f"{MAX_WORDS} are the most; leave some out",
            )
        if negated:
            raise UsageError(
                '"not" needs a word after it.', "not tag:vip   the opposite of one word"
            )
        return Query(tuple(filters), sort)

    def read_line(self, line: str) -> Query:
        """Read query words that stand in one text of the config."""
        words = _PARTS.findall(at_door(line))
        if named := [word for word in words if is_named(word)]:
            raise UsageError(
                f'"{_shown(named[0])}" names one mention, and this is about words.',
                f"a number as a word is written text:{_shown(named[0])}",
            )
        return self.read(words)

    def _filters(self, word: str, *, negated: bool) -> list[Filter]:
        if self.saved and (named := _SAVED.fullmatch(word)):
            minus, name = named.groups()
            if name in self.saved:
                return self._meant(name, negated=negated or bool(minus))
            self._nearly(name)
        match = _NAME.fullmatch(word)
        if match is None or not _is_filter(word):
            return _text(word, negated=negated)
        minus, name, value = match.groups()
        name, value = name.lower(), _unquoted(value)
        if name not in FILTERS:
            raise _unknown_filter(name, value)
        values = tuple(v.strip() for v in value.split(",") if v.strip())
        if name in ("text", "author", "customer"):
            values = (value,) if value.strip() else ()
        if not values:
            raise UsageError(f'"{name}:" needs a value.', _example(name))
        values = tuple(self._checked(name, v) for v in values)
        return [Filter(name, values, negated or bool(minus))]

    def _meant(self, name: str, *, negated: bool) -> list[Filter]:
        """What a saved query stands for."""
        if name in self.opened:
            raise UsageError(f"@{name} uses itself.", "change it: socialcare config edit")
        try:
            found = self._replace(opened=(*self.opened, name)).read_line(self.saved[name])
        except UsageError as error:
            error.message = f"@{name}: {error.message}"
            raise
        if negated and len(found.filters) != 1:
            raise UsageError(
                f'"not" turns one word round, and @{name} holds {len(found.filters)}.',
                f"write them out; @{name} is: {_shown(self.saved[name])}",
            )
        sort = [Filter("sort", (found.sort,))] if found.sort != "priority" else []
        return [f._replace(negated=f.negated is not negated) for f in found.filters] + sort

    def _nearly(self, name: str) -> None:
        """Refuse a word that would be a saved query but for a slip; all others are words."""
        if near := _nearest(name, self.saved, cutoff=0.75):
            raise UsageError(
                f'there is no saved query "@{_shown(name)}".',
                f"did you mean @{near[0]} ?  as a word of the text: text:@{_shown(name)}",
                code="unknown_query",
            )

    def _checked(self, name: str, value: str) -> str:
        allowed = FILTERS[name]
        if name in ("since", "before"):
            return self._moment(name, value)
        if name == "channel" and self.channels:
            allowed = tuple(sorted(self.channels))
        if allowed is None:
            return value
        if value.lower() not in allowed and value not in allowed:
            raise _unknown_value(name, value, allowed)
        return value if value in allowed else value.lower()

    def _moment(self, name: str, value: str) -> str:
        try:
            return format_time(parse_when(value, self.now, self.zone))
        except (ValueError, OverflowError):
            raise UsageError(
                f'"{name}:{_shown(value)}" is no time I know.',
                f"{name}:2d   {name}:monday   {name}:2026-11-01",
            ) from None


def _unpacked(words: Iterable[str]) -> Iterator[str]:
    """Open up words that were quoted together in the shell, unless they are a phrase.

    ``"is:late -tag:vip"`` holds filters; ``"never again"`` is a phrase.
    """
    for word in words:
        parts = _PARTS.findall(word)
        if len(parts) > 1 and any(map(_is_more, parts)) and not _is_one_value(parts):
            yield from parts
        else:
            yield word


def _is_more(part: str) -> bool:
    """Whether a part of a quoted string is more than a word of a phrase."""
    return part[0] == "-" or _is_filter(part)


def _is_one_value(parts: Sequence[str]) -> bool:
    """``author:Outdoor Weekly`` is what the shell leaves of ``author:"Outdoor Weekly"``.

    A handle has no blanks, so what stands behind one is a word of its own.
    """
    name, _, value = parts[0].removeprefix("-").partition(":")
    name = name.lower()
    by_name = name in ("author", "customer") and value[:1] not in ("@", '"')
    return (name == "text" or by_name) and not any(
        part.lower() == "not" or _is_more(part) for part in parts[1:]
    )


def _is_filter(word: str) -> bool:
    return _NAME.fullmatch(word) is not None and "://" not in word


def _text(word: str, *, negated: bool) -> list[Filter]:
    """A word of the text; quoted in the query, or holding spaces, it is a phrase."""
    minus = word.startswith("-") and len(word) > 1
    value = _unquoted(word[1:] if minus else word)
    return [Filter("text", (value,), negated or minus)] if value.strip() else []


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def is_named(word: str) -> bool:
    """Whether a word names mentions by itself: an id, a range, ``next``, an address."""
    return (
        bool(_ID.fullmatch(word) or _RANGE.fullmatch(word))
        or word == "next"
        or word.startswith(("http://", "https://"))
    )


def _span(word: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(word)
    if match:
        first, last = int(match[1]), int(match[2])
        if first > last:
            raise UsageError(f"{word} runs backwards.", f"write it as {last}-{first}")
        return first, last
    one = int(word.lstrip("#"))
    return one, one


def _unknown_filter(name: str, value: str) -> UsageError:
    close = [_MEANT.get(near, near) for near in _nearest(name, (*FILTERS, *_MEANT))]
    names = ", ".join(f"{known}:" for known in FILTERS)
    meant = f"did you mean {close[0]}:{_shown(value)} ?  " if close else ""
    return UsageError(
        f'I do not know the filter "{_shown(name)}:".',
        f"{meant}Filters: {names}",
        code="unknown_filter",
    )


def _unknown_value(name: str, value: str, allowed: Sequence[str]) -> UsageError:
    close = _nearest(value.lower(), allowed)
    meant = f"did you mean {name}:{close[0]} ?  " if close else ""
    what = {
        "is": f'"is:{_shown(value)}" is not something a mention can be.',
        "channel": f'there is no channel "{_shown(value)}".',
    }.get(name, f'"{name}:{_shown(value)}" is not a value of {name}:.')
    use = ", ".join(f"{name}:{known}" for known in allowed[:20])
    return UsageError(what, f"{meant}use {use}", code="unknown_value")


def _nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(word, list(known), n=1, cutoff=cutoff)


def _example(name: str) -> str:
    allowed = FILTERS[name]
    if allowed:
        return f"use {', '.join(f'{name}:{value}' for value in allowed)}"
    return {"since": "since:2d", "before": "before:2026-11-01"}.get(name, f"{name}:WORD")


def _shown(value: str) -> str:
    return for_screen(value, one_line=True, limit=60)

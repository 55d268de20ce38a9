"""What the variables of a ready-made answer stand for, for one mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from socialcare.inbox import knowledge
from socialcare.inbox.calendar import Calendar, calendar_of
from socialcare.inbox.database import Database
from socialcare.inbox.orders import numbers_in, orders_of
from socialcare.settings import Settings
from socialcare.settings.duration import parse_duration
from socialcare.settings.identity import NOBODY
from socialcare.settings.urls import FAQ
from socialcare.snippets.template import Missing, Variable
from socialcare.snippets.times import spoken_time
from socialcare.text import for_screen

LONGEST_NAME = 60
QUARTER = 15 * 60
_ADDRESS = re.compile(r"[@/\\<>{}\[\]]|\w\.\w{2,}")
"""A name that would mention somebody else, or lead somewhere, in our own post."""
_GIVEN_NAME = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_TITLES = frozenset("mr mrs ms miss dr prof sir madam herr frau mme mlle the team".split())  # noqa: SIM905
_DAY = timedelta(days=1)
_INSTANT = timedelta(seconds=1)
_MOST_DAYS_OFF = 400


@dataclass(frozen=True, slots=True)
class Values:
    """``lang`` is that of the text, ``anchor`` that of its entry on the public page."""

    db: Database | None
    record: Mapping[str, Any]
    settings: Settings
    now: datetime
    zone: tzinfo | None
    me: str
    lang: str
    anchor: str | None

    def of(self, variable: Variable) -> str | Missing:
        argument = variable.argument
        if argument is not None:
            with_argument: dict[str, Callable[[str], str | Missing]] = {
                "order": self._column,
                "url": self._url,
                "in": self._time,
            }
            return with_argument[variable.kind](argument)
        plain: dict[str, Callable[[], str | Missing]] = {
            "first_name": self._first_name,
            "name": self._name,
            "handle": self._handle,
            "brand": self._brand,
            "me": self._me,
            "order": self._order,
            "faq_url": self._faq,
        }
        return plain[variable.kind]()

    @property
    def _by_hand(self) -> str:
        return f"write it yourself: socialcare reply {self.record['id']} --edit"

    def _name(self) -> str | Missing:
        name = for_screen(self.record["author_name"] or "", one_line=True, limit=LONGEST_NAME)
        if not name:
            return Missing(f"{self.record['channel']} tells no name of theirs", self._by_hand)
        if _ADDRESS.search(name):
            return Missing("what they call themselves is an address", self._by_hand)
        return name

    def _first_name(self) -> str | Missing:
        """The first word, where that is a name: of ``Mrs Hale`` nobody knows it."""
        name = self._name()
        if isinstance(name, Missing):
            return name
        first = name.split()[0].rstrip(".,")
        given = first if _GIVEN_NAME.fullmatch(first) and len(first) > 1 else ""
        if not given or given.lower() in _TITLES:
            return Missing(f'"{name}" does not begin with a first name', self._by_hand)
        return given

    def _handle(self) -> str | Missing:
        handle = for_screen(self.record["author"] or "", one_line=True)
        return handle or Missing("they have none", self._by_hand)

    def _brand(self) -> str | Missing:
        return self.settings.brand.name or Missing(
            "the config does not name the brand", "socialcare config set brand.name Acme"
        )

    def _me(self) -> str | Missing:
        if self.me != NOBODY:
            return self.me
        return Missing("I do not know who you are", "say so: export SOCIALCARE_USER=ana")

    def _order(self) -> str | Missing:
        """The number of the mention itself, else the one of its conversation."""
        own, rest = ([], []) if self.db is None else knowledge.texts_of(self.db, self.record["id"])
        for texts in (own, rest):
            numbers = list(numbers_in(texts, self.settings.order_pattern))
            if len(numbers) > 1:
                told = " and ".join(numbers[:3])
                return Missing(f"they name {told}: which one is it", self._by_hand)
            if numbers:
                return for_screen(numbers[0], one_line=True, limit=LONGEST_NAME)
        return Missing(f"no order number stands in {self.record['id']}", self._by_hand)

    def _column(self, column: str) -> str | Missing:
        number = self._order()
        if isinstance(number, Missing):
            return number
        assert self.db is not None, "a number was found in it"
        orders = orders_of(self.db, self.record["id"], self.settings.order_pattern)
        data = next((o["data"] for o in orders if o["number"].lower() == number.lower()), None)
        if data is None:
            return Missing(
                f"order {number} was not imported", "socialcare import --orders orders.csv"
            )
        value = {_column_key(name): text for name, text in data.items()}.get(_column_key(column))
        if value is None:
            known = for_screen(", ".join(data), one_line=True, limit=200)
            return Missing(f"orders have no column {column} (there is {known})", self._by_hand)
        shown = for_screen(value, one_line=True, limit=200)
        return shown or Missing(f"it is empty for order {number}", self._by_hand)

    def _url(self, name: str) -> str | Missing:
        return self.settings.urls.get(name) or Missing(
            f"[urls] of the config has no {name}",
            f"socialcare config set urls.{name} https://acme.example/{name}",
        )

    def _faq(self) -> str | Missing:
        """Of what is not public, the page as a whole."""
        page = self._url(FAQ)
        if isinstance(page, Missing) or self.anchor is None:
            return page
        return f"{page.partition('#')[0]}#{self.anchor}"

    def _time(self, span: str) -> str:
        calendar = calendar_of(self.settings.answer_by)
        moment = promised(calendar, self.now, span, self.zone)
        return spoken_time(moment, self.now, self.zone, self.lang)


def _column_key(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def promised(calendar: Calendar, now: datetime, span: str, zone: tzinfo | None) -> datetime:
    """When ``span`` has passed for the team: hours are open hours, days are days with some.

    The next full quarter of an hour, unless the doors are closed by then.
    """
    whole = parse_duration(span)
    moment = now if calendar.is_open(now) else calendar.due(now, _INSTANT) - _INSTANT
    if not whole % _DAY and span.strip().lower()[-1] in "dw":
        exact = _days_later(calendar, moment, whole // _DAY, zone)
    else:
        exact = calendar.due(moment, whole)
    past = exact.timestamp() % QUARTER
    full = exact + timedelta(seconds=QUARTER - past) if past else exact
    return full if calendar.open_between(exact, full) == full - exact else exact


def _days_later(calendar: Calendar, start: datetime, days: int, zone: tzinfo | None) -> datetime:
    """The same time of day, so many days with open hours later; at the latest when they end."""
    local = start.astimezone(zone)
    at, day = local.timetz().replace(tzinfo=None), local.date()
    for _ in range(days + _MOST_DAYS_OFF):
        day += _DAY
        begin, end = (_local(day + n * _DAY, time(), zone) for n in (0, 1))
        spans = list(calendar.spans(begin, end))
        days -= bool(spans)
        if days == 0:
            wanted = _local(day, at, zone)
            before = [(opens, closes) for opens, closes in spans if opens <= wanted]
            if not before:
                return spans[0][0]
            return min(wanted, before[-1][1])
    return calendar.due(start, days * _DAY)


def _local(day: date, at: time, zone: tzinfo | None) -> datetime:
    naive = datetime.combine(day, at)
    return naive.replace(tzinfo=zone) if zone is not None else naive.astimezone()

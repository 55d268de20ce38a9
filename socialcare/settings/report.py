"""``[report]`` and ``[goals]``: what an answer costs and saves, and what is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from socialcare.settings.channel_table import NAME
from socialcare.settings.duration import parse_duration
from socialcare.settings.model import Cost, Goals, ReportSettings
from socialcare.settings.table import Table, kind, shown

KEYS = (
    *("cost_per_hour", "minutes_saved", "handling_minutes", "currency"),
    *("social", "mail", "phone"),
)
MORE_KEYS = ("minutes",)
GOALS = ("answer_rate", "median_first_response")
_DAY = 24 * 60
_MOST = 1_000_000
_CURRENCY = 8
"""Characters of a sign or of a code."""


def read_report(table: Table) -> ReportSettings:
    default = ReportSettings()
    return ReportSettings(
        minutes_saved=table.number("minutes_saved", default.minutes_saved, least=0, most=_DAY),
        cost_per_hour=table.number("cost_per_hour", default.cost_per_hour, least=0, most=_MOST),
        handling_minutes=table.number(
            "handling_minutes", default.handling_minutes, least=0, most=_DAY
        ),
        minutes=_minutes(table.table("minutes")),
        currency=_currency(table, default.currency),
        social=_cost(table, "social", default.social),
        mail=_cost(table, "mail", default.mail),
        phone=_cost(table, "phone", default.phone),
    )


def read_goals(table: Table) -> Goals:
    rate = table.number("answer_rate", 0, least=0, most=100)
    return Goals(rate / 100 or None, _span(table, "median_first_response"))


def _minutes(table: Table) -> Mapping[str, float]:
    for name in table.values:
        if not NAME.fullmatch(name):
            message = f'{table.name} "{shown(name)}" cannot be a channel.'
            raise table.error(name, message, "see their names: socialcare channel")
    return MappingProxyType(
        {name: table.number(name, 0, least=0, most=_DAY) for name in table.values}
    )


def _currency(table: Table, default: str) -> str:
    text = table.text("currency", default).strip()
    if not (0 < len(text) <= _CURRENCY and text.isprintable()):
        message = f"{table.name} currency must have from 1 to {_CURRENCY} characters."
        raise table.error("currency", message, 'write for example: currency = "EUR"')
    return text


def _cost(table: Table, key: str, default: Cost) -> Cost:
    value = table.values.get(key, list(default))
    example = f"write for example: {key} = [{default.low}, {default.high}]"
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        message = f"{table.name} {key} must be two numbers, from and to, not {kind(value)}."
        raise table.error(key, message, example)
    low, high = value
    if not 0 <= low <= high <= _MOST:
        raise table.error(key, f"{table.name} {key} must go from less to more.", example)
    return Cost(low, high)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _span(table: Table, key: str) -> timedelta | None:
    text = table.text(key).strip()
    if not text:
        return None
    try:
        span = parse_duration(text)
    except (ValueError, OverflowError):
        span = timedelta(0)
    if not timedelta(0) < span <= timedelta(days=366):
        message = f'{table.name} {key}: "{shown(text)}" is no span of time.'
        raise table.error(key, message, f'write for example: {key} = "2h"')
    return span

"""What answering costs and saves: an estimate, each part of it with what it assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from socialcare.settings.model import Cost, ReportSettings

Record = dict[str, Any]
WAYS = ("social", "mail", "phone")


class Work(NamedTuple):
    """What was done on one channel. An inquiry is a first question that we answered; what
    people ask on afterwards takes answers, and is no other inquiry.
    """

    channel: str
    inquiries: int
    answers: int


def estimate(
    settings: ReportSettings,
    work: Sequence[Work],
    by_customers: Mapping[str, int],
    deflected: int | None,
) -> Record | None:
    """None until ``cost_per_hour`` is set, and what an answer takes or saves."""
    handled = settings.handling_minutes or any(settings.minutes.values())
    if not (settings.cost_per_hour and (settings.minutes_saved or handled)):
        return None
    answers = sum(one.answers for one in work)
    found: Record = {
        "currency": settings.currency,
        "cost_per_hour": settings.cost_per_hour,
        "answers": answers,
        "minutes_saved": settings.minutes_saved or None,
        "saved": _saved(settings, answers),
        "channels": [],
        "inquiries": sum(one.inquiries for one in work),
        "cost": None,
        "cost_per_inquiry": None,
        "by_customers": sum(by_customers.values()),
        "deflected": deflected,
        "deflected_worth": None,
        "elsewhere": [],
    }
    if handled:
        found |= _costs(settings, work, found)
    return found | {"assumptions": list(_assumptions(settings, found))}


def _saved(settings: ReportSettings, answers: int) -> float | None:
    if not settings.minutes_saved:
        return None
    return round(answers * settings.minutes_saved / 60 * settings.cost_per_hour, 2)


def _costs(settings: ReportSettings, work: Sequence[Work], found: Record) -> Record:
    channels = [_channel(settings, one) for one in work if one.answers]
    cost = round(sum(one["cost"] for one in channels), 2)
    dealt_with = found["inquiries"] + found["by_customers"]
    each = round(cost / dealt_with, 2) if dealt_with else None
    own = cost / found["inquiries"] if found["inquiries"] else None
    deflected = found["deflected"]
    return {
        "channels": channels,
        "cost": cost,
        "cost_per_inquiry": each,
        "deflected_worth": round(deflected * own, 2) if own and deflected else None,
        "elsewhere": [_elsewhere(way, getattr(settings, way), dealt_with) for way in WAYS],
    }


def _channel(settings: ReportSettings, work: Work) -> Record:
    minutes = settings.minutes.get(work.channel, settings.handling_minutes)
    cost = round(work.answers * minutes / 60 * settings.cost_per_hour, 2)
    return {
        "channel": work.channel,
        "inquiries": work.inquiries,
        "answers": work.answers,
        "minutes": minutes,
        "cost": cost,
        "cost_per_inquiry": round(cost / work.inquiries, 2) if work.inquiries else None,
    }


def _elsewhere(way: str, each: Cost, inquiries: int) -> Record:
    return {
        "way": way,
        "low": each.low,
        "high": each.high,
        "cost_low": round(each.low * inquiries, 2),
        "cost_high": round(each.high * inquiries, 2),
    }


def _assumptions(settings: ReportSettings, found: Record) -> Sequence[str]:
    """Every number that came from the config, and every step that is a guess."""
    told = [f"an hour of work costs {found['currency']}{settings.cost_per_hour:g}"]
    if settings.minutes_saved:
        told.append(
            f"each answer saves {settings.minutes_saved:g} minutes:"
            " answers x minutes_saved / 60 x cost_per_hour"
        )
    if found["cost"] is None:
        return told
    own = [f"{name} {minutes:g}" for name, minutes in settings.minutes.items()]
    told.append(
        f"an answer takes {settings.handling_minutes:g} minutes"
        + (f" ({', '.join(own)})" if own else "")
        + ": cost is answers x handling_minutes / 60 x cost_per_hour"
    )
    told.append("an inquiry is a first question that was answered; what they ask on is part of it")
    told.append("a question that another customer answered, and we did not, costs nothing")
    told += [
        f"an inquiry by {way} costs {found['currency']}{each.low:g} to {each.high:g}"
        for way, each in ((way, getattr(settings, way)) for way in WAYS)
    ]
    if found["deflected"] is not None:
        told.append(
            "a question answered with a snippet, whose author did not write again within 7 days,"
            " is one inquiry less"
        )
    return told

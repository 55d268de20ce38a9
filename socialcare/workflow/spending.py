"""What the channels cost today, as their stored checkpoints say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from socialcare.channels import REGISTRY
from socialcare.channels.options import Options
from socialcare.channels.prices import Spending, spending
from socialcare.inbox import health
from socialcare.inbox.database import Database
from socialcare.settings import ChannelSettings


@dataclass(frozen=True, slots=True)
class Cost:
    """``day`` None: reading there is free."""

    channel: ChannelSettings
    day: Spending | None


def costs(channels: Sequence[ChannelSettings], db: Database | None, now: datetime) -> list[Cost]:
    """Look up what each spent today; nobody is asked.

    Raises
    ------
    ConfigError
        The budget of a channel is no amount.

    """
    return [Cost(channel, _day(channel, db, now)) for channel in channels]


def _day(channel: ChannelSettings, db: Database | None, now: datetime) -> Spending | None:
    entry = REGISTRY.get(channel.type)
    if entry is None or not entry.dearest:
        return None
    # the source of a type that costs is its name: what is paid for is one service
    kept = health.checkpoint(db, channel.name, channel.type, 1) if db else None
    try:
        return spending(channel.options, kept, entry.dearest, now)
    except ValueError as error:
        raise Options(channel.name, channel.options).error("budget_per_day", str(error)) from None

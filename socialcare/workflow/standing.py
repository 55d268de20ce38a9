"""How each channel stands: what the config says of it, and what the last runs brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from socialcare.clock import parse_time
from socialcare.errors import SignInError
from socialcare.inbox import health
from socialcare.inbox.database import Database
from socialcare.settings import ChannelSettings, Settings
from socialcare.settings.paths import Paths
from socialcare.settings.secrets import kept_in
from socialcare.workflow.channels import secret_keys

State = Literal["ok", "new", "waiting", "missed", "failing", "off"]


@dataclass(frozen=True, slots=True)
class Standing:
    """``signed_in`` None: the type takes no secret. Times are aware UTC."""

    channel: ChannelSettings
    signed_in: bool | None
    last_attempt: datetime | None
    last_success: datetime | None
    last_item: datetime | None
    failures: int
    not_before: datetime | None
    """Until when the service asked not to be called, if that lies ahead."""
    possibly_missed: str | None
    error_code: str | None
    error: str | None
    hint: str | None

    @property
    def state(self) -> State:
        if not self.channel.enabled:
            return "off"
        if self.not_before is not None:
            return "waiting"
        if self.failures:
            return "failing"
        if self.possibly_missed is not None:
            return "missed"
        return "new" if self.last_attempt is None else "ok"

    @property
    def reads(self) -> str:
        """``server https://mas.to, hashtags acme``: without queries, which may hold a token.

        Tables in tables say how and not what, and are many lines: the config has them.
        """
        told = ((key, _shown(value)) for key, value in self.channel.options.items())
        return ", ".join(f"{key} {value}" for key, value in told if value)


def standings(
    settings: Settings,
    db: Database | None,
    paths: Paths,
    environ: Mapping[str, str],
    now: datetime,
) -> list[Standing]:
    """Every channel of the config, in its order."""
    known = {} if db is None else health.states(db)
    return [
        _standing(channel, known.get(name, {}), _signed_in(channel, paths, environ), now)
        for name, channel in settings.channels.items()
    ]


def _standing(
    channel: ChannelSettings, row: Mapping[str, Any], signed_in: bool | None, now: datetime
) -> Standing:
    not_before = _moment(row.get("not_before"))
    return Standing(
        channel=channel,
        signed_in=signed_in,
        last_attempt=_moment(row.get("last_attempt_at")),
        last_success=_moment(row.get("last_success_at")),
        last_item=_moment(row.get("last_item_at")),
        failures=row.get("failures", 0),
        not_before=not_before if not_before is not None and not_before > now else None,
        possibly_missed=row.get("possibly_missed"),
        error_code=row.get("error_code"),
        error=_without_name(row.get("error"), channel.name),
        hint=row.get("hint"),
    )


def _signed_in(channel: ChannelSettings, paths: Paths, environ: Mapping[str, str]) -> bool | None:
    """Whether a secret is kept somewhere; whether it holds is seen only by trying it."""
    keys = secret_keys(channel)
    try:
        return any(kept_in(channel, key, paths, environ) for key in keys) if keys else None
    except SignInError:
        return False


def _without_name(error: str | None, name: str) -> str | None:
    """Where the name stands beside it, an error need not begin with it."""
    return (
        None
        if error is None
        else error.removeprefix(f"{name}: ").removeprefix(f"{name} ").rstrip(".")
    )


def _moment(stored: str | None) -> datetime | None:
    return parse_time(stored) if stored else None


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ""
    if isinstance(value, list | tuple):
        return " ".join(_shown(one) for one in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.partition("?")[0] if "://" in text else text

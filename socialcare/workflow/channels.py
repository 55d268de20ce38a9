"""Channels made from the config: the class, its options, its way to the network, its secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import Channel, Setup
from socialcare.clock import Clock
from socialcare.errors import ChannelError
from socialcare.settings import ChannelSettings, Settings
from socialcare.settings.paths import Paths
from socialcare.settings.redaction import remember
from socialcare.settings.secrets import secret_for
from socialcare.settings.tokens import TokenFile

if TYPE_CHECKING:
    from socialcare.channels.http import Budget, Http


Given = Mapping[str, str]
"""Secrets by key that are not stored yet: a token that is being tried."""
NOTHING: Given = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that building a channel needs, made once per run."""

    settings: Settings
    paths: Paths
    environ: Mapping[str, str]
    clock: Clock
    http: Http

    def build(self, channel: ChannelSettings, budget: Budget, given: Given = NOTHING) -> Channel:
        """Make a channel; nothing goes over the network yet.

        Raises
        ------
        ConfigError
            The type is not known, or an option is not what it should be.

        """
        return load(channel.type)(
            Setup(
                name=channel.name,
                options=channel.options,
                connect=partial(self.http.session, channel.name, budget=budget),
                clock=self.clock,
                brand=self.settings.brand,
                secret=self.secrets(channel, given),
                tokens=TokenFile(self.paths, channel.name),
                seconds=budget.left(),
            )
        )

    def secrets(self, channel: ChannelSettings, given: Given) -> Callable[[str], str | None]:
        """How the channel gets at them; from then on nothing that is written holds them."""
        return lambda key: remember(
            given.get(key) or secret_for(channel, key, self.paths, self.environ)
        )


def defect(name: str, error: Exception) -> ChannelError:
    """A failure that nobody expected; ``__cause__`` is what happened, for the log."""
    told = ChannelError(
        f"{name} failed in a way I did not expect ({type(error).__name__}).",
        f"try it alone: socialcare channel test {name}",
        code="unexpected",
    )
    told.__cause__ = error
    return told


def secret_keys(channel: ChannelSettings) -> list[str]:
    """The keys of a channel that hold secrets; empty where its type needs no sign-in."""
    entry = REGISTRY.get(channel.type)
    return list(channel.secrets) if entry is None else entry.secrets.split()


def open_http(settings: Settings, clock: Clock) -> Http:
    """The one HTTP client of a run. Hosts with a port in the config are allowed as they are."""
    from socialcare.channels.http import Http

    return Http(clock, proxy=settings.proxy, allowed=_configured_hosts(settings))


def _configured_hosts(settings: Settings) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for channel in settings.channels.values():
        for value in channel.options.values():
            for text in value if isinstance(value, list | tuple) else [value]:
                if isinstance(text, str) and "://" in text:
                    found |= _host(text)
    for target in settings.notify:
        if isinstance(target.webhook, str):
            found |= _host(target.webhook)
    return found


def _host(address: str) -> set[tuple[str, int]]:
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return set()
    return {(parts.hostname, port)} if parts.hostname else set()

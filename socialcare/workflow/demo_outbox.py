"""Where answers of the demo go: nowhere. They are counted and recorded as all others are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Outgoing,
    Page,
    Posted,
    Preview,
    ReplyLimits,
)
from socialcare.channels.http import Budget
from socialcare.clock import Clock
from socialcare.settings import ChannelSettings, Settings
from socialcare.workflow.channels import NOTHING, Given, Workshop


class DemoChannel(Channel):
    """As its type counts and allows; nothing leaves this machine."""

    def __init__(self, settings: ChannelSettings, clock: Clock) -> None:
        self._name, self._clock = settings.name, clock
        self._limits = load(settings.type).limits

    @property
    def limits(self) -> ReplyLimits:  # type: ignore[override]
        return self._limits

    @property
    def source(self) -> str:
        return f"demo:{self._name}"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:  # noqa: ARG002
        return iter(())

    def check_access(self) -> str:
        return "the demo"

    def preview(self, reply: Outgoing) -> Preview:
        limits = self._limits
        return Preview(reply.text, limits.count(reply.text), limits.max_length)

    def send(self, reply: Outgoing) -> Posted:
        return Posted(reply.key, at=self._clock.now())

    def find(self, reply: Outgoing) -> Posted | None:  # noqa: ARG002
        return None

    def delete(self, external_id: str) -> None:
        """There is nothing to delete."""


class DemoWorkshop(Workshop):
    """Builds channels of the demo, whatever the config says: none of them reaches a service."""

    def build(self, channel: ChannelSettings, budget: Budget, given: Given = NOTHING) -> Channel:  # noqa: ARG002
        return DemoChannel(channel, self.clock)


def demo_settings(settings: Settings) -> Settings:
    """The same with a channel of each type, and none of the configured ones."""
    return replace(settings, channels={name: ChannelSettings(name, name) for name in REGISTRY})

"""Where answers of the demo go: nowhere. They are counted and recorded as all others are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

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
        self._source, self._clock = str(settings.options["source"]), clock
        self._limits = load(settings.type).limits

    @property
    def limits(self) -> ReplyLimits:  # type: ignore[override]
        return self._limits

    @property
    def source(self) -> str:
        return self._source

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
    """The same with the channels of the demo, and none of the configured ones."""
    script = tomllib.loads(Path(__file__).with_name("demo.toml").read_text(encoding="utf-8"))
    channels = {
        name: ChannelSettings(name, name, {"source": table["source"]})
        for name, table in script["channels"].items()
        if name in REGISTRY
    }
    return replace(settings, channels=channels)

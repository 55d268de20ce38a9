"""What a run of fetch brought, channel by channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from socialcare.errors import ConfigError, RateLimitError, SocialcareError
from socialcare.inbox.duty import Assigned
from socialcare.inbox.store import Stored
from socialcare.workflow.notify import Told
from socialcare.workflow.outcome import Outcome


@dataclass(slots=True)
class ChannelReport:
    """What one channel brought."""

    name: str
    stored: Stored = field(default_factory=Stored)
    more: bool = False
    possibly_missed: str | None = None
    notices: list[str] = field(default_factory=list)
    error: SocialcareError | None = None
    not_before: datetime | None = None
    """Until when it is not to be asked: since this run, or since an earlier one."""
    failures: int = 0
    """Failed runs in a row, this one included."""

    @property
    def skipped(self) -> bool:
        """It was not its turn: nothing was asked."""
        return self.not_before is not None and self.error is None

    @property
    def ok(self) -> bool:
        return self.error is None and self.possibly_missed is None and self.not_before is None

    @property
    def told(self) -> list[str]:
        """The notices, but for what the error says as well."""
        said = self.error.message if self.error else None
        return [notice for notice in self.notices if notice != said]

    def fail(self, error: SocialcareError) -> None:
        self.error = error
        if isinstance(error, RateLimitError):
            self.not_before = error.not_before


@dataclass(slots=True)
class FetchReport:
    channels: list[ChannelReport]
    took: float = 0.0
    woken: list[int] = field(default_factory=list)
    """What was snoozed until a time that has come: of each conversation the newest mention."""
    assigned: list[Assigned] = field(default_factory=list)
    """What went to whoever is on duty."""
    broken_rules: list[ConfigError] = field(default_factory=list)
    sent: list[Outcome] = field(default_factory=list)
    """What became of the answers that were approved."""
    erased: int = 0
    """What was older than ``[keep] days``."""
    told: Told = field(default_factory=Told)
    """What there was to tell of, and how those do who are told."""

    @property
    def new(self) -> int:
        return sum(channel.stored.new for channel in self.channels)

    @property
    def urgent(self) -> int:
        return sum(channel.stored.urgent for channel in self.channels)

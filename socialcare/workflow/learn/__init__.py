"""Learn from corrections: propose rules, write them, take them away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from socialcare.errors import ConfigError
from socialcare.inbox.corrections import counts, standing
from socialcare.inbox.database import Database
from socialcare.settings import Settings
from socialcare.settings.learned import add_rules, learned_rules, read_learned, reset
from socialcare.workflow.learn.proposing import Lesson, Other, Proposal, Share, lesson

__all__ = [
    "Lesson",
    "Other",
    "Proposal",
    "Share",
    "forget_rules",
    "how_many",
    "propose",
    "write_rules",
]


def propose(db: Database, settings: Settings) -> Lesson:
    """What could be learned now, beside the rules that count already."""
    return lesson(standing(db), counts(db), settings, learned_rules(settings))


def write_rules(path: Path, proposals: Sequence[Proposal]) -> None:
    """Add the proposed rules to the file."""
    add_rules(path, [proposal.rule for proposal in proposals])


def how_many(path: Path) -> int | None:
    """How many rules there are; None where the file cannot be read as rules."""
    try:
        return len(read_learned(path))
    except ConfigError:
        return None


def forget_rules(path: Path, now: datetime) -> Path | None:
    """Take all rules away, readable or not; return where their copy lies."""
    return reset(path, now)

"""What is looked at before a reply goes: pure functions from words to findings."""

from __future__ import annotations

from socialcare.checks.model import Context, Finding, Level
from socialcare.checks.rules import NAMES, check, name_of

__all__ = ["NAMES", "Context", "Finding", "Level", "check", "name_of"]

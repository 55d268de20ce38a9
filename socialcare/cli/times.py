"""Times that options name, ahead of us or behind us."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from socialcare.errors import UsageError
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App


def ahead(run: App, text: str, done: str, samples: str) -> datetime:
    """A time that is still to come; ``done`` says what shall be done until then.

    Raises
    ------
    UsageError
        It is none, or it is past.

    """
    from socialcare.inbox.when import parse_until

    try:
        moment = parse_until(text, run.clock.now(), run.zone)
    except ValueError:
        raise UsageError(f'"{_shown(text)}" is no time I know.', samples) from None
    if moment <= run.clock.now():
        raise UsageError(f'"{_shown(text)}" is past: nothing can be {done} until then.', samples)
    return moment


def behind(run: App, option: str, text: str) -> datetime:
    """A time of today, or another one that is past.

    Raises
    ------
    UsageError
        It is none, or still to come.

    """
    from socialcare.inbox.when import parse_past

    samples = f'{option} 14:05   {option} "2026-12-01 09:00"   {option} 20m'
    try:
        moment = parse_past(text, run.clock.now(), run.zone)
    except (ValueError, OverflowError):
        raise UsageError(f'"{_shown(text)}" is no time I know.', samples) from None
    if moment > run.clock.now():
        raise UsageError(f'"{_shown(text)}" has not come yet.', samples)
    return moment


def _shown(text: str) -> str:
    return for_screen(text, one_line=True, limit=60)

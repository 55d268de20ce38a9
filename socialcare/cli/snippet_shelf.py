"""The ready-made answers of this run, and which of them fit a mention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from socialcare.errors import ConfigError

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.workflow.snippets import Shelf


def shelf_of(run: App) -> Shelf:
    from socialcare.workflow.snippets import Shelf

    return Shelf(run.snippets, run.settings, run.read(), run.clock.now(), run.zone, run.me)


class Fitting:
    """Which of them fit a mention. Read once, when they are first wanted; never in the way."""

    def __init__(self, run: App) -> None:
        self._run = run

    def names(self, record: Mapping[str, Any]) -> Sequence[str]:
        """The best first. Where there is no folder, nothing is imported."""
        return [one.name for one in self._shelf.suggest(record)] if self._shelf else ()

    @cached_property
    def _shelf(self) -> Shelf | None:
        if not self._run.snippets.is_dir():
            return None
        shelf = shelf_of(self._run)
        try:
            broken = shelf.library.broken
        except ConfigError as error:
            self._run.screen.say(error.message)
            return None
        self._run.screen.say(*(error.message for error in broken))
        return shelf

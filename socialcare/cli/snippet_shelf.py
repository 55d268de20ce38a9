"""The ready-made answers of this run, and which of them fit a mention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.workflow.snippets import Shelf


def shelf_of(run: App) -> Shelf:
    from socialcare.workflow.snippets import Shelf

    return Shelf(run.snippets, run.settings, run.read(), run.clock.now(), run.zone, run.me)


def fitting(run: App, record: Mapping[str, Any]) -> Sequence[str]:
    """Names of those that fit, the best first. Where there is no folder, nothing is imported."""
    if not run.snippets.is_dir():
        return ()
    return [one.name for one in shelf_of(run).suggest(record)]

"""The log of unexpected errors: one file in the state folder, 0600, every line cleaned."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from socialcare.clock import format_time
from socialcare.settings.redaction import redacted
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App

MAX_BYTES = 1_000_000
"""A longer log is started anew: nobody reads further back."""


def write_log(app: App, error: Exception) -> str:
    """Append the traceback and return where it is, or a way to see it when that fails."""
    lines = [f"{format_time(app.clock.now())} {app.command or 'socialcare'}"]
    for part in traceback.format_exception(error):
        lines.extend(for_screen(line, one_line=False) for line in part.rstrip().splitlines())
    try:
        return str(_append(app.paths.log, redacted("\n".join(lines) + "\n\n")))
    except OSError:
        return "run it again with --debug"


def _append(path: Path, text: str) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = not path.exists() or path.stat().st_size > MAX_BYTES
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if fresh else os.O_APPEND)
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as log:
        log.write(text)
    return path

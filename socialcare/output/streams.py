"""Where words come from and go to: the three streams, and what each of them can show."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TextIO

Colour = Literal["none", "mono", "full"]
"""``mono`` is bold and reverse without colours (``NO_COLOR``); ``none`` is no ANSI at all."""

DEFAULT_WIDTH = 80
MIN_WIDTH = 20
MAX_WIDTH = 500


@dataclass(frozen=True, slots=True)
class Streams:
    """Stdin, stdout, stderr with what is known about them. Tests build it over ``StringIO``."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    stdin_tty: bool = False
    stdout_tty: bool = False
    stderr_tty: bool = False
    width: int = DEFAULT_WIDTH
    """Columns of the screen, or the width a table gets in a pipe."""
    colour: Colour = "none"
    """What stdout may be given; stderr is always plain."""

    @classmethod
    def of_process(cls, environ: Mapping[str, str]) -> Streams:
        """Read the streams of this process; a character they cannot encode becomes ``?``."""
        stdout, stderr = _writable(sys.stdout), _writable(sys.stderr)
        stdin: TextIO = _forgiving(sys.stdin) if sys.stdin is not None else io.StringIO()
        return cls(
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            stdin_tty=_is_tty(stdin),
            stdout_tty=_is_tty(stdout),
            stderr_tty=_is_tty(stderr),
            width=screen_width(environ, stdout),
            colour=colour_of(environ, tty=_is_tty(stdout)),
        )

    def measured(self, environ: Mapping[str, str]) -> Streams:
        """The same streams at the width that the terminal has by now."""
        if not (self.stdout_tty and isinstance(self.stdout, io.TextIOWrapper)):
            return self
        return replace(self, width=screen_width(environ, self.stdout))

    def flush(self) -> None:
        """Raises BrokenPipeError when the reader of stdout has gone."""
        self.stdout.flush()
        self.stderr.flush()


def colour_of(environ: Mapping[str, str], *, tty: bool) -> Colour:
    """``TERM=dumb`` beats ``FORCE_COLOR``, ``FORCE_COLOR`` beats a pipe, ``NO_COLOR`` leaves bold."""
    forced = environ.get("FORCE_COLOR", "") not in ("", "0")
    if environ.get("TERM") == "dumb" or not (tty or forced):
        return "none"
    if sys.platform == "win32" and not forced and not _windows_knows_ansi(environ):
        return "none"
    return "mono" if environ.get("NO_COLOR") else "full"


def screen_width(environ: Mapping[str, str], stdout: TextIO) -> int:
    """``COLUMNS``, else the width of the terminal, else 80; between 20 and 500."""
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and len(columns) < 7 and int(columns):
        width = int(columns)
    else:
        width = _terminal_width(stdout)
    return max(MIN_WIDTH, min(width, MAX_WIDTH))


def _terminal_width(stdout: TextIO) -> int:
    try:
        return os.get_terminal_size(stdout.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def _writable(stream: TextIO | None) -> TextIO:
    """A stream that was closed before we started (``>&-``) swallows what it is given."""
    if stream is None:
        return io.StringIO()
    return _forgiving(stream)


def _forgiving(stream: TextIO) -> TextIO:
    """What cannot be encoded or decoded becomes ``?`` or its like; it ends no command."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return stream


def _is_tty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _windows_knows_ansi(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in ("WT_SESSION", "TERM", "ConEmuANSI", "ANSICON"))

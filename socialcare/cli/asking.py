"""Questions to the person at the terminal. They go to stderr: stdout is data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import typer

from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App


def ask(run: App, question: str) -> str:
    """One line, trimmed; empty when only Enter was pressed.

    Raises
    ------
    Abort
        The end of the input: nobody answers any more.

    """
    _put(run, question)
    line = run.streams.stdin.readline()
    if not line:
        raise typer.Abort
    return line.strip()


def agree(run: App, question: str, *, default: bool) -> bool:
    """Yes or no; Enter, or anything else, is the default."""
    answer = ask(run, f"{question} [{'Y/n' if default else 'y/N'}] ").lower()
    if answer in ("y", "yes"):
        return True
    return False if answer in ("n", "no") else default


def ask_hidden(run: App, question: str) -> str:
    """One line that does not show while it is typed."""
    _put(run, question)
    with _hidden(run.streams.stdin):
        line = run.streams.stdin.readline()
    _put(run, "\n")
    return line.strip()


def _put(run: App, question: str) -> None:
    run.streams.stdout.flush()
    run.streams.stderr.write(for_screen(question))
    run.streams.stderr.flush()


if sys.platform == "win32":

    @contextmanager
    def _hidden(stdin: TextIO) -> Iterator[None]:
        import ctypes

        kernel = ctypes.windll.kernel32
        handle, mode = kernel.GetStdHandle(-10), ctypes.c_ulong()
        known = stdin.isatty() and kernel.GetConsoleMode(handle, ctypes.byref(mode))
        if known:
            kernel.SetConsoleMode(handle, mode.value & ~4)
        try:
            yield
        finally:
            if known:
                kernel.SetConsoleMode(handle, mode.value)

else:

    @contextmanager
    def _hidden(stdin: TextIO) -> Iterator[None]:
        import termios

        if not stdin.isatty():
            yield
            return
        descriptor = stdin.fileno()
        before = termios.tcgetattr(descriptor)
        silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
        try:
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)

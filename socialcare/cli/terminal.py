"""The keyboard of a Unix terminal, left as it was found however the program ends.

While a question waits, signals are read like keys, so that none of them falls between a
change and the word about it. While the terminal is lent, they act at once.
"""

from __future__ import annotations

import os
import select
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Self

from socialcare.cli.keys import (
    QUIT,
    REDRAW,
    SEVERAL,
    Decoder,
    NoKeysError,
    Prompt,
    TerminalGone,
    as_key,
    typed,
)

_ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
_PASSING = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)
_SETTLED = 0.1
"""Seconds without another signal: a window that is being dragged sends many."""
_PASTED = 0.02
"""Seconds in which no finger presses a second key; a paste, or a held key over a slow line, does."""
_LFLAG, _CC = 3, 6


class Terminal:
    """What :class:`~socialcare.cli.keys.Keyboard` asks for, over a descriptor.

    Raises
    ------
    NoKeysError
        The descriptor is no terminal.

    """

    def __init__(self, descriptor: int, *, single: bool) -> None:
        self._fd, self._single = descriptor, single
        self.echoes = not single
        try:
            self._found: list[Any] = termios.tcgetattr(descriptor)
        except termios.error:
            raise NoKeysError from None
        self._decoder = Decoder()
        self._lent = False
        self._away = False
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._waker, False)
        self._listen((*_ENDING, *_PASSING))
        self._mode = self._found
        return self

    def __exit__(self, *_: object) -> None:
        # First the terminal: until then a second Ctrl-C is only noted.
        with suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, self._found)
        self._stop_listening()
        os.close(self._woken)
        os.close(self._waker)

    def key(self, prompt: Prompt) -> str:
        if not self._single:
            return as_key(self._typed(prompt, nothing=QUIT))
        self._begin(self._without_echo())
        prompt()
        text = self._next()
        if text == REDRAW:
            return REDRAW
        if not text:
            raise TerminalGone
        if len(text) == 1 and self._more(_PASTED):
            text += self._read()
            return self._decoder.meaning(text) if text.startswith("\x1b") else SEVERAL
        return self._decoder.meaning(text)

    def line(self, prompt: Prompt) -> str:
        return self._typed(prompt, nothing="")

    @contextmanager
    def lent(self) -> Iterator[None]:
        self._set(self._found)
        self._stop_listening()
        self._lent = True
        self._listen((signal.SIGTERM, signal.SIGHUP))
        try:
            yield
        finally:
            self._lent = False
            self._listen((*_ENDING, *_PASSING))

    # ── what is typed ──

    def _typed(self, prompt: Prompt, *, nothing: str) -> str:
        self._begin(self._with_echo())
        prompt()
        while (text := self._next()) == REDRAW:
            if self._away:
                prompt()
        if text:
            return typed(text)
        with suppress(OSError):
            os.write(self._fd, b"\n")  # Ctrl-D leaves the cursor behind the question
        return nothing

    def _next(self) -> str:
        """What was typed; empty at its end. A signal comes first."""
        self._away = False
        while True:
            ready, _, _ = select.select([self._fd, self._woken], [], [])
            if self._woken in ready:
                self._obey()
                return REDRAW
            if ready:
                return self._read()

    def _read(self) -> str:
        try:
            return os.read(self._fd, 4096).decode("utf-8", "replace")
        except OSError:
            raise TerminalGone from None

    def _more(self, seconds: float) -> bool:
        return bool(select.select([self._fd], [], [], seconds)[0])

    # ── modes ──

    def _without_echo(self) -> list[Any]:
        """One key at a time; Ctrl-C and Ctrl-Z are still signals."""
        mode = [*self._found]
        mode[_LFLAG] &= ~(termios.ECHO | termios.ICANON)
        mode[_CC] = [*mode[_CC]]
        mode[_CC][termios.VMIN], mode[_CC][termios.VTIME] = 1, 0
        return mode

    def _with_echo(self) -> list[Any]:
        mode = [*self._found]
        mode[_LFLAG] |= termios.ECHO | termios.ICANON
        return mode

    def _begin(self, mode: list[Any]) -> None:
        """Be ready for an answer to what is asked now, and for no earlier one."""
        self._set(mode)
        with suppress(termios.error):
            termios.tcflush(self._fd, termios.TCIFLUSH)

    def _set(self, mode: list[Any]) -> None:
        self._mode = mode
        try:
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)
        except termios.error:
            raise TerminalGone from None

    # ── signals ──

    def _listen(self, signals: tuple[signal.Signals, ...]) -> None:
        for each in signals:
            # What was to be ignored (nohup, a shell without jobs) stays ignored.
            if signal.getsignal(each) != signal.SIG_IGN:
                self._handlers.setdefault(each, signal.getsignal(each))
                signal.signal(each, self._note)

    def _stop_listening(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers = {}

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if not self._lent:
            with suppress(BlockingIOError):
                os.write(self._waker, bytes((number,)))
        elif number == signal.SIGHUP:
            raise TerminalGone
        else:
            raise KeyboardInterrupt

    def _obey(self) -> None:
        """Raises TerminalGone or KeyboardInterrupt where the end is asked for."""
        came = self._came()
        _end_if_asked(came)
        if signal.SIGTSTP in came:
            self._stop()
            came = {signal.SIGCONT} | self._came()
            _end_if_asked(came)
        if signal.SIGCONT in came:
            self._away = True
            self._set(self._mode)  # the shell has used the terminal in between

    def _came(self) -> set[int]:
        came: set[int] = set()
        while select.select([self._woken], [], [], _SETTLED)[0]:
            came.update(os.read(self._woken, 512))
        return came

    def _stop(self) -> None:
        """Stop as every program does, with the terminal as it was; go on when that is over."""
        mode = self._mode
        self._set(self._found)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._note)
        self._mode = mode


def _end_if_asked(came: set[int]) -> None:
    if signal.SIGHUP in came:
        raise TerminalGone
    if came & {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}:
        raise KeyboardInterrupt

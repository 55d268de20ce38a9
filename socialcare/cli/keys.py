"""One key, or one line, from the person at the terminal.

What was typed ahead is dropped before each question: a pasted text, or a key that is held
down, must never answer questions that nobody has read yet.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

ENTER, QUIT = "enter", "q"
UNKNOWN = "unknown"
"""An arrow, a function key, Alt with a letter: one key, and none of ours."""
SEVERAL = "several"
"""More at once than a finger presses: none of it counts."""
REDRAW = "redraw"
"""No key: the terminal has another size, or the program was away in between."""

_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|[^\[O])", re.DOTALL)
_ANY_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|[^\[O]|$)", re.DOTALL)
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F])
Prompt = Callable[[], None]
"""Writes the question, once the keyboard is ready for the answer."""


class TerminalGone(Exception):  # noqa: N818 - no error: whoever sat there has left
    """The terminal was closed, or the connection to it."""


class NoKeysError(Exception):
    """Standard input is no keyboard."""


class Keyboard(Protocol):
    @property
    def echoes(self) -> bool:
        """Whether a key that was pressed already stands behind its question."""

    def key(self, prompt: Prompt) -> str:
        """A character, or one of the names above.

        Raises
        ------
        KeyboardInterrupt
            Ctrl-C, or the program was asked to end.
        TerminalGone
            Nobody is there any more.

        """

    def line(self, prompt: Prompt) -> str:
        """A line as it was typed, without control characters. Raises like :meth:`key`."""

    def lent(self) -> AbstractContextManager[None]:
        """The terminal as it was, for another program or another way of asking."""


class Decoder:
    """What the characters of one read mean; it remembers a sequence that is cut in two."""

    def __init__(self) -> None:
        self._open = ""

    def meaning(self, text: str) -> str:
        text = self._joined(text)
        if "\x1b" in text:
            last = text[text.rindex("\x1b") :]
            self._open = "" if _SEQUENCE.match(last) else last
            return UNKNOWN if text.startswith("\x1b") else SEVERAL
        if len(text) > 1:
            return SEVERAL
        return {"\n": ENTER, "\r": ENTER, "\x04": QUIT}.get(text, text)

    def _joined(self, text: str) -> str:
        """With the beginning that came before; after Escape alone, a letter is a letter."""
        begun, self._open = self._open, ""
        return text if begun == "\x1b" and text[:1] not in ("[", "O") else begun + text


def typed(line: str) -> str:
    """A line without what arrow keys leave in it."""
    return _ANY_SEQUENCE.sub("", line).translate(_CONTROLS).strip()


def as_key(line: str) -> str:
    """What a letter and Enter mean."""
    line = line.strip()
    return (line if len(line) == 1 else SEVERAL) if line else ENTER


if sys.platform == "win32":
    import msvcrt

    class _Console:
        """The console of Windows: no signals, and special keys come in two characters."""

        def __init__(self, stdin: TextIO, *, single: bool) -> None:
            self._stdin, self._single = stdin, single
            self.echoes = not single

        def key(self, prompt: Prompt) -> str:
            if not self._single:
                return as_key(self.line(prompt))
            self._drop_typed_ahead()
            prompt()
            char = msvcrt.getwch()
            if char in ("\x00", "\xe0"):
                msvcrt.getwch()
                return UNKNOWN
            if char == "\x03":
                raise KeyboardInterrupt
            return Decoder().meaning(char)

        def line(self, prompt: Prompt) -> str:
            self._drop_typed_ahead()
            prompt()
            line = self._stdin.readline()
            if not line:
                raise TerminalGone
            return typed(line)

        @contextmanager
        def lent(self) -> Iterator[None]:
            yield

        def _drop_typed_ahead(self) -> None:
            while msvcrt.kbhit():
                msvcrt.getwch()

    @contextmanager
    def keyboard(stdin: TextIO, *, single: bool) -> Iterator[Keyboard]:
        """The keyboard behind ``stdin``. Not ``single``: a letter is followed by Enter."""
        yield _Console(stdin, single=single)

else:

    @contextmanager
    def keyboard(stdin: TextIO, *, single: bool) -> Iterator[Keyboard]:
        """The keyboard behind ``stdin``. Not ``single``: a letter is followed by Enter.

        However it ends, the terminal is left as it was found.

        Raises
        ------
        NoKeysError
            ``stdin`` is none.

        """
        from socialcare.cli.terminal import Terminal

        try:
            descriptor = stdin.fileno()
        except (io.UnsupportedOperation, ValueError):
            raise NoKeysError from None
        with Terminal(descriptor, single=single) as terminal:
            yield terminal

"""The one way out: data to stdout, talk to stderr, everything cleaned on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from socialcare.errors import SocialcareError
from socialcare.output.layout import fitting
from socialcare.output.streams import Streams
from socialcare.output.styled import Line, clearing, draw, plain
from socialcare.settings.redaction import redacted
from socialcare.text import for_screen


@dataclass(frozen=True, slots=True)
class Screen:
    streams: Streams
    quiet: bool = False
    accessible: bool = False

    def data(self, *lines: str | Line) -> None:
        """Print lines to stdout; on a terminal a text that is too wide goes on below."""
        colour = self.streams.colour
        drawn = (draw(line, colour) for line in self._whole(lines, tty=self.streams.stdout_tty))
        self.streams.stdout.write(redacted("".join(f"{line}\n" for line in drawn)))

    def clear(self) -> None:
        """Begin again at the top, where the terminal can; else go on below."""
        self.streams.stdout.write(clearing(self.streams.colour))

    def encoded(self, chunk: str) -> None:
        """Write to stdout what :mod:`socialcare.output.formats` has made safe already."""
        self.streams.stdout.write(redacted(chunk))

    def _whole(self, lines: Sequence[str | Line], *, tty: bool) -> Iterator[Line]:
        """Lines that were laid out stay as they are, and so does what a program reads."""
        for line in lines:
            if not isinstance(line, str):
                yield line
            elif not tty:
                yield plain(line)
            else:
                yield from map(plain, fitting(line, self.streams.width))

    def say(self, *lines: str) -> None:
        """A hint or progress on stderr: only where somebody looks, and not with ``--quiet``."""
        if self.streams.stderr_tty and not self.quiet:
            self.warn(*lines)

    def warn(self, *lines: str | Line) -> None:
        """Print to stderr whatever happens: trouble, or what a script has to know."""
        whole = self._whole(lines, tty=self.streams.stderr_tty)
        text = "".join(f"{draw(line, 'none')}\n" for line in whole)
        # Keeps the two streams in order where both end in one terminal or one file.
        self.streams.stdout.flush()
        self.streams.stderr.write(redacted(text))
        self.streams.stderr.flush()

    def fail(self, error: SocialcareError, *, as_json: bool = False) -> None:
        """An error on stderr: two lines, or one JSON object."""
        if as_json:
            from socialcare.output.jsontext import error_json

            self.streams.stderr.write(redacted(f"{error_json(error)}\n"))
            self.streams.stderr.flush()
            return
        told = [f"error: {_one_line(error.message)}"]
        if error.hint:
            told.append(f"hint:  {_one_line(error.hint)}")
        # Two lines, however long: the terminal breaks them, and they are copied whole.
        self.warn(*map(plain, told))


def _one_line(text: str) -> str:
    return " ".join(for_screen(text).splitlines())

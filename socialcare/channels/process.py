"""The only way to run a program: no shell, one deadline, capped output, nothing left behind.

What :mod:`socialcare.channels.http` is for the network, this is for other people's
programs: here a failure becomes a :class:`ChannelError`, and nowhere else.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from typing import IO

from socialcare.clock import Clock
from socialcare.errors import ChannelError, ConfigError, RefusedError, UnavailableError
from socialcare.text import for_screen

MAX_OUTPUT = 64 << 20
"""Bytes a program may print in one run."""
MAX_LINE = 4 << 20
"""Bytes of one line; a longer one is cut to one byte more than this."""
_CHUNK = 1 << 16
_LAST_WORDS = 4096
"""Bytes of standard error that are kept: the last ones."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and what it gets. ``name`` is that of the channel, for messages."""

    name: str
    command: Sequence[str]
    stdin: bytes
    environment: Mapping[str, str]
    """Added to our own; the way for secrets, since everybody may read an argument."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The last thing a run yields. ``error`` is None after a full success."""

    error: ChannelError | None = None


def split_command(command: object, name: str) -> list[str]:
    """Split as a shell would, without one: no variables, no pipes. A list is taken as it is.

    Raises
    ------
    ConfigError
        Neither a text nor a list of texts, empty, or a quote that is not closed.

    """
    words: list[str] | None = None
    if isinstance(command, str):
        with contextlib.suppress(ValueError):
            words = shlex.split(command)
    elif isinstance(command, (list, tuple)) and all(isinstance(word, str) for word in command):
        words = list(command)
    if not words or not words[0] or any("\x00" in word for word in words):
        raise ConfigError(
            f"[channels.{name}] needs a command that can be run.",
            'write it like this: command = "/usr/local/bin/my-mentions --since-file -"',
        )
    return words


def run(program: Program, clock: Clock) -> Iterator[bytes | Ended]:
    """Run a program and yield the lines it prints, without line ends, then how it ended."""
    deadline = clock.monotonic() + program.seconds
    try:
        process = _start(program)
    except (OSError, ValueError) as error:
        yield Ended(_not_started(program, error))
        return
    running = _Running(process, program)
    try:
        yield from _lines(running, deadline, clock)
        yield Ended(running.verdict(deadline, clock))
    finally:
        running.stop()


def _start(program: Program) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        program.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **program.environment},
        start_new_session=True,
        bufsize=0,
    )


def _not_started(program: Program, error: Exception) -> ChannelError:
    shown = for_screen(program.command[0], one_line=True, limit=200)
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ChannelError(
        f"{program.name}: {shown} could not be started: {for_screen(why, one_line=True)}.",
        "cron knows few folders: write the whole path of the program",
        code="not_started",
    )


class _Running:
    """A started program, with a thread at each of its ends so that none of them can block us."""

    def __init__(self, process: subprocess.Popen[bytes], program: Program) -> None:
        self._process = process
        self._program = program
        self._last_words = b""
        self.error: ChannelError | None = None
        self.output: Queue[bytes] = Queue(maxsize=16)
        self._stopped = False
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._outputs = (process.stdout, process.stderr)
        self._threads = [
            Thread(target=self._feed, args=(process.stdin,), daemon=True),
            Thread(target=self._read, args=(process.stdout,), daemon=True),
            Thread(target=self._listen, args=(process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _feed(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            pending = memoryview(self._program.stdin)
            while pending:
                pending = pending[pipe.write(pending) :]
        with contextlib.suppress(OSError):
            pipe.close()

    def _read(self, pipe: IO[bytes]) -> None:
        while chunk := pipe.read(_CHUNK):
            self.output.put(chunk)
            if self._stopped:
                return
        self.output.put(b"")

    def _listen(self, pipe: IO[bytes]) -> None:
        while chunk := pipe.read(_CHUNK):
            self._last_words = (self._last_words + chunk)[-_LAST_WORDS:]

    def verdict(self, deadline: float, clock: Clock) -> ChannelError | None:
        """Say how it ended. Waits for the end as long as there is time."""
        if self.error is None:
            try:
                self._process.wait(max(0.0, deadline - clock.monotonic()))
            except subprocess.TimeoutExpired:
                self.error = self.out_of_time()
        if self.error is None and (status := self._process.returncode):
            self._threads[2].join(1)
            self.error = self._failed(status)
        return self.error

    def out_of_time(self) -> ChannelError:
        return UnavailableError(
            f"{self._program.name}: the program was still running after"
            f" {self._program.seconds:g} s and was stopped.",
            f"give it longer: [channels.{self._program.name}] seconds = 120",
            code="time_out",
        )

    def too_much(self) -> ChannelError:
        return RefusedError(
            f"{self._program.name}: the program printed more than {MAX_OUTPUT >> 20} MB"
            " and was stopped.",
            'let it print less at a time, with {"checkpoint": {…}} lines to go on from',
            code="too_large",
        )

    def _failed(self, status: int) -> ChannelError:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        said = self._what_it_said()
        return ChannelError(
            f"{self._program.name}: the program ended with {how}{': ' if said else ''}{said}",
            f"run it by hand: {for_screen(shlex.join(self._program.command), one_line=True)}",
            code="program_failed",
        )

    def _what_it_said(self) -> str:
        """Its last line on standard error, without secrets."""
        text = self._last_words.decode("utf-8", "replace").strip()
        for secret in self._program.environment.values():
            text = text.replace(secret, "***") if secret else text
        last = text.splitlines()[-1] if text else ""
        return for_screen(last, one_line=True, limit=200)

    def stop(self) -> None:
        """Leave nothing behind: its children neither, where it did not end by itself."""
        self._stopped = True
        if self.error is not None or self._process.poll() is None:
            _kill_group(self._process)
        self._process.wait()
        for thread in self._threads:
            while thread.is_alive() and not self.output.empty():
                self.output.get_nowait()
            thread.join(1)
        for pipe, thread in zip(self._outputs, self._threads[1:], strict=True):
            # A grandchild that left the group may hold the other end: then the pipe stays open.
            if not thread.is_alive():
                pipe.close()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _lines(running: _Running, deadline: float, clock: Clock) -> Iterator[bytes]:
    pending = b""
    for chunk in _chunks(running, deadline, clock):
        if len(pending) > MAX_LINE and b"\n" not in chunk:
            continue
        *lines, pending = (pending + chunk).split(b"\n")
        yield from (line[: MAX_LINE + 1] for line in lines)
        pending = pending[: MAX_LINE + 1]
    if pending and running.error is None:
        yield pending


def _chunks(running: _Running, deadline: float, clock: Clock) -> Iterator[bytes]:
    """What it prints, until it closes its output, its time is over or it printed too much."""
    size = 0
    while (left := deadline - clock.monotonic()) > 0:
        try:
            chunk = running.output.get(timeout=left)
        except Empty:
            break
        if not chunk:
            return
        size += len(chunk)
        if size > MAX_OUTPUT:
            running.error = running.too_much()
            return
        yield chunk
    running.error = running.out_of_time()

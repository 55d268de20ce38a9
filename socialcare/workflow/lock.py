"""One fetch at a time on one database, and one who sends: locks that die with their process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from socialcare.clock import Clock, format_time, parse_time
from socialcare.errors import BusyError, DatabaseError
from socialcare.settings.sharing import share

WAIT_SECONDS = 10.0
_STEP = 0.2


@contextmanager
def fetch_lock(
    path: Path, clock: Clock, wait: float = WAIT_SECONDS, *, shared: bool = False
) -> Iterator[None]:
    """Hold the lock beside the database; wait for another holder, but not for long.

    ``shared``: colleagues of the same group may hold it as well.

    Raises
    ------
    BusyError
        Another fetch is still running after ``wait`` seconds; says which and for how long.

    """
    with _held(path, clock, wait, "another fetch has been running", shared=shared):
        yield


@contextmanager
def outbox_lock(
    path: Path, clock: Clock, wait: float = WAIT_SECONDS, *, shared: bool = False
) -> Iterator[None]:
    """Be the only one who sends. What somebody left half done is then nobody's any more.

    Raises
    ------
    BusyError
        Somebody else is still sending after ``wait`` seconds.

    """
    with _held(path, clock, wait, "somebody else has been sending", shared=shared):
        yield


@contextmanager
def _held(path: Path, clock: Clock, wait: float, taken: str, *, shared: bool) -> Iterator[None]:
    with _opened(path) as handle:
        if shared:
            share(path)
        end = clock.monotonic() + wait
        while not _try_lock(handle):
            if clock.monotonic() >= end:
                raise BusyError(
                    f"{taken}{_holder(handle, clock)}.",
                    "wait for it; its lock ends with its process",
                )
            clock.sleep(_STEP)
        handle.seek(0)
        handle.truncate()
        handle.write(f"{os.getpid()} {format_time(clock.now())}\n")
        handle.flush()
        yield


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseError(
            f"the lock {path} cannot be made: {error.strerror}.",
            "give the folder of the database write permission, or name another with --db FILE",
        ) from error
    return os.fdopen(descriptor, "r+", encoding="ascii", errors="replace")


def _holder(handle: IO[str], clock: Clock) -> str:
    handle.seek(0)
    pid, _, since = handle.read(100).strip().partition(" ")
    try:
        seconds = (clock.now() - parse_time(since)).total_seconds()
    except ValueError:
        return ""
    return f" for {max(0, seconds):.0f} s (process {pid})"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: IO[str]) -> bool:
        # The byte lies behind the text, so that others can still read who holds it.
        handle.seek(1000)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: IO[str]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

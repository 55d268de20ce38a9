"""The end of a program that is told to end: what it has taken is given back first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")


class Ended(BaseException):
    """Somebody told this process to end, or its terminal is gone."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def ending_in_order(put_away: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Turn a SIGTERM or SIGHUP into :class:`Ended`, and die of it once all is put away.

    ``put_away`` is done then, also where the signal came in the middle of doing it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, object] = {}
    for name in _NAMES:
        number = getattr(signal, name, None)
        # What was to be ignored (nohup) stays ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, _end)
    try:
        yield
    except Ended as ended:
        with suppress(Exception):
            put_away()
        _put_back(before)
        os.kill(os.getpid(), ended.number)
        raise
    finally:
        _put_back(before)


def _end(number: int, _frame: FrameType | None) -> None:
    # A terminal that goes away says so twice: by itself, and through its shell.
    signal.signal(number, signal.SIG_IGN)
    raise Ended(number)


def _put_back(before: dict[int, object]) -> None:
    for number, handler in before.items():
        signal.signal(number, handler)  # type: ignore[arg-type]

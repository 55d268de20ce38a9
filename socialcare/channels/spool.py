"""A folder into which others drop files. Each is read, and put away once its rows are stored.

Only the run after knows that they are: until then a file stays where it is, and is known
by its name and its stamp. A file that was changed meanwhile has another stamp, and is read
again. What is read goes to ``done/2026-11-21/``, and that folder goes after some days.
Names give the order and nothing else: a late file with an early name is read all the same.
``.name`` and ``name.tmp`` are still being written.
Names come from the folder itself; nothing that stands in a file becomes a path.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from socialcare.channels.base import Broken
from socialcare.channels.options import Options
from socialcare.errors import ChannelError
from socialcare.settings.paths import expand
from socialcare.text import for_screen

DONE = "done"
MAX_FILE = 8 << 20
"""Bytes of one file; GitHub's largest bodies are far smaller."""

YOUNG_S = 1.0
"""A file that was changed so shortly ago and cannot be read whole may still be being written."""
KEEP_DAYS = 30
EXAMPLE = 'write for example: spool = "/var/spool/socialcare"'

Item = TypeVar("Item")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ONLY_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""A link that took its place is an error, and a pipe nobody writes to does not hold us up."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that lies there. ``stamp`` tells it from another one of the same name."""

    name: str
    stamp: str
    changed_at: float
    """Seconds since 1970; a file may claim any time."""
    refused: str | None = None
    """Why it is not opened."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was when it was opened."""

    file: Waiting
    body: bytes = b""
    locked: str | None = None
    """Why it cannot be read now, as long as somebody changes nothing."""


def spool_of(name: str, values: Mapping[str, object]) -> Spool | None:
    """What ``spool`` and ``keep_days`` of a channel say; None where there is no spool.

    Raises
    ------
    ConfigError
        One of them is not what it should be.

    """
    options = Options(name, values)
    keep_days = values.get("keep_days", KEEP_DAYS)
    if isinstance(keep_days, bool) or not isinstance(keep_days, int) or not 0 <= keep_days <= 3650:
        raise options.error("keep_days", "is a number of days", "write: keep_days = 30")
    written = options.text("spool")
    if not written:
        return None
    path = expand(written)
    if not path.is_absolute():
        raise options.error("spool", "the whole path of a folder is needed", EXAMPLE)
    return Spool(name, path, timedelta(days=keep_days))


class Spool:
    """``keep`` is how long what was read stays in ``done``; nothing is kept with zero."""

    def __init__(self, channel: str, path: Path, keep: timedelta) -> None:
        self._channel = for_screen(channel, one_line=True, limit=60)
        self._path, self._keep = path, keep

    def waiting(self) -> list[Waiting]:
        """In the order of their names, without folders and without what is still being written.

        Raises
        ------
        ChannelError
            The folder cannot be read.

        """
        found: list[Waiting] = []
        for name in sorted(self._names()):
            with suppress(FileNotFoundError):  # another run has put it away
                status = (self._path / name).lstat()
                if not stat.S_ISDIR(status.st_mode):
                    found.append(_waiting(name, status))
        return found

    def read(self, file: Waiting) -> Content | None:
        """Open it and read it; None where another run was faster."""
        if file.refused:
            return Content(file)
        try:
            with open(self._path / file.name, "rb", opener=_open) as stream:
                now = _waiting(file.name, os.fstat(stream.fileno()))
                return Content(now, b"" if now.refused else stream.read(MAX_FILE))
        except FileNotFoundError:
            return None
        except OSError as error:
            return Content(file, locked=error.strerror or str(error))

    def put_away(self, stored: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Move the files whose rows are stored; return those that are still there.

        ``stored`` are stamps by name. What has another stamp is another file, and stays.

        Raises
        ------
        ChannelError
            The folder cannot be read.

        """
        there = {file.name: file.stamp for file in self.waiting()} if stored else {}
        left = {
            name: stamp
            for name, stamp in stored.items()
            if there.get(name) == stamp and not self._moved(name, now)
        }
        self._forget_old(now)
        return left

    def _names(self) -> list[str]:
        try:
            names = os.listdir(self._path)  # noqa: PTH208 - names are all that is wanted
        except OSError as error:
            raise self._unusable(error) from None
        return [one for one in names if not one.startswith(".") and not one.endswith(".tmp")]

    def _unusable(self, error: OSError) -> ChannelError:
        shown = for_screen(str(self._path), one_line=True, limit=200)
        hint = f"let whoever runs this read and write it: ls -ld {shlex.quote(shown)}"
        if isinstance(error, FileNotFoundError):
            hint = f"make it: mkdir -p {shlex.quote(shown)}"
        elif isinstance(error, NotADirectoryError):
            hint = f"spool of [channels.{self._channel}] is a folder: socialcare config edit"
        return ChannelError(
            f"{self._channel}: the spool {shown} cannot be read: {error.strerror or error}.",
            hint,
            code="no_spool",
        )

    def _moved(self, name: str, now: datetime) -> bool:
        try:
            if not self._keep:
                (self._path / name).unlink()
                return True
            folder = _folder(_folder(self._path / DONE) / f"{now:%Y-%m-%d}")
            (self._path / name).rename(_free(folder, name))
        except FileNotFoundError:
            return True  # another run was faster
        except OSError:
            return False
        return True

    def _forget_old(self, now: datetime) -> None:
        """Days that are kept no longer. What else lies in ``done`` is not ours."""
        last = f"{now - self._keep:%Y-%m-%d}"
        with suppress(OSError):
            done = self._path / DONE
            if not stat.S_ISDIR(done.lstat().st_mode):
                return
            for day in done.iterdir():
                if _DAY.fullmatch(day.name) and day.name < last and not day.is_symlink():
                    shutil.rmtree(day, ignore_errors=True)


class Look(Generic[Item]):
    """One look through a spool: what an earlier one brought is put away, the rest is read.

    ``stored`` and ``others`` are what :attr:`read` and :attr:`others` were with the last page
    that was stored: stamps by name.
    """

    def __init__(
        self,
        spool: Spool,
        items: Callable[[str, bytes], Iterable[Item | Broken]],
        now: datetime,
        stored: Mapping[str, str],
        others: Mapping[str, str] | None = None,
    ) -> None:
        self._spool, self._items, self._now = spool, items, now
        self._stuck = spool.put_away(stored, now)
        self._locked = Counter[str]()
        self.read = dict(self._stuck)
        """To be put away by the next look."""
        self.others = dict(others or {})
        """Read, and left where they are: others read them too."""

    def files(self) -> Iterator[tuple[str, list[Item | Broken]]]:
        """What is new, by the name of its file; ``read`` has it already."""
        waiting = self._spool.waiting()
        there = {file.name: file.stamp for file in waiting}
        self.others = {name: one for name, one in self.others.items() if there.get(name) == one}
        for file in waiting:
            if file.stamp in {self.read.get(file.name), self.others.get(file.name)}:
                continue
            content = self._spool.read(file)
            if content is None:
                continue
            if content.locked:
                self._locked[content.locked] += 1
                continue
            items = self._items_of(content)
            if not self._is_being_written(content, items):
                self.read[file.name] = content.file.stamp
                yield file.name, items

    def leave(self, name: str) -> None:
        """Somebody else wants this file as well."""
        self.others[name] = self.read.pop(name)

    @property
    def notice(self) -> str | None:
        """What whoever runs this has to mend; known once all was read."""
        said: list[str] = []
        if self._stuck:
            said.append(
                f"{_files(len(self._stuck))} of the spool were read and cannot be moved to "
                f"{DONE}/: let whoever runs this write there"
            )
        said += [
            f"{_files(count)} of the spool cannot be read: {why}"
            for why, count in self._locked.items()
        ]
        return "; ".join(said) or None

    def _items_of(self, content: Content) -> list[Item | Broken]:
        file = content.file
        if file.refused:
            shown = for_screen(file.name, one_line=True, limit=200)
            return [Broken(shown, file.refused, file.name.encode("utf-8", "replace"))]
        return list(self._items(file.name, content.body))

    def _is_being_written(self, content: Content, items: Iterable[Item | Broken]) -> bool:
        """A time in the future is that of a wrong clock, and says nothing."""
        young = 0 <= self._now.timestamp() - content.file.changed_at < YOUNG_S
        broken = any(isinstance(one, Broken) for one in items)
        return young and broken and not content.file.refused


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _ONLY_PLAIN)


def _waiting(name: str, status: os.stat_result) -> Waiting:
    refused = None
    if stat.S_ISLNK(status.st_mode):
        refused = "a link to another file is not read"
    elif not stat.S_ISREG(status.st_mode):
        refused = "no plain file"
    elif status.st_size > MAX_FILE:
        refused = f"larger than {MAX_FILE >> 20} MB: read it with socialcare import"
    return Waiting(
        name,
        f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}",
        status.st_mtime,
        refused,
    )


def _folder(path: Path) -> Path:
    """Make it; a link to a folder elsewhere is none."""
    path.mkdir(exist_ok=True)
    if path.is_symlink():
        raise NotADirectoryError(str(path))
    return path


def _free(folder: Path, name: str) -> Path:
    """A place where nothing lies: a receiver may use a name twice."""
    target, number = folder / name, 2
    while os.path.lexists(target):
        target, number = folder / f"{name}.{number}", number + 1
    return target

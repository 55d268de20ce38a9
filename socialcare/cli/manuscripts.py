"""Files in which answers are written: what an editor left there is found again."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from socialcare.workflow.reply import above_scissors

_UNSAVED = ("{folder}/.{name}.swp", "{folder}/#{name}#")
"""Where vim and emacs keep what was typed and not saved; they offer it themselves."""
_SAVED_AT_THE_END = "{folder}/{name}.save"
"""Where nano puts it when its terminal goes away."""


@dataclass(frozen=True, slots=True)
class Manuscript:
    """What somebody was writing when the editor or the program ended."""

    path: Path
    text: str
    fits: bool
    """Whether the draft is still what it was when the writing began."""

    @property
    def unsaved(self) -> bool:
        """Whether the editor has more of it than is in the file."""
        return any(Path(_beside(place, self.path)).exists() for place in _UNSAVED)

    def drop(self) -> None:
        for path in (self.path, Path(_beside(_SAVED_AT_THE_END, self.path))):
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Manuscripts:
    """The files of one mention; one for each draft from which somebody began, and process."""

    folder: Path
    database: Path
    mention: int

    def fresh(self, draft: str | None) -> Path:
        return self.folder / f"{self._stem}-{_digest(draft or '')}-{os.getpid()}.md"

    def left(self, draft: str | None) -> Iterator[Manuscript]:
        """What no running process writes any more, the newest first."""
        with suppress(OSError):
            found = sorted(self.folder.glob(f"{self._stem}-*.md"), key=_changed, reverse=True)
            for path in found:
                begun, pid = path.stem.rsplit("-", 2)[1:]
                if pid == str(os.getpid()) or not _runs(pid):
                    yield Manuscript(path, _typed(path), begun == _digest(draft or ""))

    @property
    def _stem(self) -> str:
        return f"{_digest(str(self.database))}-{self.mention}"


def _typed(path: Path) -> str:
    """What is above the scissors, of the file or of what the editor saved at its end."""
    texts = []
    for place in (Path(_beside(_SAVED_AT_THE_END, path)), path):
        with suppress(OSError):
            texts.append(above_scissors(place.read_text(encoding="utf-8", errors="replace")))
    return next(filter(None, texts), "")


def _beside(place: str, path: Path) -> str:
    return place.format(folder=path.parent, name=path.name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _runs(pid: str) -> bool:
    if sys.platform == "win32" or not pid.isdecimal():
        return False  # there a signal, also none, ends a process
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True

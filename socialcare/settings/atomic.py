"""Writing small files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from socialcare.errors import ConfigError
from socialcare.text import for_screen

PRIVATE = 0o600


def replace_file(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Put ``data`` in place of the file, on disk when this returns.

    A link stays a link: its target is replaced. ``mode`` None keeps that of the file there
    is, and makes a new one private.

    Raises
    ------
    ConfigError
        The folder cannot be made or written; the old file is untouched.

    """
    try:
        path = path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(path, data, mode)
    except (OSError, ValueError, RuntimeError) as error:
        raise _cannot_write(path, error) from None


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            _take_over(file.fileno(), path, mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - both names are strings here
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    _sync_folder(path.parent)


def _take_over(handle: int, path: Path, mode: int | None) -> None:
    if not hasattr(os, "fchmod"):
        return
    with suppress(FileNotFoundError):
        old = path.stat()
        mode = old.st_mode & 0o777 if mode is None else mode
        with suppress(PermissionError):  # root editing for somebody keeps their name on the file
            os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, PRIVATE if mode is None else mode)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold off others who change files in the same folder, from reading to replacing.

    Raises
    ------
    ConfigError
        The folder cannot be made or opened.

    """
    try:
        import fcntl
    except ImportError:
        yield  # Windows refuses to replace a file that is open elsewhere
        return
    try:
        folder = path.resolve().parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder, os.O_RDONLY)
    except (OSError, ValueError, RuntimeError) as error:
        raise _cannot_write(path, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _cannot_write(path: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or "not a path"
    where = for_screen(str(path), one_line=True, limit=200)
    return ConfigError(
        f"{where} cannot be written: {reason}.",
        "look at the rights of its folder: socialcare config path",
    )

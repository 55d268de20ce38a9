"""Where ``-o FILE`` leads: a file that only we can read, or standard output."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from socialcare.errors import SocialcareError, UsageError
from socialcare.output.screen import Screen

if TYPE_CHECKING:
    from socialcare.cli.context import App


@contextmanager
def target(run: App, output: str | None, *, force: bool) -> Iterator[Screen]:
    """Standard output, or a file that only we can read; a failure leaves no half of one."""
    if output is None or output == "-":
        yield run.screen
        return
    path = Path(output)
    if path.resolve() == run.database_path.resolve():
        raise UsageError(f"{path} is the database itself.", "name another file: -o FILE")
    with _told(path), _file(path, force=force) as file:
        yield Screen(replace(run.streams, stdout=file, stdout_tty=False, colour="none"))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SocialcareError(
            f"{path} cannot be written: {error.strerror or error}.", "name another file: -o FILE"
        ) from None


@contextmanager
def _file(path: Path, *, force: bool) -> Iterator[TextIO]:
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("w", encoding="utf-8", newline="") as device:
            yield device
        return
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already.", "name another file, or write over it with --force"
        )
    path = path.resolve()
    if path.exists():
        descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    else:
        written = str(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise

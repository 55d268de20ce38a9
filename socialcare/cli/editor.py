"""The user's editor on a file that only the user can read."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from socialcare.errors import SocialcareError, UsageError

_LAST_WORD_SECONDS = 3.0
"""What an editor gets to put away its text when it is told to end."""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """``$VISUAL``, ``$EDITOR``, else nano, vi or Notepad; split without a shell.

    Raises
    ------
    UsageError
        There is none, or the variable cannot be read as a command.

    """
    wanted = environ.get("VISUAL") or environ.get("EDITOR")
    if wanted:
        try:
            return shlex.split(wanted, posix=sys.platform != "win32")
        except ValueError:
            raise UsageError(
                "the command in VISUAL or EDITOR has an unclosed quote.", "export EDITOR=nano"
            ) from None
    for name in ("notepad",) if sys.platform == "win32" else ("nano", "vi"):
        if shutil.which(name, path=environ.get("PATH")):
            return [name]
    raise UsageError("there is no editor.", "export EDITOR=nano   or give the text: --body TEXT")


def edit_file(path: Path, environ: Mapping[str, str]) -> None:
    """Open a file in the editor and wait for its end.

    Raises
    ------
    SocialcareError
        The editor could not be started, or says that it failed.

    """
    command = editor_command(environ)
    try:
        editor = subprocess.Popen([*command, str(path)], env=dict(environ))
    except OSError as error:
        raise SocialcareError(
            f"the editor {command[0]} could not be started: {error.strerror}.",
            "export EDITOR=nano",
            code="no_editor",
        ) from None
    code = _wait(editor)
    if code:
        how = f"exit {code}" if code > 0 else f"signal {-code}"
        raise SocialcareError(
            f"the editor {command[0]} failed ({how}).", f"what you wrote is in {path}"
        )


def _wait(editor: subprocess.Popen[bytes]) -> int:
    """Wait; a Ctrl-C belongs to the editor, and must not take the text away under it."""
    if threading.current_thread() is not threading.main_thread():
        return editor.wait()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return editor.wait()
    except BaseException:
        _end(editor)
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _end(editor: subprocess.Popen[bytes]) -> None:
    """Tell it that its terminal is gone: then editors put away what was typed."""
    with suppress(OSError):
        editor.send_signal(getattr(signal, "SIGHUP", signal.SIGTERM))
    with suppress(subprocess.TimeoutExpired):
        editor.wait(_LAST_WORD_SECONDS)


@contextmanager
def edited(
    text: str, environ: Mapping[str, str], suffix: str = ".md", place: Path | None = None
) -> Iterator[str]:
    """Let somebody edit a text, and use what came back inside the ``with``.

    ``place`` is the file to do it in; what is there already is edited on. Whatever ends the
    editor or the use of the text, a file in which something was written stays, and the hint
    says where: nothing that was typed is lost.
    """
    path = _file(text, suffix, place)
    try:
        edit_file(path, environ)
        yield path.read_text(encoding="utf-8", errors="replace")
    except SocialcareError as error:
        if not _written(path, text):
            path.unlink(missing_ok=True)
            if error.hint.startswith("what you wrote"):
                error.hint = "nothing was written; another editor: export EDITOR=nano"
        else:
            error.hint = f"what you wrote is in {path}"
        raise
    except BaseException:
        if not _written(path, text):
            path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)


def _file(text: str, suffix: str, place: Path | None) -> Path:
    if place is not None and place.exists():
        return place
    descriptor = -1
    if place is not None:
        with suppress(OSError):  # then the usual place does
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    if descriptor < 0:
        descriptor, name = tempfile.mkstemp(prefix="socialcare-", suffix=suffix)
        place = Path(name)
    assert place is not None, "one of the two was made"
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return place


def _written(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() != text.encode("utf-8", "replace")
    except OSError:
        return False

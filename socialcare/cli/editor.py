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
from contextlib import contextmanager
from pathlib import Path

from socialcare.errors import SocialcareError, UsageError


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
        with subprocess.Popen([*command, str(path)], env=dict(environ)) as editor:
            code = _wait(editor)
    except OSError as error:
        raise SocialcareError(
            f"the editor {command[0]} could not be started: {error.strerror}.",
            "export EDITOR=nano",
            code="no_editor",
        ) from None
    if code:
        raise SocialcareError(
            f"the editor {command[0]} failed (exit {code}).", f"what you wrote is in {path}"
        )


def _wait(editor: subprocess.Popen[bytes]) -> int:
    """Wait; a Ctrl-C belongs to the editor, and must not take the text away under it."""
    if threading.current_thread() is not threading.main_thread():
        return editor.wait()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return editor.wait()
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def edited(text: str, environ: Mapping[str, str], suffix: str = ".md") -> Iterator[str]:
    """Let somebody edit a text, and use what came back inside the ``with``.

    When the editor or the use of the text fails, the file stays and the hint says where:
    nothing that was typed is lost.
    """
    descriptor, name = tempfile.mkstemp(prefix="socialcare-", suffix=suffix)
    path = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    try:
        edit_file(path, environ)
        yield path.read_text(encoding="utf-8", errors="replace")
    except SocialcareError as error:
        if isinstance(error, UsageError) or error.code == "no_editor":
            path.unlink(missing_ok=True)
        else:
            error.hint = f"what you wrote is in {path}"
        raise
    path.unlink(missing_ok=True)

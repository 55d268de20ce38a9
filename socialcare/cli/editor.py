"""The user's editor on a file that only the user can read."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
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
        code = subprocess.run([*command, str(path)], check=False, env=dict(environ)).returncode
    except OSError as error:
        raise SocialcareError(
            f"the editor {command[0]} could not be started: {error.strerror}.",
            "export EDITOR=nano",
        ) from None
    if code:
        raise SocialcareError(
            f"the editor {command[0]} failed (exit {code}).", f"what you wrote is in {path}"
        )


def edit_text(text: str, environ: Mapping[str, str], suffix: str = ".md") -> str:
    """Let somebody edit a text; the file is removed only when it came back whole."""
    descriptor, name = tempfile.mkstemp(prefix="socialcare-", suffix=suffix)
    path = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    edit_file(path, environ)
    edited = path.read_text(encoding="utf-8", errors="replace")
    path.unlink(missing_ok=True)
    return edited

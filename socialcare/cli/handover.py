"""From here to where people post: the clipboard and the browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping

_CLIPBOARDS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)


def copy_text(text: str, environ: Mapping[str, str]) -> bool:
    """Put a text on the clipboard; False where no program can."""
    for command in _CLIPBOARDS:
        program = shutil.which(command[0], path=environ.get("PATH"))
        if program is None:
            continue
        try:
            done = subprocess.run(
                [program, *command[1:]],
                input=text.encode(),
                check=False,
                timeout=5,
                env=dict(environ),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return False


def is_page(address: str) -> bool:
    return address.startswith(("http://", "https://")) and address.isprintable()


def has_browser(environ: Mapping[str, str]) -> bool:
    """Whether a page would open before the person, and not on another machine or in the terminal."""
    if environ.get("BROWSER"):
        return True
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_page(address: str) -> bool:
    """Open a web page; only http and https, for the address comes from outside."""
    if not is_page(address):
        return False
    import webbrowser

    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False

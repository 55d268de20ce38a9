"""Asking for secrets: hidden, and each with where it is to be had."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from socialcare.channels.types import info_of
from socialcare.cli.asking import ask_hidden
from socialcare.errors import UsageError
from socialcare.output.layout import cell_width
from socialcare.settings.paths import expand
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.workflow.adding import NewChannel

MOST = 64 * 1024
"""Bytes of a key file that are read."""


def secrets_asked(channel: NewChannel) -> list[str]:
    """What has to be asked for so that a channel of this type can read."""
    info = info_of(channel.type)
    asked = info.asks if info.package is None else ("token",)
    return [key for key in asked if key not in channel.secrets]


def ask_secrets(run: App, type_name: str, keys: Sequence[str], *, again: bool) -> dict[str, str]:
    """Those that were typed; it ends with the first that was not."""
    given: dict[str, str] = {}
    for key in keys:
        if not again:
            tell_where(run, type_name, key)
        secret = ask_secret(run, f"{words(key).capitalize()} (hidden; Enter to stop): ")
        if not secret:
            return {}
        given[key] = secret
    return given


def tell_where(run: App, type_name: str, key: str) -> None:
    """Where it is to be had, if somebody looks."""
    place = where(type_name, key)
    if place:
        told = f"{words(key).capitalize()}: {place}"
        # An address that would be broken, and could not be clicked, gets lines of its own.
        whole = cell_width(told) <= run.streams.width
        run.screen.say(*([told] if whole else told.replace(" https://", "\nhttps://").split("\n")))


def where(type_name: str, key: str) -> str | None:
    try:
        return info_of(type_name).secrets.get(key)
    except UsageError:
        return None


def ask_secret(run: App, question: str) -> str:
    """One secret. Of one that comes as a file, the path of that file will do.

    Raises
    ------
    UsageError
        The file cannot be read.

    """
    typed = ask_hidden(run, question)
    path = expand(typed)
    if not (typed.startswith(("/", "~", ".")) and _is_file(path)):
        return typed
    try:
        raw = path.read_bytes()[: MOST + 1]
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            "that file cannot be read as text.", "name the file that the service gave you"
        ) from None
    if len(raw) > MOST:
        raise UsageError("that file is too large to be a key.", "name the one with the key")
    return text.strip()


def words(key: str) -> str:
    return for_screen(key, one_line=True, limit=40).replace("_", " ")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False

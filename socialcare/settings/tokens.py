"""Tokens that a channel got for its secret: kept between runs, so that it signs in seldom.

They are worth as much as the secret for a while, so they lie in a private file of their
own, and in no other place: not in the database, a log line or a message.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from socialcare.settings.atomic import PRIVATE, one_at_a_time, replace_file
from socialcare.settings.paths import Paths
from socialcare.settings.redaction import remember

MAX_BYTES = 64 * 1024
_TOKEN = re.compile(r"access|refresh|token")
"""The keys of what is secret; beside it channels keep whose it is."""


@dataclass(frozen=True, slots=True)
class TokenFile:
    """The tokens of one channel: a folder of its own in the state folder, locked as a whole."""

    paths: Paths
    channel: str

    @property
    def path(self) -> Path:
        """Two brands may both have a channel called bluesky."""
        brand = self.paths.data_dir.name
        return self.paths.state_dir / "tokens" / brand / self.channel / "tokens.json"

    def locked(self) -> AbstractContextManager[None]:
        """Hold off other processes and threads.

        Raises
        ------
        ConfigError
            The folder cannot be made or opened.

        """
        return one_at_a_time(self.path)

    def read(self) -> Mapping[str, str]:
        """What was written last; nothing where the file is missing, damaged or open to others."""
        try:
            with self.path.open("rb") as file:
                if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                    return {}
                kept = json.loads(file.read(MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(kept, dict):
            return {}
        return _remembered({key: value for key, value in kept.items() if isinstance(value, str)})

    def write(self, tokens: Mapping[str, str]) -> None:
        """Replace them; on disk when this returns.

        Raises
        ------
        ConfigError
            The folder cannot be written.

        """
        _remembered(tokens)
        replace_file(self.path, json.dumps(dict(tokens)).encode(), mode=PRIVATE)

    def delete(self) -> None:
        with suppress(OSError):
            self.path.unlink()


def _remembered(tokens: Mapping[str, str]) -> Mapping[str, str]:
    for key, value in tokens.items():
        if _TOKEN.search(key):
            remember(value)
    return tokens

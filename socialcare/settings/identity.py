"""Who is working: the name that goes into the record of every change."""

from __future__ import annotations

import os
from collections.abc import Mapping

from socialcare.text import for_screen

NOBODY = "unknown"
"""A container with a user id that has no name. Work goes on; ``doctor`` tells how to set a name."""


def whoami(environ: Mapping[str, str] | None = None) -> str:
    """``SOCIALCARE_USER``, else the login name, else :data:`NOBODY`. Never raises, never empty.

    The user database comes before LOGNAME and USER: cron and sudo leave those unset or stale.
    """
    environ = os.environ if environ is None else environ
    candidates = (
        environ.get("SOCIALCARE_USER", ""),
        _login_name(),
        environ.get("LOGNAME", ""),
        environ.get("USER", ""),
        environ.get("USERNAME", ""),
    )
    for candidate in candidates:
        name = for_screen(candidate, one_line=True, limit=60)
        if name:
            return name
    return NOBODY


def _login_name() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return ""

"""Everything that can go wrong, as a person should read it.

Every error carries a message (what happened, where), a hint (what to do next), a
``code`` for scripts and the exit code of the process::

    SocialcareError
    ├── UsageError            2   unknown filter, field or value; needs --yes
    ├── ConfigError           2   the config file: always with its line
    ├── NotFoundError         3   a mention, channel or snippet that was named
    ├── SignInError           4   a token is missing or was refused
    ├── BlockedError          6   stopped by a check or a colleague
    ├── BusyError            75   another fetch is running
    ├── DatabaseError         1   the file cannot be used as it is
    ├── InputError            1   a file that cannot be read as mentions
    └── ChannelError          1   one channel could not be read (5 when others could)
        ├── AuthError         4   401, 403 about the credentials
        ├── GoneError             404, 410: what we ask for is not there
        ├── RateLimitError        asked to slow down; ``not_before`` says until when
        ├── UnavailableError      network, 5xx, time-out: try again later
        ├── BadAnswerError        an answer that is not what its documentation says
        ├── OutcomeUnknownError   a reply left and no answer came: it may be there
        └── RefusedError          we refused: redirect, inner address, too large
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    SIGN_IN = 4
    PARTLY = 5
    BLOCKED = 6
    FOUND_SOMETHING = 10
    BUSY = 75
    INTERRUPTED = 130


class SocialcareError(Exception):
    """Base of all: ``message`` and ``hint`` are one line each, without a trailing full stop rule."""

    exit_code: ExitCode = ExitCode.FAILED
    code: str = "failed"

    def __init__(self, message: str, hint: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class UsageError(SocialcareError):
    exit_code = ExitCode.USAGE
    code = "usage"


class ConfigError(SocialcareError):
    exit_code = ExitCode.USAGE
    code = "config"


class NotFoundError(SocialcareError):
    exit_code = ExitCode.NOT_FOUND
    code = "not_found"


class SignInError(SocialcareError):
    exit_code = ExitCode.SIGN_IN
    code = "sign_in"


class BlockedError(SocialcareError):
    exit_code = ExitCode.BLOCKED
    code = "blocked"


class BusyError(SocialcareError):
    exit_code = ExitCode.BUSY
    code = "busy"


class DatabaseError(SocialcareError):
    code = "database"


class InputError(SocialcareError):
    code = "input"


class ChannelError(SocialcareError):
    """One channel could not be read. Never stops the others."""

    code = "channel"


class AuthError(ChannelError):
    exit_code = ExitCode.SIGN_IN
    code = "sign_in"


class GoneError(ChannelError):
    code = "gone"


class RateLimitError(ChannelError):
    """The service asked us to wait. ``not_before`` is aware UTC."""

    code = "rate_limited"

    def __init__(self, message: str, hint: str = "", *, not_before: datetime) -> None:
        super().__init__(message, hint)
        self.not_before = not_before


class UnavailableError(ChannelError):
    code = "unavailable"


class BadAnswerError(ChannelError):
    code = "bad_answer"


class OutcomeUnknownError(ChannelError):
    code = "outcome_unknown"


class RefusedError(ChannelError):
    code = "refused"

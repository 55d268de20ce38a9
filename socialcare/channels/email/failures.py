"""What can go wrong with a mail server, and what it means: one table, by cause.

Nothing of a password or token is ever said: what a server says is cleaned of it first.
"""

from __future__ import annotations

import imaplib
import re
import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from socialcare.channels.email.wire import Host, NoConnectionError, OutOfTimeError, TooLargeError
from socialcare.clock import Clock, format_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    RateLimitError,
    RefusedError,
    UnavailableError,
)
from socialcare.text import for_screen

REST = timedelta(minutes=15)
"""How long a server is left alone that asks to slow down: none of them says for how long."""

_CODE = re.compile(r"\[([A-Za-z-]{2,40})")
_BUSY = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN"})
"""https://www.rfc-editor.org/rfc/rfc5530"""
_SLOWER = frozenset({"LIMIT", "THROTTLED", "OVERQUOTA"})
_SLOWER_WORDS = re.compile(r"too many|bandwidth limit|throttl|rate limit", re.IGNORECASE)
_NO_ENTRY = frozenset({
    "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED",
    "WEBALERT", "NOPERM",
})  # fmt: skip

_APP_PASSWORDS = {
    "gmail.com": "Google wants an app password: myaccount.google.com/apppasswords",
    "googlemail.com": "Google wants an app password: myaccount.google.com/apppasswords",
    "google.com": "Google wants an app password: myaccount.google.com/apppasswords",
    "mail.me.com": "Apple wants an app-specific password: account.apple.com",
    "yahoo.com": "Yahoo wants an app password: login.yahoo.com/account/security",
    "office365.com": "Microsoft 365 takes no passwords here: use a token (OAuth)",
    "outlook.com": "Outlook takes no passwords here: use a token (OAuth)",
}
"""By the end of the server's name."""


@dataclass(frozen=True, slots=True)
class Line:
    """Whom we speak to, for the messages; ``secrets`` are taken out of all that is said."""

    channel: str
    host: Host
    clock: Clock
    secrets: Collection[str] = field(default=(), repr=False)

    def said(self, words: str | bytes) -> str:
        """What the server said, fit to be shown."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        for secret in self.secrets:
            text = text.replace(secret, "***") if secret else text
        return for_screen(text, one_line=True, limit=200)

    @property
    def where(self) -> str:
        return f"{self.channel}: {self.host.what} server {self.host}"

    @property
    def test(self) -> str:
        return f"try it alone: socialcare channel test {self.channel}"

    def unreachable(self, why: str) -> UnavailableError:
        key = "server" if self.host.what == "IMAP" else "smtp"
        hint = "check the network, and the name and port in the config"
        if self.host.guessed:
            hint = (
                f'I only guessed its name; write it down: {key} = "…" in [channels.{self.channel}]'
            )
        return UnavailableError(f"{self.where} cannot be reached: {why}.", hint)

    def refused_sign_in(self, words: str | bytes) -> AuthError:
        ends = [name for name in _APP_PASSWORDS if f".{self.host.name}".endswith(f".{name}")]
        hint = f"sign in: socialcare channel login {self.channel}"
        if ends:
            hint = f"{_APP_PASSWORDS[ends[0]]}; then: socialcare channel login {self.channel}"
        return AuthError(f"{self.where} refused the sign-in: {self.said(words)}", hint)

    def slow_down(self, words: str | bytes) -> RateLimitError:
        until = self.clock.now() + REST
        return RateLimitError(
            f"{self.where} asks to slow down: {self.said(words)}",
            f"it is left alone until {format_time(until)}",
            not_before=until,
        )

    def busy(self, words: str | bytes) -> ChannelError:
        """SMTP has one kind of number for all that passes: only words tell who is too fast."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        if _SLOWER_WORDS.search(text[:500]):
            return self.slow_down(text)
        return UnavailableError(f"{self.where} cannot answer now: {self.said(words)}", "try later")

    def odd(self, words: str | bytes) -> BadAnswerError:
        return BadAnswerError(
            f"{self.where} answered what was not expected: {self.said(words)}", self.test
        )

    def no(
        self, words: str | bytes, otherwise: Callable[[str], ChannelError] | None = None
    ) -> ChannelError:
        """What a ``NO`` of an IMAP server means, by its code; most of them give none."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        found = _CODE.search(text)
        code = found[1].upper() if found else ""
        if code in _NO_ENTRY:
            return self.refused_sign_in(text)
        if code in _SLOWER or _SLOWER_WORDS.search(text[:500]):
            return self.slow_down(text)
        if code in _BUSY or "BYE" in text[:6]:
            return self.busy(text)
        return (otherwise or self.odd)(text)


@contextmanager
def told(line: Line) -> Iterator[None]:
    """Turn whatever goes wrong on the wire into a :class:`ChannelError` that names its cause."""
    try:
        yield
    except (OutOfTimeError, TimeoutError):
        raise UnavailableError(
            f"{line.where} did not answer in time.", line.test, code="time_out"
        ) from None
    except TooLargeError:
        raise RefusedError(
            f"{line.where} sent more than it was asked for, and was not listened to.", line.test
        ) from None
    except NoConnectionError as error:
        raise line.unreachable(str(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise RefusedError(
            f"{line.where} cannot show that it is who it says: {line.said(error.verify_message)}.",
            "check the name in the config; its owner may have to renew the certificate",
        ) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise _hung_up(line) from None
    except ssl.SSLError:
        port, key = (587, "smtp_security") if line.host.what == "SMTP" else (143, "security")
        raise line.unreachable(
            f'it does not speak TLS there; a server on port {port} wants: {key} = "starttls"'
        ) from None
    except imaplib.IMAP4.abort as error:
        words = str(_words(error))
        raise (line.odd(words) if "unexpected" in words else _hung_up(line, words)) from None
    except (smtplib.SMTPServerDisconnected, ConnectionError):
        raise _hung_up(line) from None
    except imaplib.IMAP4.error as error:
        raise line.no(_words(error)) from None
    except smtplib.SMTPResponseException as error:
        raise _smtp(line, error) from None
    except (smtplib.SMTPException, OSError, ValueError, LookupError) as error:
        raise line.odd(_words(error)) from None


def _hung_up(line: Line, words: str = "") -> ChannelError:
    """IMAP servers say why in their ``BYE``."""
    if _SLOWER_WORDS.search(words[:500]):
        return line.slow_down(words)
    why = "" if "socket error" in words or not words else f": {line.said(words)}"
    return UnavailableError(f"{line.where} closed the connection{why}.", "try later")


def _words(error: Exception) -> str | bytes:
    words = error.args[0] if error.args else type(error).__name__
    return words if isinstance(words, str | bytes) else str(words)


def _smtp(line: Line, error: smtplib.SMTPResponseException) -> ChannelError:
    words = error.smtp_error
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return line.refused_sign_in(words)
    if 400 <= error.smtp_code < 500:
        return line.busy(words)
    if error.smtp_code >= 500:
        return RefusedError(
            f"{line.where} refused the mail: {error.smtp_code} {line.said(words)}", line.test
        )
    return line.odd(words)

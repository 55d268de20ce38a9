"""Sending an answer over SMTP, once.

https://www.rfc-editor.org/rfc/rfc5321. What leaves is an :class:`~email.message.EmailMessage`:
a line break in a field is an error there, never a second field.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from socket import socket
from typing import Any, ClassVar, Literal, cast

from socialcare.channels.email.failures import Line, told
from socialcare.channels.email.imap import Login
from socialcare.channels.email.wire import Wire
from socialcare.channels.transport import Deadline
from socialcare.errors import ChannelError, OutcomeUnknownError, RefusedError, UnavailableError

COLUMNS = 78
MAX_SUBJECT = 400
MAX_KNOWN = 20
"""Message-IDs of one ``References`` field."""
_ANSWER = 64 << 10
"""Bytes of one answer of a server."""


class _Ids(BaseHeader):
    """Message-IDs, one a line: the library would encode one that is longer than a line."""

    max_count: ClassVar[Literal[1]] = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds.update(parse_tree=None, decoded=value)

    def fold(self, *, policy: Policy) -> str:
        ids = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {ids}{policy.linesep}"


_REGISTRY = HeaderRegistry()
for _field in ("references", "in-reply-to"):
    _REGISTRY.map_to_type(_field, _Ids)
_POLICY = SMTP.clone(header_factory=_REGISTRY)


def compose(
    text: str,
    *,
    sender: Address,
    to: str,
    subject: str,
    message_id: str,
    known: list[str],
    now: datetime,
) -> EmailMessage:
    """An answer as plain text. ``known`` are the Message-IDs of the thread, its parent last.

    Nothing marks it as automatic: a person wrote it.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = _one_line(subject)[:MAX_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    if known:
        mail["In-Reply-To"] = f"<{known[-1]}>"
        few = known if len(known) <= MAX_KNOWN else [known[0], *known[1 - MAX_KNOWN :]]
        mail["References"] = " ".join(f"<{one}>" for one in few)
    how = None if text.isascii() else "quoted-printable"
    mail.set_content(_flowed(text), cte=how, params={"format": "flowed"})
    return mail


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _flowed(text: str) -> str:
    """Long lines broken where a reader joins them again: https://www.rfc-editor.org/rfc/rfc3676."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n"):
        lines += _folded(line.rstrip())
    return "\n".join(lines) + "\n"


def _folded(line: str) -> Iterator[str]:
    stuffed = f" {line}" if line.startswith((" ", ">", "From ")) else line
    while len(stuffed) > COLUMNS:
        cut = stuffed.rfind(" ", 1, COLUMNS)
        if cut < 1:
            break
        yield stuffed[: cut + 1]
        rest = stuffed[cut + 1 :]
        stuffed = f" {rest}" if rest.startswith((" ", ">", "From ")) else rest
    yield stuffed


class _Smtp(smtplib.SMTP):
    """The client of the standard library on a wire of ours."""

    def __init__(self, line: Line, deadline: Deadline, own_name: str) -> None:
        super().__init__(local_hostname=own_name)
        self.wire = Wire(line.host, deadline)
        self.sock = cast("socket", self.wire)
        self._host = line.host.name

    def getreply(self) -> tuple[int, bytes]:
        self.wire.allow(_ANSWER)
        return super().getreply()

    def greet(self, *, encrypt: bool) -> None:
        _expect(self.getreply(), 220)
        self.ehlo_or_helo_if_needed()
        if encrypt:
            _expect(self.docmd("STARTTLS"), 220)
            self.wire.start_tls()
            # What was said before the encryption is forgotten (RFC 3207).
            self.file = None
            self.ehlo_resp = self.helo_resp = None
            self.esmtp_features = {}
            self.ehlo_or_helo_if_needed()


@contextmanager
def connected(line: Line, login: Login, deadline: Deadline) -> Iterator[_Smtp]:
    """A connection that is signed in."""
    with told(line):
        smtp = _Smtp(line, deadline, _own_name(login.user))
    try:
        with told(line):
            smtp.greet(encrypt=line.host.security == "starttls")
            if login.token:
                answers = iter((login.bearer,))
                smtp.auth("XOAUTH2", lambda _challenge=None: next(answers, ""))
            elif login.password and smtp.has_extn("auth"):
                smtp.login(login.user, login.password)
        yield smtp
        with suppress(ChannelError), told(line):
            smtp.quit()
    finally:
        smtp.wire.close()


def _own_name(user: str) -> str:
    """What we call ourselves: nothing that tells about this machine."""
    domain = user.rpartition("@")[2]
    return domain if domain.isascii() and domain else "localhost"


def check(line: Line, login: Login, deadline: Deadline) -> None:
    with connected(line, login, deadline):
        """Signed in: that was all."""


def deliver(line: Line, login: Login, deadline: Deadline, mail: EmailMessage) -> bytes:
    """Hand a mail to the server; return it as it was sent.

    Raises
    ------
    OutcomeUnknownError
        All of it left, and the answer never came.
    ChannelError
        The server did not take it.

    """
    raw = mail.as_bytes()
    sender, to = (mail[key].addresses[0].addr_spec for key in ("From", "To"))
    with connected(line, login, deadline) as smtp:
        with told(line):
            _expect(smtp.mail(sender), 250)
            _expect(smtp.rcpt(to), 250, 251)
            _expect(smtp.docmd("DATA"), 354)
        _hand_over(smtp, line, raw)
    return raw


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise smtplib.SMTPResponseException(*answer)


def _hand_over(smtp: _Smtp, line: Line, raw: bytes) -> None:
    """From the first byte of the mail on, silence may mean that it was taken."""
    dotted = raw.replace(b"\r\n.", b"\r\n..")
    dotted = b"." + dotted if dotted.startswith(b".") else dotted
    try:
        with told(line):
            smtp.wire.sendall(dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n"))
            smtp.wire.sendall(b".\r\n")
    except ChannelError:
        # Without its last line no server takes a mail.
        raise UnavailableError(f"{line.where} closed the connection.", "try later") from None
    code, words = 0, b""
    with suppress(ChannelError), told(line):
        code, words = smtp.getreply()
    if 500 <= code < 600:
        raise RefusedError(
            f"{line.where} refused the mail: {code} {line.said(words)}",
            "change the text, or ask whoever runs the server",
        )
    if 400 <= code < 500:
        raise line.busy(words)
    if code != 250:
        # Nothing, or half a number: it may well have been kept.
        raise OutcomeUnknownError(
            f"{line.where} took the mail and did not say whether it keeps it.",
            "look into the mailbox of what was sent before sending it again",
        )

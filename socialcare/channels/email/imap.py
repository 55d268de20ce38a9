"""Speaking IMAP: the client of the standard library on a wire of ours, and the sign-in.

https://www.rfc-editor.org/rfc/rfc3501
"""

from __future__ import annotations

import base64
import imaplib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from socialcare.channels.email.failures import Line
from socialcare.channels.email.wire import Wire
from socialcare.channels.transport import Deadline

MAX_LINE = 2 << 20
"""Bytes of one line of an answer: the list of 200,000 mails."""

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in: with a password, or with an OAuth token where there is one."""

    user: str
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Also in the forms in which they go over the wire, and may come back."""
        plain = [one for one in (self.password, self.token) if one]
        sent = [*plain, self.plain, self.bearer] if plain else []
        return (*plain, *(base64.b64encode(one.encode()).decode() for one in sent))

    @property
    def plain(self) -> str:
        """https://www.rfc-editor.org/rfc/rfc4616."""
        return f"\0{self.user}\0{self.password}"

    @property
    def bearer(self) -> str:
        """https://developers.google.com/workspace/gmail/imap/xoauth2-protocol."""
        return f"user={self.user}\x01auth=Bearer {self.token}\x01\x01"


class Imap(imaplib.IMAP4):
    """The client of the standard library on a wire of ours."""

    def __init__(self, line: Line, deadline: Deadline) -> None:
        self.line, self._deadline = line, deadline
        super().__init__(line.host.name, line.host.port)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        del host, port, timeout
        self.wire = Wire(self.line.host, self._deadline)

    def read(self, size: int) -> bytes:
        return self.wire.read(size)

    def readline(self) -> bytes:
        line = self.wire.readline(MAX_LINE)
        if len(line) >= MAX_LINE:
            raise self.error("a line without an end")
        return line

    def send(self, data: bytes) -> None:  # type: ignore[override]
        self.wire.sendall(data)

    def shutdown(self) -> None:
        # Where the connection never opened there is nothing to close.
        if wire := getattr(self, "wire", None):
            wire.close()


def _start_tls(imap: Imap) -> None:
    code, words = imap.xatom("STARTTLS")
    if code != "OK":
        raise imap.line.unreachable(f"no encryption there: {imap.line.said(last_words(words))}")
    imap.wire.start_tls()
    # What it said it can do before the encryption may be anybody's word.
    _, words = imap.capability()
    imap.capabilities = tuple(last_words(words).decode("ascii", "replace").upper().split())


def sign_in(imap: Imap, login: Login) -> None:
    if imap.line.host.security == "starttls":
        _start_tls(imap)
    try:
        if login.token:
            answers = iter((login.bearer.encode(),))
            imap.authenticate("XOAUTH2", lambda _: next(answers, b""))
        elif "AUTH=PLAIN" in imap.capabilities:
            imap.authenticate("PLAIN", lambda _: login.plain.encode())
        elif "LOGINDISABLED" in imap.capabilities:
            raise imap.line.refused_sign_in("it takes no password on this connection")
        elif (login.user + (login.password or "")).isascii():
            imap.login(login.user, login.password or "")
        else:
            raise imap.line.refused_sign_in("it takes no letters beyond ASCII in a password")
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise imap.line.no(str(error), imap.line.refused_sign_in) from None


def last_words(words: Sequence[object]) -> bytes:
    """What the server said in the end."""
    last = words[-1] if words else b""
    return last if isinstance(last, bytes) else b""


def quoted(text: str) -> str:
    """A name as IMAP wants it: quoted, letters beyond ASCII in its own base 64 (RFC 3501, 5.1.3)."""
    parts = re.split(r"([^\x20-\x7e]+)", UNPRINTABLE.sub("", text).replace("&", "&-"))
    for at in range(1, len(parts), 2):
        coded = base64.b64encode(parts[at].encode("utf-16-be", "replace")).rstrip(b"=")
        parts[at] = f"&{coded.decode().replace('/', ',')}-"
    return '"' + "".join(parts).replace("\\", "\\\\").replace('"', '\\"') + '"'

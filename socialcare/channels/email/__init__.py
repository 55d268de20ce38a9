"""A mailbox: customers' mails in over IMAP, answers out over SMTP.

The protocols are spoken in ``mailbox.py`` and ``outbox.py``, which own sockets, deadlines
and failures; ``letters.py`` reads a mail.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.headerregistry import Address as HeaderAddress
from functools import cached_property
from typing import Any, ClassVar, cast, get_args

from socialcare.channels.addresses import is_loopback
from socialcare.channels.base import (
    Broken,
    Channel,
    Checkpoint,
    Outgoing,
    Page,
    Posted,
    Preview,
    ReplyLimits,
    Setup,
)
from socialcare.channels.email import outbox
from socialcare.channels.email.failures import Line
from socialcare.channels.email.imap import UNPRINTABLE, Login
from socialcare.channels.email.letters import Place, Read, Skipped, mid_url, own_id, read_letter
from socialcare.channels.email.mailbox import PAGE, Folder, Mailbox, keep_copy, signed_in
from socialcare.channels.email.mime import field, header_of
from socialcare.channels.email.senders import message_ids
from socialcare.channels.email.wire import Host, Security
from socialcare.channels.options import Options
from socialcare.channels.transport import Deadline
from socialcare.clock import format_time, parse_time
from socialcare.errors import AuthError, OutcomeUnknownError, RefusedError, UsageError
from socialcare.models import Kind, Mention
from socialcare.text import for_screen

OVERLAP = timedelta(days=1)
"""Folders are searched by day, in the zone of the server."""

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_HOST = re.compile(r"((?:[\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]))(?::(\d{1,5}))?")
_PORTS: Mapping[tuple[str, Security], int] = {
    ("IMAP", "tls"): 993,
    ("IMAP", "starttls"): 143,
    ("IMAP", "none"): 143,
    ("SMTP", "tls"): 465,
    ("SMTP", "starttls"): 587,
    ("SMTP", "none"): 25,
}
EXAMPLE = 'write for example: address = "care@acme.example"'


class Email(Channel):
    """``address``, ``server``, ``smtp``, ``user``, ``folder``, ``sent_folder``, ``security``.

    ``smtp_security`` is for a server of answers that is encrypted in another way.
    The secret is ``password``, or an OAuth ``token``.
    """

    type: ClassVar[str] = "email"
    limits: ClassVar[ReplyLimits] = ReplyLimits(public=False, private=True, posts=True)
    matches: ClassVar[bool] = False
    page: ClassVar[int] = PAGE
    kinds: ClassVar[tuple[Kind, ...]] = ("dm", "review", "post")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        address = (options.text("address") or "").lower()
        if not _ADDRESS.fullmatch(address):
            raise options.error("address", "is needed, and must be a mail address", EXAMPLE)
        self._setup = setup
        self._address = address
        self._domain = address.rpartition("@")[2]
        self._imap = _host(options, "IMAP", "server", self._domain, "security")
        own = "smtp_security" if options.text("smtp_security") else "security"
        self._smtp = _host(options, "SMTP", "smtp", self._domain, own)
        self._user = options.text("user") or address
        self._folder = options.text("folder") or "INBOX"
        self._sent = options.text("sent_folder")
        also = {handle.lower() for handle in setup.brand.handles if _ADDRESS.fullmatch(handle)}
        self._place = Place(setup.name, self.source, frozenset({address, *also}), self._imap.name)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """``care@acme.example``; its servers are taken to be ``imap.`` and ``smtp.`` of its domain."""
        if not _ADDRESS.fullmatch(what):
            raise UsageError(
                f'email: "{for_screen(what, one_line=True, limit=60)}" is no mail address.',
                "write for example: email:care@acme.example",
            )
        return {"address": what}

    @property
    def source(self) -> str:
        return f"email:{self._address}"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far each folder was read: ``validity``, ``uid``, ``at``."""
        states: Mapping[str, Any] = checkpoint["folders"] if checkpoint else {}
        with self._mailbox() as mailbox:
            for name in dict.fromkeys([self._folder, *([self._sent] if self._sent else [])]):
                for page, state in self._walk(mailbox, name, states.get(name), since):
                    states = {**states, name: state}
                    yield Page(
                        page.mentions,
                        {"folders": states},
                        page.broken,
                        notice=page.notice,
                    )

    def _walk(
        self, mailbox: Mailbox, name: str, state: Mapping[str, Any] | None, since: datetime
    ) -> Iterator[tuple[Page, Mapping[str, Any]]]:
        folder = mailbox.open(name)
        if state and state["validity"] == folder.validity:
            uids, first = mailbox.after(state["uid"]), None
        else:
            # Numbered anew, or never read: what is known already is known by its Message-ID.
            first = min(since, parse_time(state["at"]) - OVERLAP) if state else since
            uids = mailbox.since(first - OVERLAP)
        at = state["at"] if state else format_time(since)
        for start in range(0, len(uids), self.page):
            some = uids[start : start + self.page]
            page, latest = self._read(mailbox, folder, some, first)
            at = max(at, format_time(latest)) if latest else at
            yield page, {"validity": folder.validity, "uid": some[-1], "at": at}
        if not uids and (not state or state["validity"] != folder.validity):
            last = (folder.next_uid or 1) - 1
            yield Page(), {"validity": folder.validity, "uid": last, "at": at}

    def _read(
        self, mailbox: Mailbox, folder: Folder, uids: Sequence[int], first: datetime | None
    ) -> tuple[Page, datetime | None]:
        """One page, and when the last of its mails arrived."""
        arrivals = [
            one
            for one in mailbox.arrivals(uids, self._setup.clock.now())
            if first is None or one.at >= first
        ]
        read = [
            one if isinstance(one, Broken) else read_letter(one, folder, self._place)
            for one in mailbox.letters(folder, arrivals)
        ]
        return _page(read), max((one.at for one in arrivals), default=None)

    def check_access(self) -> str:
        """Both servers: who can read and not answer should hear of it now."""
        with self._mailbox() as mailbox:
            mailbox.open(self._folder)
        outbox.check(self._line(self._smtp), self._login, self._deadline())
        return self._address

    def preview(self, reply: Outgoing) -> Preview:
        return Preview(reply.text, len(reply.text), refused=self._refused(reply.mention))

    def send(self, reply: Outgoing) -> Posted:
        if why := self._refused(reply.mention):
            raise RefusedError(f"{self._setup.name}: {why}.", "answer it where it was written")
        deadline = self._deadline()
        with self._mailbox(deadline) as mailbox:
            subject, known = self._original(mailbox, reply.mention)
        posted = self._posted(reply)
        mail = outbox.compose(
            reply.text,
            sender=self._sender,
            to=reply.mention.author.external_id,
            subject=subject,
            message_id=posted.external_id,
            known=known,
            now=self._setup.clock.now(),
        )
        raw = outbox.deliver(self._line(self._smtp), self._login, deadline, mail)
        if self._sent:
            keep_copy(self._line(self._imap), self._login, deadline, self._sent, raw)
        return posted

    def tell(self, to: str, subject: str, text: str, key: str) -> None:
        """A notice to one of us. It says that no person wrote it, so that no machine answers."""
        mail = outbox.compose(
            text,
            sender=self._sender,
            to=to,
            subject=subject,
            message_id=own_id(key, self._address),
            known=[],
            now=self._setup.clock.now(),
        )
        mail["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834
        outbox.deliver(self._line(self._smtp), self._login, self._deadline(), mail)

    def find(self, reply: Outgoing) -> Posted | None:
        """In the folder of what was sent. That it is not there does not tell that it never left."""
        posted = self._posted(reply)
        if self._sent:
            with self._mailbox() as mailbox:
                mailbox.open(self._sent)
                if mailbox.with_id(posted.external_id):
                    return posted
        where = f"the folder {self._sent}" if self._sent else "any folder that I may look into"
        raise OutcomeUnknownError(
            f"{self._setup.name}: the mail is not in {for_screen(where, one_line=True)};"
            " nobody can tell whether it left.",
            f"ask {for_screen(reply.mention.author.handle, one_line=True)}, or look into your mail program",
        )

    def delete(self, external_id: str) -> None:
        raise RefusedError(
            f"{self._setup.name}: a mail cannot be taken back ({for_screen(external_id, one_line=True, limit=100)}).",
            "write to them again",
        )

    def _refused(self, to: Mention) -> str | None:
        if to.kind != "dm":
            return "this is a notice of another service, and nobody to write to"
        address = to.author.external_id
        if not _ADDRESS.fullmatch(address):
            return "the mail names no address to answer to"
        return "this is our own mail" if address in self._place.us else None

    def _original(self, mailbox: Mailbox, to: Mention) -> tuple[str, list[str]]:
        """Subject of the answer, and the Message-IDs of its thread."""
        folder = mailbox.open(self._folder)
        uids = (
            [int(to.external_id.rpartition(":")[2])]
            if to.external_id.startswith(f"uid:{folder.validity}:")
            else mailbox.with_id(f"<{to.external_id}>")
        )
        head = header_of(mailbox.headers(uids[-1]) if uids else b"")
        subject = field(head, "subject") or f"your mail to {self._address}"
        again = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        known = message_ids(head, "references") or message_ids(head, "in-reply-to")
        if not known and to.thread:
            known = [to.thread]
        ids = [one for one in [*known, to.external_id] if not one.startswith("uid:")]
        return again, list(dict.fromkeys(ids))

    @property
    def _sender(self) -> HeaderAddress:
        name = "".join(c for c in self._setup.brand.name or "" if c.isprintable())
        return HeaderAddress(name, addr_spec=self._address)

    def _posted(self, reply: Outgoing) -> Posted:
        id_ = own_id(reply.key, self._address)
        return Posted(id_, uri=mid_url(id_))

    def _mailbox(self, deadline: Deadline | None = None) -> AbstractContextManager[Mailbox]:
        return signed_in(self._line(self._imap), self._login, deadline or self._deadline())

    def _line(self, host: Host) -> Line:
        return Line(self._setup.name, host, self._setup.clock, self._login.secrets)

    def _deadline(self) -> Deadline:
        return Deadline(self._setup.clock, self._setup.seconds)

    @cached_property
    def _login(self) -> Login:
        password, token = self._setup.secret("password"), self._setup.secret("token")
        if not password and not token:
            raise AuthError(
                f"{self._setup.name}: {self._address} needs a password, and there is none.",
                f"sign in: socialcare channel login {self._setup.name}",
            )
        if UNPRINTABLE.search(f"{password}{token}{self._user}"):
            raise AuthError(
                f"{self._setup.name}: the password of {self._address} holds a line break or the like.",
                f"sign in again: socialcare channel login {self._setup.name}",
            )
        return Login(self._user, password, token)


def _host(options: Options, what: str, key: str, domain: str, security_key: str) -> Host:
    """A server of the config, or the one that a domain is likely to have."""
    told, guess = options.text(key), f"{what.lower()}.{domain}"
    match = _HOST.fullmatch(told or guess)
    if match is None or not 0 < int(match[2] or 1) < 65_536:
        hint = f'write for example: {key} = "{guess}"'
        raise options.error(key, "is no name of a server", hint)
    name = match[1].strip("[]").lower()
    security = options.text(security_key) or "tls"
    if security not in get_args(Security):
        hint = f'write: {security_key} = "tls"'
        raise options.error(security_key, 'is "tls" or "starttls"', hint)
    if security == "none" and not is_loopback(name):
        raise options.error(security_key, "none is only for servers on this machine",
            f'write: {security_key} = "tls", or {security_key} = "starttls"')  # fmt: skip
    way = cast("Security", security)
    port = int(match[2] or _PORTS[what, way])
    return Host(what, name, port, way, guessed=told is None)


def _page(read: Sequence[Read]) -> Page:
    mentions = [one for each in read if isinstance(each, list) for one in each]
    broken = [each for each in read if isinstance(each, Broken)]
    skipped = Counter(each.why for each in read if isinstance(each, Skipped))
    notice = None
    if count := skipped["bounce"]:
        notice = (
            f"{count} mail{'s' if count > 1 else ''} came back as undeliverable:"
            " look into the mailbox, an answer of yours may not have arrived"
        )
    return Page(mentions, broken=broken, notice=notice)

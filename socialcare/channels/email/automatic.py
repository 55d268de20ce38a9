"""Mails that no person wrote: they get no row in the inbox, so that nobody answers a machine.

https://www.rfc-editor.org/rfc/rfc3834
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from email.message import Message
from typing import Literal

from socialcare.channels.email.mime import Part, field
from socialcare.channels.email.senders import author, senders

Why = Literal["bounce", "automatic", "bulk", "forged"]

_BOUNCERS = re.compile(r"(?:mailer-daemon|postmaster|mail\.?daemon)@", re.IGNORECASE)
_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from")


def why_automatic(head: Message, leaves: Sequence[Part], us: Collection[str]) -> Why | None:
    """Why it is not for people; None: a person wrote it, or a form of our own for one."""
    if _is_bounce(head):
        return "bounce"
    if any(one.type == "text/calendar" and _is_answer(one) for one in leaves):
        return "automatic"
    submitted = field(head, "auto-submitted").partition(";")[0].strip().lower()
    if submitted == "auto-replied" or any(name in head for name in _AUTO_HEADERS):
        return "automatic"
    if _is_bulk(head, us):
        return "bulk"
    if author(head, us) not in senders(head, "from"):
        return None  # Somebody filled in a form: the machine only carried it.
    suppressed = field(head, "x-auto-response-suppress").strip().lower() not in {"", "none"}
    return "automatic" if suppressed or submitted not in {"", "no"} else None


def _is_bounce(head: Message) -> bool:
    if field(head, "return-path").replace(" ", "") == "<>":
        return True
    report = head.get_content_type() == "multipart/report"
    writers = senders(head, "from")
    return report or bool(writers and _BOUNCERS.match(writers[0].address))


def _is_answer(calendar: Part) -> bool:
    method = calendar.head.get_param("method")
    return isinstance(method, str) and method.strip().lower() in {"reply", "counter", "refresh"}


def _is_bulk(head: Message, us: Collection[str]) -> bool:
    """Newsletters and lists; a list of our own domain is how many shops share their mailbox."""
    if field(head, "precedence").strip().lower() in {"junk", "bulk"}:
        return True
    listed = any(name in head for name in ("list-id", "list-unsubscribe"))
    if not listed and field(head, "precedence").strip().lower() != "list":
        return False
    told = " ".join(field(head, name) for name in ("list-id", "list-post")).lower()
    return not any(address.rpartition("@")[2] in told for address in us)

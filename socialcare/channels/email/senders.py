"""Whose mail it is: addresses read strictly, since an answer goes where they say.

``alice@good.example]<eve@evil.example>`` is Eve, whatever :func:`email.utils.parseaddr` thinks.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from email.message import Message

from socialcare.channels.email.mime import raw_field, words
from socialcare.text import MAX_FIELD, at_door

MAX_LIST = 50
"""Addresses of one field that are read."""

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,253}")
_COMMENT = re.compile(r"\(([^()]{0,500})\)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.){0,1000}"|<[^<>]{0,1000}>|,|[^",<]+|.', re.DOTALL)
_NO_REPLY = re.compile(
    r"(?:do[-_.]?not|no|never)[-_.]?(?:reply|antwort|responder|answer)", re.IGNORECASE
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sender:
    """``address`` in lower case; empty where the mail names none."""

    address: str
    name: str | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def takes_no_reply(self) -> bool:
        return bool(_NO_REPLY.match(self.address))


def senders(head: Message, key: str) -> list[Sender]:
    """The addresses of a field."""
    found: list[Sender] = []
    name: list[str] = []
    address = ""
    for piece in [*_TOKEN.findall(raw_field(head, key)), ","]:
        if piece == ",":
            one = _sender("".join(name), address)
            found += [one] if one else []
            name, address = [], ""
        elif piece.startswith("<") and piece.endswith(">"):
            address = piece[1:-1]
        else:
            name.append(piece)
        if len(found) >= MAX_LIST:
            break
    return found


def _sender(name: str, address: str) -> Sender | None:
    comment = _COMMENT.search(name)
    if not address:
        bare = _COMMENT.sub(" ", name).strip()
        address, name = bare, comment[1] if comment else ""
    match = _ADDRESS.fullmatch(address.strip().removeprefix("mailto:"))
    if match is None:
        return None
    shown = words(name.strip().strip('"').replace('\\"', '"')).strip().strip("'\"").strip()
    return Sender(at_door(match[0].lower(), MAX_FIELD), at_door(shown, MAX_FIELD) or None)


def author(head: Message, us: Collection[str]) -> Sender:
    """Who wrote it: ``From``, unless a form or a list stands between the person and us."""
    written = senders(head, "from") or senders(head, "sender")
    first = written[0] if written else Sender("")
    answer = senders(head, "reply-to")
    if len(answer) == 1 and answer[0].address not in us and stands_between(first, head, us):
        return answer[0] if answer[0].name else Sender(answer[0].address, first.name)
    return first


def stands_between(first: Sender, head: Message, us: Collection[str]) -> bool:
    """Whether the mail was sent by a machine for somebody: our own form, a list, a no-reply."""
    ours = {address.rpartition("@")[2] for address in us}
    to_us = any(one.address in us for one in senders(head, "to"))
    own_form = first.address in us or (first.domain in ours and first.takes_no_reply)
    return (own_form and to_us) or first.takes_no_reply or "list-id" in head


def message_id(head: Message) -> str | None:
    """Without its brackets; None where it is missing or could be mistaken for one of ours."""
    found = message_ids(head, "message-id")
    if found:
        return found[0]
    bare = raw_field(head, "message-id").strip("<>").strip()
    return bare if bare and not re.search(r"\s", bare) and not bare.startswith("uid:") else None


def message_ids(head: Message, key: str) -> list[str]:
    found = _MESSAGE_ID.findall(raw_field(head, key))
    return [at_door(one, MAX_FIELD) for one in found if not one.startswith("uid:")]

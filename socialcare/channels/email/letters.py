"""From the bytes of a mail to a mention, or to a word on why it is none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from urllib.parse import quote

from socialcare.channels.base import Broken
from socialcare.channels.dates import read_time
from socialcare.channels.email.automatic import Why, why_automatic
from socialcare.channels.email.bodies import media_of, words_of
from socialcare.channels.email.mailbox import Folder, Letter
from socialcare.channels.email.mime import Part, field, header_of, parts
from socialcare.channels.email.quoted import own_words
from socialcare.channels.email.reviews import Notice, notices
from socialcare.channels.email.senders import (
    UNKNOWN,
    Sender,
    author,
    message_id,
    message_ids,
)
from socialcare.channels.email.trust import verdict
from socialcare.models import Author, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

LONGEST_WAY = timedelta(days=7)
"""Servers give up on a mail after five days: one that claims more was not written when it says."""

_AGAIN = re.compile(
    r"(?:(?:re|aw|sv|vs|odp|ynt|antw|antwort|fw|fwd|wg|tr|rv|enc|i|r|回复|答复)(?:\[\d{1,3}\])? ?[::] ?){1,20}",
    re.IGNORECASE,
)
_OWN_ID = re.compile(r"sc-[0-9a-f]{32}@")
_WORD = re.compile(r"\w{3,}")
_COMMENT = re.compile(r"\([^()]{0,100}\)")


@dataclass(frozen=True, slots=True)
class Place:
    """The mailbox mails are read from: channel, source, our own addresses, the IMAP server."""

    channel: str
    source: str
    us: frozenset[str]
    server: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A mail that is nobody's message."""

    why: Why


Read = list[Mention] | Skipped | Broken


def read_letter(letter: Letter, folder: Folder, place: Place) -> Read:
    """Read one mail. What trips even a careful reader is a dead letter, and stops no other."""
    try:
        return _read(letter, folder, place)
    except Exception as error:  # noqa: BLE001 - whatever a stranger sends, the next mail is read
        where = f"$.{folder.name}[{letter.arrival.uid}]"
        return Broken(
            where, f"`$.BODY[]` cannot be read ({type(error).__name__})", letter.raw[:65_536]
        )


def _read(letter: Letter, folder: Folder, place: Place) -> Read:
    head = header_of(letter.raw)
    leaves = list(parts(letter.raw))
    id_ = message_id(head) or f"uid:{folder.validity}:{letter.arrival.uid}"
    written = _written(head, letter.arrival.at)
    sender = author(head, place.us)
    if told := notices(head, leaves, place.server):
        return [_notice(one, id_, written, place) for one in told]
    ours = sender.address in place.us
    why = why_automatic(head, leaves, place.us)
    if why is None and not ours and is_own_id(id_, place.us):
        why = "automatic"
    if ours:
        why = "bounce" if why == "bounce" else _forged(head, sender, place)
    if why:
        return Skipped(why)
    parent = _parent(head)
    return [
        Mention(
            channel=place.channel,
            source=place.source,
            external_id=id_,
            author=_author(sender, place),
            text=text_of(head, leaves, sender),
            created_at=written,
            kind="dm",
            role="answer" if ours else "mention",
            uri=None if id_.startswith("uid:") else mid_url(id_),
            thread=_thread(head) or id_,
            in_reply_to=parent if parent != id_ else None,
            direct=True,
            media=media_of(leaves),
        )
    ]


def own_id(key: str, address: str) -> str:
    """The Message-ID of an answer: the same for the same key, so that it can be found again."""
    return f"sc-{hashlib.sha256(key.encode()).hexdigest()[:32]}@{address.rpartition('@')[2]}"


def is_own_id(message_id: str, us: frozenset[str]) -> bool:
    domains = {address.rpartition("@")[2] for address in us}
    return bool(_OWN_ID.match(message_id)) and message_id.rpartition("@")[2] in domains


def mid_url(message_id: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc2392."""
    return f"mid:{quote(message_id, safe='@!$*+=.-_~')}"


def text_of(head: Message, leaves: Sequence[Part], sender: Sender) -> str:
    """What they wrote; the subject in front, where a new mail says something in it alone."""
    body = own_words(words_of(leaves), f"{sender.name or ''} {sender.address.partition('@')[0]}")
    subject = field(head, "subject")
    bare = _AGAIN.sub("", subject, count=1) if _AGAIN.match(subject) else subject
    said = {word.casefold() for word in _WORD.findall(body)}
    adds = any(word.casefold() not in said for word in _WORD.findall(bare))
    first = bare == subject or not body
    text = f"{bare}\n\n{body}" if bare and adds and first else body or bare
    return at_door(text.strip(), MAX_TEXT)


def _author(sender: Sender, place: Place) -> Author:
    address = sender.address or UNKNOWN
    return Author(address, address, sender.name, is_us=address in place.us)


def _written(head: Message, arrived: datetime) -> datetime:
    """When it says it was written, unless that cannot be."""
    with suppress(ValueError):
        moment = read_time(_COMMENT.sub("", field(head, "date")).strip())
        if arrived - LONGEST_WAY <= moment <= arrived:
            return moment
    return arrived


def _forged(head: Message, sender: Sender, place: Place) -> Why | None:
    """An answer of ours stops a clock: our own server must not say that it was somebody else."""
    told = verdict(head, place.server, sender.domain)
    return "forged" if told is False else None


def _thread(head: Message) -> str | None:
    known = message_ids(head, "references") or message_ids(head, "in-reply-to")
    return known[0] if known else None


def _parent(head: Message) -> str | None:
    """The last one of ``References``: some programs put a whole thread into ``In-Reply-To``."""
    known = message_ids(head, "references") or message_ids(head, "in-reply-to")
    return known[-1] if known else None


def _notice(notice: Notice, id_: str, written: datetime, place: Place) -> Mention:
    suffix = f"#{notice.number}" if notice.number else ""
    name = at_door(notice.author or notice.site, MAX_FIELD)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=f"{id_}{suffix}",
        author=Author(f"{notice.site}:{name}", name, name),
        text=at_door(notice.text, MAX_TEXT),
        created_at=written,
        kind=notice.kind,
        url=notice.link,
        uri=notice.link if notice.kind == "post" else None,
        rating=notice.stars,
    )

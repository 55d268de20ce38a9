"""What answering on Facebook and on Instagram has in common.

Meta knows no key for an attempt: what became of one is seen by looking for the same words
below the comment, or in the conversation with its author.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from socialcare.channels.attempts import earliest
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.calls import Calls
from socialcare.channels.meta.lists import list_of
from socialcare.channels.meta.wire import Conversation, Listing, MadeMessage, Message
from socialcare.clock import format_time
from socialcare.errors import OutcomeUnknownError, RefusedError

PAGES = 10
"""Of a hundred comments, among which ours is looked for."""
WINDOW = timedelta(days=7)
"""https://developers.facebook.com/docs/messenger-platform/discovery/private-replies"""
MESSAGE = "message:"
"""Before the id of a private reply."""


class Desk(ABC):
    """Writes as one Page or account."""

    platform: str

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def preview(self, reply: Outgoing) -> Preview:
        text = self._text(reply)
        length, most = self._measured(reply, text)
        return Preview(text, length, most, self._refused(reply, text, length, most))

    @abstractmethod
    def _text(self, reply: Outgoing) -> str:
        """With the name of whom it means, where that is needed."""

    @abstractmethod
    def _measured(self, reply: Outgoing, text: str) -> tuple[int, int]:
        """How long it is, and how long it may be."""

    @abstractmethod
    def _refused(self, reply: Outgoing, text: str, length: int, most: int) -> str | None: ...

    def _too_old(self, reply: Outgoing) -> str | None:
        """Whether the time for a private reply is over, and since when."""
        end = reply.mention.created_at + WINDOW
        if self._calls.clock.now() <= end:
            return None
        return (
            "Meta lets a comment be answered privately within 7 days, and that was until "
            f"{format_time(end)[:16].replace('T', ' ')} UTC"
        )

    def send(self, reply: Outgoing) -> Posted:
        preview = self.preview(reply)
        if preview.refused:
            raise RefusedError(
                f"{self._calls.channel}: {preview.refused}.", "change it, or answer by hand"
            )
        return self._private(reply) if reply.private else self._public(reply, preview.text)

    @abstractmethod
    def _public(self, reply: Outgoing, text: str) -> Posted: ...

    @abstractmethod
    def _private(self, reply: Outgoing) -> Posted: ...

    def _message(self, path: str, recipient: Mapping[str, str], text: str, *, needs: str) -> Posted:
        """https://developers.facebook.com/docs/messenger-platform/discovery/private-replies"""
        content = {"recipient": dict(recipient), "message": {"text": text}}
        answer = self._calls.write("POST", path, content, what="answer that privately", needs=needs)
        made = answer.decode(MadeMessage, what="the message that was sent")
        return Posted(f"{MESSAGE}{made.message_id}")

    def find(self, reply: Outgoing) -> Posted | None:
        """Look for the same words of ours.

        Raises
        ------
        OutcomeUnknownError
            Not all could be seen.

        """
        return self._find_message(reply) if reply.private else self._find_comment(reply)

    @abstractmethod
    def _find_comment(self, reply: Outgoing) -> Posted | None: ...

    @property
    @abstractmethod
    def _holder(self) -> str:
        """Whose conversations they are."""

    @property
    @abstractmethod
    def _ours(self) -> frozenset[str]:
        """Ids, and names, that we have in conversations."""

    @property
    @abstractmethod
    def _reads_messages(self) -> str:
        """The permissions that it takes to read conversations."""

    def _find_message(self, reply: Outgoing) -> Posted | None:
        """https://developers.facebook.com/docs/messenger-platform/conversations"""
        author = reply.mention.author.external_id
        if not author.isdecimal():
            raise self.unknown("Meta does not say who wrote that, so no conversation can be read")
        answer = self._calls.ask(
            f"{self._holder}/conversations",
            {
                "platform": self.platform,
                "user_id": author,
                "fields": "id,messages.limit(20){id,message,from,created_time}",
            },
            what="read the conversation",
            needs=self._reads_messages,
        )
        listing = answer.decode(Listing, what="the conversations")
        talks, broken = decode_items(listing.data, Conversation)
        raws = [raw for one in talks if one.messages for raw in one.messages.data]
        messages, bad = decode_items(raws, Message)
        since = earliest(reply, answer.ahead) or reply.mention.created_at
        for one in messages:
            ours = one.author and {one.author.id, one.author.username} & self._ours
            other = one.created_time < since or f"{MESSAGE}{one.id}" in reply.known
            if ours and not other and plain(one.message) == plain(reply.text):
                return Posted(f"{MESSAGE}{one.id}", at=one.created_time.astimezone(UTC))
        raise self.unknown(
            "its conversation could not be read whole"
            if broken or bad
            else "the conversation does not show it, and may yet do so"
        )

    def unknown(self, why: str) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"{self._calls.channel}: I cannot tell whether the answer is there: {why}.",
            "look there; then record its address, or send it again on purpose",
        )

    def _below(
        self, reply: Outgoing, path: str, params: Mapping[str, str], needs: str
    ) -> Iterator[tuple[Listing, datetime]]:
        """All pages, each with the time from which on an answer there may be it.

        What follows the last one that is read makes the outcome unknown.
        """
        ask = list_of(
            self._calls, path, params, what="read the answers there", needs=needs, may_be_gone=True
        )
        onward: Mapping[str, str] = {}
        for _ in range(PAGES):
            listed = ask(onward)
            if listed is None:
                break
            since = earliest(reply, listed.ahead) or reply.mention.created_at
            yield Listing(list(listed.raws)), since
            if not listed.onward:
                return
            onward = listed.onward
        raise self.unknown("there are too many answers to look through")

    def delete(self, external_id: str) -> None:
        """Who owns a Page may delete what others wrote on it: only our own comments are."""
        if not self._is_comment(external_id):
            raise RefusedError(
                f"{self._calls.channel}: that cannot be taken back from here.",
                "delete it where it stands",
            )
        self._delete(external_id)

    @abstractmethod
    def _is_comment(self, external_id: str) -> bool: ...

    @abstractmethod
    def _delete(self, external_id: str) -> None: ...

    def _somebody_elses(self) -> RefusedError:
        return RefusedError(
            f"{self._calls.channel}: that comment was written by somebody else.",
            "hide it there, if it must go",
        )


def plain(text: str) -> str:
    return " ".join(text.split())


def units(text: str) -> int:
    """In UTF-16, the stricter count: Meta does not say how it counts."""
    return len(text.encode("utf-16-le")) // 2


def too_long(length: int, most: int, of: str = "characters") -> str | None:
    return f"it has {length:,} {of}, and {most:,} are allowed there" if length > most else None


def first(reasons: Iterable[str | None]) -> str | None:
    """The first that there is; those after it are not asked for."""
    return next((reason for reason in reasons if reason), None)

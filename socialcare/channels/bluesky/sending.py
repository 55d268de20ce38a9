"""Answers in public, and own posts: a post whose record key is made from the key of the reply.

https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/repo/putRecord.json
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.bluesky.calls import Calls
from socialcare.channels.bluesky.facets import make_facets
from socialcare.channels.bluesky.posts import POST_URI, page_of, read_posts, written_at
from socialcare.channels.bluesky.wire import POST, Kept, Posts, Resolved, Written
from socialcare.channels.graphemes import count_graphemes
from socialcare.clock import format_time, parse_time
from socialcare.errors import GoneError, RefusedError

_TID_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
_FIRST_TID = 1_640_995_200_000_000
"""Microseconds since 1970: keys fall into four years that are over, for a server may refuse one
from the future."""
_TIDS = 4 * 365 * 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """How long a text may be: in graphemes, and at the same time in bytes of UTF-8."""

    graphemes: int
    size: int

    def preview(self, text: str, refused: str | None = None) -> Preview:
        length, size = count_graphemes(text), len(text.encode())
        if length > self.graphemes:
            refused = f"it is too long: {length:,} of {self.graphemes:,} characters"
        elif size > self.size:
            refused = f"its characters are too large: {size:,} of {self.size:,} bytes"
        return Preview(text, length, self.graphemes, refused)


PUBLIC = Measure(300, 3_000)
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json"""


def record_key(key: str) -> str:
    """The same at every attempt, and a TID, as the keys of posts have to be.

    https://atproto.com/specs/tid
    """
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest(), "big")
    clock_id, digest = digest % 1024, digest // 1024
    number = (_FIRST_TID + digest % _TIDS) << 10 | clock_id
    return "".join(_TID_SIGNS[number >> shift & 31] for shift in range(60, -5, -5))


@dataclass(frozen=True, slots=True)
class Replies:
    """Posts of ours: written, found and taken back."""

    channel: str
    calls: Calls

    def send(self, reply: Outgoing, now: datetime) -> Posted:
        """A second attempt finds the record of the first, whose answer may have been lost."""
        above = None if reply.to is None else self._above(reply.to.external_id)
        content = {
            **self._place(reply),
            "record": self._record(reply.text, above, now),
            "swapRecord": None,  # there must be none yet
        }
        answer = self.calls.post("com.atproto.repo.putRecord", content, fine={"InvalidSwap"})
        if answer.status != 200:
            return _posted(self._uri(reply), None)
        return _posted(answer.decode(Written, what="the answer to the post").uri, now)

    def find(self, reply: Outgoing) -> Posted | None:
        found = self._own(self._place(reply))
        return _posted(found.uri, written_at(found.value)) if found else None

    def _own(self, place: Mapping[str, str]) -> Kept | None:
        """A record of ours as its own server has it: at once, and not when others see it."""
        answer = self.calls.get("com.atproto.repo.getRecord", place, fine={"RecordNotFound"})
        if answer.status != 200:
            return None
        return answer.decode(Kept, what="the answer of getRecord")

    def delete(self, uri: str) -> None:
        match = POST_URI.fullmatch(uri)
        did = self.calls.signin.current().did
        if match is None or match["did"] != did:
            raise RefusedError(
                f"{self.channel}: that is no post of our account.", "delete it where it was written"
            )
        content = {"repo": did, "collection": POST, "rkey": match["rkey"]}
        self.calls.post("com.atproto.repo.deleteRecord", content, again=True)

    def _place(self, reply: Outgoing) -> dict[str, str]:
        did = self.calls.signin.current().did
        return {"repo": did, "collection": POST, "rkey": record_key(reply.key)}

    def _uri(self, reply: Outgoing) -> str:
        return "at://{repo}/{collection}/{rkey}".format(**self._place(reply))

    def _above(self, uri: str) -> Kept:
        """What is answered, as it is now: its version is part of the reply."""
        match, did = POST_URI.fullmatch(uri), self.calls.signin.current().did
        if match is not None and match["did"] == did:
            own = self._own({"repo": did, "collection": POST, "rkey": match["rkey"]})
            if own is None:
                raise self._gone()
            return own
        found = self.calls.read("app.bsky.feed.getPosts", {"uris": [uri]}, Posts)
        views, _ = read_posts(found.posts)
        if not views or views[0].uri != uri:
            raise self._gone()
        if views[0].viewer and views[0].viewer.reply_disabled:
            raise RefusedError(
                f"{self.channel}: its author does not let this account answer there.",
                "write to them another way, or close it without an answer",
            )
        return Kept(uri, views[0].cid, views[0].record)

    def _gone(self) -> GoneError:
        return GoneError(
            f"{self.channel}: the post that this answers is gone, or hidden from us.",
            f"look at it again: socialcare fetch {self.channel}",
        )

    def _record(self, text: str, above: Kept | None, now: datetime) -> Mapping[str, Any]:
        content = {
            "$type": POST,
            "text": text,
            "createdAt": format_time(now),
            "facets": make_facets(text, self._did_of),
        }
        return content if above is None else {**content, "reply": _below(above)}

    def _did_of(self, handle: str) -> str | None:
        answer = self.calls.get(
            "com.atproto.identity.resolveHandle",
            {"handle": handle},
            fine={"InvalidRequest", "HandleNotFound"},
        )
        return answer.decode(Resolved).did if answer.status == 200 else None


def _below(above: Kept) -> Mapping[str, Any]:
    parent, reply = {"uri": above.uri, "cid": above.cid}, above.value.reply
    root = {"uri": reply.root.uri, "cid": reply.root.cid} if reply else parent
    return {"root": root, "parent": parent}


def _posted(uri: str, at: datetime | None) -> Posted:
    """``at`` is when the record says that it was made; records have whole milliseconds."""
    kept = parse_time(format_time(at)) if at else None
    return Posted(uri, page_of(uri), uri, kept)

"""Comments with their replies, and who wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.youtube.calls import Calls
from socialcare.channels.youtube.posts import Place, to_mention, top_of
from socialcare.channels.youtube.wire import Comment, Owner, Thread
from socialcare.models import Mention

_HANDLE = re.compile(r"@[\w.·-]{3,60}")
REPLY_PAGES = 10
"""Pages of a hundred replies that are read below one comment."""


@dataclass(slots=True)
class Reader:
    """Reads below comments for one run, and looks up each author once."""

    calls: Calls
    place: Place
    owners: dict[str, Owner] = field(default_factory=dict)

    def replies(self, thread: str) -> tuple[list[Comment], list[Broken], str | None]:
        """All replies to a comment, and why some are missing."""
        params = {"part": "snippet", "parentId": thread, "maxResults": "100"}
        params["textFormat"] = "plainText"
        good: list[Comment] = []
        broken: list[Broken] = []
        asked: set[str] = set()
        for _ in range(REPLY_PAGES):
            found = self.calls.ask("comments", params, fine={"commentNotFound"})
            if found is None:
                return good, broken, None
            some, bad = decode_items(found.items, Comment, where="$.items")
            good += some
            broken += bad
            token = found.next_page_token
            if not token:
                return good, broken, None
            if token in asked:
                break
            asked.add(token)
            params = {**params, "pageToken": token}
        return good, broken, f"more replies than are read below one comment ({thread})"

    def know(self, authors: Sequence[str]) -> None:
        """Look up how many follow them."""
        new = list(dict.fromkeys(one for one in authors if one and one not in self.owners))
        found, _ = self.calls.by_id("channels", new, Owner, "snippet,statistics")
        self.owners |= {owner.id: owner for owner in found}

    @property
    def knowing(self) -> Place:
        """The place with what was looked up."""
        return replace(
            self.place, followers={owner.id: owner.followers for owner in self.owners.values()}
        )

    def mentions(
        self, comments: Sequence[tuple[Thread, Comment]], since: datetime
    ) -> list[Mention]:
        """Those from ``since`` on, with the reach of who wrote them."""
        wanted = [(thread, one) for thread, one in comments if one.moment >= since]
        meant = _meant([one for _, one in comments])
        self.know([one.author for _, one in wanted])
        place = self.knowing
        return [
            to_mention(
                one,
                place,
                video=thread.snippet.video_id,
                replies=thread.snippet.total_reply_count if one.id == thread.id else None,
                ours=bool(place.own) and thread.snippet.channel_id == place.own,
                answers=meant.get(one.id),
            )
            for thread, one in wanted
        ]


def _meant(comments: Sequence[Comment]) -> dict[str, str]:
    """By the id of a reply that begins with a handle: the last one before it by that person.

    YouTube itself knows one level only, and calls the top of the thread the parent of all.
    """
    last: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for one in sorted(comments, key=lambda one: (one.moment, one.id)):
        thread = top_of(one.id)
        named = _HANDLE.match(one.snippet.text_display) if one.id != thread else None
        if named and (meant := last.get((thread, named[0].rstrip(".").casefold()))):
            found[one.id] = meant
        last[thread, one.snippet.author_display_name.casefold()] = one.id
    return found

"""The checkpoint: how far each list got, and below which posts something is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from socialcare.channels.base import Page
from socialcare.clock import format_time, parse_time

MOST_WATCHED = 500
"""Posts whose comments are read: the newest."""


class Book:
    """``lists`` by name. ``posts`` by id: ``at``, ``mark``, ``due``, ``list`` and what else is known.

    A mark is what tells that something has changed below a post.
    """

    def __init__(self, checkpoint: Mapping[str, Any] | None, since: datetime) -> None:
        data = deepcopy(dict(checkpoint or {}))
        self.since = parse_time(data["since"]) if "since" in data else since
        self.own: dict[str, dict[str, str]] = data.get("own", {})
        """What the config calls us, and who that is."""
        self.lists: dict[str, Any] = data.get("lists", {})
        self.posts: dict[str, dict[str, Any]] = data.get("posts", {})
        self.turn: str = data.get("turn", "")
        self.dropped: dict[str, dict[str, str]] = data.get("dropped", {"read": {}, "others": {}})
        """Files of the spool that were read, with their stamps; those of others stay there."""

    def to_json(self) -> dict[str, Any]:
        return deepcopy(
            {
                "since": format_time(self.since),
                "own": self.own,
                "lists": self.lists,
                "posts": self.posts,
                "turn": self.turn,
                "dropped": self.dropped,
            }
        )

    @property
    def due(self) -> list[str]:
        """Posts below which something is new, one that is under way first."""
        due = [post for post, known in self.posts.items() if "due" in known]
        return sorted(due, key=lambda post: "floor" not in self.posts[post].get("list", {}))

    def watch(
        self, post: str, at: datetime, mark: str, *, comments: int | None, **more: Any
    ) -> None:
        """Note a post as it is now; where its mark is a new one, its comments are due."""
        known = self.posts.setdefault(post, {})
        known.update({"at": format_time(at), **more})
        if known.get("mark") == mark:
            known.pop("due", None)
        elif comments == 0 and "list" not in known:
            known["mark"] = mark  # nothing to read
        else:
            known["due"] = mark

    def done(self, post: str) -> None:
        self.posts[post]["mark"] = self.posts[post].pop("due")

    def forget(self, oldest: datetime) -> None:
        """Leave alone what is too old, and all but the newest."""
        newest = sorted(self.posts.items(), key=lambda item: str(item[1]["at"]), reverse=True)
        kept = dict(newest[:MOST_WATCHED])
        self.posts = {
            post: known
            for post, known in kept.items()
            if parse_time(known["at"]) >= oldest - timedelta(days=1)
        }


Phase = Callable[[], Iterator[tuple[Page, bool]]]
"""Part of a run: its pages, and with each whether it is the last of this part."""


def in_turn(book: Book, phases: Mapping[str, Phase], *, at_last: str) -> Iterator[Page]:
    """All parts, from the one whose turn it is: a run that is cut short starves none.

    ``at_last`` is done again at the end, should the others have brought work for it.
    """
    names = list(phases)
    begin = names.index(book.turn) if book.turn in names else 0
    order = [*names[begin:], *names[:begin]]
    for name, following in zip([*order, at_last], [*order[1:], at_last, names[0]], strict=True):
        book.turn = name
        for page, is_last in phases[name]():
            book.turn = following if is_last else name
            yield replace(page, checkpoint=book.to_json())
    book.turn = names[0]
    yield Page(checkpoint=book.to_json())

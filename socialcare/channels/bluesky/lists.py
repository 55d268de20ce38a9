"""What is asked for, page by page, and how the answers become pages of mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from socialcare.channels.base import Broken, Page
from socialcare.channels.bluesky.calls import Calls
from socialcare.channels.bluesky.posts import (
    POST_URI,
    Place,
    moment_of,
    read_feed,
    read_posts,
    to_mention,
)
from socialcare.channels.bluesky.search import HITS, Window
from socialcare.channels.bluesky.walks import Cut
from socialcare.channels.bluesky.wire import (
    Feed,
    Notification,
    Notifications,
    Posts,
    PostView,
    Profile,
    Profiles,
    Thread,
)
from socialcare.channels.decode import decode_items
from socialcare.clock import format_time

SEVERAL = 25
"""Posts or profiles that one call gives."""
REASONS = ("mention", "reply", "quote")
_GONE = "app.bsky.feed.defs#notFoundPost"

T = TypeVar("T")


class Named(msgspec.Struct):
    uri: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one channel, as its account sees them."""

    calls: Calls
    channel: str
    us: frozenset[str]
    """Our own handles, in lower case, without ``@``."""
    reach: dict[str, int | None] = field(default_factory=dict)
    """How many follow whom, as far as it was asked in this run."""

    def notifications(self, cursor: str | None) -> Cut[str]:
        """Also those of strangers, which the account may have set to be left out."""
        params = {"reasons": REASONS, "priority": "false", "limit": HITS}
        found = self._cut("app.bsky.notification.listNotifications", params, Notifications, cursor)
        notes, broken = decode_items(found.notifications, Notification, where="$.notifications")
        wanted = [(one.indexed_at, one.uri) for one in notes if one.reason in REASONS]
        return Cut(wanted, broken, found.cursor)

    def own(self, cursor: str | None) -> Cut[PostView]:
        """What we wrote ourselves, here or in the app."""
        did = self.calls.signin.current().did
        params = {"actor": did, "filter": "posts_with_replies", "limit": HITS}
        found = self._cut("app.bsky.feed.getAuthorFeed", params, Feed, cursor)
        views, broken = read_feed(found.feed)
        return Cut([(moment_of(view), view) for view in views], broken, found.cursor)

    def search(self, query: str) -> Callable[[Window], Posts]:
        def ask(window: Window) -> Posts:
            params = {"q": query, "sort": "latest", "limit": HITS}
            params["since"] = format_time(window.floor)
            if window.until:
                params["until"] = format_time(window.until)
            return self._cut("app.bsky.feed.searchPosts", params, Posts, window.cursor)

        return ask

    def _cut(self, nsid: str, params: Mapping[str, Any], into: type[T], cursor: str | None) -> T:
        whole = dict(params) if cursor is None else {**params, "cursor": cursor}
        return self.calls.read(nsid, whole, into)

    def notified(self, uris: Sequence[str]) -> Page:
        """What notifications are about, whole; what was deleted since is left out."""
        views, broken = self._posts(list(dict.fromkeys(uris)))
        return self._page(views, broken, notified=True)

    def page(self, views: Sequence[PostView]) -> Page:
        return self._page(views)

    def again(self, uris: Sequence[str]) -> Page:
        """Known posts as they are now. Gone is what its thread denies, not what is hidden."""
        known = [uri for uri in uris if POST_URI.fullmatch(uri)]
        views, broken = self._posts(known)
        there = {view.uri for view in views} | set(_uris_in(broken))
        gone = [
            uri for uri in uris if uri not in there and (uri not in known or self._is_gone(uri))
        ]
        return replace(self._page(views, broken), gone=gone)

    def _page(
        self, views: Sequence[PostView], broken: Sequence[Broken] = (), *, notified: bool = False
    ) -> Page:
        place = Place(self.channel, self.us, self.calls.signin.current().did)
        followers = self._followers([view.author.did for view in views])
        mentions = [
            to_mention(view, place, followers.get(view.author.did), notified=notified)
            for view in views
        ]
        return Page(mentions, broken=broken)

    def _posts(self, uris: Sequence[str]) -> tuple[list[PostView], list[Broken]]:
        views: list[PostView] = []
        broken: list[Broken] = []
        for some in _portions(uris):
            found = self.calls.read("app.bsky.feed.getPosts", {"uris": some}, Posts)
            read, refused = read_posts(found.posts)
            views += read
            broken += refused
        return views, broken

    def _followers(self, dids: Sequence[str]) -> Mapping[str, int | None]:
        """Lists of posts do not tell how many follow their authors."""
        wanted = [did for did in dict.fromkeys(dids) if did not in self.reach]
        for some in _portions(wanted):
            found = self.calls.read("app.bsky.actor.getProfiles", {"actors": some}, Profiles)
            profiles, _ = decode_items(found.profiles, Profile)
            self.reach.update(dict.fromkeys(some))
            self.reach.update({one.did: one.followers_count for one in profiles})
        return self.reach

    def _is_gone(self, uri: str) -> bool:
        answer = self.calls.get(
            "app.bsky.feed.getPostThread",
            {"uri": uri, "depth": 0, "parentHeight": 0},
            fine={"NotFound"},
        )
        return answer.status != 200 or answer.decode(Thread).thread.type == _GONE


def _portions(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), SEVERAL):
        yield items[start : start + SEVERAL]


def _uris_in(broken: Sequence[Broken]) -> Iterator[str]:
    """The posts that cannot be read, but are there."""
    for one in broken:
        for named in decode_items([msgspec.Raw(one.raw)], Named)[0]:
            yield named.uri

"""Facebook: comments on the posts of our Page, what visitors post there, and posts that tag it.

An app in development mode is shown only what people with a role on that app have written;
for all others the app has to pass Meta's review. Facebook tells neither how many follow
somebody nor in which language they write, and of a post that tags the Page not by whom it is.
Comments are read below the posts of the last ``days``, 30 unless the config says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

import msgspec

from socialcare.channels.base import (
    CanReply,
    Channel,
    Checkpoint,
    Page,
    RepliesByDesk,
    ReplyLimits,
    Setup,
)
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.book import Book, in_turn
from socialcare.channels.meta.calls import Calls, sign_in
from socialcare.channels.meta.lists import BASE_URL, DAYS, list_of, read_days, read_version
from socialcare.channels.meta.posts import (
    COMMENT_FIELDS,
    POST_FIELDS,
    SOURCE,
    Place,
    comment_mention,
    post_mention,
)
from socialcare.channels.meta.recheck import look_again
from socialcare.channels.meta.sending import LONGEST, PageDesk
from socialcare.channels.meta.walks import Read, Walk
from socialcare.channels.meta.wire import Comment, Person, Post
from socialcare.channels.options import Options
from socialcare.clock import format_time
from socialcare.errors import AuthError, UsageError
from socialcare.models import Kind
from socialcare.text import for_screen

POSTS = "50"
"""Of one page: of more, with their counts, Facebook says that it is too much data."""
COMMENTS = "100"
TAGGED_OVERLAP = timedelta(days=1)
"""The list of tagged posts is not said to be in order."""
READS = "pages_read_engagement and pages_read_user_content"
_PAGE = re.compile(r"[A-Za-z0-9.]{1,60}", re.ASCII)


class Facebook(RepliesByDesk, Channel):
    """``page``, ``version``, ``days``; the secrets ``token`` (of the Page) and ``app_secret``."""

    type: ClassVar[str] = SOURCE
    limits: ClassVar[ReplyLimits] = ReplyLimits(LONGEST, private=True, posts=True)
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = ("post", "comment", "reply")

    def __init__(self, setup: Setup) -> None:
        options = Options(setup.name, setup.options)
        self._setup = setup
        self._base = (options.text("base_url") or BASE_URL).rstrip("/")
        page = (options.text("page") or "").removeprefix("@")
        if not _PAGE.fullmatch(page) or page in {".", ".."}:
            problem = "is no Page" if page else "which Page is to be read?"
            raise options.error("page", problem, 'write its name or number: page = "acme"')
        self._page = page
        self._version = read_version(options)
        self._days = read_days(setup.options.get("days", DAYS), options)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> Mapping[str, object]:  # noqa: ARG003
        """Our own Page: its name or number."""
        page = what.removeprefix("@")
        if not _PAGE.fullmatch(page):
            shown = for_screen(what, one_line=True, limit=60)
            raise UsageError(f'facebook: "{shown}" is no Page.', "write: facebook:acme")
        return {"page": page}

    @property
    def source(self) -> str:
        return SOURCE

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint is the :class:`~socialcare.channels.meta.book.Book`."""
        book = Book(checkpoint, since)
        reading = Reading(self._calls, book, self._place(book), self._setup.clock.now(), self._days)
        phases = {"tagged": reading.tagged, "feed": reading.feed, "below": reading.below}
        yield from in_turn(book, phases, at_last="below")

    def _place(self, book: Book) -> Place:
        """Which is asked once."""
        if self._page not in book.own:
            book.own = {self._page: {"id": self._me.id}}
        return Place(self._setup.name, book.own[self._page]["id"])

    def recheck(self, external_ids: Sequence[str]) -> Page:
        return look_again(external_ids, self._calls, Place(self._setup.name, self._me.id))

    def check_access(self) -> str:
        """Who we are: reading works with the token of a person as well, answers need the Page's.

        Raises
        ------
        AuthError
            The token is not that of the Page.

        """
        answer = self._calls.ask("me", {"fields": "id"}, what="see whose token it is", needs=READS)
        holder = answer.decode(Person, what="the account of the token")
        if holder.id != self._me.id:
            raise AuthError(
                f"{self._calls.channel}: the token belongs to a person, or to another Page.",
                "take that of the Page (GET /me/accounts lists it), then: "
                f"socialcare channel login {self._calls.channel}",
            )
        return self._me.name or self._me.id

    @cached_property
    def _me(self) -> Person:
        """https://developers.facebook.com/docs/graph-api/reference/page"""
        answer = self._calls.ask(
            self._page, {"fields": "id,name,username"}, what="read the Page", needs=READS
        )
        return answer.decode(Person, what="the Page")

    @cached_property
    def _desk(self) -> CanReply:
        return PageDesk(self._calls, lambda: self._me.id)

    @cached_property
    def _calls(self) -> Calls:
        return sign_in(self._setup, self._base, self._version)


class Reading:
    """One run over the lists of a Page."""

    def __init__(
        self, calls: Calls, book: Book, place: Place, now: datetime, days: timedelta
    ) -> None:
        self._calls, self._book, self._place, self._now = calls, book, place, now
        self._oldest = now - days

    def tagged(self) -> Iterator[tuple[Page, bool]]:
        """https://developers.facebook.com/docs/graph-api/reference/page/tagged"""
        ask = list_of(
            self._calls,
            f"{self._place.own}/tagged",
            {"fields": POST_FIELDS, "limit": POSTS},
            what="read the posts that tag the Page",
            needs=READS,
        )
        state = self._book.lists.get("tagged")
        walk = Walk(state, ask, self._posts, self._now, self._book.since, overlap=TAGGED_OVERLAP)
        yield from self._pages(walk, "tagged")

    def feed(self) -> Iterator[tuple[Page, bool]]:
        """All of some days, for the number of comments below each post.

        https://developers.facebook.com/docs/graph-api/reference/page/feed
        """
        ask = list_of(
            self._calls,
            f"{self._place.own}/feed",
            {"fields": POST_FIELDS, "limit": POSTS},
            what="read the posts of the Page",
            needs=READS,
        )
        self._book.forget(self._oldest)
        state = self._book.lists.get("feed")
        walk = Walk(state, ask, self._own_posts, self._now, self._book.since, ground=self._oldest)
        yield from self._pages(walk, "feed")

    def _pages(self, walk: Walk, name: str) -> Iterator[tuple[Page, bool]]:
        for page in walk.pages():
            self._book.lists[name] = walk.to_json()
            yield page, walk.is_over

    def _posts(self, raws: Sequence[msgspec.Raw]) -> Page:
        posts, broken = decode_items(raws, Post, where="$.data")
        others = [post for post in posts if not self._is_ours(post)]
        return Page([post_mention(post, self._place) for post in others], broken=broken)

    def _own_posts(self, raws: Sequence[msgspec.Raw]) -> Page:
        for post in decode_items(raws, Post)[0]:
            if post.id.startswith(f"{self._place.own}_") and post.created_time >= self._oldest:
                self._watch(post)
        return self._posts(raws)

    def _watch(self, post: Post) -> None:
        """The time of the last change tells of comments too, but no page says that it must."""
        summary = post.comments.summary if post.comments else None
        count = summary.total_count if summary else None
        changed = format_time(post.updated_time) if post.updated_time else ""
        mark = f"{count}|{changed}|{self._now.date()}"
        self._book.watch(post.id, post.created_time, mark, comments=count, ours=self._is_ours(post))

    def _is_ours(self, post: Post) -> bool:
        return post.author is not None and post.author.id == self._place.own

    def below(self) -> Iterator[tuple[Page, bool]]:
        """https://developers.facebook.com/docs/graph-api/reference/object/comments"""
        for post in self._book.due:
            known = self._book.posts[post]
            ask = list_of(
                self._calls,
                f"{post}/comments",
                {
                    "fields": COMMENT_FIELDS,
                    "filter": "stream",
                    "order": "reverse_chronological",
                    "limit": COMMENTS,
                },
                what="read the comments",
                needs=READS,
                may_be_gone=True,
            )
            walk = Walk(
                known.get("list"), ask, self._comments_of(post), self._now, self._book.since
            )
            for page in walk.pages():
                known["list"] = walk.to_json()
                if walk.is_over:
                    self._book.done(post)
                yield page, not self._book.due

    def _comments_of(self, post: str) -> Read:
        ours = bool(self._book.posts[post].get("ours", True))

        def read(raws: Sequence[msgspec.Raw]) -> Page:
            comments, broken = decode_items(raws, Comment, where="$.data")
            found = [comment_mention(one, self._place, post=post, ours=ours) for one in comments]
            return Page(found, broken=broken)

        return read

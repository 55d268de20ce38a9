"""One run over what an Instagram account is told and shown: tags, its media, what stands below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

import msgspec

from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.book import Book
from socialcare.channels.meta.calls import Calls
from socialcare.channels.meta.dropped import Entry, Item, Named, read_body
from socialcare.channels.meta.lists import list_of
from socialcare.channels.meta.refusals import is_bad_parameter
from socialcare.channels.meta.remarks import (
    MEDIA_FIELDS,
    REMARK_FIELDS,
    Place,
    media_mention,
    mention_elsewhere,
    remark_mention,
)
from socialcare.channels.meta.walks import Read, Walk
from socialcare.channels.meta.wire import (
    Media,
    MentionedComment,
    MentionedMedia,
    Remark,
)
from socialcare.channels.spool import Look, Spool
from socialcare.clock import EARLIEST
from socialcare.models import Mention

MEDIA = "50"
REMARKS = "50"
MENTIONED_FIELDS = "id,text,timestamp,username,like_count,media{id,permalink,username}"
PAGES_AGAIN = 3
"""Of fifty comments, looked through for new replies; once a day all are."""
REPLY_PAGES = 20
"""Pages of replies that are read below one comment."""
FILES = 10
"""Of the spool, for one page."""
TAGS_OVERLAP = timedelta(days=7)
"""A picture may be tagged long after it was shown, and the list is in no order that is told."""
READS = "instagram_basic, instagram_manage_comments and pages_read_engagement"
"""https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/comments"""


class Shelf:
    def __init__(
        self, calls: Calls, book: Book, place: Place, now: datetime, days: timedelta
    ) -> None:
        self._calls, self._book, self._place, self._now = calls, book, place, now
        self._oldest = now - days

    def tags(self) -> Iterator[tuple[Page, bool]]:
        """https://developers.facebook.com/docs/instagram-platform/reference/instagram-user/tags"""
        ask = list_of(
            self._calls,
            f"{self._place.own}/tags",
            {"fields": MEDIA_FIELDS, "limit": MEDIA},
            what="read the media that tag the account",
            needs=READS,
            bare=True,
        )
        state = self._book.lists.get("tags")
        walk = Walk(state, ask, self._tagged, self._now, self._book.since, overlap=TAGS_OVERLAP)
        for page in walk.pages():
            self._book.lists["tags"] = walk.to_json()
            yield page, walk.is_over

    def _tagged(self, raws: Sequence[msgspec.Raw]) -> Page:
        found, broken = decode_items(raws, Media, where="$.data")
        return Page([media_mention(one, self._place) for one in found], broken=broken)

    def media(self) -> Iterator[tuple[Page, bool]]:
        """All of some days, for the number of comments below each.

        https://developers.facebook.com/docs/instagram-platform/reference/instagram-user/media
        """
        ask = list_of(
            self._calls,
            f"{self._place.own}/media",
            {
                "fields": "id,timestamp,permalink,comments_count,comments.limit(1){id}",
                "limit": MEDIA,
            },
            what="read the media of the account",
            needs=READS,
        )
        self._book.forget(self._oldest)
        state = self._book.lists.get("media")
        walk = Walk(state, ask, self._own, self._now, self._book.since, ground=self._oldest)
        for page in walk.pages():
            self._book.lists["media"] = walk.to_json()
            yield page, walk.is_over

    def _own(self, raws: Sequence[msgspec.Raw]) -> Page:
        found, broken = decode_items(raws, Media, where="$.data")
        for media in found:
            if media.timestamp >= self._oldest:
                self._watch(media)
        return Page(broken=broken)

    def _watch(self, media: Media) -> None:
        """A number may stay the same while one comment goes and another comes."""
        newest = media.comments.data[0].id if media.comments and media.comments.data else ""
        today = str(self._now.date())
        before = str(self._book.posts.get(media.id, {}).get("mark", today)).rpartition("|")[2]
        more = {"deep": True} if before != today else {}
        mark = f"{media.comments_count}|{newest}|{today}"
        self._book.watch(
            media.id,
            media.timestamp,
            mark,
            comments=media.comments_count,
            url=media.permalink,
            **more,
        )

    def below(self) -> Iterator[tuple[Page, bool]]:
        """https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/comments

        A reply moves no comment up. So some pages are read in any case, and all once a day.
        """
        for media in self._book.due:
            known = self._book.posts[media]
            inner = f"replies.limit({REMARKS}){{{REMARK_FIELDS}}}"
            ask = list_of(
                self._calls,
                f"{media}/comments",
                {"fields": f"{REMARK_FIELDS},{inner}", "limit": REMARKS},
                what="read the comments",
                needs=READS,
                may_be_gone=True,
            )
            walk = Walk(
                known.get("list"),
                ask,
                self._remarks_of(media),
                self._now,
                self._book.since,
                ground=EARLIEST if known.get("deep") else None,
                least=PAGES_AGAIN,
            )
            for page in walk.pages():
                known["list"] = walk.to_json()
                if walk.is_over:
                    known.pop("deep", None)
                    self._book.done(media)
                yield page, not self._book.due

    def _remarks_of(self, media: str) -> Read:
        def read(raws: Sequence[msgspec.Raw]) -> Page:
            remarks, broken = decode_items(raws, Remark, where="$.data")
            mentions: list[Mention] = []
            missed: str | None = None
            for top in remarks:
                replies, bad, why = self._replies(top)
                mentions.append(self._mention(top, media))
                mentions += [self._mention(one, media, top.id) for one in replies]
                broken += bad
                missed = missed or why
            return Page(mentions, broken=broken, possibly_missed=missed)

        return read

    def _mention(self, remark: Remark, media: str, parent: str | None = None) -> Mention:
        url = self._book.posts[media].get("url")
        return remark_mention(remark, self._place, media=media, url=url, parent=parent)

    def _replies(self, top: Remark) -> tuple[list[Remark], list[Broken], str | None]:
        """Those that came along, and all others."""
        if top.replies is None:
            return [], [], None
        good, broken = decode_items(top.replies.data, Remark, where="$.data.replies.data")
        onward = top.replies.onward()
        ask = list_of(
            self._calls,
            f"{top.id}/replies",
            {"fields": REMARK_FIELDS, "limit": REMARKS},
            what="read the replies",
            needs=READS,
            may_be_gone=True,
        )
        for _ in range(REPLY_PAGES):
            if not onward:
                return good, broken, None
            listed = ask(onward)
            if listed is None or listed.onward == onward:
                break
            some, bad = decode_items(listed.raws, Remark, where="$.data")
            good, broken, onward = [*good, *some], [*broken, *bad], dict(listed.onward)
        return good, broken, f"more replies than are read below one comment ({top.id})"

    def spool(self, spool: Spool) -> Iterator[tuple[Page, bool]]:
        """What a webhook was told, asked for by its ids, some files a page."""
        read = partial(read_body, account=self._place.own)
        dropped = self._book.dropped
        look = Look[Item](spool, read, self._now, dropped["read"], dropped["others"])
        files = look.files()
        while some := list(islice(files, FILES)):
            page = self._named([item for _, items in some for item in items])
            for name, items in some:
                if any(isinstance(one, Entry) for one in items):
                    look.leave(name)
            self._book.dropped = {"read": look.read, "others": look.others}
            yield page, False
        self._book.dropped = {"read": look.read, "others": look.others}
        yield Page(notice=look.notice), True

    def _named(self, items: Sequence[Item | Broken]) -> Page:
        mentions: list[Mention] = []
        broken = [one for one in items if isinstance(one, Broken)]
        lost = 0
        wanted = [(one.media_id, one.comment_id) for one in items if isinstance(one, Named)]
        for media, comment in dict.fromkeys(wanted):
            if media in self._book.posts:
                continue  # the list of comments brings it, and knows what it answers
            found = self._ask(media, comment)
            if found is None:
                lost += 1
            elif isinstance(found, Broken):
                broken.append(found)
            elif found.created_at >= self._book.since:
                mentions.append(found)
        notice = (
            f"{lost} that named us cannot be read any more: deleted, or private" if lost else None
        )
        return Page(mentions, broken=broken, notice=notice)

    def _ask(self, media: str, comment: str | None) -> Mention | Broken | None:
        """None where it is not to be had: deleted, private, or comments switched off.

        https://developers.facebook.com/docs/instagram-platform/reference/instagram-user/mentioned_comment
        """
        if comment:
            fields = f"mentioned_comment.comment_id({comment}){{{MENTIONED_FIELDS}}}"
        else:
            fields = f"mentioned_media.media_id({media}){{{MEDIA_FIELDS}}}"
        answer = self._calls.ask(
            self._place.own,
            {"fields": fields},
            what="read what names the account",
            needs=READS,
            fine=is_bad_parameter,
        )
        if answer.status != 200:
            return None
        if comment:
            raw = answer.decode(MentionedComment, what="the comment").mentioned_comment
            remarks, broken = decode_items([raw], Remark, where="$.mentioned_comment")
            return broken[0] if broken else self._comment(remarks[0], media)
        raw = answer.decode(MentionedMedia, what="the media").mentioned_media
        found, broken = decode_items([raw], Media, where="$.mentioned_media")
        return broken[0] if broken else media_mention(found[0], self._place)

    def _comment(self, remark: Remark, media: str) -> Mention:
        """Below our own media it is the comment that the list brings as well."""
        ground = remark.media
        if ground and self._place.is_us("", ground.username):
            return remark_mention(remark, self._place)
        return mention_elsewhere(remark, self._place, media)

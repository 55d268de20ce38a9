"""How posts and comments on Facebook become mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from socialcare.channels.meta.wire import Attachment, Comment, Person, Post
from socialcare.models import Author, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SOURCE = "facebook"
COMMENT_FIELDS = (
    "id,message,from,created_time,parent,permalink_url,like_count,comment_count,"
    "attachment{type,url,media}"
)
POST_FIELDS = (
    "id,message,story,from,created_time,updated_time,permalink_url,shares,"
    "attachments{type,url,media,subattachments{type,url,media}},"
    "reactions.limit(0).summary(total_count),comments.filter(stream).limit(0).summary(total_count)"
)
MOST_MEDIA = 20
_COMMENT_URL = re.compile(r"[?&](?:reply_)?comment_id=")


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name here, and the id of our Page there."""

    channel: str
    own: str


def is_comment(permalink: str) -> bool:
    return bool(_COMMENT_URL.search(permalink))


def post_mention(post: Post, place: Place) -> Mention:
    """Somebody's post on our Page, or one that tags it. Only such are asked for: it is for us."""
    own_id = at_door(post.id, MAX_FIELD)
    author = author_of(post.author, own_id, place)
    url = at_door(post.permalink_url or "", MAX_FIELD) or None
    comments, reactions = post.comments, post.reactions
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=author,
        text=at_door(post.message or post.story, MAX_TEXT),
        created_at=post.created_time.astimezone(UTC),
        role="answer" if author.is_us else "mention",
        url=url,
        uri=url,
        thread=own_id,
        direct=not author.is_us,
        likes=reactions.summary.total_count if reactions and reactions.summary else None,
        reposts=post.shares.count if post.shares else None,
        replies=comments.summary.total_count if comments and comments.summary else None,
        media=tuple(_media(post.attachments.data if post.attachments else []))[:MOST_MEDIA],
    )


def comment_mention(
    comment: Comment, place: Place, *, post: str | None = None, ours: bool = True
) -> Mention:
    """A comment, or a reply to one, below ``post``.

    Below a post of ours, each comment begins a conversation. Below somebody else's post
    all is one conversation with its author.
    """
    own_id = at_door(comment.id, MAX_FIELD)
    author = author_of(comment.author, own_id, place)
    parent = at_door(comment.parent.id, MAX_FIELD) if comment.parent else None
    url = at_door(comment.permalink_url or "", MAX_FIELD) or None
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=author,
        text=at_door(comment.message, MAX_TEXT),
        created_at=comment.created_time.astimezone(UTC),
        kind="reply" if parent else "comment",
        role="answer" if author.is_us else "mention",
        url=url,
        uri=url,
        thread=(parent or own_id) if ours or not post else post,
        in_reply_to=parent or post,
        direct=not author.is_us,
        likes=comment.like_count,
        replies=comment.comment_count,
        media=tuple(_media([comment.attachment] if comment.attachment else [])),
    )


def author_of(person: Person | None, item: str, place: Place) -> Author:
    """Facebook gives people no handle; some it does not name at all, and each is somebody else."""
    if person is None:
        return Author(f"anonymous:{item}"[:MAX_FIELD], "")
    name = at_door(person.name, MAX_FIELD)
    is_us = person.id == place.own
    url = f"https://www.facebook.com/{place.own}" if is_us and place.own.isdecimal() else None
    return Author(at_door(person.id, MAX_FIELD), name, name or None, url, is_us=is_us)


def _media(attachments: list[Attachment]) -> Iterator[Media]:
    """By the address of their page: that of the picture is another one each time."""
    for one in attachments:
        below = one.subattachments.data if one.subattachments else []
        if below:
            yield from _media(below)
        elif one.media is not None:
            yield Media(
                "video" if "video" in one.type else "image",
                at_door(one.url or "", MAX_FIELD) or None,
            )

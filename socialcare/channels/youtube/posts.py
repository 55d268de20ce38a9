"""How comments and videos become mentions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from socialcare.channels.youtube.wire import Comment, Owner, Video
from socialcare.models import Author, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SITE = "https://www.youtube.com"
SOURCE = "youtube"


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name here, our channel's id there, our handles, and how many follow whom."""

    channel: str
    own: str = ""
    us: frozenset[str] = frozenset()
    followers: Mapping[str, int | None] = field(default_factory=dict)

    def is_us(self, owner: str, handle: str) -> bool:
        """A name without ``@`` is one that anybody may take."""
        return (bool(owner) and owner == self.own) or (
            handle.startswith("@") and handle[1:].casefold() in self.us
        )


def comment_url(video: str | None, comment: str) -> str | None:
    if not video:
        return None
    return f"{SITE}/watch?v={quote(video, safe='')}&lc={quote(comment, safe='')}"


def video_url(video: str) -> str:
    return f"{SITE}/watch?v={quote(video, safe='')}"


def top_of(comment: str) -> str:
    """The thread of a comment: ids of replies begin with that of their thread."""
    return comment.partition(".")[0]


def to_mention(
    comment: Comment,
    place: Place,
    *,
    video: str | None = None,
    replies: int | None = None,
    ours: bool = False,
    answers: str | None = None,
) -> Mention:
    """A comment, or a reply to one. ``ours``: it stands below a video of ours.

    ``answers`` is the id of the reply that it means, where it means one.
    """
    snippet = comment.snippet
    author = _author(comment, place)
    own_id = at_door(comment.id, MAX_FIELD)
    parent = snippet.parent_id or (top_of(comment.id) if "." in comment.id else None)
    video = snippet.video_id or video
    url = comment_url(video, own_id)
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=author,
        text=at_door(snippet.text_display, MAX_TEXT),
        created_at=comment.moment,
        kind="reply" if parent else "comment",
        role="answer" if author.is_us else "mention",
        url=url,
        uri=url,
        thread=at_door(parent or comment.id, MAX_FIELD),
        in_reply_to=at_door(answers or parent or video or "", MAX_FIELD) or None,
        direct=ours and not author.is_us,
        likes=snippet.like_count,
        replies=replies,
        # the address of a picture is another one each time, and lives for six hours
        media=(Media("image", None),) if snippet.image_url else (),
        edited_at=_edited(comment),
    )


def _edited(comment: Comment) -> datetime | None:
    updated = comment.snippet.updated_at
    if updated is None or updated <= comment.moment:
        return None
    return updated.astimezone(comment.moment.tzinfo)


def _author(comment: Comment, place: Place) -> Author:
    handle = at_door(comment.snippet.author_display_name, MAX_FIELD)
    owner = at_door(comment.author, MAX_FIELD)
    return Author(
        owner or handle or at_door(comment.id, MAX_FIELD),
        handle,
        handle or None,
        at_door(comment.snippet.author_channel_url or "", MAX_FIELD) or owner_url(owner),
        place.followers.get(owner),
        is_us=place.is_us(owner, handle),
    )


def owner_url(owner: str) -> str | None:
    return f"{SITE}/channel/{quote(owner, safe='')}" if owner else None


def video_mention(video: Video, place: Place, owner: Owner | None = None) -> Mention:
    """A video that was found: its title and what its owner wrote below it."""
    snippet = video.snippet
    own_id = at_door(video.id, MAX_FIELD)
    who = at_door(snippet.channel_id, MAX_FIELD)
    handle = at_door(owner.handle if owner else snippet.channel_title, MAX_FIELD)
    is_us = place.is_us(who, handle)
    parts = (snippet.title.strip(), snippet.description.strip())
    lang = snippet.default_audio_language or snippet.default_language
    url = video_url(own_id)
    count = video.statistics
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=Author(
            who,
            handle,
            at_door(snippet.channel_title, MAX_FIELD) or None,
            owner_url(who),
            owner.followers if owner else None,
            is_us=is_us,
        ),
        text=at_door("\n\n".join(part for part in parts if part), MAX_TEXT),
        created_at=video.moment,
        role="answer" if is_us else "mention",
        url=url,
        uri=url,
        thread=own_id,
        lang=at_door(lang, MAX_FIELD) if lang else None,
        likes=count.like_count if count else None,
        replies=count.comment_count if count else None,
        media=(Media("video", url),),
    )

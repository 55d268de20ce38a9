"""How comments and media on Instagram become mentions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC

from socialcare.channels.meta.wire import Media as WireMedia
from socialcare.channels.meta.wire import Remark
from socialcare.models import Author, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SOURCE = "instagram"
SITE = "https://www.instagram.com"
REMARK_FIELDS = "id,text,timestamp,username,from,like_count,parent_id"
MEDIA_FIELDS = (
    "id,caption,media_type,permalink,timestamp,username,like_count,comments_count,"
    "children{media_type}"
)
ON_OTHERS = "mention:"
"""Before the id of a comment below somebody else's media: it cannot be read by that id."""
OTHERS = "media:"
"""Before the id of somebody else's media."""
_NAME = re.compile(r"[A-Za-z0-9._]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name here, our id and name there, and our handles (no ``@``, casefolded)."""

    channel: str
    own: str = ""
    username: str = ""
    us: frozenset[str] = field(default_factory=frozenset)

    def is_us(self, who: str, username: str) -> bool:
        name = username.casefold()
        own = self.username.casefold()
        return (bool(who) and who == self.own) or (bool(name) and (name == own or name in self.us))


def remark_mention(
    remark: Remark,
    place: Place,
    *,
    media: str | None = None,
    url: str | None = None,
    parent: str | None = None,
) -> Mention:
    """A comment below media of ours, or a reply to one."""
    own_id = at_door(remark.id, MAX_FIELD)
    author = author_of(remark, own_id, place)
    parent = at_door(parent or remark.parent_id or "", MAX_FIELD) or None
    ground = remark.media
    media = media or (ground.id if ground else None)
    url = url or (ground.permalink if ground else None)
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=author,
        text=at_door(remark.text, MAX_TEXT),
        created_at=remark.timestamp.astimezone(UTC),
        kind="reply" if parent else "comment",
        role="answer" if author.is_us else "mention",
        url=at_door(url, MAX_FIELD) if url else None,
        thread=parent or own_id,
        in_reply_to=parent or (at_door(media, MAX_FIELD) if media else None),
        direct=not author.is_us,
        likes=remark.like_count,
    )


def mention_elsewhere(remark: Remark, place: Place, media: str) -> Mention:
    """A comment that names us below somebody else's media."""
    own_id = f"{ON_OTHERS}{at_door(remark.id, MAX_FIELD)}"
    author = author_of(remark, own_id, place)
    ground = remark.media
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=author,
        text=at_door(remark.text, MAX_TEXT),
        created_at=remark.timestamp.astimezone(UTC),
        kind="comment",
        role="answer" if author.is_us else "mention",
        url=at_door(ground.permalink, MAX_FIELD) if ground and ground.permalink else None,
        thread=f"{OTHERS}{media}",
        in_reply_to=f"{OTHERS}{media}",
        direct=not author.is_us,
        likes=remark.like_count,
    )


def media_mention(media: WireMedia, place: Place) -> Mention:
    """Somebody else's media, which names or tags us."""
    own_id = f"{OTHERS}{at_door(media.id, MAX_FIELD)}"
    who = media.owner.id if media.owner else ""
    author = _author(who, media.username, own_id, place)
    url = at_door(media.permalink or "", MAX_FIELD) or None
    kinds = [one.media_type for one in media.children.data] if media.children else []
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=own_id,
        author=author,
        text=at_door(media.caption, MAX_TEXT),
        created_at=media.timestamp.astimezone(UTC),
        role="answer" if author.is_us else "mention",
        url=url,
        uri=url,
        thread=own_id,
        direct=not author.is_us,
        likes=media.like_count,
        replies=media.comments_count,
        # the address of a picture is another one each time: what lasts is that of the page
        media=tuple(
            Media("video" if kind == "VIDEO" else "image", url)
            for kind in kinds or [media.media_type]
        ),
    )


def author_of(remark: Remark, item: str, place: Place) -> Author:
    who = remark.author.id if remark.author else ""
    return _author(
        who, remark.username or (remark.author.username if remark.author else ""), item, place
    )


def _author(who: str, username: str, item: str, place: Place) -> Author:
    """Without permission, Instagram names nobody: then each is somebody else."""
    username = at_door(username, MAX_FIELD)
    known = at_door(who, MAX_FIELD) or username
    return Author(
        known or f"anonymous:{item}"[:MAX_FIELD],
        f"@{username}" if username else "",
        username or None,
        f"{SITE}/{username}/" if _NAME.fullmatch(username) else None,
        is_us=place.is_us(who, username),
    )

"""How comments, posts and messages become mentions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.markdown import to_plain
from socialcare.channels.reddit.wire import (
    Comment,
    CommentData,
    Gallery,
    MessageData,
    Picture,
    Post,
    PostData,
    Said,
    Thing,
)
from socialcare.models import Author, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SITE = "https://www.reddit.com"
SOURCE = "reddit"
NOBODY = "[deleted]"
REMOVED = frozenset({"[deleted]", "[removed]"})
BY_REDDIT = "[ Removed by Reddit ]"
MAX_MEDIA = 20
_LINK = re.compile(r"/comments/([a-z0-9]{1,20})(?:/|\Z)")
_MOVING = frozenset({"AnimatedImage", "RedditVideo"})


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name, and our accounts (no ``u/``, casefolded)."""

    channel: str
    us: frozenset[str] = frozenset()

    def is_us(self, name: str | None) -> bool:
        return (name or "").casefold() in self.us

    def names_us(self, text: str) -> bool:
        """Whether ``u/acme`` stands in it."""
        return any(self.is_us(name) for name in re.findall(r"\bu/([A-Za-z0-9_-]{3,20})", text))


def read_things(raws: Sequence[msgspec.Raw], where: str) -> tuple[list[Thing], list[Broken]]:
    return decode_items(raws, Thing, where=where)  # type: ignore[arg-type]  # a union is no class


def is_gone(thing: Thing) -> bool:
    """Whether its author or a moderator took it away; an author who left leaves the words."""
    data = thing.data
    if isinstance(data, PostData) and data.removed_by_category:
        return True
    body = (data.selftext if isinstance(data, PostData) else data.body).strip()
    return body == BY_REDDIT or (_has_left(data) and body in REMOVED)


def _has_left(data: Said) -> bool:
    return data.author in {None, NOBODY}


def to_mention(thing: Thing, place: Place, *, to_us: bool = False) -> Mention:
    """``to_us``: it came to our inbox."""
    if isinstance(thing, Post):
        return _post(thing.data, place)
    if isinstance(thing, Comment):
        return _comment(thing.data, place, to_us=to_us)
    return _message(thing.data, place)


def _post(data: PostData, place: Place) -> Mention:
    body, media = _plain(data.selftext)
    media = (*media, *_pictures(data), *_linked(data))[:MAX_MEDIA]
    elsewhere = None if data.is_self or media else data.url
    parts = (data.title.strip(), body, elsewhere or "")
    followers = data.subreddit_subscribers
    author = _author(data, place, followers if _is_own_page(data) else None)
    url = _address(data.permalink)
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=data.name,
        author=author,
        text=at_door("\n\n".join(part for part in parts if part), MAX_TEXT),
        created_at=data.moment,
        role="answer" if author.is_us else "mention",
        url=url,
        uri=url,
        thread=data.name,
        direct=not author.is_us and place.names_us(f"{data.title} {data.selftext}"),
        automated=_is_automatic(data),
        likes=None if data.hide_score else _likes(data),
        replies=data.num_comments,
        media=media,
        edited_at=data.edited_at,
    )


def _comment(data: CommentData, place: Place, *, to_us: bool) -> Mention:
    text, media = _plain(data.body)
    author = _author(data, place)
    permalink = (data.permalink or data.context or "").partition("?")[0]
    url = _address(permalink) if permalink else None
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=data.name,
        author=author,
        text=at_door(text, MAX_TEXT),
        created_at=data.moment,
        kind="reply" if data.parent_id.startswith("t1_") else "comment",
        role="answer" if author.is_us else "mention",
        url=url or _guessed(data),
        uri=url,
        thread=_thread(data, permalink),
        in_reply_to=data.parent_id,
        direct=not author.is_us and (to_us or place.names_us(data.body)),
        automated=_is_automatic(data),
        likes=None if data.score_hidden else _likes(data),
        media=(*media, *_pictures(data))[:MAX_MEDIA],
        edited_at=data.edited_at,
    )


def _message(data: MessageData, place: Place) -> Mention:
    """Its subject is the first line of its text, as the title is of a post."""
    text, media = _plain(data.body)
    author = _author(data, place)
    parts = (data.subject.strip(), text)
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=data.name,
        author=author,
        text=at_door("\n\n".join(part for part in parts if part), MAX_TEXT),
        created_at=data.moment,
        kind="dm",
        role="answer" if author.is_us else "mention",
        url=f"{SITE}/message/messages/{data.name.removeprefix('t4_')}",
        thread=at_door(data.first_message_name or data.name, MAX_FIELD),
        in_reply_to=at_door(data.parent_id, MAX_FIELD) if data.parent_id else None,
        direct=not author.is_us,
        automated=_is_automatic(data),
        media=media,
    )


def _author(data: Said, place: Place, followers: int | None = None) -> Author:
    """Of two who are nobody any more, none knows whether they were one. Moderators write as r/x."""
    if _has_left(data):
        if data.name.startswith("t4_") and data.subreddit:
            name = at_door(f"r/{data.subreddit}", MAX_FIELD)
            return Author(name, name, url=f"{SITE}/{quote(name)}")
        return Author(f"{NOBODY}:{data.name}", NOBODY)
    name = at_door(data.author or "", MAX_FIELD)
    return Author(
        at_door(data.author_fullname or name, MAX_FIELD),
        f"u/{name}",
        url=f"{SITE}/user/{quote(name, safe='')}",
        followers=followers,
        is_us=place.is_us(name),
    )


def _is_own_page(data: PostData) -> bool:
    """Who posts on the page of their own has its subscribers for followers."""
    return bool(data.author) and (data.subreddit or "").casefold() == f"u_{data.author}".casefold()


def _is_automatic(data: Said) -> bool:
    return data.author == "AutoModerator"


def _likes(data: Said) -> int | None:
    """Votes up less votes down, where those are not more."""
    return None if data.score is None else max(data.score, 0)


def _thread(data: CommentData, permalink: str) -> str | None:
    if data.link_id:
        return data.link_id
    found = _LINK.search(permalink)
    return f"t3_{found[1]}" if found else None


def _guessed(data: CommentData) -> str | None:
    """Reddit finds a comment whatever words stand before it; old answers have no address."""
    if not data.link_id or not data.subreddit:
        return None
    post, comment = data.link_id.removeprefix("t3_"), data.name.removeprefix("t1_")
    return f"{SITE}/r/{quote(data.subreddit, safe='')}/comments/{post}/_/{comment}/"


def _address(path: str) -> str:
    return at_door(path if path.startswith("https://") else f"{SITE}/{path.lstrip('/')}", MAX_FIELD)


def _plain(markdown: str) -> tuple[str, tuple[Media, ...]]:
    """Without quotes; a spoiler (``>!like this!<``) begins like one."""
    if ">!" in markdown and "!<" in markdown:
        markdown = markdown.replace(">!", "").replace("!<", "")
    return to_plain(markdown)


def _linked(data: PostData) -> list[Media]:
    if not data.url:
        return []
    if data.is_video or data.post_hint == "hosted:video":
        return [Media("video", at_door(data.url, MAX_FIELD))]
    if data.post_hint == "image" or data.url.startswith("https://i.redd.it/"):
        return [Media("image", at_door(data.url, MAX_FIELD))]
    return []


def _pictures(data: PostData | CommentData) -> list[Media]:
    """A caption in a gallery is what the author says is there."""
    found, _ = decode_items(_there(data.media_metadata), dict[str, Picture])
    captions: dict[str, str | None] = {}
    if isinstance(data, PostData):
        galleries, _ = decode_items(_there(data.gallery_data), Gallery)
        captions = {one.media_id: one.caption for each in galleries for one in each.items}
    pictures = found[0] if found else {}
    order = [*(one for one in captions if one in pictures), *(one for one in pictures if one not in captions)]  # fmt: skip
    return [_picture(pictures[one], captions.get(one)) for one in order[:MAX_MEDIA]]


def _picture(picture: Picture, caption: str | None) -> Media:
    url: Any = next((picture.s[key] for key in ("u", "gif", "mp4") if picture.s.get(key)), None)
    return Media(
        "gif" if picture.e in _MOVING else "image",
        at_door(url, MAX_FIELD) if isinstance(url, str) else None,
        at_door(caption, MAX_FIELD) if caption else None,
    )


def _there(raw: msgspec.Raw) -> list[msgspec.Raw]:
    return [raw] if bytes(raw) not in {b"", b"null"} else []

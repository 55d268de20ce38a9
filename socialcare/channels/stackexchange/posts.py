"""What the service sends, and how a question, answer or comment becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Annotated

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.html import MAX_HTML, to_text
from socialcare.clock import LATEST, from_epoch
from socialcare.models import Author, Kind, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

Count = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Second = Annotated[int, msgspec.Meta(ge=0, le=int(LATEST.timestamp()))]

POST = re.compile(r"([qa])/(\d{1,16})", re.ASCII)
"""``external_id`` of a question or answer, as in its short address."""
COMMENT = re.compile(r"comment/(\d{1,16})", re.ASCII)
MAX_MEDIA = 20

_OWN_DOMAIN = frozenset({"stackoverflow", "serverfault", "superuser", "askubuntu", "stackapps"})
_LANGUAGE = re.compile(r"(es|ja|pt|ru)\.stackoverflow")
_IMG = re.compile(r"<img\b([^<>]{0,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\b(alt|src)="([^"]{0,2000})"', re.IGNORECASE)


class User(msgspec.Struct):
    """https://api.stackexchange.com/docs/types/shallow-user; a deleted one has no ``user_id``."""

    display_name: str = ""
    user_id: Count | None = None
    link: str | None = None


class Position(msgspec.Struct):
    """The part of a question that paging needs."""

    last_activity_date: Second


class Question(msgspec.Struct):
    """https://api.stackexchange.com/docs/types/question"""

    question_id: Id
    creation_date: Second
    title: str
    """Escaped, as HTML."""
    body: str = ""
    owner: User | None = None
    tags: list[str] = []
    score: Count | None = None
    answer_count: Count | None = None
    last_edit_date: Second | None = None
    link: str | None = None


class Answer(msgspec.Struct):
    """https://api.stackexchange.com/docs/types/answer"""

    answer_id: Id
    question_id: Id
    creation_date: Second
    body: str = ""
    owner: User | None = None
    score: Count | None = None
    last_edit_date: Second | None = None


class Comment(msgspec.Struct):
    """https://api.stackexchange.com/docs/types/comment"""

    comment_id: Id
    post_id: Id
    creation_date: Second
    body: str = ""
    owner: User | None = None
    score: Count | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is read: the channel's name, the site as the API calls it, our own names there."""

    channel: str
    site: str
    us: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        return f"stackexchange:{self.site}"

    @property
    def host(self) -> str:
        """``meta.`` and languages stand in front of a site's name, in the API as in addresses."""
        name = self.site.rpartition(".")[2]
        if name == "net":
            return self.site
        return f"{self.site}.com" if name in _OWN_DOMAIN else f"{self.site}.stackexchange.com"

    @property
    def lang(self) -> str | None:
        """A few sites are in another language than English, and say so by their name."""
        match = _LANGUAGE.fullmatch(self.site)
        return match[1] if match else None

    def author(self, user: User | None) -> Author:
        """Reputation is no reach: nobody follows anybody there."""
        name = at_door(unescape(user.display_name), MAX_FIELD).strip() if user else ""
        known = user is not None and user.user_id is not None
        return Author(
            external_id=str(user.user_id) if user and known else name or "nobody",
            handle=name or "(deleted)",
            url=at_door((user.link if user else None) or "", MAX_FIELD) or None,
            is_us=known and name.casefold() in self.us,
        )


@dataclass(frozen=True, slots=True)
class Parent:
    """What a comment stands below."""

    external_id: str
    thread: str


def read_questions(raws: Sequence[msgspec.Raw], place: Place) -> tuple[list[Mention], list[Broken]]:
    questions, broken = decode_items(raws, Question, where="$.items")
    return [from_question(one, place) for one in questions], broken


def read_answers(raws: Sequence[msgspec.Raw], place: Place) -> tuple[list[Mention], list[Broken]]:
    answers, broken = decode_items(raws, Answer, where="$.items")
    return [from_answer(one, place) for one in answers], broken


def read_comments(
    raws: Sequence[msgspec.Raw], place: Place, parents: Mapping[int, Parent]
) -> tuple[list[Mention], list[Broken]]:
    """Only those below posts that are known: the API does not say what the others stand below."""
    comments, broken = decode_items(raws, Comment, where="$.items")
    return [
        from_comment(one, place, parents[one.post_id]) for one in comments if one.post_id in parents
    ], broken


def from_question(question: Question, place: Place) -> Mention:
    """Title, words and tags, as separate paragraphs."""
    title = at_door(unescape(question.title), MAX_FIELD).strip()
    tags = at_door(", ".join(question.tags), MAX_FIELD)
    parts = (title, to_text(question.body).strip(), f"Tags: {tags}" if tags else "")
    external_id = f"q/{question.question_id}"
    return _mention(
        place,
        external_id,
        "post",
        question,
        text="\n\n".join(part for part in parts if part),
        url=at_door(question.link or "", MAX_FIELD) or f"https://{place.host}/{external_id}",
        thread=external_id,
        replies=question.answer_count,
    )


def from_answer(answer: Answer, place: Place) -> Mention:
    external_id, parent = f"a/{answer.answer_id}", f"q/{answer.question_id}"
    return _mention(
        place,
        external_id,
        "reply",
        answer,
        text=to_text(answer.body).strip(),
        url=f"https://{place.host}/{external_id}",
        thread=parent,
        in_reply_to=parent,
    )


def from_comment(comment: Comment, place: Place, parent: Parent) -> Mention:
    return _mention(
        place,
        f"comment/{comment.comment_id}",
        "comment",
        comment,
        text=to_text(comment.body).strip(),
        url=f"https://{place.host}/{parent.external_id}#comment{comment.comment_id}",
        thread=parent.thread,
        in_reply_to=parent.external_id,
    )


def _mention(
    place: Place,
    external_id: str,
    kind: Kind,
    post: Question | Answer | Comment,
    *,
    text: str,
    url: str,
    thread: str,
    in_reply_to: str | None = None,
    replies: int | None = None,
) -> Mention:
    author = place.author(post.owner)
    edited = None if isinstance(post, Comment) else post.last_edit_date
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=external_id,
        author=author,
        text=at_door(text, MAX_TEXT),
        created_at=from_epoch(post.creation_date),
        kind=kind,
        role="answer" if author.is_us else "mention",
        url=url,
        uri=url if kind == "comment" else f"https://{place.host}/{external_id}",
        thread=thread,
        in_reply_to=in_reply_to,
        lang=place.lang,
        likes=post.score,
        replies=replies,
        media=_media(post.body),
        edited_at=from_epoch(edited) if edited else None,
    )


def _media(body: str) -> tuple[Media, ...]:
    found: list[Media] = []
    for attributes in _IMG.findall(body[:MAX_HTML])[:MAX_MEDIA]:
        values = {key.lower(): unescape(value) for key, value in _ATTRIBUTE.findall(attributes)}
        if values.get("src"):
            alt = at_door(values.get("alt", ""), MAX_FIELD).strip()
            found.append(Media("image", at_door(values["src"], MAX_FIELD), alt or None))
    return tuple(found)

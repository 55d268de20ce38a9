"""How reviews become mentions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from socialcare.channels.googleplay.wire import DeveloperComment, Review, UserComment
from socialcare.models import Author, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SITE = "https://play.google.com/store/apps/details"
REPLY = "/reply"
"""What a review's id is followed by in that of our answer: there is one, and it has no own id."""


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name here, the app, the name that answers go by, and the translation."""

    channel: str
    package: str
    name: str
    translation: str | None = None

    @property
    def source(self) -> str:
        return f"googleplay:{self.package}"

    def url(self, review: str) -> str:
        return f"{SITE}?id={quote(self.package)}&reviewId={quote(review, safe='')}"


def to_mentions(review: Review, place: Place) -> list[Mention]:
    """The review as it is now, and our answer where there is one."""
    answer = review.answer
    found = [_review(review, place)]
    return [*found, _answer(review, answer, place)] if answer else found


def changed_at(review: Review) -> datetime:
    return review.written[-1].last_modified.moment


def _review(review: Review, place: Place) -> Mention:
    own_id = at_door(review.review_id, MAX_FIELD)
    first, last = review.written[0], review.written[-1]
    created, changed = first.last_modified.moment, last.last_modified.moment
    name = at_door(review.author_name.strip(), MAX_FIELD)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=own_id,
        # authors have no id there, and two of one name are not one person
        author=Author(f"review:{own_id}"[:MAX_FIELD], name or "a Google user", name or None),
        text=_text(last, place),
        created_at=created,
        kind="review",
        url=place.url(own_id),
        thread=own_id,
        lang=_language(last),
        direct=True,
        rating=float(last.star_rating) if last.star_rating else None,
        likes=last.thumbs_up_count,
        edited_at=changed if changed > created else None,
    )


def _text(written: UserComment, place: Place) -> str:
    """What the person wrote; below it the translation that the config asks for."""
    text = _body(written.original_text or written.text)
    translated = _body(written.text)
    if place.translation and translated != text:
        text = f"{text}\n\n[{place.translation}] {translated}"
    return at_door(text, MAX_TEXT)


def _body(text: str) -> str:
    parts = (part.strip() for part in text.split("\t", 1))
    return "\n\n".join(part for part in parts if part)


def _language(written: UserComment) -> str | None:
    """That of the person's device."""
    lang = written.reviewer_language
    return at_door(lang, MAX_FIELD) if lang else None


def _answer(review: Review, answer: DeveloperComment, place: Place) -> Mention:
    review_id = at_door(review.review_id, MAX_FIELD)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=f"{review_id}{REPLY}",
        author=Author(place.package, place.name, place.name, is_us=True),
        text=at_door(answer.text.strip(), MAX_TEXT),
        created_at=answer.last_modified.moment,
        kind="reply",
        role="answer",
        url=place.url(review_id),
        thread=review_id,
        in_reply_to=review_id,
    )

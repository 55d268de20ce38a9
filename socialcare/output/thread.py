"""The thread around a mention: what they wrote, what we answered, who else did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from socialcare.output.layout import one_cell
from socialcare.output.records import Record, text_of
from socialcare.output.words import moment


@dataclass(frozen=True, slots=True)
class Post:
    """Another post of the same thread."""

    author: str
    text: str
    created_at: datetime
    ours: bool = False
    same_person: bool = False
    unanswered: bool = False


def thread_posts(posts: Sequence[Post], record: Record) -> list[str]:
    """``@acme@mas.to (us): We are on it.``, oldest first, the mention itself in its place."""
    if not posts:
        return []
    at = moment(record.get("created_at"))
    earlier = [post for post in posts if at is None or post.created_at <= at]
    later = posts[len(earlier) :]
    return [*map(_told, earlier), _this_one(record), *map(_told, later)]


def thread_spoken(posts: Sequence[Post], record: Record) -> Iterator[str]:
    """``Thread, 2 of 3. @acme@mas.to (us): We are on it.``, for a voice."""
    told = thread_posts(posts, record)
    yield from (f"Thread, {number} of {len(told)}. {one}" for number, one in enumerate(told, 1))


def is_unanswered(record: Record) -> bool:
    waits = text_of(record, "status") in ("open", "pending", "snoozed")
    return waits and bool(record.get("needs_answer")) and not record.get("first_answer_at")


def _told(post: Post) -> str:
    said = post.text.strip() or ("answered by hand" if post.ours else "(no words)")
    return f"{one_cell(post.author)}{_mark(post)}: {said}"


def _mark(post: Post) -> str:
    if post.ours:
        return " (us)"
    if not post.same_person:
        return " (another customer)"
    return " (unanswered)" if post.unanswered else ""


def _this_one(record: Record) -> str:
    unanswered = ", unanswered" if is_unanswered(record) else ""
    return f"{one_cell(text_of(record, 'author'))} (this one{unanswered})"

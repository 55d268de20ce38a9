"""The nouns. Frozen, standard library only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from socialcare.vocabulary import (
    CLOSE_REASONS,
    KINDS,
    LABELS,
    PRIORITIES,
    STATUSES,
    TOPICS,
    CloseReason,
    Kind,
    Label,
    Priority,
    ReplyState,
    Role,
    Sentiment,
    Status,
    Visibility,
)

__all__ = [
    "CLOSE_REASONS",
    "KINDS",
    "LABELS",
    "PRIORITIES",
    "STATUSES",
    "TOPICS",
    "Author",
    "Classification",
    "CloseReason",
    "Judged",
    "Kind",
    "Label",
    "Media",
    "Mention",
    "Points",
    "Posted",
    "Priority",
    "Rank",
    "Reason",
    "ReplyState",
    "Role",
    "Sentiment",
    "Status",
    "Visibility",
]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it, as the channel knows them. ``handle`` is what people type, with its ``@``."""

    external_id: str
    handle: str
    name: str | None = None
    url: str | None = None
    followers: int | None = None
    is_us: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video or sound. ``alt`` is the author's own description, if any."""

    type: str
    url: str | None
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """One post, comment, message, review or article, as a channel handed it over.

    Identity is (``source``, ``external_id``): ``source`` is the channel type with its
    instance or account (``mastodon:mas.to``), not the name in the config. ``uri`` is a
    global address when there is one: the same post seen through two channels is one row.
    """

    channel: str
    source: str
    external_id: str
    author: Author
    text: str
    created_at: datetime
    kind: Kind = "post"
    role: Role = "mention"
    """``answer`` is a post of our own; ``repost`` is somebody passing a post on; ``own`` is a post
    that was written here and answers nobody."""
    url: str | None = None
    uri: str | None = None
    thread: str | None = None
    in_reply_to: str | None = None
    """``external_id`` of the parent in the same source."""
    repost_of: str | None = None
    """``uri`` or ``external_id`` of what a ``repost`` passes on."""
    lang: str | None = None
    """What the channel says: a hint, not a truth."""
    direct: bool = False
    """Speaks to us: one of our handles is named, or it came as a message."""
    automated: bool = False
    """The channel marks the author as a bot."""
    rating: float | None = None
    """Stars of a review, 1 to 5."""
    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    media: tuple[Media, ...] = ()
    edited_at: datetime | None = None
    fetched_at: datetime | None = None
    """Set by an import of our own export; otherwise the moment it is stored."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One true contribution to a score: ``weight`` in log-odds, rounded to 2 places when shown."""

    label: Label
    cue: str
    weight: float


@dataclass(frozen=True, slots=True)
class Classification:
    """What the words ask of us. Recomputable; a person's correction wins over it for ever."""

    label: Label
    confidence: float
    scores: Mapping[str, float]
    """Probability of each of complaint, question, praise, other; sums to 1."""
    sentiment: Sentiment
    sentiment_score: float
    """VADER compound, −1 … 1."""
    topics: tuple[str, ...] = ()
    urgent: bool = False
    needs_answer: bool = True
    lang: str | None = None
    reasons: tuple[Reason, ...] = ()
    classifier: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention together with what was made of it, ready to be stored.

    ``filtered`` says why it goes to the filtered pile instead of the inbox.
    """

    mention: Mention
    classification: Classification | None
    """None for our own answers and for reposts: they are no rows of the inbox."""
    filtered: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A reply as the service keeps it; its ids are those that a fetch will bring."""

    external_id: str
    url: str | None = None
    uri: str | None = None
    at: datetime | None = field(default=None, compare=False)
    """When it was posted by the clock of the service, where that says so."""


@dataclass(frozen=True, slots=True)
class Points:
    """One line of the visible sum that makes a priority."""

    reason: str
    points: int


@dataclass(frozen=True, slots=True)
class Rank:
    """A priority with its working."""

    priority: Priority
    points: int
    why: tuple[Points, ...] = field(default_factory=tuple)

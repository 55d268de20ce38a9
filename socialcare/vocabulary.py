"""The words that a field may hold: one list for each.

Apart from the nouns of ``models``: whoever only reads a query or lists what is stored
needs these words, and making the classes costs a short command a twentieth of its time.
"""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["post", "comment", "reply", "dm", "review"]
Label = Literal["complaint", "question", "praise", "other", "unsure"]
Priority = Literal["urgent", "high", "normal", "low"]
Sentiment = Literal["negative", "neutral", "positive"]
Status = Literal["open", "pending", "snoozed", "closed", "filtered"]
ReplyState = Literal["draft", "waiting", "approved", "sending", "sent", "failed", "unknown"]
Visibility = Literal["public", "private"]
CloseReason = Literal["answered", "no-answer-needed", "not-us", "spam", "double"]
Role = Literal["mention", "answer", "repost", "own"]

KINDS: tuple[Kind, ...] = get_args(Kind)
LABELS: tuple[Label, ...] = get_args(Label)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
STATUSES: tuple[Status, ...] = get_args(Status)
CLOSE_REASONS: tuple[CloseReason, ...] = get_args(CloseReason)
TOPICS: tuple[str, ...] = (
    "delivery",
    "refund_billing",
    "product_fault",
    "account",
    "staff",
    "booking_order",
    "lost_property",
    "warranty_returns",
    "howto_info",
    "quality_policy",
    "stock",
    "safety",
    "presales",
)

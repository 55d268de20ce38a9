"""What became of an answer that was to be sent, as people are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from socialcare.errors import OutcomeUnknownError, SocialcareError

if TYPE_CHECKING:
    from socialcare.inbox.outbox import Parcel
    from socialcare.models import Mention

State = Literal["sent", "later", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one answer. ``error`` is why it is not ``sent``."""

    mention_id: int
    state: State
    url: str | None = None
    posts: int = 0
    error: SocialcareError | None = None


def later(parcel: Parcel, error: SocialcareError) -> Outcome:
    return Outcome(parcel.letter.mention_id, "later", error=error)


def not_told(parcel: Parcel) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{parcel.to.channel} does not tell yet what became of it.",
        f"the next fetch looks again; or look yourself: {parcel.to.url or parcel.to.channel}",
    )


def stopped(parcel: Parcel, why: str) -> SocialcareError:
    id_ = parcel.letter.mention_id
    return SocialcareError(
        f"the answer to {id_} was not sent: {why}.",
        f"look, then send it again: socialcare reply {id_}",
        code="overtaken",
    )


def by_hand(mention: Mention) -> SocialcareError:
    return SocialcareError(
        f"{mention.channel} cannot be posted to from here.",
        "copy the text and open the page: socialcare reply ID --copy --open",
        code="by_hand",
    )


def merged(first: Sequence[Outcome], then: Sequence[Outcome]) -> list[Outcome]:
    """What is known by the end of two rounds."""
    return list({one.mention_id: one for one in (*first, *then)}.values())

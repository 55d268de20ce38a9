"""What the inbox knows about a mention, made into the card of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcare.inbox.reading import Record
from socialcare.inbox.story import Story
from socialcare.output.card import Card, Contact, Cue, Order, Remark
from socialcare.output.thread import Post
from socialcare.output.words import moment, span_spoken
from socialcare.settings.duration import format_span


def card_of(
    record: Record, known: Story, *, spoken: bool = False, snippets: Sequence[str] = ()
) -> Card:
    return Card(
        record,
        cues=[Cue(cue["label"], cue["cue"], cue["weight"]) for cue in known.cues],
        thread=[
            Post(
                post["author"],
                post["text"],
                _at(post["created_at"]),
                ours=post["ours"],
                same_person=post["same_person"],
                unanswered=post["unanswered"],
            )
            for post in known.conversation
        ],
        before=[
            Contact(_at(past["created_at"]), past["text"], outcome(past, spoken=spoken))
            for past in known.before
            if past["id"] not in {post["id"] for post in known.conversation}
        ],
        notes=[Remark(note["who"], _at(note["at"]), note["text"]) for note in known.notes],
        answers=[
            Remark(f"{each['who']} ({each['state']})", _at(each["at"]), each["text"])
            for each in known.answers
            if each["state"] != "sent"  # those stand in the thread
        ],
        edits=[Remark(edit["who"], _at(edit["at"]), edit["text"]) for edit in known.edits],
        orders=[Order(order["number"], order["data"]) for order in known.orders],
        snippets=snippets,
        state_why=_state_why(known),
    )


def outcome(past: Mapping[str, Any], *, spoken: bool = False) -> str:
    """``answered in 3h10 by leo, closed``."""
    answered = moment(past["first_answer_at"])
    if answered is None:
        return str(past["status"])
    by = f" by {past['answered_by']}" if past["answered_by"] else ""
    span = (span_spoken if spoken else format_span)(answered - _at(past["created_at"]))
    return f"answered in {span}{by}, {past['status']}"


def _state_why(known: Story) -> str:
    if known.erased:
        return "erased: only the label, the times and the counts are left"
    if known.filtered_why:
        return f"filtered: {known.filtered_why}"
    return f"closed: {known.close_reason}" if known.close_reason else ""


def _at(stored: str) -> Any:
    return moment(stored)

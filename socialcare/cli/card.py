"""What the inbox knows about a mention, made into the card of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcare.inbox.reading import Record
from socialcare.inbox.story import Story
from socialcare.output.card import Card, Contact, Cue, Order, Remark
from socialcare.output.layout import fit, one_cell
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
            Remark(f"{each['who']} ({answer_state(each)})", _at(each["at"]), answer_text(each))
            for each in known.answers
            # Those that were sent stand in the thread.
            if each["state"] != "sent" or answer_state(each) != "sent"
        ],
        edits=[Remark(edit["who"], _at(edit["at"]), edit["text"]) for edit in known.edits],
        orders=[Order(order["number"], order["data"]) for order in known.orders],
        snippets=snippets,
        state_why=_state_why(record, known),
    )


_ANSWERS = {
    "waiting": "waits for approval",
    "sending": "on its way",
    "failed": "not sent",
    "unknown": "nobody can tell whether it went out",
}
_WORDS = 60
"""Characters of an answer that stands in the thread already."""


def answer_state(answer: Mapping[str, Any]) -> str:
    """``draft``, ``approved by ana, in spite of private data``, ``not sent: the post is gone``."""
    state, author = answer["state"], answer["who"]
    parts = ["private"] if answer["private"] else []
    parts.append(_ANSWERS.get(state, state))
    if answer["approved_by"] and (state == "approved" or answer["approved_by"] != author):
        by = f"approved by {answer['approved_by']}"
        parts[-1] = by if state == "approved" else f"{parts[-1]}, {by}"
    if answer["statement"] and state != "sent":
        parts.append(f"statement {answer['statement']}")
    if answer["overrides"]:
        parts.append(f"in spite of {', '.join(answer['overrides'])}")
    if answer["error"] and state in ("draft", "failed", "unknown"):
        parts[-1] += f": {one_cell(answer['error']).rstrip('.')}"
    return ", ".join(parts)


def answer_text(answer: Mapping[str, Any]) -> str:
    if answer["state"] == "sent":
        return fit(one_cell(answer["text"]), _WORDS)
    private = answer["follow_up"]
    return f"{answer['text']} (then in private: {private})" if private else str(answer["text"])


def outcome(past: Mapping[str, Any], *, spoken: bool = False) -> str:
    """``answered in 3h10 by leo, closed``."""
    answered = moment(past["first_answer_at"])
    if answered is None:
        return str(past["status"])
    by = f" by {past['answered_by']}" if past["answered_by"] else ""
    span = (span_spoken if spoken else format_span)(answered - _at(past["created_at"]))
    return f"answered in {span}{by}, {past['status']}"


def _statement(record: Record, known: Story) -> str:
    """What they were told together with many others, and are owed more for."""
    got = [one["statement"] for one in known.answers if one["statement"] and one["state"] == "sent"]
    if not got:
        return ""
    owed = "; more is owed to them" if record["promised_at"] else ""
    return f"got the statement {got[-1]}{owed}"


def _state_why(record: Record, known: Story) -> str:
    if known.erased:
        return "erased: only the label, the times and the counts are left"
    if known.filtered_why:
        return f"filtered: {known.filtered_why}"
    if statement := _statement(record, known):
        return statement
    return f"closed: {known.close_reason}" if known.close_reason else ""


def _at(stored: str) -> Any:
    return moment(stored)

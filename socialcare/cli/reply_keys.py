"""What can be done with an answer that somebody looks at: one key each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from socialcare.output.layout import flow, wrap
from socialcare.settings.approval import needs_approval

if TYPE_CHECKING:
    from socialcare.cli.reply_desk import Desk

LAST = "[q]uit"
_LABEL = re.compile(r"\[(\w)\]( ?)(.*)")


def choices(desk: Desk) -> list[str]:
    """The labels, each with its key in brackets."""
    state = desk.letter.state if desk.letter else "draft"
    if state in ("sending", "unknown"):
        return [*_in_doubt(state), LAST]
    found = list(_ways(desk))
    found.append("[e]dit")
    if state == "draft":
        found.append("[d]raft, keep for later")
    elif state in ("waiting", "approved") and desk.may_send_back:
        found.append("[b]ack to draft, with a note")
    return [*found, "[x] discard", LAST]


def asked(desk: Desk) -> list[str]:
    """The question, as wide as the terminal; for who listens, a sentence."""
    width, labels = desk.run.streams.width, choices(desk)
    if not desk.run.accessible:
        return list(flow(labels, width))
    spoken = "; ".join(map(_spoken, labels))
    return list(wrap(f"What shall be done? A letter, then Enter: {spoken}.", width))


def keys(desk: Desk) -> str:
    return "".join(match[1] for label in choices(desk) if (match := _LABEL.match(label)))


def _ways(desk: Desk) -> Iterator[str]:
    if not desk.posts:
        yield "[s] copy it and open the page"
        yield "[r]ecord as posted"
        return
    yield "[s]end" + _to(desk)
    if desk.limits.private and desk.limits.public:
        private = desk.words is not None and desk.words.visibility == "private"
        yield "[p]ublic instead" if private else "[p]rivate instead"


def _to(desk: Desk) -> str:
    """Whoever may not send it sends it to who may."""
    author = desk.letter.author if desk.letter else desk.run.me
    if not needs_approval(desk.settings.reply, author, desk.run.me):
        return ""
    return f" to {desk.waiting_for} for approval"


def _in_doubt(state: str) -> Iterator[str]:
    if state == "sending":
        yield "[s]ee what became of it"
        return
    yield "[a]gain: it is not there"
    yield "[r]ecord: it is there"


def _spoken(label: str) -> str:
    match = _LABEL.match(label)
    assert match is not None, label
    return f"{match[1]}, {match[3] if match[2] else match[1] + match[3]}"

"""Actions in words: what somebody did, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple, Protocol

from socialcare.clock import parse_time
from socialcare.output.layout import one_cell
from socialcare.output.words import clock_time, count

_NAMES = {
    "close_reason": "reason",
    "filtered_why": "filter",
    "first_answer_at": "first answer",
    "needs_answer": "needs answer",
    "promised_at": "promised",
    "snoozed_until": "snoozed until",
}
_WITH_STATUS = ("close_reason", "filtered_why", "snoozed_until", "first_answer_at")
"""What a state brings along: said only where there is nothing else to say."""
_OF_ACCOUNTS = ("customer", "muted")
"""Where their mentions stand follows from these."""
_DEEDS = {"customer": "linked", "muted": "muted"}
_TIMES = ("first_answer_at", "promised_at", "snoozed_until")
_NOBODY = ("owner", "customer")
_LETTER = ("draft", "visibility", "follow_up", "reply")
"""What an answer was, before it was one."""
_LETTERS = {
    None: "back to draft",
    "waiting": "put up for approval",
    "approved": "approved",
    "sending": "on its way",
    "failed": "not sent",
    "unknown": "nobody can tell whether it went out",
}
_DID_LETTER = {
    None: "took back the answer to",
    "waiting": "put up an answer to",
    "approved": "approved the answer to",
    "sending": "began to send the answer to",
    "failed": "could not send the answer to",
    "unknown": "lost sight of the answer to",
}
_BY_ITSELF = ("label", "priority", "topics", "needs_answer")
"""Fields that are the classifier's again when a person's word is taken back."""


class Place(NamedTuple):
    """When and in which zone it is read. ``zone`` None is the zone of the machine."""

    now: datetime
    zone: tzinfo | None = None


class Step(Protocol):
    """One field, as it was and as it is."""

    @property
    def field(self) -> str: ...
    @property
    def before(self) -> Any: ...
    @property
    def after(self) -> Any: ...


class Value(Protocol):
    """What a field was, and who had set it."""

    @property
    def field(self) -> str: ...
    @property
    def before(self) -> Any: ...
    @property
    def by(self) -> str | None: ...


class Action(Protocol):
    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def mentions(self) -> Sequence[int]: ...
    @property
    def authors(self) -> Sequence[int]: ...


def changed(action: Action, place: Place) -> str:
    """``owner mia, tag courier``, ``closed (spam)``: what only came along is left out."""
    steps = [step for step in action.steps if step.field not in _WITH_STATUS]
    if action.authors:
        steps = [step for step in steps if step.field in _OF_ACCOUNTS]
    if any(step.field == "answer" for step in steps):
        steps = [step for step in steps if step.field not in _LETTER]
    reasons = {step.after for step in action.steps if step.field == "close_reason" and step.after}
    reason = f" ({reasons.pop()})" if len(reasons) == 1 else ""
    told = [_result(step, place) for step in steps or action.steps]
    if any(step.field == "reply" and step.before == "sending" for step in action.steps):
        told = ["answer sent" if part == "answer recorded" else part for part in told]
    return ", ".join(
        dict.fromkeys(f"closed{reason}" if part == "closed" else part for part in told)
    )


def where(action: Action) -> str:
    """``41``, ``3 mentions``, ``1 account``: on what it was done; nothing when that was erased."""
    if action.authors:
        return count(len(action.authors), "account")
    mentions = len(action.mentions)
    if mentions == 1:
        return str(action.mentions[0])
    return count(mentions, "mention") if mentions else ""


def did(step: Step, on: str, place: Place) -> str:
    """``set owner of 41 to leo``: what somebody did, in the past."""
    field, after = step.field, step.after
    if field == "tag":
        return f"took tag {step.before} off {on}" if after is None else f"put tag {after} on {on}"
    if field in ("note", "draft"):
        verb = "took away" if after is None else "added" if step.before is None else "changed"
        return f"{verb} the {field} on {on}"
    if field == "reply":
        return f"{_DID_LETTER.get(after, 'changed the answer to')} {on}"
    if field in _DEEDS:
        return f"{'un' if after is None else ''}{_DEEDS[field]} {on}"
    return f"set {_NAMES.get(field, field)} of {on} to {shown(field, after, place)}"


def replaced(values: Sequence[Value], place: Place, *, alone: bool) -> str:
    """``was leo``, ``owner was leo, label was question by mia``: what others had set.

    ``alone``: one thing was changed, so that it need not be named again.
    """
    told: dict[str, list[str]] = {}
    for each in values:
        by = f" by {each.by}" if each.by and each.field != "owner" else ""
        words = told.setdefault(each.field, [])
        if (word := f"{shown(each.field, each.before, place)}{by}") not in words:
            words.append(word)
    if len(told) > 1:
        told.pop("close_reason", None)
    return ", ".join(
        f"{'' if alone and len(told) == 1 else _NAMES.get(field, field) + ' '}was {_few(words)}"
        for field, words in told.items()
    )


def _few(words: Sequence[str]) -> str:
    """At most three of them."""
    return " or ".join([*words[:3], *(["others"] if len(words) > 3 else [])])


def shown(field: str, value: Any, place: Place) -> str:
    """A value of a field, on one line."""
    if value is None:
        if field in _BY_ITSELF:
            return "as classified"
        return "nobody" if field in _NOBODY else "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(one_cell(str(each)) for each in value) or "none"
    if field in _TIMES:
        return clock_time(parse_time(value), place.zone, place.now)
    return one_cell(str(value))


def _result(step: Step, place: Place) -> str:
    """One field as it is now: ``owner mia``, ``no tag vip``, ``closed``."""
    field, after = step.field, step.after
    if field == "status":
        return str(after)
    if field == "tag":
        return f"no tag {step.before}" if after is None else f"tag {after}"
    if field in ("note", "draft"):
        return f"{field} gone" if after is None else "draft" if field == "draft" else "note added"
    if field == "answer":
        return "answer recorded"
    if field == "muted":
        return "not muted" if after is None else "muted"
    if field == "customer":
        return "unlinked" if after is None else "linked"
    if field == "erased":
        return "erased"
    if field == "visibility":
        return f"draft {after or 'public'}"
    if field == "follow_up":
        return "no private words after it" if after is None else "private words after it"
    if field == "reply":
        return _LETTERS.get(after, str(after))
    return f"{_NAMES.get(field, field)} {shown(field, after, place)}"

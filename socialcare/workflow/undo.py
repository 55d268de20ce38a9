"""Taking back an action, with the reasons why not as a person should read them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from socialcare.errors import BlockedError
from socialcare.inbox import undo
from socialcare.inbox.actions import Action, handles
from socialcare.inbox.database import Database
from socialcare.inbox.events import AuthorChange
from socialcare.inbox.undo import AnyChange, CannotUndoError, Undone
from socialcare.output.history import Place, did, shown
from socialcare.output.words import ago_spoken
from socialcare.settings import Settings

_STAYS = {
    "fetch": (
        "action {} stored what a channel brought: that stays.",
        "close what needs nothing: socialcare close 41 --reason no-answer-needed",
    ),
    "import": (
        "action {} was an import: what was imported stays.",
        "close what needs nothing: socialcare close 41 --reason no-answer-needed",
    ),
    "classify": (
        "action {} labelled the inbox again: labels are not taken back.",
        "correct one by hand: socialcare set 41 --label praise",
    ),
    "rule": (
        "action {} was a rule of the config: what it set is changed, not taken back.",
        "set it otherwise: socialcare set 41 --owner me --priority low",
    ),
    "duty": (
        "action {} gave it to whoever was on duty: that is changed, not taken back.",
        "give it to another: socialcare set 41 --owner me",
    ),
    "forget": (
        "action {} erased something for good: nothing of it is left to bring back.",
        "see what can be taken back: socialcare undo --list",
    ),
    "answer": (
        "action {} recorded an answer: what was said cannot be taken back.",
        "open the mention again: socialcare set {} --status open",
    ),
    "sent": (
        "action {} sent an answer: what was said cannot be taken back.",
        "open the mention again: socialcare set {} --status open",
    ),
    "sending": (
        "action {} is what became of an answer on its way.",
        "see how it stands: socialcare show {}",
    ),
    "erased": (
        "nothing of action {} is left: what it changed was erased.",
        "see what can be taken back: socialcare undo --list",
    ),
}


_ANSWERED = {"answer": "recorded an answer to {}", "sent": "sent an answer to {}"}


def take_back(
    db: Database,
    number: int | None,
    settings: Settings,
    now: datetime,
    zone: tzinfo | None,
    *,
    actor: str,
    rehearse: bool = False,
) -> Undone | None:
    """Take back one action, anybody's; without a number the last one of ``actor`` that counts.

    None where there is nothing to take back.

    Raises
    ------
    NotFoundError
        There is no such action.
    BlockedError
        It cannot be taken back, it is already, or something was changed since.

    """
    try:
        return undo.take_back(db, number, settings, now, actor=actor, rehearse=rehearse)
    except CannotUndoError as refusal:
        raise BlockedError(*_explained(db, refusal, Place(now, zone), actor)) from None


def _explained(db: Database, refusal: CannotUndoError, place: Place, me: str) -> tuple[str, str]:
    if refusal.change is not None:
        return _overtaken(db, refusal, refusal.change, place, me)
    action, by = refusal.action, refusal.by
    if by is not None:
        return (
            f"{_name(by, me)} took back action {action.id} {_ago(by, place)} (action {by.id}).",
            f"do it again: socialcare undo {by.id}",
        )
    message, hint = _STAYS[action.stays or "erased"]
    if refusal.instead is not None and action.stays not in ("sent", "sending"):
        hint = f"take back the one before: socialcare undo {refusal.instead}"
    return message.format(action.id), hint.format(*action.mentions[:1])


def _overtaken(
    db: Database, refusal: CannotUndoError, change: AnyChange, place: Place, me: str
) -> tuple[str, str]:
    on = _subject(db, change)
    look = f"see what happened: socialcare show {on}"
    if refusal.by is None or refusal.since is None:
        stood = shown(change.field, change.after, place)
        return f"{change.field} of {on} is not {stood} any more.", look
    by = refusal.by
    told = _ANSWERED.get(by.stays or "", "").format(on) or did(refusal.since, on, place)
    message = f"{_name(by, me)} {told} {_ago(by, place)} (action {by.id})"
    if by.stays is not None:
        why = f": {refusal.since.why}" if refusal.since.why and by.stays not in _ANSWERED else ""
        return f"{message}{why}.", f"that one cannot be taken back; {look}"
    message += "."
    return message, f"take that back first: socialcare undo {by.id}   or {look}"


def _subject(db: Database, change: AnyChange) -> str:
    if isinstance(change, AuthorChange):
        return next(iter(handles(db, [change.author_id])), "somebody")
    return str(change.mention_id)


def _name(action: Action, me: str) -> str:
    return "you" if action.actor == me else action.actor


def _ago(action: Action, place: Place) -> str:
    return ago_spoken(place.now - action.at)

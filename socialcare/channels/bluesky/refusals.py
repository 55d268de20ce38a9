"""What the service refuses, by the name of the error, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection

from socialcare.channels.bluesky.wire import Refusal
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.words import fit_to_show
from socialcare.errors import AuthError, BadAnswerError, ChannelError, RefusedError
from socialcare.text import for_screen

PASSWORDS = "https://bsky.app/settings/app-passwords"
ACCOUNT = {
    "AccountTakedown": "has taken this account down",
    "AccountSuspended": "has suspended this account",
    "AccountDeactivated": "knows this account as deactivated",
}
_MESSAGES = {
    "MessagesDisabled": "they take no messages",
    "NotFollowedBySender": "they take messages only from accounts that they follow",
    "BlockedActor": "one of you has blocked the other",
    "BlockedSubject": "one of you has blocked the other",
    "RecipientNotFound": "their account is gone",
    "ConvoLocked": "the conversation is closed",
}


def bare_refusal(body: bytes) -> Refusal:
    return decode_or_empty(body, Refusal)


def refused(
    name: str, body: bytes, status: int, what: str, secrets: Collection[str]
) -> ChannelError:
    """The error for an answer that refuses ``what``; no secret stands in it."""
    error = _error(for_screen(name, one_line=True, limit=60), bare_refusal(body), status, what)
    fit_to_show(error, secrets)
    return error


def _error(name: str, refusal: Refusal, status: int, what: str) -> ChannelError:
    code = refusal.error
    if code in ACCOUNT:
        return AuthError(
            f"{name}: Bluesky {ACCOUNT[code]} ({code}).",
            "sign in at https://bsky.app and see what it says there",
        )
    if code == "AuthFactorTokenRequired":
        return AuthError(
            f"{name}: Bluesky wants a code by mail for this password ({code}).",
            f"make an app password at {PASSWORDS}, then: socialcare channel login {name}",
        )
    if code in _MESSAGES:
        return RefusedError(
            f"{name}: no message can be sent: {_MESSAGES[code]} ({code}).",
            "answer in public instead, or not at all",
        )
    if status == 401 or code in {"ExpiredToken", "InvalidToken", "AuthMissing"}:
        return AuthError(
            f"{name}: Bluesky refused {what}{_said(refusal)}.",
            f"is the app password still at {PASSWORDS}? sign in: socialcare channel login {name}",
        )
    if code == "BadQueryString":
        return ChannelError(
            f"{name}: Bluesky cannot search for that{_said(refusal)}.",
            f"change query of [channels.{name}]: socialcare config edit",
            code="refused",
        )
    return BadAnswerError(
        f"{name}: Bluesky refused {what} ({status}){_said(refusal)}.",
        f"try it alone: socialcare channel test {name}",
    )


def may_not_message(name: str) -> RefusedError:
    name = for_screen(name, one_line=True, limit=60)
    return RefusedError(
        f"{name}: this app password may not send messages.",
        f'make one with "Allow access to your direct messages" at {PASSWORDS},'
        f" then: socialcare channel login {name}",
    )


def _said(refusal: Refusal) -> str:
    words, code = refusal.message.rstrip(".")[:200], refusal.error[:60]
    if not words or not code:
        return f": {words or code}" if words or code else ""
    return f": {words} ({code})"

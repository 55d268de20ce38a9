"""``socialcare triage``: go through what waits, one card and one key at a time."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.keys import ENTER, QUIT, REDRAW, Keyboard, NoKeysError, TerminalGone, keyboard
from socialcare.cli.listing import NO_HEADER, choose
from socialcare.cli.options import Query
from socialcare.cli.triage_desk import Desk
from socialcare.cli.triage_keys import Step, usable
from socialcare.errors import BlockedError, ExitCode, InputError, SocialcareError, UsageError
from socialcare.inbox.leases import HeldError
from socialcare.inbox.reading import chosen_ids, header
from socialcare.output.header import nothing_line
from socialcare.workflow.triage import Card, Passed, Walk, wake_due

EXAMPLES = """\b
Examples:
  socialcare triage                    what waits, most urgent first
  socialcare triage owner:none is:late
  socialcare triage 41-49              these, whatever their state
"""
_HUNG_UP = (errno.EIO, errno.EPIPE, errno.ENXIO, errno.EBADF)
_SAYS_ENOUGH = (BlockedError, HeldError, UsageError, InputError)
"""Errors whose hint is about the command line, where nobody is now."""

app = new_app()


@app.command(epilog=EXAMPLES)
def triage(ctx: typer.Context, *, query: Query = None) -> int:
    """Go through what waits, one card and one key at a time.

    Each key says what it did, and u takes it back. While a card is before you, for at most
    15 minutes, your colleagues see it and cannot answer too. Quit whenever you like.
    """
    run = App.of(ctx)
    if not (run.streams.stdin_tty and run.streams.stdout_tty):
        raise _needs_terminal()
    walk = _walk(run, query or [])
    if walk is None:
        return ExitCode.OK
    single = not (run.accessible or run.environ.get("TERM") == "dumb")
    try:
        with keyboard(run.streams.stdin, single=single) as keys:
            return _at_desk(run, walk, keys)
    except NoKeysError:
        raise _needs_terminal() from None


def _needs_terminal() -> UsageError:
    return UsageError("triage needs a terminal.", "for scripts use: socialcare inbox --json")


def _walk(run: App, words: Sequence[str]) -> Walk | None:
    """The list as it is now; where it is empty, that is said."""
    words = [word for word in words if word.strip()]
    reader, now = run.read(), run.clock.now()
    if reader is None:
        choose(run, None, words)
        run.screen.data(nothing_line(NO_HEADER, now, filtered=bool(words)))
        return None
    db = run.write()
    wake_due(db, run.settings, now)
    choice = choose(run, db, words)
    ids = chosen_ids(db, choice, now, run.me)
    if not ids:
        run.screen.data(nothing_line(header(db, now), now, filtered=bool(words)))
        return None
    waiting = choice.query is not None and not choice.query.scoped
    return Walk(db, ids, run.settings, run.clock, run.zone, run.me, waiting_only=waiting)


def _at_desk(run: App, walk: Walk, keys: Keyboard) -> int:
    """Whatever ends it, the card is given back, and what was done is said where somebody is."""
    desk = Desk(run, walk, keys)
    try:
        try:
            _go_through(desk)
        finally:
            walk.leave()
        desk.screen.data(_told(walk))
    except KeyboardInterrupt:
        desk.screen.data("", f"Interrupted. {_told(walk)}")
    except TerminalGone:
        return _gone(run)
    except OSError as error:
        if error.errno not in _HUNG_UP:
            raise
        return _gone(run)
    except Exception:  # what was done before is done, whatever happened
        desk.screen.data("", _told(walk))
        raise
    else:
        return ExitCode.OK
    return ExitCode.INTERRUPTED


def _told(walk: Walk) -> str:
    return f"Done for now: {walk.handled} handled, {walk.left} left."


def _gone(run: App) -> int:
    """Nobody reads any more: what is still to be written must not become an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (run.streams.stdout, run.streams.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    return ExitCode.INTERRUPTED


def _go_through(desk: Desk) -> None:
    walk, step = desk.walk, Step.AGAIN
    while step is not Step.QUIT:
        if walk.over:
            step = _at_the_end(desk)
            continue
        card = walk.open()
        if isinstance(card, Passed):
            desk.say(f"{desk.name(card.id)} is {card.status or 'erased'} by now: passed over.")
            walk.forward()
            continue
        desk.draw(card, (key.label for key in usable(card)))
        step = _act(desk, card)
        if step is Step.NEXT:
            walk.forward()


def _act(desk: Desk, card: Card) -> Step:
    """Ask for keys until one of them leads away from the card as it was drawn."""
    keys = {key.key: key for key in usable(card)}
    while True:
        pressed = desk.press()
        if pressed == REDRAW:
            desk.clear()
            return Step.AGAIN
        key = keys.get(pressed)
        if key is None:
            desk.say(_not_a_key(card))
            continue
        try:
            step = key.act(desk, card)
        except SocialcareError as error:
            desk.say(*_sorry(error))
            return Step.AGAIN
        if step is not Step.ASK:
            return step


def _not_a_key(card: Card) -> str:
    if card.free:
        return "That key does nothing. ? lists those that do."
    return f"{card.record['held_by']} is writing an answer: ! takes it over, ? lists the keys."


def _sorry(error: SocialcareError) -> list[str]:
    message = error.message[:1].upper() + error.message[1:]
    if isinstance(error, _SAYS_ENOUGH):
        return [f"{message} Nothing was changed."]
    return [message, *([error.hint] if error.hint else [])]


def _at_the_end(desk: Desk) -> Step:
    """One more question, so that a slip on the last card can be taken back here."""
    walk = desk.walk
    walk.leave()
    desk.say("That was the last one.")
    while True:
        key = desk.pick("Now", ("[u]ndo", "[b]ack", "[enter] done"))
        if key == "b" and walk.back():
            return Step.AGAIN
        if key in (ENTER, QUIT):
            return Step.QUIT
        if key != "u":
            continue
        try:
            id_ = walk.undo()
        except SocialcareError as error:
            desk.say(*_sorry(error))
            continue
        if id_ is not None:
            desk.say(f"Taken back: {desk.name(id_)} is as it was.")
            return Step.AGAIN
        desk.say("Nothing was done on this walk.")

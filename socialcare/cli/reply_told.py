"""What ``reply`` says of an answer in the end, and the exit code that it ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialcare.cli.reply_desk import Desk
from socialcare.cli.reply_screen import became
from socialcare.errors import BlockedError, ExitCode, SocialcareError
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.workflow.outcome import Outcome
    from socialcare.workflow.replying import Examined

STOPPED = "not sent: fix the lines marked STOP."
_CODES = {"sent": ExitCode.OK, "later": ExitCode.PARTLY}


def done(desk: Desk, state: str | None, *, as_json: bool, written: bool = False) -> int:
    """Say how an answer stands that did not go from here; ``back`` is a draft that came back.

    ``written``: its words are those of this command, so that a STOP is told.
    """
    _say_over(desk, state)
    if as_json:
        return _as_json(desk, "draft" if state == "back" else state, written=written)
    if state == "back" and desk.letter is not None:
        who = for_screen(desk.letter.author, one_line=True)
        desk.run.screen.data(f"{desk.id} is a draft again, with the note for {who}.")
    elif state == "recorded":
        desk.run.screen.data(f"Recorded: {desk.id} is answered.")
    elif state == "discarded":
        desk.run.screen.data(f"The draft for {desk.id} is gone.")
    elif desk.words is not None:
        return _shown(desk, written=written)
    return ExitCode.OK


def left(desk: Desk, *, as_json: bool) -> int:
    """Say how it stands after somebody has looked at it."""
    _say_over(desk, None)
    state = desk.letter.state if desk.letter else None
    if as_json:
        return _as_json(desk, state, written=False)
    desk.run.screen.say(*_next(desk))
    return ExitCode.OK


def stopped(desk: Desk, examined: Examined, *, as_json: bool) -> int:
    """What is not let go, because of a check."""
    if as_json:
        state = desk.letter.state if desk.letter else None
        _write(desk, state, error=STOPPED)
        return ExitCode.BLOCKED
    desk.run.screen.warn(*desk.shown(examined))
    raise _stop(desk, examined)


def tell(desk: Desk, result: Outcome | str, *, as_json: bool) -> int:
    """Say what became of an answer that was let go."""
    if isinstance(result, str):
        return _waits(desk, result, as_json=as_json)
    run, error = desk.run, result.error.message if result.error else None
    told = became(result, desk.mention["author"])
    if as_json:
        _write(desk, result.state, posted=result.url, error=error)
    elif result.state == "sent":
        run.screen.data(told)
        if run.is_demo:
            run.screen.say("This is the demo: nothing has left this machine.")
    else:
        run.screen.fail(SocialcareError(told, _way_out(desk, result)))
    return _CODES.get(result.state, ExitCode.FAILED)


def _waits(desk: Desk, state: str, *, as_json: bool) -> int:
    """``waiting`` for somebody else, or ``approved``."""
    if as_json:
        _write(desk, state)
    elif state == "waiting":
        told = f"{desk.id} is waiting for approval by {desk.waiting_for}."
        desk.run.screen.fail(SocialcareError(told, f"see it: socialcare show {desk.id}"))
    else:
        desk.run.screen.data(f"Approved: {desk.id} goes with the next fetch.")
    return ExitCode.BLOCKED if state == "waiting" else ExitCode.OK


def _as_json(desk: Desk, state: str | None, *, written: bool) -> int:
    wrong = written and desk.words is not None and desk.examined().stops()
    _write(desk, state, error=STOPPED if wrong else None)
    return ExitCode.BLOCKED if wrong else ExitCode.OK


def _shown(desk: Desk, *, written: bool) -> int:
    """Its text alone for a pipe, with its checks for a person."""
    run, examined = desk.run, desk.examined()
    stops = examined.stops()
    assert desk.words is not None, "there is something to show"
    if run.streams.stdout_tty:
        run.screen.data(*desk.shown(examined))
    else:
        if not (written and stops):
            run.screen.data(desk.words.body)
        run.screen.warn(*(f"STOP  {one.check}: {one.text}" for one in stops))
    if written and stops:
        run.screen.fail(_stop(desk, examined))
        return ExitCode.BLOCKED
    run.screen.say(*_next(desk))
    return ExitCode.OK


def _stop(desk: Desk, examined: Examined) -> BlockedError:
    hint = f"edit it: socialcare reply {desk.id} --edit"
    if desk.limits.private and any(one.check == "private data" for one in examined.stops()):
        hint += "   or send it privately: --private"
    return BlockedError(STOPPED, hint, code="stopped")


def _next(desk: Desk) -> tuple[str, ...]:
    if desk.letter is None or desk.letter.state != "draft":
        return ()
    if desk.posts:
        return (f"Kept as a draft. Send it: socialcare reply {desk.id} --send",)
    return (
        f"Kept as a draft. Post it: socialcare reply {desk.id} --copy --open",
        f"and then: socialcare reply {desk.id} --record URL",
    )


def _way_out(desk: Desk, result: Outcome) -> str:
    if result.state != "unknown":
        return result.error.hint if result.error else ""
    look = desk.mention["url"] or f"on {desk.channel}"
    return (
        f"look: {look}   then: socialcare reply {desk.id} --record URL"
        f"   or: socialcare reply {desk.id} --send --again"
    )


def _say_over(desk: Desk, state: str | None) -> None:
    if desk.over is not None:
        way_back = "" if state == "recorded" else "   Take it back: socialcare undo"
        who = for_screen(desk.over, one_line=True)
        desk.run.screen.warn(f"This took the place of a draft by {who}.{way_back}")


def _write(desk: Desk, state: str | None, **more: object) -> None:
    from socialcare.output.formats import write_object

    write_object(desk.run.screen, desk.described(state, **more))

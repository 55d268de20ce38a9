"""Letting answers go from the command line, and saying what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from socialcare.cli.reply_desk import Desk
from socialcare.cli.reply_screen import became
from socialcare.errors import BlockedError, BusyError, ExitCode, NotFoundError, SocialcareError
from socialcare.inbox import dispatch
from socialcare.inbox.letters import letter_of
from socialcare.workflow import replying

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.output.records import Record
    from socialcare.workflow.channels import Workshop
    from socialcare.workflow.outcome import Outcome

_CODES = {"sent": ExitCode.OK, "later": ExitCode.PARTLY}
WAIT_SECONDS = 10.0


@contextmanager
def workshop(run: App) -> Iterator[Workshop]:
    from socialcare.workflow.channels import Workshop, open_http

    with open_http(run.settings, run.clock) as http:
        yield Workshop(run.settings, run.paths, run.environ, run.clock, http)


def send(
    desk: Desk,
    shop: Workshop,
    overrides: Sequence[str] = (),
    promise: str | None = None,
    *,
    now: bool = True,
    again: bool = False,
) -> Outcome | str:
    """Let one answer go; return what became of it, or ``waiting`` or ``approved``.

    ``now`` sends it at once, else the next fetch does. ``again`` is for one of which nobody can
    tell whether it went out.

    Raises
    ------
    BlockedError
        A check stops it, a colleague was quicker, or this channel is answered by hand.

    """
    if not desk.posts:
        raise _by_hand(desk)
    letter = desk.letter
    if letter is None:
        raise NotFoundError(
            f"{desk.id} has no draft to send.", f"write one: socialcare reply {desk.id} --body TEXT"
        )
    if letter.state == "unknown" and again:
        dispatch.send_again(desk.db, letter, desk.hand)
    elif letter.state not in ("sending", "approved") or overrides:
        examined = desk.examined(shop)
        state = replying.let_go(
            desk.db,
            letter,
            examined,
            desk.hand,
            desk.run.settings,
            seen=desk.seen,
            overrides=overrides,
            promised=desk.promised(promise),
        ).state
        desk.letter = letter_of(desk.db, desk.id)
        if state == "waiting" or not now:
            return state
    return delivered(desk.run, shop, [desk.id])[0] if now else letter.state


def delivered(run: App, shop: Workshop, ids: Sequence[int]) -> list[Outcome]:
    """Send what may go to these mentions; what others are sending goes with them."""
    from socialcare.inbox.fields import Hand
    from socialcare.workflow.delivery import became, deliver
    from socialcare.workflow.outcome import Outcome

    db, hand = run.write(), Hand(run.me, run.clock.now(), "reply")
    error: SocialcareError
    try:
        made = {one.mention_id: one for one in deliver(shop, db, hand, ids, wait=WAIT_SECONDS)}
    except BusyError as busy:
        made, error = {}, busy
    else:
        error = BlockedError("an earlier answer in its thread, or its channel, has to wait.")
    made |= {one.mention_id: one for one in became(db, [id_ for id_ in ids if id_ not in made])}
    return [made.get(id_) or Outcome(id_, "later", error=error) for id_ in ids]


def tell(desk: Desk, result: Outcome | str, *, as_json: bool) -> int:
    """Say what became of an answer that was let go; return the exit code."""
    run = desk.run
    if isinstance(result, str):
        code = ExitCode.BLOCKED if result == "waiting" else ExitCode.OK
        if as_json:
            _write(run, desk.described(result))
        elif result == "waiting":
            run.screen.warn(f"{desk.id} is waiting for approval by {desk.waiting_for}.")
        else:
            run.screen.data(f"Approved: {desk.id} goes with the next fetch.")
        return code
    error = result.error.message if result.error else None
    if as_json:
        _write(run, desk.described(result.state, posted=result.url, error=error))
    elif result.state == "sent":
        run.screen.data(became(result, desk.mention["author"]))
    else:
        told = became(result, desk.mention["author"])
        run.screen.fail(SocialcareError(told, _next(desk, result)), as_json=False)
    return _CODES.get(result.state, ExitCode.FAILED)


def _next(desk: Desk, result: Outcome) -> str:
    if result.state == "unknown":
        look = desk.mention["url"] or f"on {desk.channel}"
        return (
            f"look: {look}   then: socialcare reply {desk.id} --record URL"
            f"   or: socialcare reply {desk.id} --send --again"
        )
    return result.error.hint if result.error else ""


def _write(run: App, record: Record) -> None:
    from socialcare.output.formats import write_object

    write_object(run.screen, record)


def _by_hand(desk: Desk) -> BlockedError:
    return BlockedError(
        f"{desk.channel} is answered by hand: nothing can be posted there from here.",
        f"socialcare reply {desk.id} --copy --open   and then: socialcare reply {desk.id} --record URL",
        code="by_hand",
    )

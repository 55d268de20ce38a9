"""Letting answers go from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from socialcare.cli.reply_desk import Desk, settings_of
from socialcare.cli.reply_told import stopped, tell
from socialcare.errors import BlockedError, BusyError, OutcomeUnknownError, SocialcareError
from socialcare.inbox import dispatch
from socialcare.inbox.letters import letter_of, no_draft
from socialcare.workflow import replying

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.cli.reply_order import Order
    from socialcare.workflow.channels import Workshop
    from socialcare.workflow.outcome import Outcome
    from socialcare.workflow.replying import Examined

WAIT_SECONDS = 10.0


@contextmanager
def workshop(run: App) -> Iterator[Workshop]:
    """Where channels are built; those of the demo post to nobody."""
    from socialcare.workflow.channels import Workshop, open_http
    from socialcare.workflow.demo_outbox import DemoWorkshop

    with open_http(run.settings, run.clock) as http:
        made = DemoWorkshop if run.is_demo else Workshop
        yield made(settings_of(run), run.paths, run.environ, run.clock, http)


def let_go(desk: Desk, order: Order) -> int:
    """Send an answer, or approve it, without asking; a STOP is told with its page."""
    with workshop(desk.run) as shop:
        anew = desk.posts and lets_go_anew(desk, order)
        examined = desk.examined(shop) if anew else None
        if examined is not None and examined.stops(order.overrides):
            return stopped(desk, examined, as_json=order.as_json)
        with seen_to_the_end(desk):
            result = send(desk, shop, order, examined, now=order.send)
        return tell(desk, result, as_json=order.as_json)


def lets_go_anew(desk: Desk, order: Order) -> bool:
    """Whether somebody has to decide again; what is approved, or on its way, only goes on."""
    letter = desk.letter
    if letter is None or letter.state in ("sending", "unknown"):
        return False
    return letter.state != "approved" or bool(order.overrides) or order.promise is not None


def send(
    desk: Desk,
    shop: Workshop,
    order: Order,
    examined: Examined | None = None,
    *,
    now: bool = True,
) -> Outcome | str:
    """Let one answer go; return what became of it, or ``waiting`` or ``approved``.

    ``now`` sends it at once, else the next fetch does. ``examined`` is what the channel itself
    said of its length, where it has been asked already.

    Raises
    ------
    BlockedError
        A check stops it, a colleague was quicker, or this channel is answered by hand.

    """
    if not desk.posts:
        raise _by_hand(desk)
    letter = desk.letter
    if letter is None:
        raise no_draft(desk.id, " to send")
    if letter.state == "unknown":
        if not order.again:
            return _in_doubt(desk)
        dispatch.send_again(desk.db, letter, desk.hand)
    elif lets_go_anew(desk, order):
        state, desk.action = replying.let_go(
            *(desk.db, letter, examined or desk.examined(shop), desk.hand, desk.settings),
            seen=desk.seen,
            overrides=order.overrides,
            promised=desk.promised(order.promise),
        )
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


@contextmanager
def seen_to_the_end(desk: Desk) -> Iterator[None]:
    """Whoever stops it in the middle is told that it may be there."""
    try:
        yield
    except KeyboardInterrupt:
        letter = letter_of(desk.db, desk.id)
        if letter is not None and letter.state == "sending":
            desk.run.screen.warn(
                "",
                f"It may be there already. What became of it: socialcare reply {desk.id} --send",
            )
        raise


def _in_doubt(desk: Desk) -> Outcome:
    from socialcare.workflow.outcome import Outcome

    assert desk.letter is not None, "it is in doubt"
    why = desk.letter.error or "no answer came."
    return Outcome(desk.id, "unknown", error=OutcomeUnknownError(why))


def _by_hand(desk: Desk) -> BlockedError:
    return BlockedError(
        f"{desk.channel} is answered by hand: nothing can be posted there from here.",
        f"socialcare reply {desk.id} --copy --open   and then: socialcare reply {desk.id} --record URL",
        code="by_hand",
    )

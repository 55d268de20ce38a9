"""``reply WHAT... --send``: many answers that are written already, one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from socialcare.cli.choosing import Deed, confirm, plan
from socialcare.cli.ending import ending_in_order
from socialcare.cli.reply_desk import Desk
from socialcare.cli.reply_screen import became
from socialcare.cli.reply_sending import delivered, send, workshop
from socialcare.errors import ExitCode, SocialcareError
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.cli.reply_order import Order
    from socialcare.workflow.channels import Workshop
    from socialcare.workflow.outcome import Outcome

_DEEDS = {
    "--send": Deed("Send {}", "answered with their drafts"),
    "--approve": Deed("Approve the answers to {}", "approved"),
    "--discard": Deed("Throw away the drafts for {}", "without their drafts"),
}
_FINE = ("sent", "approved", "waiting", "discarded")
_HELD = ("waiting", "stopped")


def answer_many(run: App, ids: Sequence[int], order: Order, *, asked: bool) -> int:
    """Let what is written for these mentions go, or throw it away."""
    order.refuse_for_many()
    deed = _DEEDS[order.deed]
    if order.dry_run:
        run.screen.data(*plan(run, ids, deed))
        return ExitCode.OK
    if not confirm(run, ids, deed, asked=asked, yes=order.yes):
        return ExitCode.OK
    with workshop(run) as shop, ending_in_order():
        told = _Many(run, shop, order).answer(ids)
    if order.as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, {"v": 1, "replies": told})
    else:
        _say(run, told)
    return _code([one["state"] for one in told])


def _code(states: Sequence[str]) -> int:
    """5 where some are done, or go later; 6 where checks or approvers hold what is left."""
    bad = [state for state in states if state not in _FINE]
    if not bad:
        return ExitCode.BLOCKED if "waiting" in states else ExitCode.OK
    if len(bad) < len(states) or "later" in bad:
        return ExitCode.PARTLY
    return ExitCode.BLOCKED if set(bad) <= set(_HELD) else ExitCode.FAILED


class _Many:
    def __init__(self, run: App, shop: Workshop, order: Order) -> None:
        self.run, self.shop, self.order = run, shop, order

    def answer(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """One record each; everything is let go first, and then sent in its order."""
        told = {id_: self._let_go(id_) for id_ in ids}
        if self.order.send:
            going = [id_ for id_, one in told.items() if one["state"] in ("approved", "sending")]
            for outcome in delivered(self.run, self.shop, going) if going else ():
                told[outcome.mention_id] = self._outcome(outcome)
        return list(told.values())

    def _let_go(self, id_: int) -> dict[str, Any]:
        desk = Desk(self.run, id_)
        try:
            with desk.held(steal=self.order.steal):
                return _record(id_, self._one(desk))
        except SocialcareError as error:
            return _record(id_, "stopped", error=error.message, hint=error.hint)

    def _one(self, desk: Desk) -> str:
        if self.order.discard:
            desk.discard()
            return "discarded"
        result = send(desk, self.shop, self.order, now=False)
        return result if isinstance(result, str) else result.state

    def _outcome(self, outcome: Outcome) -> dict[str, Any]:
        desk = Desk(self.run, outcome.mention_id)
        said = became(outcome, desk.mention["author"])
        error = outcome.error.message if outcome.error else None
        return _record(
            outcome.mention_id, outcome.state, posted=outcome.url, error=error, said=said
        )


def _record(id_: int, state: str, **more: Any) -> dict[str, Any]:
    return {"mention": id_, "state": state, "posted": None, "error": None, **more}


def _say(run: App, told: Sequence[dict[str, Any]]) -> None:
    for one in told:
        line = one.get("said") or one["error"] or one["state"]
        show = run.screen.data if one["state"] in _FINE else run.screen.warn
        show(f"{one['mention']}{': ' if run.accessible else '  '}{line}")
    counts = Counter(one["state"] for one in told)
    run.screen.say(", ".join(f"{number:,} {state}" for state, number in counts.items()) + ".")
    if not told:
        run.screen.data(f"{count(0, 'answer')} to send.")

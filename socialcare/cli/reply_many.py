"""``reply WHAT... --send``: many answers that are written already, one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from socialcare.cli.choosing import Deed, confirm
from socialcare.cli.reply_desk import Desk
from socialcare.cli.reply_screen import became
from socialcare.cli.reply_sending import delivered, send, workshop
from socialcare.errors import ExitCode, SocialcareError, UsageError
from socialcare.inbox.leases import give_back
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.cli.reply import Going
    from socialcare.workflow.channels import Workshop
    from socialcare.workflow.outcome import Outcome

_DEEDS = {
    "send": Deed("Send {}", "answered with their drafts"),
    "approve": Deed("Approve the answers to {}", "approved"),
    "discard": Deed("Throw away the drafts for {}", "without their drafts"),
}
_FINE = ("sent", "approved", "waiting", "discarded")


def answer_many(
    run: App,
    ids: Sequence[int],
    going: Going,
    *,
    discard: bool,
    asked: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Let what is written for these mentions go, or throw it away."""
    kind = "discard" if discard else "send" if going.send else "approve" if going.approve else None
    if kind is None:
        raise UsageError(
            "reply writes for one mention at a time.",
            "name its id: socialcare reply 41   or send what is written: --send",
        )
    if not confirm(run, ids, _DEEDS[kind], asked=asked, yes=yes):
        return ExitCode.OK
    with workshop(run) as shop:
        told = _Many(run, shop, going, discard=discard).answer(ids)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, {"v": 1, "replies": told})
    else:
        _say(run, told)
    fine = sum(one["state"] in _FINE for one in told)
    if fine == len(told):
        waits = any(one["state"] == "waiting" for one in told)
        return ExitCode.BLOCKED if waits else ExitCode.OK
    return ExitCode.PARTLY if fine else ExitCode.FAILED


class _Many:
    def __init__(self, run: App, shop: Workshop, going: Going, *, discard: bool) -> None:
        self.run, self.shop, self.going, self.discard = run, shop, going, discard

    def answer(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """One record each; everything is let go first, and then sent in its order."""
        told = {id_: self._let_go(id_) for id_ in ids}
        if self.going.send and not self.discard:
            going = [id_ for id_, one in told.items() if one["state"] in ("approved", "sending")]
            for outcome in delivered(self.run, self.shop, going) if going else ():
                told[outcome.mention_id] = self._outcome(outcome)
        return list(told.values())

    def _let_go(self, id_: int) -> dict[str, Any]:
        desk = Desk(self.run, id_)
        try:
            desk.take()
            try:
                return _record(id_, self._one(desk))
            finally:
                give_back(desk.db, id_, self.run.me)
        except SocialcareError as error:
            return _record(id_, "stopped", error=error.message, hint=error.hint)

    def _one(self, desk: Desk) -> str:
        if self.discard:
            desk.discard()
            return "discarded"
        going = self.going
        if desk.letter is not None and desk.letter.state == "unknown" and not going.again:
            from socialcare.inbox.letters import refuse_on_its_way

            refuse_on_its_way(desk.letter)
        result = send(desk, self.shop, going.overrides, going.promise, now=False, again=going.again)
        assert isinstance(result, str), "nothing is sent yet"
        return result

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
        show(f"{one['mention']}  {line}")
    counts = Counter(one["state"] for one in told)
    run.screen.say(", ".join(f"{number:,} {state}" for state, number in counts.items()) + ".")
    if not told:
        run.screen.data(f"{count(0, 'answer')} to send.")

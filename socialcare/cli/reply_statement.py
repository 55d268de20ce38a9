"""``reply WHAT... --statement NAME``: an approved statement to many, one letter for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socialcare.cli.choosing import Deed, confirm
from socialcare.cli.ending import ending_in_order
from socialcare.cli.reply_screen import became
from socialcare.cli.reply_sending import WAIT_SECONDS, workshop
from socialcare.cli.snippet_shelf import shelf_of
from socialcare.clock import format_time
from socialcare.errors import ExitCode, UsageError
from socialcare.inbox import statements
from socialcare.inbox.fields import Hand
from socialcare.inbox.reading import records
from socialcare.output.formats import write_object, write_records
from socialcare.output.layout import one_cell, wrap
from socialcare.output.words import clock_time, count
from socialcare.text import for_screen
from socialcare.workflow.statements import Plan, Planner

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.cli.reply_order import Order
    from socialcare.inbox.database import Database
    from socialcare.inbox.statements import Copy
    from socialcare.workflow.outcome import Outcome

_SHARED = ("--send", "--approve", "--dry-run", "--yes", "--as-json")
_TROUBLE = ("failed", "unknown", "stopped")


def send_statement(run: App, name: str, ids: Sequence[int], order: Order, *, asked: bool) -> int:
    """Plan it, ask, make the letters, and send those whose time has come.

    Raises
    ------
    UsageError
        It is no statement, or an option does not go with one.
    BlockedError
        It is not approved as it is now.

    """
    _refuse(order, name)
    db = run.read()
    if db is None:
        run.screen.data(f"Nobody gets the statement {name}.")
        return ExitCode.OK
    plan = Planner(shelf_of(run), db, name).plan(ids)
    if order.dry_run:
        return _rehearsed(run, db, plan, order)
    copies = {copy.mention_id: copy for copy in plan.copies}
    if plan.left and run.streams.stdin_tty and not order.yes:
        run.screen.warn(f"{count(len(plan.left), 'mention')} left out; who and why: --dry-run")
    deed = Deed(f"Send the statement {plan.name} to {{}}", f"sent the statement {plan.name}")
    if not confirm(run, list(copies), deed, asked=asked, yes=order.yes):
        return ExitCode.OK
    made, outcomes = _let_go(run, plan, send=order.send)
    told = [_record(copies[id_], outcomes.get(id_)) for id_ in made]
    told += [_record(copies[id_], None, "stopped") for id_ in copies if id_ not in made]
    if order.as_json:
        _as_json(run, plan, told)
    else:
        _say(run, db, plan, told, outcomes)
    return _code(plan, told)


def _refuse(order: Order, name: str) -> None:
    wrong = [option for option in order.given if option not in _SHARED]
    if wrong:
        raise UsageError(
            f"{wrong[0]} does not go with --statement: its words are approved as they are.",
            f"socialcare reply is:open --statement {name} --send",
        )
    if not (order.lets_go or order.dry_run):
        raise UsageError(
            "--statement goes with --send, --approve or --dry-run.",
            f"look first: socialcare reply is:open --statement {name} --dry-run",
        )


def _let_go(run: App, plan: Plan, *, send: bool) -> tuple[list[int], Mapping[int, Outcome]]:
    from socialcare.workflow.delivery import deliver

    if not plan.copies:
        return [], {}
    db, hand = run.write(), Hand(run.me, run.clock.now(), "reply")
    made = statements.let_go(db, plan.copies, plan.approved, plan.pace, hand)
    now = run.clock.now()
    due = [copy.mention_id for copy in plan.copies if copy.send_after <= now]
    if not (send and due):
        return made, {}
    with workshop(run) as shop, ending_in_order():
        found = deliver(shop, db, hand, due, wait=WAIT_SECONDS)
    return made, {one.mention_id: one for one in found}


def _record(copy: Copy, outcome: Outcome | None, state: str = "approved") -> dict[str, Any]:
    return {
        "mention": copy.mention_id,
        "state": outcome.state if outcome else state,
        "posted": outcome.url if outcome else None,
        "error": outcome.error.message if outcome and outcome.error else None,
        "send_after": format_time(copy.send_after),
        "promised_at": format_time(copy.promised) if copy.promised else None,
        "body": copy.body,
    }


def _as_json(run: App, plan: Plan, told: Sequence[dict[str, Any]]) -> None:
    left = [{"mention": one.mention_id, "why": one.why} for one in plan.left]
    write_object(
        run.screen, {"v": 1, "statement": plan.name, "replies": list(told), "left_out": left}
    )


def _code(plan: Plan, told: Sequence[dict[str, Any]]) -> int:
    trouble = any(one["state"] in _TROUBLE for one in told)
    if trouble or any(not one.fine for one in plan.left):
        return ExitCode.PARTLY if told else ExitCode.BLOCKED
    return ExitCode.OK


def _rehearsed(run: App, db: Database, plan: Plan, order: Order) -> int:
    """Each with its own words, as they would leave."""
    if order.as_json:
        _as_json(run, plan, [_record(copy, None, "planned") for copy in plan.copies])
        return ExitCode.OK
    if run.streams.stdout_tty:
        run.screen.data(*_shown(run, db, plan))
    else:
        rows = [_record(copy, None, "planned") for copy in plan.copies]
        write_records(run.screen, rows, "tsv", fields=("mention", "send_after", "body"))
    run.screen.warn(*_left(run, plan))
    run.screen.say("Nothing was kept and nothing was sent (--dry-run).")
    return ExitCode.OK


def _shown(run: App, db: Database, plan: Plan) -> Iterator[str]:
    width, now = run.streams.width, run.clock.now()
    authors = _authors(run, db, plan)
    for copy in plan.copies:
        record = authors[copy.mention_id]
        who, channel = (one_cell(str(record[name])) for name in ("author", "channel"))
        reach = "private" if copy.private else "public"
        parts = [f"{copy.mention_id}", f"to {who}", f"{reach}, {channel}", _when(run, copy)]
        if copy.promised is not None:
            parts.append(f"owed more by {clock_time(copy.promised, run.zone, now)}")
        yield from wrap((", " if run.accessible else "  ").join(parts), width)
        for line in for_screen(copy.body).split("\n"):
            yield from wrap(line, width, "    ")
        yield ""
    yield f"{count(len(plan.copies), 'letter')}, {plan.pace} an hour on one channel at most."


def _authors(run: App, db: Database, plan: Plan) -> Mapping[int, Mapping[str, Any]]:
    ids = [copy.mention_id for copy in plan.copies]
    return {record["id"]: record for record in records(db, ids, run.clock.now())}


def _when(run: App, copy: Copy) -> str:
    now = run.clock.now()
    return "now" if copy.send_after <= now else f"at {clock_time(copy.send_after, run.zone, now)}"


def _left(run: App, plan: Plan) -> Iterator[str]:
    gap = ": " if run.accessible else "  "
    for one in plan.left:
        yield from wrap(f"{one.mention_id}{gap}left out: {one_cell(one.why)}", run.streams.width)


def _say(
    run: App,
    db: Database,
    plan: Plan,
    told: Sequence[dict[str, Any]],
    outcomes: Mapping[int, Outcome],
) -> None:
    gap = ": " if run.accessible else "  "
    authors = _authors(run, db, plan)
    copies = {copy.mention_id: copy for copy in plan.copies}
    for one in told:
        id_ = one["mention"]
        if one["state"] == "stopped":
            run.screen.warn(f"{id_}{gap}left out: somebody else was quicker")
        elif id_ in outcomes:
            show = run.screen.warn if one["state"] in _TROUBLE else run.screen.data
            show(f"{id_}{gap}{became(outcomes[id_], authors[id_]['author'])}")
        else:
            when = _when(run, copies[id_])
            goes = "with the next fetch" if when == "now" else f"{when} or later, with a fetch"
            run.screen.data(f"{id_}{gap}goes {goes}")
    run.screen.warn(*_left(run, plan))
    if not told:
        run.screen.data(f"Nobody gets the statement {plan.name}.")
    elif any(copy.promised for copy in plan.copies):
        run.screen.say("They are owed more: whoever did not get it in time is in is:late.")

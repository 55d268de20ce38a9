"""What ``set`` and ``close`` share: choose, ask, change, tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.choosing import ASK_FROM, Deed, chosen, confirm, plan, plan_records
from socialcare.errors import ExitCode, UsageError
from socialcare.output.words import count
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.changes import Done, Held, Wish

DEEDS = {"set": Deed("Change {}", "changed"), "close": Deed("Close {}", "closed")}
PLAN_FIELDS = ("id", "author", "text")
_SAMPLES = {"owner": "mia", "topic": "delivery", "tag": "courier"}
MOST_TOLD = 10
"""Ids of one person's that are listed."""


class How(NamedTuple):
    """The options that ``set`` and ``close`` share."""

    dry_run: bool
    yes: bool
    as_json: bool
    steal: bool


def apply(
    run: App, what: Sequence[str], wish: Wish, command: str, how: How, *, told: str = ""
) -> int:
    """Change what the words mean; ``told`` says what is different now."""
    from socialcare.inbox.changes import Done, change

    deed = DEEDS[command]
    ids, asked = chosen(run, what)
    if not how.dry_run and not confirm(run, ids, deed, asked=asked, yes=how.yes):
        return ExitCode.OK
    done = Done(None, (), ())
    if ids:
        done = change(
            run.write(),
            ids,
            wish,
            run.settings,
            run.clock.now(),
            actor=run.me,
            command=command,
            rehearse=how.dry_run,
            held=_if_held(what, ids, asked=asked, steal=how.steal),
        )
    if how.as_json:
        _write_json(run, done)
    elif how.dry_run:
        _write_plan(run, done, deed)
    elif not run.quiet:
        tell(run, _told(run, done, deed, told), "Take back: socialcare undo" if done.action else "")
    return ExitCode.PARTLY if done.held and not how.dry_run else ExitCode.OK


def _if_held(what: Sequence[str], ids: Sequence[int], *, asked: bool, steal: bool) -> Held:
    """Who names a mention is told that a colleague has it; among many it is left out."""
    if steal:
        return "steal"
    return "skip" if asked or "-" in what or len(ids) >= ASK_FROM else "refuse"


def tell(run: App, told: str, way_back: str) -> None:
    """What was done, and for a person how to take it back."""
    if not (run.streams.stdout_tty and way_back):
        run.screen.data(told)
        return
    from socialcare.output.layout import flow

    gap = " " if run.accessible else "   "
    run.screen.data(*flow([told, way_back], run.streams.width, gap))


def _told(run: App, done: Done, deed: Deed, told: str) -> str:
    what_now = f": {told}" if told and done.changed else ""
    if done.replaced:
        from socialcare.output.history import Place, replaced

        place = Place(run.clock.now(), run.zone)
        what_now += f" ({replaced(done.replaced, place, alone=', ' not in told)})"
    number = len(done.changed) - len(done.along)
    return f"{number} {deed.done}{_along(done)}{what_now}.{_already(done)}{_held(done)}"


def _along(done: Done) -> str:
    """An owner or a state is for a whole conversation."""
    if not done.along:
        return ""
    one = len(done.changed) - len(done.along) == 1
    whose = "the same conversation" if one else "their conversations"
    return f", with {count(len(done.along), 'more message')} of {whose}"


def _write_json(run: App, done: Done) -> None:
    from socialcare.output.formats import write_object

    record: dict[str, object] = {"v": 1, "action": done.action}
    record |= {"changed": list(done.changed), "skipped": list(done.skipped)}
    if done.held:
        record["held"] = [lease.mention_id for lease in done.held]
    if done.replaced:
        record["replaced"] = [
            {"id": each.mention_id, "field": each.field, "before": each.before, "by": each.by}
            for each in done.replaced
        ]
    write_object(run.screen, record)


def _write_plan(run: App, done: Done, deed: Deed) -> None:
    """A few examples for a person, every one of them for a program."""
    if run.streams.stdout_tty:
        first, *examples = plan(run, done.changed, deed)
        others = f"{_already(done)}{_held(done)}"
        if examples:
            run.screen.data(*([others.strip()] if others else []), first, *examples)
        else:
            run.screen.data(f"{first}{others}")
        return
    from socialcare.output.formats import write_records

    write_records(run.screen, plan_records(run, done.changed), "tsv", fields=PLAN_FIELDS)


def _already(done: Done) -> str:
    number = len(done.skipped) - len(done.held)
    return f" {number} {'was' if number == 1 else 'were'} so already." if number else ""


def _held(done: Done) -> str:
    """`` 2 skipped: leo is writing an answer to 41, 44.``"""
    by: dict[str, list[int]] = {}
    for lease in done.held:
        by.setdefault(lease.actor, []).append(lease.mention_id)
    told = [f"{actor} is writing an answer to {_few(ids)}" for actor, ids in by.items()]
    return f" {len(done.held)} skipped: {'; '.join(told)}." if told else ""


def _few(ids: Sequence[int]) -> str:
    more = f" and {len(ids) - MOST_TOLD:,} more" if len(ids) > MOST_TOLD else ""
    return ", ".join(map(str, ids[:MOST_TOLD])) + more


def one_of(option: str, value: str | None, allowed: Sequence[str]) -> str | None:
    """Check a value of an option.

    Raises
    ------
    UsageError
        It is none of ``allowed``; the hint suggests the nearest.

    """
    if value is None or value in allowed:
        return value
    from difflib import get_close_matches

    close = get_close_matches(value.lower(), allowed, n=1, cutoff=0.5)
    meant = f"did you mean --{option} {close[0]} ?  " if close else ""
    raise UsageError(
        f'--{option} cannot be "{value[:60]}".', f"{meant}use one of: {', '.join(allowed)}"
    )


def read_note(text: str | None) -> str | None:
    """A private remark, as it will be kept.

    Raises
    ------
    UsageError
        There is nothing in it, or too much.

    """
    if text is None:
        return None
    if not text.strip():
        raise UsageError("the note is empty.", 'write it behind --note: --note "called her"')
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"the note has {len(text):,} characters.", f"keep it below {MAX_TEXT:,} characters"
        )
    return at_door(text.strip(), MAX_TEXT)


def read_owner(run: App, name: str | None) -> str | None:
    """An owner as it will be kept: "" is nobody, None no change."""
    if name is None or name == "none":
        return None if name is None else ""
    return run.me if name == "me" else read_word("owner", name)


def read_word(what: str, value: str) -> str:
    """A name that can be typed in a query.

    Raises
    ------
    UsageError
        It is more or less than one word.

    """
    word = at_door(value.strip(), MAX_FIELD)
    plain = word.replace("\u200c", "").replace("\u200d", "")  # joiners: part of some words
    if not word or len(word) > 100 or not plain.isprintable() or any(c in word for c in ' ,"'):
        raise UsageError(
            f"{'an' if what == 'owner' else 'a'} {what} is one word without commas or spaces.",
            f"--{what} {_SAMPLES[what]}",
        )
    return word

"""The keys of triage, and what each of them does with the card on the desk."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.changing import read_note, read_owner, read_word
from socialcare.cli.keys import ENTER
from socialcare.cli.times import ahead, behind
from socialcare.cli.triage_desk import Desk
from socialcare.inbox.changes import Done, Wish
from socialcare.models import LABELS, PRIORITIES, Label, Priority
from socialcare.output.history import replaced
from socialcare.output.snooze import until_told
from socialcare.output.words import clock_time
from socialcare.vocabulary import TOPICS

if TYPE_CHECKING:
    from socialcare.workflow.triage import Card

_LABELS: dict[str, Label] = {label[0]: label for label in LABELS}
_PRIORITIES: dict[str, Priority] = {str(number): name for number, name in enumerate(PRIORITIES, 1)}
_SNOOZES = {"h": "1h", "t": "tomorrow", "m": "monday"}
_WHEN = "2h, tomorrow, monday, 2026-12-01 or 2026-12-01 09:00"


class Step(Enum):
    """What comes after a key."""

    NEXT = auto()
    AGAIN = auto()
    """Draw the card of the place where one is now."""
    ASK = auto()
    """The card is as it was: ask for the next key."""
    QUIT = auto()


class Key(NamedTuple):
    """``shared``: it also works where a colleague is writing an answer."""

    key: str
    label: str
    does: str
    act: Callable[[Desk, Card], Step]
    shared: bool = False


# ── what takes a card off the desk ──


def reply(desk: Desk, card: Card) -> Step:
    """All that ``socialcare reply`` does, and back here."""
    from socialcare.cli.context import App
    from socialcare.cli.reply import write_answer

    run, before = desk.run, desk.walk.handled
    streams = run.streams.measured(run.environ)
    # A run of its own: what it opens is closed with it, however many answers a day has.
    inner = App(run.argv, run.options, streams, run.clock, run.environ)
    try:
        with desk.keys.lent(), desk.walk.answering():
            write_answer(inner, card.id)
    finally:
        inner.close()
    return Step.NEXT if desk.walk.handled > before else Step.AGAIN


def close(desk: Desk, card: Card) -> Step:
    done = desk.walk.change(card, Wish(status="closed"), settles=True)
    return _tell(desk, card, done, "closed", Step.NEXT)


def not_us(desk: Desk, card: Card) -> Step:
    done = desk.walk.change(card, Wish(status="closed", reason="not-us"), settles=True)
    return _tell(desk, card, done, "closed: not about us", Step.NEXT)


def elsewhere(desk: Desk, card: Card) -> Step:
    text = desk.line("Answered at? HH:MM, Enter for now, - for not at all")
    if text == "-":
        return _nothing(desk)
    at = behind(desk.run, "at", text) if text else desk.run.clock.now()
    if desk.walk.answered(card, at) is None:
        desk.say(f"{desk.name(card.id)} was answered already.")
        return Step.NEXT
    desk.done(card, f"answered elsewhere at {clock_time(at, desk.run.zone, desk.now.now)}")
    return Step.NEXT


def snooze(desk: Desk, card: Card) -> Step:
    key = desk.pick(
        "Until",
        (
            "[h] 1 h",
            "[t]omorrow 09:00",
            "[m]onday 09:00",
            "[r] they write again",
            "[w]hen: type it",
        ),
    )
    text = desk.line(f"Until when? {_WHEN}") if key == "w" else _SNOOZES.get(key, "")
    if not text and key != "r":
        return _nothing(desk)
    until = ahead(desk.run, text, "snoozed", _WHEN) if text else None
    wish = Wish(status="snoozed", snoozed_until=until)
    done = desk.walk.change(card, wish, settles=True)
    told = "they write again" if until is None else until_told(until, desk.run.zone, desk.now.now)
    return _tell(desk, card, done, f"snoozed until {told}", Step.NEXT)


def assign(desk: Desk, card: Card) -> Step:
    """What a colleague has now is off this desk; what I take stays on it."""
    key = desk.pick("Whose", ("[m]ine", "[n]obody's", "[o]ther: type the name"))
    name = {"m": "me", "n": "none"}.get(key, "")
    name = desk.line("Whose? A name") if key == "o" else name
    owner = read_owner(desk.run, name or None)
    if owner is None:
        return _nothing(desk)
    away = owner not in ("", desk.run.me)
    done = desk.walk.change(card, Wish(owner=owner), settles=away)
    told = f"is with {owner or 'nobody'} now"
    return _tell(desk, card, done, told, Step.NEXT if away else Step.AGAIN)


# ── what is said about it ──


def tag(desk: Desk, card: Card) -> Step:
    words = desk.line("Tags? A blank between them, - before one takes it off").split()
    on = [read_word("tag", word) for word in words if not word.startswith("-")]
    off = [read_word("tag", word[1:]) for word in words if word.startswith("-")]
    if not words:
        return _nothing(desk)
    done = desk.walk.change(card, Wish(tag=tuple(on), untag=tuple(off)))
    told = ", ".join([*(f"tag {word}" for word in on), *(f"no tag {word}" for word in off)])
    return _tell(desk, card, done, told, Step.AGAIN)


def note(desk: Desk, card: Card) -> Step:
    text = desk.line("Note")
    if not text:
        return _nothing(desk)
    done = desk.walk.change(card, Wish(note=read_note(text)))
    return _tell(desk, card, done, "note added", Step.AGAIN)


def fix(desk: Desk, card: Card) -> Step:
    """A correction wins for ever, and ``learn`` learns from it."""
    labels = [f"[{letter}]{label[1:]}" for letter, label in _LABELS.items()]
    ranks = [f"[{number}] {name}" for number, name in _PRIORITIES.items()]
    key = desk.pick("It is", (*labels, *ranks, "[t]opics: type them"))
    if key in _LABELS:
        wish, told = Wish(label=_LABELS[key]), f"label {_LABELS[key]}"
    elif key in _PRIORITIES:
        wish, told = Wish(priority=_PRIORITIES[key]), f"priority {_PRIORITIES[key]}"
    elif key == "t":
        desk.say(f"Known: {', '.join(TOPICS)}")
        words = desk.line("Topics? A blank between them, - for none").split()
        topics = () if words == ["-"] else tuple(read_word("topic", word) for word in words)
        wish, told = Wish(topics=topics), f"topics {', '.join(topics) or 'none'}"
        if not words:
            return _nothing(desk)
    else:
        return _nothing(desk)
    return _tell(desk, card, desk.walk.change(card, wish), told, Step.AGAIN)


def open_page(desk: Desk, card: Card) -> Step:
    from socialcare.cli.handover import has_browser, open_page

    page = card.record["url"]
    with desk.keys.lent():
        opened = page is not None and has_browser(desk.run.environ) and open_page(page)
    desk.say("Opened the page." if opened else f"Its page: {page or 'none is known'}")
    return Step.ASK


# ── where one is ──


def undo(desk: Desk, _card: Card) -> Step:
    id_ = desk.walk.undo()
    if id_ is None:
        desk.say("Nothing was done on this walk. What you did before: socialcare undo --list")
        return Step.ASK
    desk.say(f"Taken back: {desk.name(id_)} is as it was.")
    return Step.AGAIN


def back(desk: Desk, _card: Card) -> Step:
    if desk.walk.back():
        return Step.AGAIN
    desk.say("This is the first one.")
    return Step.ASK


def forward(_desk: Desk, _card: Card) -> Step:
    return Step.NEXT


def leave(_desk: Desk, _card: Card) -> Step:
    return Step.QUIT


def steal(desk: Desk, card: Card) -> Step:
    if desk.walk.steal(card):
        desk.say(f"{desk.name(card.id)} is on your desk now.")
    return Step.AGAIN


def explain(desk: Desk, card: Card) -> Step:
    desk.list([(each.key, each.does) for each in usable(card)])
    return Step.ASK


KEYS = (
    Key("r", "[r]eply", "write an answer in your editor", reply),
    Key("c", "[c]lose", "close it", close),
    Key("x", "[x] not about us", "close it: it is not about us", not_us),
    Key("e", "[e] answered elsewhere", "it was answered elsewhere, now or earlier", elsewhere),
    Key("s", "[s]nooze", "put it off until a time, or until they write again", snooze),
    Key("a", "[a]ssign", "give it to somebody, or take it", assign),
    Key("t", "[t]ag", "put tags on it, or take them off", tag, shared=True),
    Key("n", "[n]ote", "add a private remark", note, shared=True),
    Key("f", "[f]ix labels", "correct label, priority or topics; it learns from that", fix),
    Key("o", "[o]pen page", "open its page in your browser", open_page, shared=True),
    Key("u", "[u]ndo", "take back what you did last on this walk", undo, shared=True),
    Key("b", "[b]ack", "go to the card before", back, shared=True),
    Key("?", "[?] keys", "list the keys", explain, shared=True),
    Key("q", "[q]uit", "stop; what was done stays done", leave, shared=True),
    Key(ENTER, "[enter] next", "leave it as it is and go on", forward, shared=True),
)
STEAL = Key("!", "[!] take it over", "take it from the colleague who has it", steal, shared=True)


def usable(card: Card) -> tuple[Key, ...]:
    """The keys that work on this card."""
    if card.free:
        return KEYS
    return (STEAL, *(key for key in KEYS if key.shared))


def _tell(desk: Desk, card: Card, done: Done, told: str, step: Step) -> Step:
    if done.action is None:
        desk.say(f"{desk.name(card.id)} was so already.")
        return step
    was = f" ({replaced(done.replaced, desk.now, alone=True)})" if done.replaced else ""
    desk.done(card, f"{told}{was}")
    return step


def _nothing(desk: Desk) -> Step:
    desk.say("Nothing was changed.")
    return Step.ASK

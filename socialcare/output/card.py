"""The card of one mention: all that is known, in the order in which it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from socialcare.output.accessible import spoken_facts
from socialcare.output.colleague import held_told
from socialcare.output.columns import answer_in, urgency_style, waits
from socialcare.output.layout import cell_width, fit, flow, one_cell, wrap
from socialcare.output.records import Record, View, list_of, number_of, text_of
from socialcare.output.snooze import snoozed_cell
from socialcare.output.styled import Line, Piece, plain
from socialcare.output.thread import Post, thread_posts, thread_spoken
from socialcare.output.words import count, day, moment, span_ago, span_spoken, sure
from socialcare.text import MAX_SHOWN

_BAR = "─"
_INDENT = "    "
_MARGIN = 9
"""Columns of the word before a list, as in ``Before   12 Nov``."""

_ORDER_COLUMNS, _ORDER_CELL = 6, 40
_POST_LINES = 3
"""Lines of one post of the thread; each can be shown whole by its own id."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An earlier mention of the same person; ``outcome`` is ``answered in 3h10 by leo, closed``."""

    created_at: datetime
    text: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A note, an edit or an answer: who, when, what."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order that is named in the text, with what the shop's own table says, by column."""

    number: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cue:
    """One contribution to the label, in log-odds."""

    label: str
    cue: str
    weight: float


@dataclass(frozen=True, slots=True)
class Card:
    record: Record
    cues: Sequence[Cue] = ()
    thread: Sequence[Post] = ()
    before: Sequence[Contact] = ()
    notes: Sequence[Remark] = ()
    answers: Sequence[Remark] = ()
    edits: Sequence[Remark] = ()
    """What it said before, with the time at which that was replaced."""
    orders: Sequence[Order] = ()
    snippets: Sequence[str] = ()
    """Ready-made answers that fit, the best first."""
    state_why: str = ""
    """Why it is filtered or how it was closed."""


def card_lines(card: Card, view: View, width: int, *, spoken: bool = False) -> Iterator[Line]:
    """``spoken`` begins with a sentence instead of a bar, for people who listen."""
    record = card.record
    if spoken:
        yield from _wrapped(spoken_facts(record, view), width)
    else:
        yield _title(record, view, width)
    yield from _wrapped(_who(record, view, spoken=spoken), width)
    if not spoken:  # the sentence has said it
        yield from _wrapped(held_told(record, view), width)
    yield ()
    for part in _words(record):
        yield from _wrapped(part, width, _INDENT)
    yield ()
    if spoken:
        yield from _wrapped(f"{', '.join(_judgement(record))}.", width)
    else:
        yield from (plain(line) for line in flow(_judgement(record), width))
    yield from _wrapped(card.state_why, width)
    yield from _wrapped(priority_sum(record), width)
    yield from _wrapped(label_sum(record, card.cues), width)
    yield from _wrapped(text_of(record, "url"), width)
    lists = list(_spoken_lists(card, view, width) if spoken else _lists(card, view, width))
    if lists:
        yield ()
        yield from lists


def priority_sum(record: Record) -> str:
    """``why urgent: base +20, complaint +25 = 45``."""
    why = [part for part in list_of(record, "why") if isinstance(part, dict)]
    parts = [f"{part['reason']} {part['points']:+}" for part in why if part["points"]]
    decided = "".join(f", {part['reason']}" for part in why if not part["points"])
    if not parts:
        return ""
    total = number_of(record, "points") or 0
    return f"why {text_of(record, 'priority')}: {', '.join(parts)} = {total:.0f}{decided}"


def label_sum(record: Record, cues: Sequence[Cue]) -> str:
    """``why complaint: waiting "another week without" +2.1``: the strongest first."""
    label = text_of(record, "label")
    ranked = sorted(cues, key=lambda cue: -abs(cue.weight))
    parts = [
        f"{cue.cue} {cue.weight:+.1f}{'' if cue.label == label else f' for {cue.label}'}"
        for cue in ranked[:6]
    ]
    return f"why {label}: {', '.join(parts)}" if parts else ""


def _title(record: Record, view: View, width: int) -> Line:
    start = f"#{text_of(record, 'id')}  {text_of(record, 'priority')}  "
    room = max(0, width - cell_width(start))
    told = one_cell(answer_in(record, view))
    if cell_width(told) > room and text_of(record, "status") == "snoozed":
        told = f"snoozed {snoozed_cell(record, view)}"
    clock = fit(told, room)
    waiting = waits(record, view)
    really = f"  waits {waiting}" if waiting else ""
    bar = width - cell_width(start) - cell_width(clock) - len(really) - 1
    if bar < 0:
        really, bar = "", bar + len(really)
    end = f"{really} {_BAR * bar}" if bar > 0 else really
    pieces = (Piece(start), Piece(clock, urgency_style(record, view)), Piece(end))
    return tuple(piece for piece in pieces if piece.text)


def _who(record: Record, view: View, *, spoken: bool) -> str:
    """``spoken`` goes on from the sentence that named them, with nothing shortened."""
    author = text_of(record, "author") or text_of(record, "author_name") or "somebody"
    name = text_of(record, "author_name")
    other = name if name and name.casefold() not in author.casefold() else ""
    if spoken:
        parts = [f"Called {other}"] if other else []
    else:
        parts = [f"{author}{f' ({other})' if other else ''} on {text_of(record, 'channel')}"]
    if created := moment(record.get("created_at")):
        age = view.now - created
        parts.append(f"written {span_spoken(age)} ago" if spoken else span_ago(age))
    followers, contacts = number_of(record, "followers"), number_of(record, "previous_contacts")
    if followers is not None:
        parts.append(count(int(followers), "follower"))
    if contacts:
        times = f" {count(int(contacts), 'time')}" if spoken else f" {contacts:.0f}x"
        parts.append(f"wrote{times} before")
    if (messages := number_of(record, "messages") or 1) > 1:
        parts.append(f"{messages:.0f} messages here")
    if (rating := number_of(record, "rating")) is not None:
        parts.append(f"{rating:g} of 5 stars")
    if record.get("edited_at"):
        parts.append("edited")
    if record.get("gone_at"):
        parts.append("deleted by its author")
    told = one_cell(", ".join(parts))
    return f"{told[:1].upper()}{told[1:]}." if spoken and told else told


def _words(record: Record) -> Iterator[str]:
    """The text, then each picture; one part for each, so that none is cut for another."""
    text = text_of(record, "text").strip()
    alts, media = list_of(record, "media_alt"), list_of(record, "media")
    if text:
        yield text
    if len(text) > MAX_SHOWN:
        rest = f"{len(text) - MAX_SHOWN:,} more characters"
        yield f"[{rest}: socialcare show {text_of(record, 'id')} --json]"
    for at, url in enumerate(media):
        alt = alts[at] if at < len(alts) else None
        yield f"[{alt or 'picture without a description'}] {url or ''}"
    if not text and not media:
        yield "(no words)"


def _judgement(record: Record) -> list[str]:
    confidence, score = number_of(record, "confidence"), number_of(record, "sentiment_score")
    topics = ", ".join(map(str, list_of(record, "topics"))) or "none"
    state = text_of(record, "status") + (", new" if record.get("new") else "")
    parts = [
        text_of(record, "label") + ("" if confidence is None else f" {sure(confidence)}"),
        "" if score is None else f"sentiment {score:+.2f}",
        f"topics {topics}",
        f"owner {text_of(record, 'owner') or 'nobody'}",
        state,
        "" if record.get("needs_answer", True) else "needs no answer",
    ]
    if tags := list_of(record, "tags"):
        parts.append(f"tags {', '.join(map(str, tags))}")
    return [one_cell(part) for part in parts if part]


def _lists(card: Card, view: View, width: int) -> Iterator[Line]:
    posts = thread_posts(card.thread, card.record)
    yield from _listed("Thread", [_first_lines(post, width - _MARGIN) for post in posts])
    told = [_order(order) for order in card.orders]
    yield from _listed("Orders", [list(wrap(order, width - _MARGIN)) for order in told])
    yield from _listed("Before", _before(card.before, view, width - _MARGIN))
    lists = (("Notes", card.notes), ("Answers", card.answers), ("Edits", card.edits))
    for name, remarks in lists:
        told = [_remark(each, view) for each in remarks]
        yield from _listed(name, [list(wrap(remark, width - _MARGIN)) for remark in told])
    if card.snippets:
        parts = [", ".join(card.snippets), _using(card)]
        yield from _listed("Snippets", [list(flow(parts, width - _MARGIN))])


def _using(card: Card) -> str:
    return f"socialcare reply {text_of(card.record, 'id')} --snippet {card.snippets[0]}"


def _spoken_lists(card: Card, view: View, width: int) -> Iterator[Line]:
    """The same in sentences, each with what it is."""
    told = [one_cell(sentence) for sentence in thread_spoken(card.thread, card.record)]
    told += [f"Order {_order(order)}" for order in card.orders]
    for past in card.before:
        when = day(past.created_at, view.zone, view.now)
        told.append(f'Before, {when}: "{one_cell(past.text)}", {one_cell(past.outcome)}')
    for name, remarks in (("Note", card.notes), ("Answer", card.answers), ("Edit", card.edits)):
        told += [f"{name} by {_remark(each, view)}" for each in remarks]
    if card.snippets:
        told.append(f"Snippets that fit: {', '.join(card.snippets)}. Use one: {_using(card)}")
    for sentence in told:
        yield from _wrapped(sentence, width)


def _remark(remark: Remark, view: View) -> str:
    return f"{remark.who}, {day(remark.at, view.zone, view.now)}: {remark.text}"


def _first_lines(text: str, room: int) -> list[str]:
    lines = list(wrap(one_cell(text), room))
    rest = " ".join(lines[_POST_LINES - 1 :])
    return [*lines[: _POST_LINES - 1], *([fit(rest, room)] if rest else [])]


def _order(order: Order) -> str:
    """``4411: Status shipped; Sent 2026-11-12``: the first columns."""
    known = [
        f"{name} {fit(one_cell(value), _ORDER_CELL)}"
        for name, value in islice(order.data.items(), _ORDER_COLUMNS)
    ]
    return one_cell(f"{order.number}: {'; '.join(known)}" if known else order.number)


def _before(contacts: Sequence[Contact], view: View, room: int) -> Iterator[list[str]]:
    """When, the first words, and what came of it: in columns, or below where there is no room."""
    days = [day(past.created_at, view.zone, view.now) for past in contacts]
    texts = [f'"{one_cell(past.text)}"' for past in contacts]
    quoted = min(max(map(cell_width, texts), default=0), max(8, room // 2 - 4))
    for when, text, past in zip(days, texts, contacts, strict=True):
        shown = text if cell_width(text) <= quoted else f'{fit(text[:-1], quoted - 1)}"'
        gap = " " * (quoted - cell_width(shown) + 2)
        beside = f"{when:>6}  {shown}{gap}{one_cell(past.outcome)}"
        if cell_width(beside) <= room:
            yield [beside]
            continue
        whole = text if cell_width(text) <= room - 8 else f'{fit(text[:-1], room - 9)}"'
        yield [f"{when:>6}  {whole}", *wrap(past.outcome, room, " " * 8)]


def _listed(name: str, entries: Iterable[Sequence[str]]) -> Iterator[Line]:
    heading = name
    for lines in entries:
        for line in lines:
            yield plain(f"{heading:<{_MARGIN}}{line}".rstrip())
            heading = ""


def _wrapped(text: str, width: int, indent: str = "") -> Iterator[Line]:
    if text:
        yield from (plain(line) for line in wrap(text, width, indent))

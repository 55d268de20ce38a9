"""One labelled text for a person: the verdict on one line, then what spoke for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from socialcare.output.layout import cell_width, fit, flow, one_cell, wrap
from socialcare.output.styled import Line, Piece
from socialcare.output.words import sure

Record = Mapping[str, object]


def verdict(
    record: Record, language: str, width: int, *, spoken: bool = False
) -> Iterator[Line | str]:
    """``complaint  0.91   sentiment +0.64   topic delivery   urgency normal   English``."""
    topics = record.get("topics")
    named = ", ".join(str(t) for t in topics) if isinstance(topics, list) and topics else "none"
    facts = [
        f"{record.get('label')}{' ' if spoken else '  '}{sure(_number(record, 'confidence'))}",
        f"sentiment {_number(record, 'sentiment_score'):+.2f}",
        f"topic {named}",
        f"urgency {'urgent' if record.get('urgent') else 'normal'}",
        language,
    ]
    if not record.get("needs_answer", True):
        facts.append("needs no answer")
    if spoken:
        yield from wrap(f"{', '.join(facts)}.", width)
        return
    first, *rest = flow(facts, width)
    label, gap, more = first.partition(" ")
    yield (Piece(label, "strong"), Piece(f"{gap}{more}"))
    yield from rest


def reasons(record: Record, width: int, *, spoken: bool = False) -> Iterator[str]:
    """What spoke for each label, the heaviest first."""
    found = record.get("reasons")
    listed = [r for r in found if isinstance(r, Mapping)] if isinstance(found, list) else []
    room = max(4, width - 23)
    for reason in sorted(listed, key=lambda r: -abs(_number(r, "weight"))):
        if spoken:
            weight = f"{_number(reason, 'weight'):+.1f}"
            yield from wrap(f"For {reason.get('label')}: {reason.get('cue')}, {weight}.", width)
            continue
        cue = fit(one_cell(str(reason.get("cue"))), room)
        blanks = " " * (room - cell_width(cue))
        label = f"  for {reason.get('label'):<10}"
        yield f"{label} {cue}{blanks} {_number(reason, 'weight'):+5.1f}"


def brand_verdict(verdict_: str, why: Sequence[str], width: int) -> Iterator[str]:
    """Whether it is about the brand, and why."""
    told = {"ours": "about you", "doubtful": "perhaps about you", "not_ours": "not about you"}
    yield from wrap(f"{told[verdict_]}: {'; '.join(why)}", width)


def _number(record: Record, name: str) -> float:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) else 0.0

"""What corrections taught, for a person: how often labels were right, and the proposed rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from socialcare.output.layout import fit, flow, one_cell, wrap
from socialcare.output.words import count

Record = Mapping[str, Any]


def introduction(lesson: Record, width: int) -> Iterator[str]:
    """``You corrected 23 of 412 mentions. The label was right for 81%, the topic for 90%.``"""
    corrected, mentions = lesson["corrected"], count(lesson["mentions"], "mention")
    told = f"You corrected {corrected:,} of {mentions}."
    right = [
        f"the {name}{' was right' if name == 'label' else ''} for {percent(lesson[f'{name}_right'])}"
        for name in ("label", "topic")
        if lesson[f"{name}_right"] is not None
    ]
    if right:
        told += f" Where you corrected or settled it, {', '.join(right)}."
    yield from wrap(told, width)


def rules(records: Sequence[Record], width: int, *, spoken: bool = False) -> Iterator[str]:
    for record in records:
        yield from (_spoken(record, width) if spoken else _rule(record, width))


def tested(lesson: Record, width: int) -> Iterator[str]:
    """``Tested on your own corrections: label right for 81% -> 87%.``"""
    trials = {name: lesson[f"{name}_tested"] for name in ("label", "topic")}
    changes = [
        f"{name} right for {percent(trial['before'])} -> {percent(trial['after'])}"
        for name, trial in trials.items()
        if trial is not None
    ]
    if changes:
        yield from wrap(f"Tested on your own corrections: {', '.join(changes)}.", width)


def percent(share: float) -> str:
    return f"{share:.0%}"


def _rule(record: Record, width: int) -> Iterator[str]:
    first, *rest = flow(_parts(record), max(1, width - 2))
    yield f"  {first}"
    yield from (f"    {line}" for line in rest)
    if record["others"]:
        yield from wrap(f"{count(record['others'], 'other')} would change:", width, "      ")
        for other in record["examples"]:
            told = (
                f"{other['id']}  {other['before']} -> {other['after']}  {one_cell(other['text'])}"
            )
            yield fit(f"        {told}", width)


def _spoken(record: Record, width: int) -> Iterator[str]:
    yield from wrap(f"{', '.join(_parts(record))}.", width)
    if record["others"]:
        yield from wrap(f"{count(record['others'], 'other')} would change:", width)
        for other in record["examples"]:
            told = f"Mention {other['id']}, from {other['before']} to {other['after']}: "
            yield from wrap(f"{told}{one_cell(other['text'])}", width)


def _parts(record: Record) -> list[str]:
    phrase, corrections = f'"{record["phrase"]}"', count(record["corrections"], "correction")
    if record["kind"] == "ignore":
        return [f"ignore {phrase}", f"{record['corrections']:,} closed as not-us"]
    right = f"{record['now_right']:,} of {record['corrections']:,} would now be right"
    if record["kind"] == "label":
        return [phrase, f"speaks for {record['target']}", f"{corrections}, {right}"]
    new = "new, " if record["new_topic"] else ""
    return [f'topic "{record["target"]}"', f"{new}from {phrase}", f"{corrections}, {right}"]

"""How good the labels are, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from socialcare.output.layout import fit, flow, wrap
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.classify.evaluate import Report

FIRST = 10
"""Columns for the names of the labels."""


def report_lines(report: Report, width: int) -> Iterator[str]:
    """Totals, then precision and recall of each label, then what was taken for what."""
    yield from flow(
        (
            count(report.texts, "text"),
            f"macro-F1 {report.macro_f1:.3f}",
            f"accuracy {report.accuracy:.3f}",
            f"calibration error {report.calibration_error:.3f}",
            f"unsure {report.unsure:.1%}",
            f"right for {report.accuracy_when_sure:.1%} of the rest",
        ),
        width,
    )
    yield ""
    yield _row("", ("precision", "recall", "F1", "texts"), width)
    for name, score in report.labels.items():
        numbers = (score.precision, score.recall, score.f1)
        yield _row(name, (*(f"{n:.3f}" for n in numbers), str(score.support)), width)
    names = list(report.labels)
    yield ""
    yield from wrap("What readers said (down), and what it was taken for (across)", width)
    yield _row("", names, width)
    for gold, row in report.confusion.items():
        yield _row(gold, [str(row.get(name, 0)) for name in names], width)


def _row(name: str, cells: Sequence[str], width: int) -> str:
    room = max(4, min(11, (width - FIRST) // len(cells)))
    return f"{name:<{FIRST}}" + "".join(f"{fit(cell, room - 1):>{room}}" for cell in cells)


def report_record(report: Report) -> dict[str, object]:
    """The same as one JSON object."""
    return {
        "v": 1,
        "texts": report.texts,
        "macro_f1": report.macro_f1,
        "accuracy": report.accuracy,
        "unsure": report.unsure,
        "accuracy_when_sure": report.accuracy_when_sure,
        "calibration_error": report.calibration_error,
        "labels": {
            name: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "texts": s.support}
            for name, s in report.labels.items()
        },
        "confusion": {gold: dict(row) for gold, row in report.confusion.items()},
    }

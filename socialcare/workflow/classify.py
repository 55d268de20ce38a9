"""Label texts that are not in the inbox: one, a stream of them, or a gold set."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from socialcare.classify.brand import About
from socialcare.classify.language import name_of
from socialcare.models import Classification
from socialcare.settings import Settings
from socialcare.text import MAX_TEXT, at_door
from socialcare.workflow.judging import classifier_of, matcher_of

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """An input line that cannot be read."""

    line: int
    reason: str


def language_of(record: Mapping[str, Any]) -> str:
    """The name of the language of a labelled text."""
    return name_of(record["lang"]) if record["lang"] else "language not known"


def read_text(text: str) -> str:
    """A text as it would be kept: at most 20,000 characters, every one of them valid."""
    return at_door(text, MAX_TEXT)


def about(text: str, settings: Settings) -> About:
    """Whether a text is about the brand, and why. The text comes as :func:`read_text` leaves it."""
    return matcher_of(settings).match(text)


def classified(text: str, label: Classification, rest: Mapping[str, Any] | None = None) -> Record:
    """One record of the output; other fields of the input are passed through."""
    return {
        **(rest or {}),
        "v": 1,
        "text": text,
        "label": label.label,
        "confidence": round(label.confidence, 4),
        "scores": {name: round(score, 4) for name, score in label.scores.items()},
        "sentiment": label.sentiment,
        "sentiment_score": label.sentiment_score,
        "topics": list(label.topics),
        "urgent": label.urgent,
        "needs_answer": label.needs_answer,
        "lang": label.lang,
        "reasons": [
            {"label": r.label, "cue": r.cue, "weight": round(r.weight, 2)} for r in label.reasons
        ],
        "classifier": label.classifier,
    }


def classify_lines(lines: Iterable[str], settings: Settings) -> Iterator[Record | Bad]:
    """Label JSON Lines with a ``text``, or plain lines, one by one as they come."""
    classifier = classifier_of(settings)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _input(line.strip("\r\n"))
        if isinstance(found, str):
            yield Bad(number, found)
            continue
        text = read_text(str(found.pop("text")))
        hint = found.get("lang")
        label = classifier.classify(
            text,
            rating=_stars(found.get("rating")),
            has_media=bool(found.get("media")),
            lang_hint=hint if isinstance(hint, str) else None,
        )
        yield classified(text, label, found)


def _input(line: str) -> Record | str:
    """The record of a line, or why it is none. A line of a JSON array is a record too."""
    line = line.lstrip("\ufeff")
    if not line.lstrip().startswith(("{", '[{"')):
        return {"text": line}
    try:
        record = json.loads(
            line.strip().removeprefix("[").rstrip(",]"),
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    if not isinstance(record.get("text"), str):
        return 'no "text" in it'
    found: Record = record
    return found


def _stars(rating: object) -> float | None:
    """1 to 5; anything else is no rating."""
    if isinstance(rating, bool) or not isinstance(rating, int | float):
        return None
    return float(rating) if 1 <= rating <= 5 else None


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits[:20])


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def gold_rows(lines: Iterable[str]) -> Iterator[Record]:
    """Rows of a gold set: JSON Lines with ``text`` and the ``label`` somebody read.

    Raises
    ------
    ValueError
        A line that is no such row; the message has its number.

    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        record = _input(line.strip())
        if isinstance(record, str) or not line.lstrip("\ufeff ").startswith("{"):
            raise ValueError(f"line {number}: {record if isinstance(record, str) else 'not JSON'}")
        yield {**record, "text": read_text(record["text"]), "rating": _stars(record.get("rating"))}

"""Rows that people read and labelled: ours with their text, others' by id and hash.

A row of somebody else's set is joined to its text under ``../shared/eval``; the hash says
that it is still the text that was read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "gold"
FILES = (
    "own_mentions",
    "support_tweets",
    "reviews_and_requests",
    "more_mentions",
    "public_chatter",
)
OWN = "own"


class Gold(NamedTuple):
    set: str
    """The set that the text is from; ``own`` for what was written for the project."""
    text: str
    label: str
    alt: str | None
    """A second label, where two careful readers could well differ."""
    urgent: bool
    topics: tuple[str, ...]


def stored(name: str) -> list[dict[str, Any]]:
    """The rows of a file as they stand."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read(shared: Path | None) -> list[Gold]:
    """All rows in a fixed order; only our own where ``shared`` (``../shared``) is not there.

    Raises
    ------
    ValueError
        A text is not the one that was read.

    """
    texts: dict[str, dict[str, str]] = {}
    return [gold for name in FILES for row in stored(name) for gold in _joined(row, shared, texts)]


def _joined(
    row: dict[str, Any], shared: Path | None, texts: dict[str, dict[str, str]]
) -> Iterator[Gold]:
    text = row.get("text")
    source = row.get("set", OWN)
    if text is None:
        if shared is None:
            return
        if source not in texts:
            texts[source] = _texts(shared / "eval" / f"{source}.jsonl")
        text = texts[source][row["id"]]
        if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
            raise ValueError(f"{source} {row['id']} is not the text that was read")
    yield Gold(source, text, row["label"], row["alt"], row["urgent"], tuple(row["topics"]))


def _texts(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {row["id"]: row["text"] for row in rows}


def same(text: str) -> str:
    """Equal for texts that differ in white space only."""
    return " ".join(text.split())

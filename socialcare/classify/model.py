"""What was learnt from texts that people read: weights beside those set by hand.

``languages/CODE.model`` holds one thing a line and says in its head what it was fitted on.
Weights are whole thousandths of log-odds: their sum is the same in whatever order it is
made, on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

Four = tuple[int, int, int, int]
"""Thousandths for each label, in the order of ``DECIDED``."""
LOUD = 350
"""Thousandths from which a word is a reason of its own; below, it is one of "other words"."""
_BITS = 32
_MASK = (1 << _BITS) - 1
_HALF = 1 << (_BITS - 1)
_SHIFTS = (0, _BITS, 2 * _BITS, 3 * _BITS)
_LEVEL = sum(_HALF << shift for shift in _SHIFTS)
_SIGNS = {"@": "a name", "#": "a number", "~": "a link", "?": "?", "!": "!", ".": "."}


class Loud(NamedTuple):
    """One word or pair of words that says much for or against one label."""

    label: int
    """Its place in ``DECIDED``."""
    weight: int
    shown: str


class Words:
    """Weights of words and of pairs of neighbours; each counts once a text."""

    def __init__(self, weights: Mapping[str, Sequence[int]]) -> None:
        self._quiet: dict[str, int] = {}
        self._loud: dict[str, list[Loud]] = {}
        for gram, four in weights.items():
            loud = [
                Loud(at, value, shown(gram)) for at, value in enumerate(four) if abs(value) >= LOUD
            ]
            if loud:
                self._loud[gram] = loud
            quiet = [0 if abs(value) >= LOUD else value for value in four]
            self._quiet[gram] = sum(
                value << shift for value, shift in zip(quiet, _SHIFTS, strict=True)
            )

    def said_in(self, words: Sequence[str]) -> tuple[list[int], list[Loud]]:
        """What all quiet words say together for each label, and what each loud one says."""
        known = self._quiet.keys() & {*words, *[f"{one} {two}" for one, two in pairwise(words)]}
        total = sum(map(self._quiet.__getitem__, known)) + _LEVEL
        quiet = [((total >> shift) & _MASK) - _HALF for shift in _SHIFTS]
        loud = known & self._loud.keys()
        return quiet, [said for gram in sorted(loud) for said in self._loud[gram]] if loud else []


def shown(gram: str) -> str:
    """A word or pair as a reader of reasons sees it."""
    parts = gram.split(" ")
    first = "beginning " if parts[0] == "^" else "word " if len(parts) == 1 else "words "
    said = " ".join(_SIGNS.get(part, part.strip(":")) for part in parts if part != "^")
    return f'{first}"{said}"'


class Model(NamedTuple):
    """``cues`` and ``signals`` hold what is added to the weights set by hand."""

    scale: int
    """Thousandths that the weights set by hand count."""
    bias: Four
    cues: Mapping[str, int]
    """By ``label.name`` of a cue."""
    signals: Mapping[str, Four]
    words: Words


NOTHING = Model(1000, (0, 0, 0, 0), {}, {}, Words({}))


def load(path: Path) -> Model:
    """Read a model; :data:`NOTHING` where there is none, so that a language may do without."""
    if not path.exists():
        return NOTHING
    kinds = ("scale", "bias", "cue", "signal", "word")
    tables: dict[str, dict[str, list[int]]] = {kind: {} for kind in kinds}
    with path.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("//"):
                kind, name, weights = line.rstrip("\n").split("\t")
                tables[kind][name] = list(map(int, weights.split(" ")))
    return Model(
        scale=tables["scale"]["all"][0],
        bias=_four(tables["bias"]["all"]),
        cues={name: sum(weights) for name, weights in tables["cue"].items()},
        signals={name: _four(weights) for name, weights in tables["signal"].items()},
        words=Words(tables["word"]),
    )


def _four(weights: Sequence[int]) -> Four:
    complaint, question, praise, other = weights
    return complaint, question, praise, other

"""What was learnt from texts that people read: weights beside those set by hand.

``languages/CODE.model`` holds one thing a line and says in its head what it was fitted on.
Weights are whole thousandths of log-odds: their sum is the same in whatever order it is
made, on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise, repeat
from pathlib import Path
from sys import intern
from typing import NamedTuple

from socialcare.classify.decision import DECIDED
from socialcare.classify.packing import pack
from socialcare.models import Reason

Four = tuple[int, int, int, int]
"""Thousandths for each label, in the order of ``DECIDED``."""
LOUD = 500
"""Thousandths from which a word is a reason of its own; below, it is one of "other words"."""
_SIGNS = {"@": "a name", "#": "a number", "~": "a link", "?": "?", "!": "!", ".": "."}


Loud = tuple[int, int, int, Reason]
"""What says so much for or against one label that it is a reason of its own: its weight
without the sign, below 0 so that the strongest comes first; the place of the label in
``DECIDED``; its weight. A plain tuple, as many are made for each text."""


def loud(label: int, weight: int, shown: str) -> Loud:
    return -abs(weight), label, weight, Reason(DECIDED[label], shown, weight / 1000)


Gram = str | tuple[str, str]
"""A word, or a pair of neighbours."""
_NOTHING = repeat(0)


class Words:
    """Weights of words and of pairs of neighbours; each counts once a text."""

    def __init__(self, weights: Mapping[str, Sequence[int]]) -> None:
        self._quiet: dict[Gram, int] = {}
        self._pairs: dict[Gram, int] = {}
        self._loud: dict[Gram, tuple[str, list[Loud]]] = {}
        """With its name, by which they are ordered."""
        for name, four in weights.items():
            one, _, two = name.partition(" ")
            gram: Gram = (intern(one), intern(two)) if two else intern(one)
            named = [
                loud(at, value, shown(name)) for at, value in enumerate(four) if abs(value) >= LOUD
            ]
            if named:
                self._loud[gram] = name, named
            said = pack([0 if abs(value) >= LOUD else value for value in four])
            (self._pairs if two else self._quiet)[gram] = said

    def said_in(self, words: Sequence[str], distinct: Collection[str]) -> tuple[int, list[Loud]]:
        """What all quiet words say together, packed, and what each loud one says.

        ``distinct`` holds each of the ``words`` once.
        """
        pairs = self._pairs.keys() & pairwise(words)
        total = sum(map(self._quiet.get, distinct, _NOTHING))
        total += sum(map(self._pairs.__getitem__, pairs))
        known = self._loud
        named = known.keys() & distinct
        named |= known.keys() & pairs
        if not named:
            return total, []
        return total, [
            said for _, all_said in sorted(map(known.__getitem__, named)) for said in all_said
        ]


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

"""What was learnt from texts that people read: weights beside those set by hand.

``languages/CODE.model`` holds one thing a line and says in its head what it was fitted on.
Weights are whole thousandths of log-odds: their sum is the same in whatever order it is
made, on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import NamedTuple

from socialcare.classify.packing import pack

Four = tuple[int, int, int, int]
"""Thousandths for each label, in the order of ``DECIDED``."""
LOUD = 500
"""Thousandths from which a word is a reason of its own; below, it is one of "other words"."""
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
        for name, four in weights.items():
            gram = intern(name)
            loud = [
                Loud(at, value, shown(gram)) for at, value in enumerate(four) if abs(value) >= LOUD
            ]
            if loud:
                self._loud[gram] = loud
            self._quiet[gram] = pack([0 if abs(value) >= LOUD else value for value in four])
        self._pairs: dict[str, dict[str, str]] = {}
        """The pairs that begin with a word, by the other word."""
        for gram in weights:
            one, _, two = gram.partition(" ")
            if two:
                self._pairs.setdefault(intern(one), {})[intern(two)] = gram

    def said_in(self, words: list[str]) -> tuple[int, list[Loud]]:
        """What all quiet words say together, packed, and what each loud one says."""
        quiet, pairs = self._quiet, self._pairs
        known = quiet.keys() & words
        known.update(
            [pairs[one][two] for one, two in pairwise(words) if one in pairs and two in pairs[one]]
        )
        total = sum(map(quiet.__getitem__, known))
        if self._loud.keys().isdisjoint(known):
            return total, []
        loud = sorted(known & self._loud.keys())
        return total, [said for gram in loud for said in self._loud[gram]]


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

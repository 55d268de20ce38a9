"""A language as its file describes it, ready to read texts with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from socialcare.classify.cues import Cue, Matcher, cues_of
from socialcare.classify.decision import DECIDED
from socialcare.classify.signals import ShapeWords

FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that depends on the language."""

    code: str
    bias: Mapping[str, float]
    signals: Mapping[str, Mapping[str, float]]
    precedence: Mapping[str, float]
    shape: ShapeWords
    certain: Collection[str]
    """Words that are of this language whatever their letters look like."""
    spelling: Mapping[str, str]
    silent: Collection[str]
    matcher: Matcher


@cache
def load(code: str) -> Lexicon:
    """The lexicon of a language that has a file."""
    import tomllib

    with (FOLDER / f"{code}.toml").open("rb") as file:
        data = tomllib.load(file)
    matcher = Matcher()
    for cue, phrases in _lines(data):
        matcher.add(cue, phrases, data["lists"])
    return Lexicon(
        code=data["code"],
        bias=data["bias"],
        signals=data["signals"],
        precedence=data["precedence"],
        shape=ShapeWords(*(frozenset(data["shape"][name]) for name in ShapeWords._fields)),
        certain=matcher.vocabulary.union(data["shape"]["common"]),
        spelling=data["spelling"],
        silent=frozenset(data["silent"]["words"]),
        matcher=matcher,
    )


def _lines(data: Mapping[str, Any]) -> Iterable[tuple[Cue, Collection[str]]]:
    for target in (*DECIDED, "urgent"):
        yield from cues_of(target, data[target])
    for topic, lists in data["topics"].items():
        yield topic_cue(topic), lists["sure"]
        yield topic_cue(topic, sure=False), lists["hint"]


def topic_cue(topic: str, *, sure: bool = True) -> Cue:
    """What speaks for a topic: two points for a sure sign, one for a hint."""
    return Cue(topic, f"topic:{topic}", weight=2.0 if sure else 1.0, topic=True)


@cache
def emoji() -> dict[str, tuple[str, str]]:
    """Sign → (class, word that is scored in its place)."""
    import tomllib

    with (FOLDER / "emoji.toml").open("rb") as file:
        data = tomllib.load(file)
    return {sign: (name, group["word"]) for name, group in data.items() for sign in group["emoji"]}

"""A language as its file describes it, ready to read texts with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from socialcare.classify import language_file, model
from socialcare.classify.cues import Cue, Matcher, cues_of
from socialcare.classify.decision import DECIDED
from socialcare.classify.evidence import QUESTION, Heard, heard
from socialcare.classify.language_file import complete, file_of, read_own
from socialcare.classify.signals import ShapeWords

ENGLISH = "en"
FOLDER = language_file.FOLDER


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that depends on the language. Weights are thousandths of log-odds."""

    code: str
    name: str
    """In English: *German*."""
    mark: str
    """What stands behind the version where this language decides; nothing for English."""
    bias: Sequence[int]
    """For each label of ``DECIDED``."""
    signals: Mapping[str, Heard]
    signals_beside: Mapping[str, Heard]
    """The same beside a complaint."""
    complaint_from: float
    """Weight from which a cue of a complaint makes what asks count less."""
    question_beside_complaint: int
    """Thousandths that it then counts."""
    shape: ShapeWords
    common: Collection[str]
    """Words by which the language is known."""
    certain: Collection[str]
    """Words that are of this language whatever their letters look like."""
    spelling: Mapping[str, str]
    silent: Collection[str]
    matcher: Matcher
    words: model.Words


def spoken(code: str, own: Path | None = None) -> Lexicon | None:
    """The lexicon of a language, from the folder of the user's ``own`` files if it is there.

    None where neither that folder nor the package has a file.

    Raises
    ------
    ConfigError
        The user's file is wrong.

    """
    path = file_of(code, own)
    if path is None or path.parent == FOLDER:
        return load(code) if path else None
    data = read_own(path)
    mark = f"+{code}-{crc32(repr(data).encode()):08x}"
    return _built(complete(data, code), model.load(FOLDER / f"{code}.model"), mark)


@cache
def load(code: str, *, learnt: bool = True) -> Lexicon:
    """The lexicon of a language that ships; without what was ``learnt`` as set by hand."""
    import tomllib

    with (FOLDER / f"{code}.toml").open("rb") as file:
        data = tomllib.load(file)
    fitted = model.load(FOLDER / f"{code}.model") if learnt else model.NOTHING
    return (
        _built(data, fitted)
        if code == ENGLISH
        else _built(complete(data, code), fitted, f"+{code}")
    )


def _built(data: Mapping[str, Any], fitted: model.Model, mark: str = "") -> Lexicon:
    beside = round(data["precedence"]["question_beside_complaint"] * 1000)
    said = {
        name: _summed(weights, fitted.signals.get(name, (0, 0, 0, 0)), fitted.scale)
        for name, weights in data["signals"].items()
    }
    matcher = Matcher()
    for cue, phrases in _lines(data, fitted):
        matcher.add(cue, phrases, data["lists"])
    return Lexicon(
        code=data["code"],
        name=data["name"],
        mark=mark,
        bias=_summed(data["bias"], fitted.bias, fitted.scale),
        signals={name: heard(name, weights) for name, weights in said.items()},
        signals_beside={
            name: heard(name, _beside(weights, beside)) for name, weights in said.items()
        },
        complaint_from=data["precedence"]["complaint_from"],
        question_beside_complaint=beside,
        shape=ShapeWords(*(frozenset(data["shape"][name]) for name in ShapeWords._fields)),
        common=frozenset(data["shape"]["common"]),
        certain=matcher.vocabulary.union(data["shape"]["common"]),
        spelling=data["spelling"],
        silent=frozenset(data["silent"]["words"]),
        matcher=matcher,
        words=fitted.words,
    )


def _summed(by_hand: Mapping[str, float], learnt: Sequence[int], scale: int) -> tuple[int, ...]:
    return tuple(
        round(by_hand.get(label, 0.0) * scale) + more
        for label, more in zip(DECIDED, learnt, strict=True)
    )


def _beside(weights: Sequence[int], beside: int) -> list[int]:
    return [
        weight * beside // 1000 if label == QUESTION else weight
        for label, weight in enumerate(weights)
    ]


def _lines(data: Mapping[str, Any], fitted: model.Model) -> Iterable[tuple[Cue, Collection[str]]]:
    for label, target in enumerate(DECIDED):
        yield from cues_of(target, data[target], label, fitted)
    yield from cues_of("urgent", data["urgent"], -1, model.NOTHING)
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

"""What corrections taught, found in a text: every rule names itself among the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from socialcare.classify.decision import DECIDED
from socialcare.models import Label
from socialcare.settings.learned import LearnedRule

TOPIC_POINTS = 100
"""More than all the signs of a language file: what people said comes first."""


class Found(NamedTuple):
    """A rule that speaks for a label, and the words ``[start:end]`` that it is about."""

    label: int
    """Its place in ``DECIDED``."""
    weight: int
    """Thousandths of log-odds."""
    start: int
    end: int


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    stem: bool
    """The last word may go on: ``refund*``."""
    rule: LearnedRule

    def stands(self, words: Sequence[str], at: int) -> bool:
        there = words[at : at + len(self.words)]
        if self.stem:
            *whole, last = self.words
            begins = len(there) == len(self.words) and there[-1].startswith(last)
            return begins and list(there[:-1]) == whole
        return tuple(there) == self.words


class Learned:
    """The rules of one brand; ``phrase`` reads words as the reader of the texts does."""

    def __init__(self, rules: Iterable[LearnedRule], phrase: Callable[[str], list[str]]) -> None:
        self._starting: dict[str, list[_Phrase]] = {}
        self._loose: list[_Phrase] = []
        self.topics: tuple[str, ...] = ()
        rules = tuple(rules)
        for rule in rules:
            if rule.kind != "ignore" and (words := tuple(phrase(rule.phrase))):
                self._add(_Phrase(words, rule.phrase.rstrip().endswith("*"), rule))
        self.topics = tuple(dict.fromkeys(r.target for r in rules if r.kind == "topic"))
        self.mark = (
            f"+learned-{crc32(repr(sorted(map(repr, rules))).encode()):08x}" if rules else ""
        )
        """Stands behind the version: other rules may give the same text another label."""

    def _add(self, phrase: _Phrase) -> None:
        if phrase.stem and len(phrase.words) == 1:
            self._loose.append(phrase)
        else:
            self._starting.setdefault(phrase.words[0], []).append(phrase)

    def labels(self, words: Sequence[str]) -> Iterator[Found]:
        """What speaks for a label, each rule once; in reading order."""
        seen: set[int] = set()
        for at, phrase in self._standing(words):
            if phrase.rule.kind == "label" and id(phrase) not in seen:
                seen.add(id(phrase))
                place = DECIDED.index(_label(phrase.rule))
                yield Found(place, round(phrase.rule.weight * 1000), at, at + len(phrase.words))

    def named(self, words: Sequence[str]) -> Iterator[str]:
        """The topic of every phrase that stands in the words."""
        for _, phrase in self._standing(words):
            if phrase.rule.kind == "topic":
                yield phrase.rule.target

    def _standing(self, words: Sequence[str]) -> Iterator[tuple[int, _Phrase]]:
        if not self._starting and not self._loose:
            return
        for at, word in enumerate(words):
            for phrase in (*self._starting.get(word, ()), *self._loose):
                if phrase.stands(words, at):
                    yield at, phrase


def _label(rule: LearnedRule) -> Label:
    return next(label for label in DECIDED if label == rule.target)

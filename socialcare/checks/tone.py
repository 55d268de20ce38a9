"""How a reply sounds: thanks or sorry, not defensive, what happens next, no shouting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from socialcare.checks.model import Context, Told
from socialcare.checks.phrases import Word, words_of
from socialcare.checks.plain import straight, without_code
from socialcare.checks.words import Language, language, languages, name_of_language

SHOUTED_FROM = 2
"""So many words in capitals are loud; of the short ones that people shout, one is enough."""
SHOUTED_LETTERS = 4
"""Words in capitals with fewer letters are names of things (USB, DHL)."""
MARKS_FROM = 3
"""So many exclamation marks in a row."""
_BY_WORDS = 3
"""So many words more of another language tell that the reply is written in that."""
_DEFAULT = "en"
_WHERE = r"(?:https?://|www\.)\S+|(?<![\w.+@-])[\w.+-]{1,64}@[\w.-]+"
_LINK = re.compile(rf"(?i){_WHERE}")
_NO_WORDS = re.compile(rf"(?i){_WHERE}|[@#][\w.@-]+")
_CAPITALS = re.compile(r"(?<![\w])[^\W\d_]{2,}(?![\w])")
_MARKS = re.compile(r"[!?]{%d,}" % MARKS_FROM)  # noqa: UP031  braces double in an f-string
_NEED_NONE = ("praise", "other")
_SHORT_ANSWER = 3
"""Fewer words than this answer no question."""


def thanks(text: str, context: Context) -> Told:
    spoken, words = _read(text, context)
    if spoken is None:
        return _unchecked(context)
    if spoken.phrases["sorry"].in_words(words):
        return "ok", "it acknowledges the trouble"
    if spoken.phrases["thanks"].in_words(words):
        return "ok", "it thanks the person"
    if context.label == "question" and spoken.phrases["greeting"].in_words(words):
        return "ok", "it greets the person"
    return "look", "no thanks or sorry found"


def not_defensive(text: str, context: Context) -> Told:
    spoken, words = _read(text, context)
    if spoken is None:
        return _unchecked(context)
    fine = {start for start, _ in spoken.phrases["fine"].find(words)}
    for start, end in spoken.phrases["defensive"].find(words):
        if start not in fine:
            plain = _plain(text)
            said = " ".join(plain[words[start].start : words[end - 1].end].split())
            return "look", f'"{said}" can sound defensive'
    return "ok", "nothing that sounds so"


def next_step(text: str, context: Context) -> Told:
    spoken, words = _read(text, context)
    if spoken is None:
        return _unchecked(context)
    if context.label in _NEED_NONE:
        return "ok", "none needed"
    if _says_a_step(spoken, words) or _LINK.search(text) is not None:
        if spoken.phrases["times"].in_words(words):
            return "ok", "says what happens next, and when"
        return "ok", "says what happens next, but not when"
    if context.label == "question" and _answers(spoken, words):
        return "ok", "answers the question"
    return "look", "no next step: say what happens next and when"


def _says_a_step(spoken: Language, words: Sequence[Word]) -> bool:
    hollow = {
        place for start, end in spoken.phrases["hollow"].find(words) for place in range(start, end)
    }
    return any(start not in hollow for start, _ in spoken.phrases["steps"].find(words))


def _answers(spoken: Language, words: Sequence[Word]) -> bool:
    said = [word for word in words if word.text[0].isalnum()]
    return len(said) >= _SHORT_ANSWER and spoken.phrases["answers"].in_words(words)


def shouting(text: str, context: Context) -> Told:
    """In any language: capitals are capitals."""
    plain = _NO_WORDS.sub(" ", _plain(text))
    if marks := _MARKS.search(plain):
        return "look", f"{marks[0][:10]} is loud"
    spoken = _spoken(words_of(plain), context) or language(_DEFAULT, context.own_words)
    loud = _loud(plain, spoken)
    if not loud:
        return "ok", "none"
    return "look", f"in capitals: {' '.join(loud[:4])}"


def _loud(plain: str, spoken: Language | None) -> list[str]:
    known = spoken.words["acronyms"] if spoken else frozenset()
    shouted = spoken.words["shouted"] if spoken else frozenset()
    capitals = [
        word for word in _CAPITALS.findall(plain) if word.isupper() and word.casefold() not in known
    ]
    short = [word for word in capitals if word.casefold() in shouted]
    long = [word for word in capitals if len(word) >= SHOUTED_LETTERS or word in short]
    return long if short or len(long) >= SHOUTED_FROM else []


def _plain(text: str) -> str:
    return without_code(straight(text))


def _read(text: str, context: Context) -> tuple[Language | None, list[Word]]:
    words = words_of(_plain(text))
    return _spoken(words, context), words


def _spoken(words: Sequence[Word], context: Context) -> Language | None:
    """The language of the reply: that of the mention, unless its words clearly tell another."""
    counts = _counts(words, context.own_words)
    best = max(counts, key=lambda code: counts[code], default=_DEFAULT)
    if context.lang is None:
        return language(best if counts.get(best) else _DEFAULT, context.own_words)
    asked = language(context.lang, context.own_words)
    least = counts.get(asked.code, 0) if asked else 0
    if counts.get(best, 0) >= _BY_WORDS + 2 * least and _most_of(words, counts[best]):
        return language(best, context.own_words)
    return asked


def _counts(words: Sequence[Word], own: Path | None) -> dict[str, int]:
    return {one.code: sum(word.text in one.words["common"] for word in words) for one in _all(own)}


def _most_of(words: Sequence[Word], count: int) -> bool:
    """Whether these are more than a quarter of the words: some words are of two languages."""
    return count * 4 > sum(word.text[0].isalnum() for word in words)


@cache
def _all(own: Path | None) -> tuple[Language, ...]:
    return tuple(languages(own))


def _unchecked(context: Context) -> Told:
    return "ok", f"not checked in {name_of_language(context.lang or '?')}"

"""Words and phrases of a text that a rule could be made of."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 3
_LONGEST_WORD = 40
_EMPTY_WORDS = (
    "a an the this that these those and or but if so as at by for from in into of on to with than"
    " then i i'm i've i'd i'll me my mine we we're we've us our you you're you've your he his him"
    " she her they their them it its it's is are was were be been being am do does did has have had"
    " will would can could should there here"
)
_WEAK_WORDS = (
    "don't doesn't didn't haven't hasn't won't can't couldn't just not no yes very really too also"
    " what when where who which how why any"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
_SMALL = _EMPTY.union(_WEAK_WORDS.split())
"""Words that say nothing of their own: no rule is made of them alone."""


def phrases_of(words: Sequence[str]) -> frozenset[str]:
    """All runs of one to three words, with more in them than small words.

    Handles, addresses, numbers, signs and the ends of sentences stand in no phrase.
    """
    found: set[str] = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if not _is_word(words[end - 1]):
                break
            run = words[start:end]
            if any(len(word) > 1 and word not in _SMALL for word in run):
                found.add(" ".join(run))
    return frozenset(found)


def empty_words(phrase: str) -> int:
    """How many words of a phrase only hold others together."""
    return sum(word in _EMPTY for word in phrase.split())


def _is_word(word: str) -> bool:
    return word[0].isalpha() and len(word) <= _LONGEST_WORD

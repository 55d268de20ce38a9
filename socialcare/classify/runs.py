"""What is known of one run of characters without a blank.

Most runs are a word in small letters that needs no changing: that word is all that is
kept. A word with capitals or punctuation is a :data:`Single`, anything else (a hashtag, an
address, emoji) a :data:`Piece`. Strings and flat tuples: many are kept, and the less of
memory each takes, the faster the next text is read.
"""

from __future__ import annotations

from typing import Final

Span = tuple[int, int]
Notes = tuple[int, int, int]
"""Whether a sentence ends (:data:`ENDS` …); how many emoji and links."""
Piece = tuple[
    tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Span, ...], bool, Notes | None
]
"""Words of a run; what stands for each when sentiment is scored; the letters-only words as
written, lower case; the place of each word in the run; whether it begins a sentence by a
mere ``^`` before it; notes, where there is more to say than that it stands within one.
Plain tuples: the collector of garbage passes them over."""
Single = tuple[str, str, str, int, int, str, str]
"""A word that is all there is in a run but for punctuation: the word, what is scored for it,
the word as written in lower case, its place; the mark behind it and what is scored for that,
if it ends the sentence. One flat tuple, which costs a fifth of a piece: most runs are such."""
SINGLE: Final = 7
"""What tells it from a :data:`Piece`: its length."""
Known = str | Single | Piece
"""What stands in a run; a mere word where it is all that there is to say."""
WITHIN, ENDS, NEITHER = range(3)
"""The next word stands in the same sentence, begins one, or does what this one's place does."""

PLAIN: Notes = (WITHIN, 0, 0)
"""What no notes stand for."""
NAME_ONLY: Notes = (NEITHER, 0, 0)
"""Of a run that is a name: it stands before a sentence as it stands within one."""


def spread(run: str, known: Known) -> Piece:
    """What stands in ``run``, piece by piece."""
    if isinstance(known, str):
        one = (known,)
        return one, one, one, ((0, len(known)),), True, None
    if len(known) != SINGLE:
        return known
    word, scored, lower, start, end, mark, heard = known
    if not mark:
        return (word,), (scored,), (lower,), ((start, end),), True, None
    places = (start, end), (end, len(run))
    return (word, mark), (scored, heard), (lower,), places, True, (ENDS, 0, 0)


def without_first(piece: Piece) -> Piece:
    words, scored, raw, spans, opens, notes = piece
    return words[1:], scored[1:], raw, spans[1:], opens, notes


def opened(piece: Piece) -> Piece:
    """The same at the beginning of a sentence."""
    words, scored, raw, spans, _, notes = piece
    begin = spans[0][0]
    return ("^", *words), ("", *scored), raw, ((begin, begin), *spans), False, notes

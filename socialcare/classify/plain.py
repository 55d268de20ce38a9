"""From a text as people write it to words that can be weighed.

Handles, addresses and the brand's own names become ``@``, so that they never score as
words; hashtags are split, numbers become ``#``, emoji a class such as ``:anger:``.
Reads the first :data:`MAX_READ` characters and :data:`MAX_EMOJI` emoji, in linear time.
A text is cut at its blanks, each run looked up in one table (:mod:`.pieces`), and what
stands there put together: most of what people write has been written before.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from operator import eq

from socialcare.classify.pieces import SIGNS, Pieces
from socialcare.classify.runs import (
    ENDS,
    NAME_ONLY,
    NEITHER,
    PLAIN,
    SINGLE,
    Known,
    Piece,
    Span,
    opened,
    spread,
    without_first,
)
from socialcare.classify.straight import MAX_READ, straight, without_quotes

MAX_EMOJI = 100

_NO_WORDS = frozenset("^.!?@")
_RETWEET = re.compile(r"\s{0,20}(?:RT|MT)\b", re.ASCII)


@dataclass(slots=True)
class Plain:
    """Words of a text in order, each with its place in ``text`` and what VADER is to read."""

    text: str
    words: list[str]
    """Lower case; ``^`` before each sentence, ``. ! ?`` behind it."""
    named: list[str]
    """The same with the brand's names as they stand."""
    scored: list[str]
    """What stands for each word when sentiment is scored; empty where nothing does."""
    raw: list[str]
    """The letters-only words as written, lower case: what language is judged by."""
    runs: list[str]
    """The text, cut at its blanks."""
    pieces: list[Known]
    """What was read in each run."""
    ends: list[int]
    """How many words there are up to the end of each run."""
    begun: list[int]
    """Runs that a sentence begins with: ``^`` stands before what was read in them."""
    emoji: int = 0
    links: int = 0
    distinct: set[str] = field(default_factory=set)
    """Each of the words once."""
    spoken: int = 0
    """How many of the words are words: no sign, number, name or emoji."""
    retweet: bool = False
    quoted: bool = False

    def add(self, piece: Piece, *, fresh: bool) -> bool:
        """Append what stands in a run; whether the next one begins a sentence."""
        words, scored, raw, _, _, notes = piece
        self.words += words
        self.scored += scored
        self.raw += raw
        if notes is None:
            return False
        after, emoji, links = notes
        self.emoji += emoji
        self.links += links
        return fresh if after == NEITHER else after == ENDS

    def shown(self, start: int, end: int) -> str:
        """The piece of text behind ``words[start:end]``, on one line."""
        first, begin = self._place(start)
        last, stop = self._place(end - 1)
        if first == last:
            part = self.runs[first][begin[0] : stop[1]]
        else:
            among = " ".join(self.runs[first + 1 : last])
            part = f"{self.runs[first][begin[0] :]} {among} {self.runs[last][: stop[1]]}"
        return " ".join(part.split())

    @property
    def spans(self) -> list[Span]:
        """Where each word begins and ends in ``text``."""
        begins = list(accumulate([len(run) + 1 for run in self.runs], initial=0))
        places = map(self._place, range(len(self.words)))
        return [(begins[at] + start, begins[at] + end) for at, (start, end) in places]

    def _place(self, at: int) -> tuple[int, Span]:
        """The run that a word stands in, and its place there."""
        run = bisect_right(self.ends, at)
        places = spread(self.runs[run], self.pieces[run])[3]
        back = self.ends[run] - at
        if back <= len(places):
            return run, places[-back]
        begin = places[0][0]
        return run, (begin, begin)

    def for_vader(self, hidden: Collection[int] = ()) -> str:
        """The text as VADER reads it, without the words whose index is ``hidden``."""
        if not hidden:
            return " ".join(filter(None, self.scored))
        return " ".join([word for at, word in enumerate(self.scored) if word and at not in hidden])


class Reader:
    """Turns texts into :class:`Plain`; built once for a brand and a vocabulary.

    ``emoji`` maps a sign to its class and to the word that is scored in its place.
    ``spelling`` maps short and careless spellings to the word they stand for;
    ``silent`` holds words that VADER is not to read (*please* is no feeling).
    """

    def __init__(
        self,
        *,
        brand_terms: Iterable[str],
        vocabulary: Collection[str],
        spelling: Mapping[str, str],
        silent: Collection[str],
        emoji: Mapping[str, tuple[str, str]],
    ) -> None:
        self._pieces = Pieces(vocabulary=vocabulary, spelling=spelling, silent=silent, emoji=emoji)
        self._signs = SIGNS.union(f":{name}:" for name, _ in emoji.values())
        self._brands: dict[str, list[tuple[str, ...]]] = {}
        for term in brand_terms:
            words = tuple(_bare(word) for word in self.phrase(term))
            if words:
                self._brands.setdefault(words[0], []).append(words)
        self._brand_starts = {word + end for word in self._brands for end in ("", "'s")}

    def phrase(self, text: str) -> list[str]:
        """The bare words of a short phrase, as :meth:`read` would see them."""
        return [word for word in self._read(straight(text[:200])).words if word not in _NO_WORDS]

    def read(self, text: str) -> Plain:
        whole = straight(text[:MAX_READ])
        own, quoted = without_quotes(whole)
        plain = self._read(own)
        plain.quoted = quoted
        plain.retweet = _RETWEET.match(whole) is not None
        plain.distinct = set(plain.words)
        if not self._brand_starts.isdisjoint(plain.distinct):
            self._mask_brand(plain)
        plain.spoken = len(plain.words) - sum(map(self._signs.__contains__, plain.words))
        return plain

    def _read(self, text: str) -> Plain:
        runs = text.split(" ")
        pieces = list(map(self._pieces.inside.__getitem__, runs))
        words: list[str] = []
        scored: list[str] = []
        plain = Plain(text, words, words, scored, [], runs, pieces, [], [])
        raw, ends, fresh = plain.raw, plain.ends, True
        for at, known in enumerate(pieces):
            piece = known
            if fresh:
                if isinstance(piece, str) or len(piece) == SINGLE or piece[4]:
                    plain.begun.append(at)
                    words.append("^")
                    scored.append("")
                    fresh = False
                elif piece[5] is not NAME_ONLY:
                    piece = pieces[at] = self._pieces.opening[runs[at]]
            if isinstance(piece, str):
                words.append(piece)
                scored.append(piece)
                raw.append(piece)
            elif len(piece) == SINGLE:
                word, heard, lower, _, _, mark, heard_mark = piece
                words.append(word)
                scored.append(heard)
                raw.append(lower)
                if mark:
                    words.append(mark)
                    scored.append(heard_mark)
                    fresh = True
            else:
                fresh = plain.add(piece, fresh=fresh)
            ends.append(len(words))
        if plain.emoji > MAX_EMOJI or (
            True in map(eq, words, islice(words, 1, None)) and _thrice_in_a_row(words)
        ):
            self._leave_out(plain)
        return plain

    def _leave_out(self, plain: Plain) -> None:
        """Drop emoji behind the first so many, and each third equal word in a row."""
        words, scored, pieces = plain.words, plain.scored, plain.pieces
        words.clear()
        scored.clear()
        begun = set(plain.begun)
        plain.begun.clear()
        plain.ends.clear()
        fresh, emoji = True, 0
        for at, known in enumerate(pieces):
            piece = spread(plain.runs[at], known)
            if at in begun:
                piece = opened(piece)
            after, signs, _ = piece[5] or PLAIN
            emoji += signs
            if signs and emoji > MAX_EMOJI:
                left = max(0, MAX_EMOJI + signs - emoji)
                piece = self._pieces.read(plain.runs[at], opening=fresh, most_emoji=left)
            if words and piece[0] and piece[0][0] == words[-1]:
                piece = _without_a_third(piece, words[-2:])
            pieces[at] = piece
            words += piece[0]
            scored += piece[1]
            plain.ends.append(len(words))
            if after != NEITHER:
                fresh = after == ENDS

    def _mask_brand(self, plain: Plain) -> None:
        words, scored = list(plain.words), list(plain.scored)
        starts = self._brand_starts
        for at in [at for at, word in enumerate(plain.words) if word in starts]:
            for term in self._brands[_bare(plain.words[at])]:
                end = at + len(term)
                if tuple(map(_bare, plain.words[at:end])) == term:
                    words[at:end] = ["@"] * len(term)
                    scored[at:end] = [""] * len(term)
                    break
        plain.words, plain.scored, plain.distinct = words, scored, set(words)


def _thrice_in_a_row(words: Sequence[str]) -> bool:
    return any(
        one == two == three for one, two, three in zip(words, words[1:], words[2:], strict=False)
    )


def _bare(word: str) -> str:
    return word.removesuffix("'s")


def _without_a_third(piece: Piece, said: list[str]) -> Piece:
    """``piece`` without what would be a third equal word in a row after ``said``."""
    word = said[-1]
    in_a_row = said.count(word)
    for following in piece[0]:
        if following != word:
            break
        in_a_row += 1
        if in_a_row > 2:
            piece = without_first(piece)
    return piece

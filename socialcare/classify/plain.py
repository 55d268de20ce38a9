"""From a text as people write it to words that can be weighed.

Handles, addresses and the brand's own names become ``@``, so that they never score as
words; hashtags are split, numbers become ``#``, emoji a class such as ``:anger:``.
Reads the first :data:`MAX_READ` characters and :data:`MAX_EMOJI` emoji, in linear time:
no expression below has one quantifier inside another. Runs of characters that were seen
before are not read again: most of what people write has been written before.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, islice
from operator import eq

from socialcare.classify.pieces import (
    ENDS,
    NEITHER,
    PLAIN,
    SIGNS,
    Piece,
    Pieces,
    Span,
    alone,
    without_first,
)

MAX_READ = 2_000
"""Characters that are read; what comes later changes nothing."""
MAX_EMOJI = 100

_NO_WORDS = frozenset("^.!?@")
_STRAIGHT = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad\ufe0e\ufe0f", ""),
    }
)
_QUOTED_LINE = re.compile(r"^[ \t]{0,8}>[^\n]*$", re.MULTILINE)
_QUOTED_POST = re.compile(r'(?:"|\bRT )@\w{1,60}: [^"\n]*"?')
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
    pieces: list[Piece | str]
    """What was read in each run; a word for one that is all there is to say."""
    emoji: int = 0
    links: int = 0
    capitals: int = 0
    """How many words of three letters or more are in capitals, the brand's names among them."""
    distinct: set[str] = field(default_factory=set)
    """Each of the words once."""
    spoken: int = 0
    """How many of the words are words: no sign, number, name or emoji."""
    retweet: bool = False
    quoted: bool = False
    _ends: list[int] | None = None
    """How many words there are up to the end of each piece."""

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
        if self._ends is None:
            sizes = [1 if isinstance(piece, str) else len(piece[0]) for piece in self.pieces]
            self._ends = list(accumulate(sizes))
        run = bisect_right(self._ends, at)
        piece = self.pieces[run]
        return run, (0, len(piece)) if isinstance(piece, str) else piece[3][at - self._ends[run]]

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
        return [word for word in self._read(_straight(text[:200])).words if word not in _NO_WORDS]

    def read(self, text: str) -> Plain:
        straight = _straight(text[:MAX_READ])
        own, quoted = _without_quotes(straight)
        plain = self._read(own)
        plain.quoted = quoted
        plain.retweet = _RETWEET.match(straight) is not None
        plain.distinct = set(plain.words)
        if not self._brand_starts.isdisjoint(plain.distinct):
            self._mask_brand(plain)
        plain.spoken = len(plain.words) - sum(map(self._signs.__contains__, plain.words))
        return plain

    def _read(self, text: str) -> Plain:
        inside, opening = self._pieces.inside, self._pieces.opening
        words: list[str] = []
        scored: list[str] = []
        raw: list[str] = []
        pieces: list[Piece | str] = []
        fresh, emoji, links, capitals = True, 0, 0, 0
        runs = text.split(" ")
        for run in runs:
            piece = opening[run] if fresh else inside[run]
            pieces.append(piece)
            if isinstance(piece, str):
                words.append(piece)
                scored.append(piece)
                raw.append(piece)
                continue
            said, heard, written, _, notes = piece
            if notes:
                after, signs, linked, large = notes
                emoji += signs
                links += linked
                capitals += large
                if after != NEITHER:
                    fresh = after == ENDS
            else:
                fresh = False
            words += said
            scored += heard
            raw += written
        plain = Plain(text, words, words, scored, raw, runs, pieces, emoji, links, capitals)
        if emoji > MAX_EMOJI or True in map(eq, words, islice(words, 1, None)):
            self._leave_out(plain)
        return plain

    def _leave_out(self, plain: Plain) -> None:
        """Drop emoji behind the first so many, and each third equal word in a row."""
        words, scored, pieces = plain.words, plain.scored, plain.pieces
        words.clear()
        scored.clear()
        fresh, emoji = True, 0
        for at, known in enumerate(pieces):
            piece = alone(known) if isinstance(known, str) else known
            after, signs, _, _ = piece[4] or PLAIN
            emoji += signs
            if signs and emoji > MAX_EMOJI:
                left = max(0, MAX_EMOJI + signs - emoji)
                piece = self._pieces.read(plain.runs[at], opening=fresh, most_emoji=left)
            if words and piece[0] and piece[0][0] == words[-1]:
                piece = _without_a_third(piece, words[-2:])
            pieces[at] = piece
            words += piece[0]
            scored += piece[1]
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


def _straight(text: str) -> str:
    """Entities resolved, quotes straight, look-alike letters plain, at most MAX_READ long."""
    if "&" in text:
        from html import unescape

        text = unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_STRAIGHT))
    return text[:MAX_READ]


def _without_quotes(text: str) -> tuple[str, bool]:
    """The text without what it quotes, unless nothing would be left."""
    own = _QUOTED_LINE.sub(" ", text) if ">" in text else text
    own = _QUOTED_POST.sub(" ", own) if '"@' in own or "RT @" in own else own
    if own == text:
        return text, False
    return (own, True) if any(char.isalnum() for char in own) else (text, True)

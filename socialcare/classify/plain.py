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
from itertools import accumulate, chain

from socialcare.classify.pieces import SIGNS, Piece, Pieces

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
    words: list[str] = field(default_factory=list)
    """Lower case; ``^`` before each sentence, ``. ! ?`` behind it."""
    named: list[str] = field(default_factory=list)
    """The same with the brand's names as they stand."""
    scored: list[str] = field(default_factory=list)
    """What stands for each word when sentiment is scored; empty where nothing does."""
    raw: list[str] = field(default_factory=list)
    """The letters-only words as written, lower case: what language is judged by."""
    spoken: int = 0
    """How many of the words are words: no sign, number, name or emoji."""
    emoji: int = 0
    links: int = 0
    retweet: bool = False
    quoted: bool = False
    pieces: list[Piece] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    """How many words there are up to the end of each piece."""
    _starts: list[int] = field(default_factory=list)
    """Where in ``text`` each piece begins."""

    def shown(self, start: int, end: int) -> str:
        """The piece of text behind ``words[start:end]``, on one line."""
        return " ".join(self.text[self._span(start)[0] : self._span(end - 1)[1]].split())

    @property
    def spans(self) -> list[tuple[int, int]]:
        return [self._span(at) for at in range(len(self.words))]

    def _span(self, at: int) -> tuple[int, int]:
        if not self._ends:
            self._ends = list(accumulate([len(piece.words) for piece in self.pieces]))
            runs = map(len, self.text.split(" "))
            self._starts = list(accumulate(runs, lambda end, run: end + 1 + run, initial=-1))
        place = bisect_right(self._ends, at)
        start, end = self.pieces[place].spans[at - self._ends[place]]
        before = self._starts[place] + 1
        return before + start, before + end

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
        plain = Plain(_straight(text[:200]))
        self._tokenise(plain)
        return [word for word in plain.words if word not in _NO_WORDS]

    def read(self, text: str) -> Plain:
        plain = Plain(_straight(text[:MAX_READ]))
        plain.retweet = _RETWEET.match(plain.text) is not None
        plain.text, plain.quoted = _without_quotes(plain.text)
        self._tokenise(plain)
        plain.named = plain.words
        if not self._brand_starts.isdisjoint(plain.words):
            self._mask_brand(plain)
        plain.spoken = len(plain.words) - sum(map(self._signs.__contains__, plain.words))
        return plain

    def _tokenise(self, plain: Plain) -> None:
        inside, opening, learn = self._pieces.inside, self._pieces.opening, self._pieces.learn
        pieces = plain.pieces
        words = plain.words
        fresh, last = True, ""
        for run in plain.text.split(" "):
            piece = (opening if fresh else inside).get(run) or learn(run, opening=fresh)
            if piece.emoji:
                piece = self._within_most_emoji(run, piece, plain, opening=fresh)
            if piece.words:
                if piece.words[0] == last:
                    piece = _without_a_third(piece, words[-2:])
                words += piece.words
                last = words[-1]
            pieces.append(piece)
            fresh = piece.ended
        _, scored, _, raw, _, _, links = zip(*pieces, strict=True)
        plain.scored = list(chain.from_iterable(scored))
        plain.raw = list(chain.from_iterable(raw))
        plain.links = sum(links)

    def _within_most_emoji(self, run: str, piece: Piece, plain: Plain, *, opening: bool) -> Piece:
        left = max(0, MAX_EMOJI - plain.emoji)
        plain.emoji += piece.emoji
        if piece.emoji <= left:
            return piece
        return self._pieces.read(run, opening=opening, most_emoji=left)

    def _mask_brand(self, plain: Plain) -> None:
        plain.words, plain.scored = list(plain.words), list(plain.scored)
        bare = [_bare(word) for word in plain.words]
        for at, word in enumerate(bare):
            for term in self._brands.get(word, ()):
                if tuple(bare[at : at + len(term)]) == term:
                    for place in range(at, at + len(term)):
                        plain.words[place] = "@"
                        plain.scored[place] = ""
                    break


def _bare(word: str) -> str:
    return word.removesuffix("'s")


def _without_a_third(piece: Piece, said: list[str]) -> Piece:
    """``piece`` without what would be a third equal word in a row after ``said``."""
    word = said[-1]
    in_a_row = said.count(word)
    for following in piece.words:
        if following != word:
            break
        in_a_row += 1
        if in_a_row > 2:
            piece = piece.without_first()
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
    own = _QUOTED_POST.sub(" ", own) if "@" in own else own
    if own == text:
        return text, False
    return (own, True) if any(char.isalnum() for char in own) else (text, True)

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
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from socialcare.classify.pieces import SIGNS, Piece, Pieces, Span, without_first

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
    pieces: list[Piece]
    emoji: int = 0
    links: int = 0
    spoken: int = 0
    """How many of the words are words: no sign, number, name or emoji."""
    retweet: bool = False
    quoted: bool = False
    _ends: list[int] | None = None
    """How many words there are up to the end of each piece."""
    _begins: Sequence[int] = ()
    """Where in ``text`` each piece begins."""

    def shown(self, start: int, end: int) -> str:
        """The piece of text behind ``words[start:end]``, on one line."""
        first, last = self._span(start), self._span(end - 1)
        return " ".join(self.text[first[0] : last[1]].split())

    @property
    def spans(self) -> list[Span]:
        """Where each word begins and ends in ``text``."""
        return [self._span(at) for at in range(len(self.words))]

    def _span(self, at: int) -> Span:
        if self._ends is None:
            self._ends = list(accumulate([len(piece[0]) for piece in self.pieces]))
            self._begins = list(
                accumulate([len(run) + 1 for run in self.text.split(" ")], initial=0)
            )
        place = bisect_right(self._ends, at)
        start, end = self.pieces[place][2][at - self._ends[place]]
        before = self._begins[place]
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
        return [word for word in self._read(_straight(text[:200])).words if word not in _NO_WORDS]

    def read(self, text: str) -> Plain:
        straight = _straight(text[:MAX_READ])
        own, quoted = _without_quotes(straight)
        plain = self._read(own)
        plain.quoted = quoted
        plain.retweet = _RETWEET.match(straight) is not None
        if not self._brand_starts.isdisjoint(plain.words):
            self._mask_brand(plain)
        plain.spoken = len(plain.words) - sum(map(self._signs.__contains__, plain.words))
        return plain

    def _read(self, text: str) -> Plain:
        inside, opening, learn = self._pieces.inside, self._pieces.opening, self._pieces.learn
        words: list[str] = []
        scored: list[str] = []
        raw: list[str] = []
        pieces: list[Piece] = []
        fresh, last, emoji, links = True, "", 0, 0
        for run in text.split(" "):
            piece = (opening if fresh else inside).get(run) or learn(run, opening=fresh)
            if piece[5]:
                emoji += piece[5]
                if emoji > MAX_EMOJI:
                    left = max(0, MAX_EMOJI + piece[5] - emoji)
                    piece = self._pieces.read(run, opening=fresh, most_emoji=left)
            if piece[0] and piece[0][0] == last:
                piece = _without_a_third(piece, words[-2:])
            said, heard, _, written, fresh, _, linked = piece
            pieces.append(piece)
            if said:
                words += said
                scored += heard
                last = said[-1]
            raw += written
            links += linked
        return Plain(text, words, words, scored, raw, pieces, emoji, links)

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

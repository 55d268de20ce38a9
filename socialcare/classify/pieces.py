"""Tokens of one run of characters without a blank, remembered from text to text.

No expression below has one quantifier inside another, so reading takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from sys import intern

from socialcare.classify.runs import (
    ENDS,
    NAME_ONLY,
    NEITHER,
    WITHIN,
    Known,
    Piece,
    Single,
    Span,
)

SIGNS = frozenset("^.!?@#~%")
"""Tokens that stand for something else than a word; the classes of emoji come on top."""
_MEMO = 50_000
_DOORS = 1 << 16
"""Places to note that a run was seen; enough that few runs share one."""
_REMEMBERED = 40
"""Characters up to which a run is worth remembering."""
_SHORT = 2
"""Letters up to which VADER takes a word with the punctuation around it."""
_ELONGATED = re.compile(r"([^\W\d_])\1\1+")
_SIMPLE = re.compile(r"""["'(]?([^\W\d_](?:[^\W\d_]|')*)(?:[,;:")]|([.!?]+))?""")
_ENDS = frozenset(".!?")
_PAUSES = frozenset(',;:")')
_CLOSING = _ENDS | _PAUSES
_LINK = re.compile(r"https?://\S+")
_HANDLE = re.compile(r"@\w[\w.@-]*")
_NO_OPENING = frozenset("@.!?")
"""Names and marks do not begin a sentence; what begins one may come behind them."""
_CAMEL = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|[^\W\d_]+|\d+")


@dataclass(slots=True)
class _Draft:
    """A piece being read."""

    fresh: bool
    """The next word begins a sentence."""
    after: int = NEITHER
    words: list[str] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    emoji: int = 0
    links: int = 0

    def add(self, word: str, span: Span, scored: str = "") -> None:
        """Append one word; a third equal one in a row says nothing new."""
        if len(self.words) > 1 and self.words[-1] == word == self.words[-2]:
            return
        self.words.append(word)
        self.spans.append(span)
        self.scored.append(scored)

    def piece(self) -> Piece:
        notes = (self.after, self.emoji, self.links)
        return (
            tuple(self.words),
            tuple(self.scored),
            tuple(self.raw),
            tuple(self.spans),
            bool(self.words) and self.words[0] not in _NO_OPENING and not self.emoji,
            notes if any(notes) else None,
        )


class Memo(dict[str, Known]):
    """What stands in runs; one that is not at hand is read.

    A run is kept when it comes a second time: most different ones never do, and the less
    there is, the nearer to the processor it stays. All is forgotten when it grows large.
    """

    __slots__ = ("_read", "_seen")

    def __init__(self, read: Callable[[str], Known]) -> None:
        super().__init__()
        self._read = read
        self._seen = bytearray(_DOORS)
        """By their hash, so that two runs may pass for one: then the second is kept at once."""

    def __missing__(self, run: str) -> Known:
        piece = self._read(run)
        door = hash(run) % _DOORS
        if not self._seen[door]:
            self._seen[door] = 1
        elif len(run) <= _REMEMBERED and "/" not in run:
            if len(self) >= _MEMO:
                self.clear()
                self._seen = bytearray(_DOORS)
            self[run] = piece
        return piece


class Pieces:
    """Reads runs of characters; see :class:`socialcare.classify.plain.Reader` for what it takes."""

    def __init__(
        self,
        *,
        vocabulary: Collection[str],
        spelling: Mapping[str, str],
        silent: Collection[str],
        emoji: Mapping[str, tuple[str, str]],
    ) -> None:
        self._vocabulary = vocabulary
        self._spelling = spelling
        self._silent = silent
        self._changing = frozenset((*spelling, *silent))
        """Words that something else is read for."""
        self._emoji = emoji
        self._pattern = _token_pattern(emoji)
        self.inside = Memo(self._read_inside)
        """Within a sentence. A word in small letters that needs no changing stands for itself:
        it is most of what there is, and the less of memory is touched the faster."""
        self.opening = Memo(self._read_opening)
        """The same where a sentence may begin, of runs for which a mere ``^`` does not do."""

    def _read_inside(self, run: str) -> Known:
        last = run[-1:]
        word = run[:-1] if last in _CLOSING else run
        if word.isalpha():
            mark = last if last in _ENDS else ""
            lower = word.lower()
            if lower in self._changing or _ELONGATED.search(lower):
                return self._single(word, marks=mark)
            if mark or lower != word:
                return lower, word, lower, 0, len(word), mark, mark
            return word
        if run[:1] == "@" and _HANDLE.fullmatch(run):
            return ("@",), ("",), (), ((0, len(run)),), False, NAME_ONLY
        if run[:4] == "http" and _LINK.fullmatch(run):
            return ("~",), ("",), (), ((0, len(run)),), True, (WITHIN, 0, 1)
        simple = _SIMPLE.fullmatch(run)
        if simple:
            found, marks = simple.groups("")
            return self._single(found, simple.start(1), marks)
        return self.read(run, opening=False)

    def _read_opening(self, run: str) -> Piece:
        return self.read(run, opening=True)

    def read(self, run: str, *, opening: bool, most_emoji: int | None = None) -> Piece:
        """What stands in any run, token by token."""
        draft = _Draft(fresh=opening)
        for match in self._pattern.finditer(run):
            self._take(draft, match, most_emoji)
        return draft.piece()

    def _single(self, found: str, start: int = 0, marks: str = "") -> Single:
        word, scored, lower = self._spelt(found)
        mark = _end_of(marks) if marks else ""
        end = start + len(found)
        return word, scored, lower, start, end, mark, marks[:3]

    def _take(self, draft: _Draft, match: re.Match[str], most_emoji: int | None) -> None:
        kind, found, span = match.lastgroup, match.group(), match.span()
        if kind == "end":
            if not draft.fresh:
                draft.add(_end_of(found), span, found[:3].strip())
            draft.fresh, draft.after = True, ENDS
            return
        if kind != "handle":
            if draft.fresh:
                draft.add("^", (span[0], span[0]))
            draft.fresh, draft.after = False, WITHIN
        if kind == "word":
            word, scored, lower = self._spelt(found)
            draft.raw.append(lower)
            draft.add(word, span, scored)
        elif kind == "emoji":
            draft.emoji += 1
            if found in self._emoji and (most_emoji is None or draft.emoji <= most_emoji):
                name, scored = self._emoji[found]
                draft.add(f":{name}:", span, scored)
        elif kind == "tag":
            self._take_tag(draft, found[1:], span)
        else:
            draft.links += kind == "link"
            draft.add(_SIGN_OF[kind or ""], span)

    def _spelt(self, found: str) -> tuple[str, str, str]:
        """The word that is meant, what VADER reads for it, and the word as it was written."""
        bare = found.rstrip("'")
        lower = word = intern(bare.lower())
        if len(bare) > _SHORT:
            found = bare
        if found == word:
            found = word
        if _ELONGATED.search(word):
            word = found = self._shortened(word)
        word = intern(self._spelling.get(word, word))
        return word, "" if word in self._silent else found, lower

    def _take_tag(self, draft: _Draft, tag: str, span: tuple[int, int]) -> None:
        if tag.isdigit():
            draft.add("#", span)
            return
        for word in self._split_tag(tag):
            lower = word.lower()
            lower = self._spelling.get(lower, lower)
            draft.add(lower, span, "" if lower in self._silent else word)

    def _split_tag(self, tag: str) -> list[str]:
        """``CustomerService`` by its capitals, ``neveragain`` by words that are known."""
        parts = _CAMEL.findall(tag)
        if len(parts) != 1 or tag.lower() in self._vocabulary:
            return parts
        return _known_words(tag.lower()[:40], self._vocabulary) or parts

    def _shortened(self, word: str) -> str:
        double = _ELONGATED.sub(r"\1\1", word)
        single = _ELONGATED.sub(r"\1", word)
        return double if double in self._vocabulary else single


_SIGN_OF = {"number": "#", "percent": "%", "handle": "@", "link": "~", "mail": "~"}


def _end_of(marks: str) -> str:
    return "?" if "?" in marks or "？" in marks else "!" if "!" in marks else "."


def _known_words(tag: str, vocabulary: Collection[str]) -> list[str]:
    """``tag`` as the fewest known words of two letters or more, or nothing."""
    best: list[list[str] | None] = [[]] + [None] * len(tag)
    for start, before in enumerate(best):
        if before is None:
            continue
        for end in range(start + 2, min(start + 16, len(tag)) + 1):
            if tag[start:end] in vocabulary:
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = [*before, tag[start:end]]
    return best[-1] or []


def _token_pattern(emoji: Mapping[str, tuple[str, str]]) -> re.Pattern[str]:
    typed = sorted((sign for sign in emoji if sign.isascii()), key=len, reverse=True)
    drawn = "".join(sign for sign in emoji if len(sign) == 1 and not sign.isascii())
    emoticons = "|".join(map(re.escape, typed)) or r"(?!)"
    first = "".join(sorted({re.escape(sign[0]) for sign in typed})) or "x"
    return re.compile(
        r"(?P<link>https?://\S+|www\.\S+|\bt\.co/\S+|\{link\})"
        r"|(?P<mail>[\w.+-]{1,64}+@[\w-]{1,64}\.[\w.-]+)"
        r"|(?P<handle>[@＠][\w][\w.@-]*|\b[ur]/[\w-]+)"
        r"|(?P<tag>#\w+)"
        rf"|(?P<emoji>(?=[{first}])(?:{emoticons})(?!\w)|[{drawn}\U0001f300-\U0001faff\u2600-\u27bf])"
        r"|(?P<percent>%)"
        r"|(?P<number>\d+(?:[.,:]\d+)?)"
        r"|(?P<word>[^\W\d_](?:[^\W\d_]|')*)"
        r"|(?P<end>[.!?…\n？！。]+)"
    )

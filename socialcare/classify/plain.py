"""From a text as people write it to words that can be weighed.

Handles, addresses and the brand's own names become ``@``, so that they never score as
words; hashtags are split, numbers become ``#``, emoji a class such as ``:anger:``.
Reads the first :data:`MAX_READ` characters and :data:`MAX_EMOJI` emoji, in linear time:
no expression below has one quantifier inside another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

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
_ELONGATED = re.compile(r"([^\W\d_])\1\1+")
_CAMEL = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|[^\W\d_]+|\d+")


@dataclass(slots=True)
class Plain:
    """Words of a text in order, each with its place in ``text`` and what VADER is to read."""

    text: str
    words: list[str] = field(default_factory=list)
    """Lower case; ``^`` before each sentence, ``. ! ?`` behind it."""
    named: list[str] = field(default_factory=list)
    """The same with the brand's names as they stand."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)
    """What stands for each word when sentiment is scored; empty where nothing does."""
    raw: list[str] = field(default_factory=list)
    """The letters-only words as written, lower case: what language is judged by."""
    emoji: int = 0
    links: int = 0
    retweet: bool = False
    quoted: bool = False

    def shown(self, start: int, end: int) -> str:
        """The piece of text behind ``words[start:end]``, on one line."""
        return " ".join(self.text[self.spans[start][0] : self.spans[end - 1][1]].split())

    def for_vader(self, hidden: Collection[int] = ()) -> str:
        """The text as VADER reads it, without the words whose index is ``hidden``."""
        words = (word for at, word in enumerate(self.scored) if word and at not in hidden)
        return " ".join(words)


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
        self._vocabulary = vocabulary
        self._spelling = spelling
        self._silent = silent
        self._emoji = emoji
        self._pattern = _token_pattern(emoji)
        self._brands: dict[str, list[tuple[str, ...]]] = {}
        for term in brand_terms:
            words = tuple(self.phrase(term))
            if words:
                self._brands.setdefault(words[0], []).append(words)

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
        plain.named = list(plain.words)
        self._mask_brand(plain)
        return plain

    def _tokenise(self, plain: Plain) -> None:
        fresh = True
        for match in self._pattern.finditer(plain.text):
            kind = match.lastgroup or ""
            found = match.group()
            span = match.span()
            if kind == "end":
                if not fresh:
                    _add(plain, _end_of(found), span, found[:3].strip())
                fresh = True
                continue
            if fresh and kind != "handle":
                _add(plain, "^", (span[0], span[0]), "")
                fresh = False
            if kind == "word":
                self._add_word(plain, found, span)
            elif kind == "emoji":
                self._add_emoji(plain, found, span)
            elif kind == "tag":
                self._add_tag(plain, found[1:], span)
            elif kind == "number":
                _add(plain, "#", span, "")
            elif kind == "percent":
                _add(plain, "%", span, "")
            else:
                plain.links += kind == "link"
                _add(plain, "@" if kind == "handle" else "~", span, "")

    def _add_word(self, plain: Plain, found: str, span: tuple[int, int]) -> None:
        word = found.rstrip("'").lower()
        plain.raw.append(word)
        if _ELONGATED.search(word):
            word = found = self._shortened(word)
        word = self._spelling.get(word, word)
        _add(plain, word, span, "" if word in self._silent else found)

    def _add_emoji(self, plain: Plain, found: str, span: tuple[int, int]) -> None:
        plain.emoji += 1
        if plain.emoji <= MAX_EMOJI and found in self._emoji:
            name, scored = self._emoji[found]
            _add(plain, f":{name}:", span, scored)

    def _add_tag(self, plain: Plain, tag: str, span: tuple[int, int]) -> None:
        if tag.isdigit():
            _add(plain, "#", span, "")
            return
        for word in self._split_tag(tag):
            lower = word.lower()
            lower = self._spelling.get(lower, lower)
            _add(plain, lower, span, "" if lower in self._silent else word)

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

    def _mask_brand(self, plain: Plain) -> None:
        if not self._brands:
            return
        bare = [word.removesuffix("'s") for word in plain.words]
        for at, word in enumerate(bare):
            for term in self._brands.get(word, ()):
                if tuple(bare[at : at + len(term)]) == term:
                    for place in range(at, at + len(term)):
                        plain.words[place] = "@"
                        plain.scored[place] = ""
                    break


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


def _add(plain: Plain, word: str, span: tuple[int, int], scored: str) -> None:
    """Append one word; a third equal one in a row says nothing new."""
    words = plain.words
    if len(words) > 1 and words[-1] == word == words[-2]:
        return
    words.append(word)
    plain.spans.append(span)
    plain.scored.append(scored)


def _end_of(marks: str) -> str:
    return "?" if "?" in marks or "？" in marks else "!" if "!" in marks else "."


def _known_words(tag: str, vocabulary: Collection[str]) -> list[str]:
    """``tag`` as the fewest known words of two letters or more, or nothing."""
    best: list[list[str] | None] = [[]] + [None] * len(tag)
    for end in range(2, len(tag) + 1):
        for start in range(max(0, end - 16), end - 1):
            before = best[start]
            if before is None or tag[start:end] not in vocabulary:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, tag[start:end]]
    return best[-1] or []


def _token_pattern(emoji: Mapping[str, tuple[str, str]]) -> re.Pattern[str]:
    typed = sorted((sign for sign in emoji if sign.isascii()), key=len, reverse=True)
    drawn = "".join(sign for sign in emoji if len(sign) == 1 and not sign.isascii())
    emoticons = "|".join(map(re.escape, typed)) or r"(?!)"
    return re.compile(
        r"(?P<link>https?://\S+|www\.\S+|\bt\.co/\S+|\{link\})"
        r"|(?P<mail>[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]+)"
        r"|(?P<handle>[@＠][\w][\w.@-]*|\b[ur]/[\w-]+)"
        r"|(?P<tag>#\w+)"
        rf"|(?P<emoji>(?:{emoticons})(?!\w)|[{drawn}\U0001f300-\U0001faff\u2600-\u27bf])"
        r"|(?P<percent>%)"
        r"|(?P<number>\d+(?:[.,:]\d+)?)"
        r"|(?P<word>[^\W\d_](?:[^\W\d_]|')*)"
        r"|(?P<end>[.!?…\n？！。]+)"
    )

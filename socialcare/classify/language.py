"""Which language a text is in: by script, by small words, and by a profile of trigrams.

The profile (``languages/trigrams.txt``) says how much likelier each group of three
letters is in a language than in English. English is the guess where little speaks.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from pathlib import Path
from struct import Struct

FOLDER = Path(__file__).parent / "languages"
MOST_WORDS = 60
"""Distinct words that are looked at."""
FOREIGN_FROM = 10
"""Tenths of log-odds against English from which a text is foreign."""
_WORD_CAP = 50
_MEMO = 20_000
_MOST = repeat(_WORD_CAP)
_BITS = 16
_HALF = 1 << (_BITS - 1)
_SMALL_WORD = 22
_HINT = 15
_LONELY = 15
"""What a single word must say more, unless it is a known small one: names look foreign."""
_FOREIGN_LETTER = 12
_SCRIPTS = {
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What tells languages in Latin letters from English."""

    languages: tuple[str, ...]
    trigrams: Mapping[str, tuple[int, ...]]
    small_words: Mapping[str, tuple[int, ...]]
    """Word → places in ``languages`` that use it."""
    names: Mapping[str, str]


def name_of(code: str) -> str:
    """``German`` for ``de``; the code itself where no name is known."""
    return profile().names.get(code, code)


@cache
def profile() -> Profile:
    import tomllib

    with (FOLDER / "foreign.toml").open("rb") as file:
        foreign = tomllib.load(file)
    lines = (FOLDER / "trigrams.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("//")]
    fitted = rows[0][1:]
    languages = (*fitted, *(code for code in foreign if code not in fitted))
    small: dict[str, tuple[int, ...]] = {}
    for place, code in enumerate(languages):
        for word in foreign[code]["words"]:
            small[word] = (*small.get(word, ()), place)
    return Profile(
        languages=languages,
        trigrams={row[0]: tuple(map(int, row[1:])) for row in rows[1:]},
        small_words=small,
        names={"en": "English", **{code: table["name"] for code, table in foreign.items()}},
    )


def profile_with(spoken: Mapping[str, Collection[str]]) -> Profile:
    """The profile with the words by which further languages are known, by their codes."""
    known = profile()
    if not spoken:
        return known
    languages = (*known.languages, *(code for code in spoken if code not in known.languages))
    small = dict(known.small_words)
    for code, words in spoken.items():
        place = languages.index(code)
        for word in words:
            small[word] = tuple(sorted({*small.get(word, ()), place}))
    return replace(known, languages=languages, small_words=small)


class Gate:
    """Tells the language of texts; remembers what each word says from text to text.

    ``english`` holds words that are English for certain.
    """

    def __init__(self, english: Collection[str], known: Profile | None = None) -> None:
        self._known = known or profile()
        self._small = {
            word: places for word, places in self._known.small_words.items() if word not in english
        }
        self._points = _Points(english, self._known, self._small)

    def language_of(self, words: Sequence[str], hint: str | None = None) -> str | None:
        """The language of the words of a text, lower case; None where there are none.

        ``hint`` is the code that a channel gives; it tips the scales of a short text and
        loses against a clear one.
        """
        distinct = list(dict.fromkeys(words))[:MOST_WORDS]
        if not distinct:
            return None
        return _by_script(distinct) or self._by_letters(distinct, hint)

    def _by_letters(self, words: Sequence[str], hint: str | None) -> str:
        points = self._points
        least = FOREIGN_FROM + (_HINT if hint == "en" else 0)
        least += _LONELY if len(words) == 1 else 0
        hinted = hint is not None and hint in self._known.languages
        if not hinted and sum(map(points.ceilings.get, words, _MOST)) < least:
            return "en"
        if hinted or not self._small.keys().isdisjoint(words):
            total = sum(map(points.__getitem__, words))
            return self._with_small_words(words, points.unpacked(total, len(words)), hint)
        most = sum(map(points.get, words, points.at_most))
        if not points.reach(most, len(words), least):
            return "en"
        total = sum(map(points.__getitem__, words))
        if not points.reach(total, len(words), least):
            return "en"
        fitted = self._points.unpacked(total, len(words))
        return self._known.languages[fitted.index(max(fitted))]

    def _with_small_words(
        self, words: Sequence[str], fitted: Sequence[int], hint: str | None
    ) -> str:
        languages = self._known.languages
        small = [0] * len(languages)
        for word in words:
            for place in self._small.get(word, ()):
                small[place] += _SMALL_WORD
        strongest = max(fitted)
        # A language without a profile leans on what is foreign about the letters at large.
        leaning = strongest if strongest < 0 else strongest * 6 // 10
        totals = [points + small[place] for place, points in enumerate(fitted)]
        totals += [points + leaning if points else leaning - 1 for points in small[len(fitted) :]]
        if hint in languages:
            totals[languages.index(hint)] += _HINT
        best = max(range(len(totals)), key=totals.__getitem__)
        least = FOREIGN_FROM + (_HINT if hint == "en" else 0)
        if len(words) == 1 and not any(small):
            least += _LONELY
        return languages[best] if totals[best] >= least else "en"


class _Points(dict[str, int]):
    """What a word says for each fitted language, packed into one number to be added fast."""

    def __init__(
        self, english: Collection[str], known: Profile, closer_look: Iterable[str]
    ) -> None:
        super().__init__()
        self._english = english
        self._closer_look = dict.fromkeys(closer_look, MOST_WORDS * _WORD_CAP * 2)
        self._numbers = Struct(f"<{len(next(iter(known.trigrams.values())))}H")
        shifts = range(0, self._numbers.size * 8, _BITS)
        self._trigrams = {
            trigram: sum(value << shift for value, shift in zip(row, shifts, strict=True))
            for trigram, row in known.trigrams.items()
        }
        self._ones = sum(1 << shift for shift in shifts)
        self._level = _HALF * self._ones
        self.at_most = repeat(2 * _WORD_CAP * self._ones)
        """More than this no word says, whatever it is: most texts need no closer look."""
        self.ceilings = self._closer_look.copy()
        """The most that a word says for any language: one small number for all. One that
        needs a closer look outweighs all others."""

    def unpacked(self, total: int, words: int) -> list[int]:
        """Points of each language in the sum over so many words."""
        offset = words * _WORD_CAP
        return [points - offset for points in self._each(total)]

    def _each(self, total: int) -> tuple[int, ...]:
        return self._numbers.unpack(total.to_bytes(self._numbers.size, "little"))

    def reach(self, total: int, words: int, least: int) -> bool:
        """Whether any language has ``least`` points or more: all are compared at once."""
        lifted = total + (_HALF - words * _WORD_CAP - least) * self._ones
        return lifted & self._level != 0

    def _between(self, lifted: int, most: int) -> int:
        """Each number at least 0 and at most ``most``, all at once; 0 stands as ``_HALF``."""
        level = self._level
        positive = lifted & level
        numbers = lifted & (positive - (positive >> (_BITS - 1)))
        over = (numbers + (_HALF - most - 1) * self._ones) & level
        above = over - (over >> (_BITS - 1))
        return numbers ^ (numbers & above) | above & (most * self._ones)

    def __missing__(self, word: str) -> int:
        if len(self) >= _MEMO:
            self.clear()
            self.ceilings = self._closer_look.copy()
        padded, get = f" {word[:20]} ", self._trigrams.get
        total = self._level + sum([get(padded[at : at + 3], 0) for at in range(len(padded) - 2)])
        total += (_WORD_CAP if word.isascii() else _WORD_CAP + _FOREIGN_LETTER) * self._ones
        most = _WORD_CAP if word in self._english else 2 * _WORD_CAP
        packed = self._between(total, most)
        self[word] = packed
        self.ceilings.setdefault(word, max(self._each(packed)) - _WORD_CAP)
        return packed


def _by_script(words: Sequence[str]) -> str | None:
    """The language that stands for another script, when a good part of the letters is in it."""
    letters = "".join(words)
    if letters.isascii():
        return None
    seen = Counter(
        _SCRIPTS.get(unicodedata.name(char, "?").split()[0].split("-")[0])
        for char in letters
        if char > "\u024f"
    )
    seen.pop(None, None)
    if not seen:
        return None
    language = "ja" if "ja" in seen else seen.most_common(1)[0][0]
    return language if seen.total() * 5 >= len(letters) * 2 else None

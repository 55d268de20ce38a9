"""Read the shape of a hit: its capital and its neighbours tell a name from a common word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from socialcare.classify.brand_evidence import Evidence, word_set
from socialcare.classify.brand_terms import Hit

_WORD = r"[\w'’-]+"
_NEXT = re.compile(rf"(?:'s)?[ \t]{{1,3}}({_WORD})")
_BEFORE = re.compile(rf"({_WORD})[ \t]+$")
_OPENING = " \t\"'([{*_>~«„‚“”’|•·–—-"
_PLAIN = ("before_name", "after_name", "agent", "greeting", "article", "before_noun", "before_verb")
_OWN = re.compile(r"'s")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"(?:^|[.!?…\n])[\s\"'(*_–—-]{0,6}([^\W\d_])")


@dataclass(frozen=True, slots=True)
class Casing:
    """How far capitals mean anything in this text."""

    shouted: bool
    titled: bool
    careful: float
    """Share of sentences that begin with a capital, squared: one without shows indifference."""

    @classmethod
    def of(cls, cased: str, hits: Sequence[Hit]) -> Casing:
        rest = _without(cased, hits)
        words = _LETTERS.findall(rest)
        long = [word for word in words if len(word) > 3]
        upper = sum(word.isupper() for word in words)
        titles = sum(word[0].isupper() for word in long)
        starts = [match[1].isupper() for match in _SENTENCE.finditer(cased)]
        return cls(
            shouted=len(words) > 1 and upper > 0.7 * len(words),
            titled=len(long) > 3 and titles > 0.7 * len(long),
            careful=(sum(starts) / len(starts)) ** 2 if starts else 0.0,
        )


def _without(text: str, hits: Sequence[Hit]) -> str:
    pieces, last = [], 0
    for hit in hits:
        pieces.append(text[last : hit.start])
        last = max(last, hit.end)
    return "".join([*pieces, text[last:]])


@dataclass(frozen=True, slots=True)
class Place:
    """A hit among its neighbours. ``left`` and ``right`` are as written, empty where none."""

    written: str
    plural: bool
    capital: bool
    first: bool
    """Begins a sentence, where every word has a capital."""
    left: str
    left_first: bool
    noun_phrase: str
    """The hit with what stands before it, if that begins with a determiner."""
    asked: bool
    """Stands in a question behind its verb: “why does acme”."""
    addressed: bool
    """Follows a “to” that a name follows as well: “switched to acme”."""
    right: str
    after: str
    """What follows directly, a word or a sign."""

    @classmethod
    def of(cls, cased: str, hit: Hit, casing: Casing) -> Place:
        written = cased[hit.start : hit.end]
        left, left_start = _word_before(cased, hit.start)
        right = _NEXT.match(cased, hit.end)
        return cls(
            written=written,
            plural=hit.end - hit.start == len(hit.term.compact) + 1 and written[-1] in "sS",
            capital=written[:1].isupper() and not casing.shouted,
            first=_begins_sentence(cased, hit.start),
            left=left,
            left_first=bool(left) and _begins_sentence(cased, left_start),
            noun_phrase=_noun_phrase(cased, hit, written),
            asked=_is_asked(cased, left, left_start),
            addressed=left.casefold() == "to"
            and _earlier(cased, left_start) in word_set("to_name"),
            right=right[1] if right else "",
            after=cased[hit.end : hit.end + 2],
        )


def weigh_shape(place: Place, casing: Casing, own: frozenset[str]) -> list[Evidence]:
    """Capitals and the words beside a hit. A word of the brand's ``own`` does not make a longer name."""
    found = [*_capital(place, casing), *_left(place, casing, own), *_right(place, casing, own)]
    if place.plural and (place.first or not place.capital):
        found.append(Evidence(-0.75, "a plural, as things have"))
    if _OWN.match(place.after.casefold()):
        found.append(Evidence(1.0 if place.capital else 0.5, "owns something (’s)"))
    if place.capital and not casing.titled:
        found += _longer_name(place, own)
    return found


def _noun_phrase(cased: str, hit: Hit, written: str) -> str:
    words = re.findall(rf"{_WORD}|[^\w\s]", cased[max(0, hit.start - 60) : hit.start])[-3:]
    breaks = word_set("function") - word_set("determiner") | word_set("before_name")
    for place, word in enumerate(words[:-1]):
        plain = all(part[0].isalnum() and part.casefold() not in breaks for part in words[place:])
        if plain and word.casefold() in word_set("determiner"):
            return " ".join([*words[place:], written])
    return ""


def _word_before(cased: str, start: int) -> tuple[str, int]:
    """The word before a place and where it begins; no word if a sign stands between."""
    found = _BEFORE.search(cased, max(0, start - 40), start)
    return (found[1], found.start()) if found else ("", start)


def _earlier(cased: str, start: int) -> str:
    return _word_before(cased, start)[0].casefold()


def _is_asked(cased: str, left: str, start: int) -> bool:
    if left.casefold() not in word_set("asking"):
        return False
    return _earlier(cased, start) in word_set("question") or _begins_sentence(cased, start)


def _begins_sentence(cased: str, start: int) -> bool:
    head = cased[max(0, start - 40) : start].rstrip(_OPENING)
    return not head or not (head[-1].isalnum() or head[-1] in ",;/&+@#%)$€£'")


def _capital(place: Place, casing: Casing) -> list[Evidence]:
    if casing.shouted:
        return [Evidence(0.5, "everything is in capitals")]
    if not place.capital:
        points = round(0.5 - 3.5 * casing.careful, 2)
        like = "everything is" if points > 0 else f"“{place.written}” is"
        return [Evidence(points, f"{like} written without a capital")]
    if place.first or casing.titled:
        return [Evidence(0.0, "capital at the beginning of a sentence or in a title")]
    return [Evidence(1.5, f"“{place.written}” has a capital within a sentence")]


def _left(place: Place, casing: Casing, own: frozenset[str]) -> list[Evidence]:
    left = place.left.casefold()
    if place.asked and not place.first:
        points = 1.0 if place.capital else 1.0 - 0.5 * casing.careful
        return [Evidence(round(points, 2), "a question asks what it does")]
    if place.capital and left in word_set("article") and _ends_phrase(place, own):
        return [Evidence(-2.5, f"“{place.left} {place.written}” is a thing, not a company")]
    if not place.capital and (noun := _common(place, casing, own)):
        return noun
    if left in word_set("greeting"):
        return [Evidence(1.5, f"“{left}” speaks to it")]
    adjective = _is_adjective(place) and not place.capital and not _stands_alone(place)
    if left in word_set("before_name") and not adjective:
        points = 0.75 if place.capital else 0.75 - 0.5 * casing.careful
        return [Evidence(round(points, 2), f"follows “{left}”, as a name does")]
    return []


def _common(place: Place, casing: Casing, own: frozenset[str]) -> list[Evidence]:
    left = place.left.casefold()
    if _is_adjective(place) and left in ("my", "his", "her") and _stands_alone(place):
        return [Evidence(0.5, f"“{left} {place.written}” is something that somebody has")]
    if left in word_set("before_noun"):
        points = -0.5 if _is_compound(place, own) and not casing.careful else -1.5
        return [Evidence(points, f"follows “{left}”, as a noun does")]
    if left in word_set("before_verb") and not place.addressed:
        return [Evidence(-1.0, f"follows “{left}”, as a verb does")]
    if place.noun_phrase and left not in word_set("before_name"):
        return [Evidence(-1.0, f"“{place.noun_phrase}” is a thing")]
    return []


def _right(place: Place, casing: Casing, own: frozenset[str]) -> list[Evidence]:
    right = place.right.casefold()
    if _is_verb(place):
        return []
    if right in word_set("after_noun") and place.left.casefold() not in word_set("before_name"):
        return [Evidence(-1.0, f"goes on with “{right}”, as a common word does")]
    if right in word_set("agent"):
        return [Evidence(1.5, f"“{right}”, as people and companies do")]
    if place.first and (right == "by" or right in word_set("determiner")):
        return [Evidence(-0.5, f"goes on with “{right}”, as a title or a verb does")]
    if right in word_set("after_name") or right in word_set("function"):
        if _is_adjective(place) and right in ("and", "or"):
            return []
        points = 1.0 if place.capital else 1.0 - casing.careful
        return [Evidence(round(points, 2), f"goes on with “{right}”, as a name does")]
    if right and place.first and not casing.shouted:
        return _follows(place, right, own)
    if not right and place.first and place.after[:1] in (",", ":"):
        return [Evidence(0.75, "stands alone at the beginning, as a name does")]
    return []


def _follows(place: Place, right: str, own: frozenset[str]) -> list[Evidence]:
    """Another word behind a hit that begins a sentence: its verb or its noun."""
    if right.endswith("ed"):
        return [Evidence(0.5, f"“{right}”, as companies do")]
    if right in own or (right.endswith("ing") and not _is_adjective(place)):
        return []
    points = -2.0 if _is_adjective(place) else -0.75
    return [Evidence(points, f"“{right}” follows, which may be its noun")]


def _stands_alone(place: Place) -> bool:
    """Whether no noun follows that the name could describe."""
    right = place.right.casefold()
    return not right or right in word_set("function") or right in word_set("after_name")


def _ends_phrase(place: Place, own: frozenset[str]) -> bool:
    """Whether nothing follows that an article before the hit could belong to, but a verb may."""
    right = place.right.casefold()
    if not right or _OWN.match(place.after):
        return True
    if right.endswith("s") and right not in own:
        return True
    return any(
        right in word_set(name) for name in ("function", "after_name", "agent", "after_noun")
    )


def _is_compound(place: Place, own: frozenset[str]) -> bool:
    """“the acme website”: the article belongs to the website, unless the name is an adjective."""
    return place.right in own and not _is_adjective(place)


def _is_verb(place: Place) -> bool:
    """“must acme”, but not “switched to acme” or “why would acme”."""
    if place.capital or place.asked or place.addressed:
        return False
    return place.left.casefold() in word_set("before_verb")


def _is_adjective(place: Place) -> bool:
    return place.written.casefold() in word_set("adjective")


def _longer_name(place: Place, own: frozenset[str]) -> list[Evidence]:
    """A capital beside the name. At the beginning of a sentence it tells less."""
    passing = place.right.casefold() in word_set("passing") or _OWN.match(place.after)
    if _is_name(place.right, own) and not passing:
        return [Evidence(-2.5, f"part of a longer name, “{place.written} {place.right}”")]
    if place.first or not (_is_name(place.left, own) or _is_title(place)):
        return []
    name = f"“{place.left} {place.written}”"
    if not place.left_first or place.left.isupper():
        return [Evidence(-2.5, f"part of a longer name, {name}")]
    if place.left.endswith(("ed", "ing", "ly")):
        return []
    return [Evidence(-0.75, f"perhaps part of a longer name, {name}")]


def _is_title(place: Place) -> bool:
    """A small word with a capital within a sentence belongs to a name: “The Last Acme”."""
    return place.left.istitle() and place.left != "I" and not place.left_first


def _is_name(word: str, own: frozenset[str]) -> bool:
    small = word.casefold()
    if not word[:1].isupper() or len(word) < 2 or small in own:
        return False
    return not any(small in word_set(name) for name in _PLAIN)

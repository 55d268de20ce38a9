"""Is a text about the brand? Every answer says why.

A clear name (no ``require`` in the config) is the brand wherever it stands alone. An
ambiguous one is weighed: our handle, domain or a phrase of several words decides at
once; else context words, customer language and the shape of the name add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from socialcare.classify.brand_evidence import Evidence, Marks, word_lists, word_set, words_pattern
from socialcare.classify.brand_shape import Casing, Place, weigh_shape
from socialcare.classify.brand_terms import (
    Folded,
    Hit,
    Spans,
    Terms,
    fold,
    latin_lookalike,
    parse_handle,
    parse_term,
)
from socialcare.settings.model import Brand

Verdict = Literal["ours", "doubtful", "not_ours"]

OURS_FROM = 0.25
"""Score of an ambiguous name from which it is the brand."""
NOT_OURS_BELOW = -1.0
_APART = -2.0
"""Points of an ignored phrase without the name in it: it speaks of the whole text."""
"""Score below which it is the common word; doubtful lies between."""
MOST_HITS = 50
"""Hits of one text that are weighed; a text that needs more is a list."""


@dataclass(frozen=True, slots=True)
class About:
    """The verdict, why, and the terms of the config that were found."""

    verdict: Verdict
    reasons: tuple[str, ...]
    terms: tuple[str, ...] = ()


class Matcher:
    """A brand's words, compiled once."""

    def __init__(self, brand: Brand) -> None:
        handles = [parse_handle(handle) for handle in brand.handles]
        self._handles = Terms(handles)
        self._terms = Terms([*handles, *map(parse_term, brand.terms)])
        self._ignore = Terms(map(parse_term, brand.ignore))
        self._ambiguous = any(word.strip() for word in brand.require)
        name = parse_term(brand.name)
        self._name = name.compact if name else ""
        require = [fold(word).text for word in brand.require]
        self._context = words_pattern(require, in_tags=True)
        self._customer = words_pattern(word_lists()["customer"])
        self._works = words_pattern(word_lists()["title_of"])
        self._own = _own_words(brand)

    def match(
        self, text: str, *, author: str | None = None, url: str | None = None, direct: bool = False
    ) -> About:
        """Judge one text. ``direct`` is for what came to us: a notification, a message, a mail."""
        if author and (about := self._by_author(author)):
            return about
        if not self._terms.terms:
            return About("ours", ("no brand is configured",))
        folded = fold(text)
        found = self._terms.find(folded.text)
        ignored = self._ignore.find(folded.text)
        covered = Spans(ignored)
        hits = [hit for hit in found if not covered.cover(hit.start, hit.end)]
        terms = tuple(dict.fromkeys(hit.term.written for hit in hits or found))
        if found and not hits:
            return About("not_ours", _ignored_reasons(ignored), terms)
        if direct:
            return About("ours", ("came to us directly", *_names(folded, hits)), terms)
        if url and (address := self._in_address(url)):
            return About("ours", (f"its address is of {address}",), (address, *terms))
        if not hits:
            return self._without_hit(folded.text)
        about_other = _other_sense(ignored, found)
        if strong := [hit for hit in hits if self._is_strong(hit)]:
            if ignored and self._only_names(strong) and about_other[0].points <= _APART:
                return About("doubtful", (*_names(folded, strong), about_other[0].reason), terms)
            return About("ours", _names(folded, strong), terms)
        return _decide(self._weigh(folded, hits, Spans([*hits, *ignored]), about_other), terms)

    def _by_author(self, author: str) -> About | None:
        handle = fold(author).text.strip()
        handle = handle if handle.startswith(("@", "u/", "/u/")) else f"@{handle}"
        if term := _whole_handle(self._ignore, handle):
            return About("not_ours", (f"ignore: written by {handle}",), (term,))
        if term := _whole_handle(self._handles, handle):
            return About("ours", (f"written by our account {handle}",), (term,))
        return None

    def _in_address(self, url: str) -> str | None:
        hits = self._terms.find(fold(url).text)
        return next(
            (hit.term.written for hit in hits if hit.term.kind in ("handle", "domain")), None
        )

    def _without_hit(self, folded: str) -> About:
        twin = latin_lookalike(folded)
        hits = self._terms.find(twin) if twin else []
        if not hits:
            return About("not_ours", ("does not name the brand",))
        looks = folded[hits[0].start : hits[0].end]
        reason = f"“{looks}” only looks like “{hits[0].term.written}”: letters of another script"
        return About("doubtful", (reason,))

    def _is_strong(self, hit: Hit) -> bool:
        """Whether the hit needs nothing beside it."""
        if not self._ambiguous:
            return True
        bare_tag = hit.tag and hit.term.compact == self._name and hit.term.kind != "tag"
        if not bare_tag and hit.term.kind != "word":
            return True
        rest = hit.rest if hit.tag else hit.term.compact.removeprefix(self._name)
        return rest not in ("", hit.term.compact) and self._belongs(rest)

    def _only_names(self, hits: Sequence[Hit]) -> bool:
        """Whether nothing but the bare name stands there: no product, account, tag or domain."""
        return all(
            hit.term.kind == "word" and not hit.tag and " " not in hit.term.written for hit in hits
        )

    def _belongs(self, rest: str) -> bool:
        """Whether a word glued to the name speaks of the brand: #acmeboots, #acmesucks."""
        own = self._context.fullmatch(rest) or self._customer.fullmatch(rest)
        return bool(own) or rest in word_set("tag_words")

    def _weigh(
        self, folded: Folded, hits: Sequence[Hit], taken: Spans, other_sense: list[Evidence]
    ) -> list[Evidence]:
        """The evidence of the hit that says most; ``taken`` words are not context themselves."""
        context = Marks.of(self._context, folded.text, taken)
        customer = Marks.of(self._customer, folded.text, taken).without(context)
        works = Marks.of(self._works, folded.text, taken).without(context)
        casing = Casing.of(folded.cased, hits)
        weighed = [
            [
                *self._weigh_name(folded, hit, casing),
                *context.weigh("context word", hit, 1.5),
                *customer.weigh("customer language", hit, _customer_points(folded, hit, casing)),
            ]
            for hit in hits[:MOST_HITS]
        ]
        found = [*max(weighed, key=_score), *other_sense]
        if context.words:
            return found
        titles = [Evidence(-1.25, f"may be a title, with “{word}”") for word in works.words[:1]]
        return [Evidence(0.0, "no context word near the ambiguous name"), *found, *titles]

    def _weigh_name(self, folded: Folded, hit: Hit, casing: Casing) -> list[Evidence]:
        if hit.tag and hit.rest:
            return [Evidence(-1.0, f"hashtag with “{hit.rest}”")]
        if hit.tag:
            return [Evidence(0.0, "stands as a hashtag")]
        found = weigh_shape(Place.of(folded.cased, hit, casing), casing, self._own)
        if hit.term.compact != self._name:
            found.append(Evidence(1.0, f"a spelling of its own, “{hit.term.written}”"))
        return found


def _customer_points(folded: Folded, hit: Hit, casing: Casing) -> float:
    """Customer language speaks for a capitalised name, or where nobody minds capitals."""
    capital = bool(hit.tag) or folded.cased[hit.start].isupper()
    return 1.0 if capital else round(1.0 - casing.careful, 2)


def _own_words(brand: Brand) -> frozenset[str]:
    """Words of the brand's world: beside the name they make no other name."""
    own = fold(" ".join([*brand.terms, *brand.require])).text.split()
    customer = " ".join(word_lists()["customer"]).split()
    return frozenset({*own, *(f"{word}s" for word in own), *customer})


def _whole_handle(terms: Terms, handle: str) -> str | None:
    hits = [hit for hit in terms.find(handle) if hit.term.kind == "handle"]
    return next((hit.term.written for hit in hits if hit.end == len(handle)), None)


def _ignored_reasons(ignored: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"ignore: “{hit.term.written}”" for hit in ignored))


def _names(folded: Folded, hits: Sequence[Hit]) -> tuple[str, ...]:
    reasons = []
    for hit in hits[:MOST_HITS]:
        written = hit.written(folded.cased)
        account = hit.term.kind == "handle" and not hit.tag
        reasons.append(f"names our account {written}" if account else f"names “{written}”")
    return tuple(dict.fromkeys(reasons))


def _other_sense(ignored: Sequence[Hit], found: Sequence[Hit]) -> list[Evidence]:
    """An ignored phrase beside the hit; one without the name in it says more about the text."""
    if not ignored:
        return []
    named = Spans(found)
    cue = next((span for span in ignored if not named.touch(span.start, span.end)), None)
    other = (cue or ignored[0]).term.written
    return [Evidence(_APART if cue else -1.0, f"another sense is there: “{other}”")]


def _score(found: Sequence[Evidence]) -> float:
    return sum(one.points for one in found)


def _decide(found: Sequence[Evidence], terms: tuple[str, ...]) -> About:
    score = _score(found)
    reasons = [f"{one.reason} ({one.points:+g})" if one.points else one.reason for one in found]
    verdict: Verdict = "doubtful"
    if score >= OURS_FROM:
        verdict = "ours"
    elif score < NOT_OURS_BELOW:
        verdict = "not_ours"
    return About(verdict, (*reasons, f"together {score:g}, ours from {OURS_FROM:g}"), terms)

"""Every phrase that stands in the words is found, wherever it begins, and nothing else."""

from collections.abc import Iterator, Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from socialcare.classify.cues import Cue
from socialcare.classify.phrase_tree import GAP, Element, Phrases, compiled

SENTENCE = set("^.!?")
CUE = Cue("any", "other")
PARTS = ("late", "later", "so|too", "lat*", "so*", "[so]", "_", "..", "?")
WORDS = ("late", "later", "lately", "so", "soon", "too", "bus", "^", "?", "latte")


def ends(elements: Sequence[Element], words: Sequence[str], at: int) -> Iterator[int]:
    """Where the phrase may end that begins at a word, tried one element after the other."""
    if not elements:
        yield at
        return
    element, *rest = elements
    if at == len(words):
        return
    word = words[at]
    if element.gap:
        for jump in range(at, min(at + GAP, len(words) - 1) + 1):
            yield from ends(rest, words, jump)
            if words[jump] in SENTENCE:
                return
    elif (
        word in element.words
        or (element.stems and word.startswith(element.stems))
        or (element.anything and word not in SENTENCE)
    ):
        yield from ends(rest, words, at + 1)


def written(first: str, more: list[str]) -> str:
    return " ".join([first, *more])


PHRASE = st.builds(
    written, st.sampled_from(("late", "so|too", "lat*", "?")), st.lists(st.sampled_from(PARTS))
)


@given(
    st.lists(PHRASE, min_size=1, max_size=6),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=12), max_size=3),
)
@example(["late lat*", "late .. bus"], [["late", "?", "bus"]])
def test_the_walk_finds_what_trying_every_phrase_at_every_word_finds(
    phrases: list[str], texts: list[list[str]]
):
    tree, known = Phrases(), []
    for phrase in phrases:
        for elements in compiled(phrase, {}):
            known.append(elements)
            tree.add(elements).complete.append((len(known), CUE))
    for words in texts * 2:
        tried = {
            (start, rank, end)
            for start in range(len(words))
            for rank, elements in enumerate(known, 1)
            for end in ends(elements, words, start)
        }
        found = [(start, rank, end) for start, rank, _, end in tree.found_in(words)]
        assert found == sorted(found)
        assert set(found) == tried

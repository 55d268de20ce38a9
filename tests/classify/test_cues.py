"""Phrases, idioms and precedence; and every line of the language file can speak."""

import tomllib
from collections.abc import Iterator

import pytest

from socialcare.classify import lexicon
from socialcare.classify.cues import Cue, Matcher, hidden_words
from socialcare.classify.phrase_tree import GAP
from socialcare.classify.plain import Reader

LISTS = {"unit": ["days", "weeks"]}


def found(phrases: list[str], text: str) -> list[str]:
    matcher = Matcher()
    matcher.add(Cue("x", "complaint", 1.0), phrases, LISTS)
    words = text.split()
    return [" ".join(words[start:end]) for _, start, end in matcher.find(words)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("still waiting", "i am still waiting here", ["still waiting"]),
        ("still waiting", "waiting still", []),
        ("no reply|answer", "no answer yet", ["no answer"]),
        ("refus*", "they refused it", ["refused"]),
        ("# <unit>", "# weeks ago", ["# weeks"]),
        ("never [ever] again", "never again", ["never again"]),
        ("never [ever] again", "never ever again", ["never ever again"]),
        ("take .. back", "take it all back", ["take it all back"]),
        ("take .. back", "take a b c d back", []),
        ("take .. back", "take . ^ back", []),
        ("so _", "so what", ["so what"]),
        ("so _", "so .", []),
        ("^ waiting", "^ waiting", ["^ waiting"]),
        ("good|# _ news", "good old news", ["good old news"]),
    ],
)
def test_a_phrase_fits(phrase: str, text: str, expected: list[str]):
    assert found([phrase], text) == expected


def test_a_gap_spans_at_most_three_words():
    fits = [count for count in range(8) if found(["a .. z"], " ".join(["a", *"b" * count, "z"]))]
    assert fits == list(range(GAP + 1))


@pytest.mark.parametrize("phrase", ["", "   ", ".. late", "_ late", "<nothing> late", "[late]"])
def test_a_phrase_that_cannot_speak_is_refused(phrase: str):
    matcher = Matcher()
    with pytest.raises(ValueError, match=r"phrase|list"):
        matcher.add(Cue("x", "complaint"), [phrase], LISTS)


def test_a_cue_speaks_once():
    assert found(["late", "delayed"], "late and delayed and late") == ["late"]


def test_an_idiom_hides_the_words_it_covers():
    matcher = Matcher()
    matcher.add(Cue("problem", "complaint", 1.0), ["problem"], LISTS)
    matcher.add(Cue("idiom", "other", 0.0, hides=True), ["no problem"], LISTS)
    idiom = matcher.find(["no", "problem"])
    assert [cue.name for cue, _, _ in idiom] == ["idiom"]
    assert hidden_words(idiom) == {0, 1}
    assert [cue.name for cue, _, _ in matcher.find(["a", "problem"])] == ["problem"]


def test_a_cue_is_silent_beside_another():
    matcher = Matcher()
    matcher.add(Cue("thanks", "praise", 1.0, unless=frozenset({"question"})), ["thanks"], LISTS)
    matcher.add(Cue("how", "question", 1.0), ["how do i"], LISTS)
    assert [cue.name for cue, _, _ in matcher.find(["how", "do", "i", "thanks"])] == ["how"]
    assert [cue.name for cue, _, _ in matcher.find(["thanks"])] == ["thanks"]


def test_the_same_words_speak_once_for_a_label():
    matcher = Matcher()
    matcher.add(Cue("weak", "praise", 0.5), ["great"], LISTS)
    matcher.add(Cue("strong", "praise", 2.0), ["great service"], LISTS)
    matcher.add(Cue("other", "question", 0.5), ["great"], LISTS)
    names = [cue.name for cue, _, _ in matcher.find(["great", "service"])]
    assert sorted(names) == ["other", "strong"]


def phrases() -> Iterator[tuple[str, str]]:
    with (lexicon.FOLDER / "en.toml").open("rb") as file:
        data = tomllib.load(file)
    for section in ("complaint", "question", "praise", "other", "urgent"):
        for name, line in data[section].items():
            yield from ((f"{section}.{name}", phrase) for phrase in line["any"])
    for topic, kinds in data["topics"].items():
        yield from ((f"topics.{topic}", phrase) for kind in kinds.values() for phrase in kind)


def texts_of(phrase: str, lists: dict[str, list[str]], signs: dict[str, str]) -> Iterator[str]:
    """A text for every choice at every place of a phrase."""
    parts = [part.strip("[]").split("|") for part in phrase.split()]
    for place, choices in enumerate(parts):
        for choice in choices:
            picked = [part[0] for part in parts]
            picked[place] = choice
            yield " ".join(written(word, lists, signs) for word in picked)


def written(word: str, lists: dict[str, list[str]], signs: dict[str, str]) -> str:
    if word.startswith("<"):
        word = lists[word.strip("<>")][0]
    plain = {"^": "", "..": "", "_": "zebra", "#": "3", "@": "@x", "~": "https://x.example/a"}
    return plain.get(word) or signs.get(word) or ("" if word in plain else word.rstrip("*"))


def test_every_phrase_of_the_language_file_can_be_written():
    english = lexicon.load("en")
    with (lexicon.FOLDER / "en.toml").open("rb") as file:
        lists = tomllib.load(file)["lists"]
    emoji = lexicon.emoji()
    signs = {f":{name}:": sign for sign, (name, _) in emoji.items() if not sign.isascii()}
    reader = Reader(
        brand_terms=(),
        vocabulary=english.matcher.vocabulary,
        spelling=english.spelling,
        silent=english.silent,
        emoji=emoji,
    )
    dumb = []
    for cue, phrase in phrases():
        matcher = Matcher()
        matcher.add(Cue("x", "complaint", 1.0), [phrase], lists)
        dumb += [
            (cue, phrase, text)
            for text in texts_of(phrase, lists, signs)
            if not matcher.find(reader.read(text).words)
        ]
    assert dumb == []

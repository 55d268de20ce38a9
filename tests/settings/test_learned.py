"""Learned rules: written and read back, changed by hand, wrong ones told with their line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import ConfigError
from socialcare.settings import Brand, Settings
from socialcare.settings.learned import (
    LearnedRule,
    add_rules,
    brand_with,
    learned_rules,
    read_learned,
    reset,
)
from socialcare.settings.paths import Paths

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
SILENCE = LearnedRule("label", "radio silence", "complaint", 1.2, 4)
SIZING = LearnedRule("topic", "too small", "sizing", corrections=6)
COYOTE = LearnedRule("ignore", "acme corp", corrections=5)

words = st.text("abcdeé'ß字", min_size=1, max_size=8).filter(lambda w: any(c.isalnum() for c in w))
phrases = st.lists(words, min_size=1, max_size=3).map(" ".join)
counts = st.integers(0, 1_000_000)
rules = st.one_of(
    st.builds(
        LearnedRule,
        st.just("label"),
        phrases,
        st.sampled_from(["complaint", "question", "praise", "other"]),
        st.integers(-50, 50).map(lambda tenths: tenths / 10),
        counts,
    ),
    st.builds(
        LearnedRule,
        st.just("topic"),
        phrases,
        st.sampled_from(["sizing", "delivery", "größe"]),
        st.just(1.0),
        counts,
    ),
    st.builds(LearnedRule, st.just("ignore"), phrases, st.just(""), st.just(1.0), counts),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "learned.toml"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@given(found=st.lists(rules, max_size=12, unique_by=lambda rule: rule.keys))
def test_what_is_written_is_read_back(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("learned") / "learned.toml"
    half = len(found) // 2
    add_rules(path, found[:half])
    add_rules(path, found[half:])
    assert set(read_learned(path)) == set(found)


def test_a_new_file_explains_itself_and_has_a_line_a_rule(path):
    add_rules(path, [SILENCE, SIZING, COYOTE])
    text = path.read_text("utf-8")
    assert text.startswith("# What your corrections taught socialcare.")
    assert text.partition("corrections a line rests on.\n")[2] == (
        '\n[complaint]\n"radio silence" = { weight = 1.2, corrections = 4 }\n'
        '\n[topics.sizing]\n"too small" = { corrections = 6 }\n'
        '\n[ignore]\n"acme corp" = { corrections = 5 }\n'
    )


def test_what_a_person_wrote_stays(path):
    written(path, '# ours\n[complaint]  # loud\n"no word" = { weight = 2 } # by hand\n\n[ignore]\n')
    add_rules(path, [SILENCE, COYOTE])
    assert path.read_text("utf-8") == (
        '# ours\n[complaint]  # loud\n"no word" = { weight = 2 } # by hand\n'
        '"radio silence" = { weight = 1.2, corrections = 4 }\n'
        '\n[ignore]\n"acme corp" = { corrections = 5 }\n'
    )
    assert LearnedRule("label", "no word", "complaint", 2.0, 0) in read_learned(path)


def test_a_line_by_hand_needs_no_numbers(path):
    written(path, '[praise]\n"over the moon" = {}\n')
    assert read_learned(path) == (LearnedRule("label", "over the moon", "praise", 1.0, 0),)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('\n[complain]\n"a" = {}\n', "line 2: I do not know the section [complain].", "did you mean complaint?"),
        ('[praise]\n"wow" = 2\n', 'line 2: [praise] "wow" must be { … }, not a whole number.', 'write: "wow" = { weight = 1, corrections = 1 }'),
        ('[praise]\n"wow" = { wieght = 2 }\n', 'line 2: I do not know [praise.wow] "wieght".', "did you mean weight?"),
        ('[praise]\n"wow" = { weight = 9 }\n', "line 2: [praise.wow] weight must be from -5 to 5.", "change weight"),
        ('[praise]\n"wow" = { weight = true }\n', "line 2: [praise.wow] weight must be a number, not true or false.", "write for example: weight = 1"),
        ('[ignore]\n"corp" = { weight = 1 }\n', 'line 2: I do not know [ignore.corp] "weight".', "it can be: corrections"),
        ('[ignore]\n"--" = {}\n', 'line 2: [ignore] "--" has no word.', "take it out"),
        ('[topics."a b"]\n', 'line 1: [topics] "a b" cannot be a name.', "use letters, digits, - and _"),
        ('[topics]\nsizing = ["big"]\n', "line 2: [topics] sizing must be a table, not a list.", 'write for example: sizing = { key = "value" }'),
        ("[praise\n", "line 1: a [section] is not closed.", "end it with ]"),
        ('[praise]\n"wow" = {}\n"wow" = {}\n', "line 3: [praise] wow stands here a second time.", "the first is on line 2: keep one of them"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(path, text, message, hint):
    with pytest.raises(ConfigError) as caught:
        read_learned(written(path, text))
    assert caught.value.message == f"learned.toml {message}"
    assert caught.value.hint == hint


def test_where_nothing_can_be_added_nothing_is_lost(path):
    text = 'complaint = { "no word" = { weight = 2 } }\n'
    with pytest.raises(ConfigError) as caught:
        add_rules(written(path, text), [SILENCE])
    assert caught.value.message == "learned.toml: it is written in a way that I cannot add to."
    assert path.read_text("utf-8") == text


@given(found=st.lists(rules, min_size=1, max_size=6, unique_by=lambda rule: rule.keys))
def test_reset_leaves_nothing_but_a_copy(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("learned") / "learned.toml"
    add_rules(path, found)
    before = path.read_bytes()
    copy = reset(path, NOW)
    assert read_learned(path) == ()
    assert copy is not None
    assert copy.name == "learned-20261121-140000.toml"
    assert copy.read_bytes() == before
    assert reset(path, NOW) is None


def test_a_second_copy_of_the_same_second_does_not_replace_the_first(path):
    add_rules(path, [SILENCE])
    first = reset(path, NOW)
    add_rules(path, [COYOTE])
    second = reset(path, NOW)
    assert first is not None
    assert second is not None
    assert (read_learned(first), read_learned(second)) == ((SILENCE,), (COYOTE,))


def test_settings_without_a_place_have_no_rules(path):
    add_rules(path, [SILENCE])
    assert learned_rules(Settings()) == ()
    assert learned_rules(Settings(learned=path)) == (SILENCE,)


def test_learned_phrases_join_those_the_brand_ignores():
    brand = Brand(name="Acme", ignore=("wile e. coyote",))
    assert brand_with(brand, [SILENCE, COYOTE]).ignore == ("wile e. coyote", "acme corp")
    assert brand_with(brand, [SILENCE]) is brand


@pytest.mark.parametrize(
    ("config", "learned"),
    [
        ("/home/mia/.config/socialcare/config.toml", "/home/mia/.config/socialcare/learned.toml"),
        ("/brands/acme/config.toml", "/brands/acme/learned.toml"),
        ("/brands/acme.toml", "/brands/acme.learned.toml"),
    ],
)
def test_two_brands_in_one_folder_learn_apart(config, learned):
    paths = Paths.find({"HOME": "/home/mia"}, config=config)
    assert str(paths.learned) == learned
    assert paths.demo_learned.parent == paths.demo_database.parent

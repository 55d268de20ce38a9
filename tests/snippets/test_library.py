"""The folder: which file is which text, and which text is for whom."""

from __future__ import annotations

import itertools

import pytest

from socialcare.errors import ConfigError, NotFoundError, UsageError
from socialcare.snippets import Audience, Snippet, read_library
from socialcare.snippets.library import address_of, read_snippet
from tests.snippets.folder import page, put, shelf

EVERY = ("delay.de.mastodon", "delay.de", "delay.mastodon", "delay")
GERMAN_ON_MASTODON = Audience("de", ("care", "mastodon"))


def taken(snippet: Snippet, audience: Audience) -> str | None:
    variant = snippet.variant_for(audience)
    return variant.address.stem if variant else None


@pytest.mark.parametrize("number", range(1, 5))
def test_the_most_specific_text_that_fits_is_taken(tmp_path, number) -> None:
    """Of every choice of files, in the order that the documentation gives."""
    for at, names in enumerate(itertools.combinations(EVERY, number)):
        folder = put(tmp_path / str(at), **{name.replace(".", "__"): page() for name in names})
        (snippet,) = read_library(folder).whole().snippets
        assert taken(snippet, GERMAN_ON_MASTODON) == names[0]


def test_texts_for_others_are_not_taken(tmp_path) -> None:
    folder = put(tmp_path, delay__de=page(), delay__mastodon=page())
    (snippet,) = read_library(folder).whole().snippets
    assert snippet.variant_for(Audience("fr", ("bluesky",))) is None
    assert snippet.variant_for(Audience(None, ("bluesky",))) is None
    assert taken(snippet, Audience("fr", ("mastodon",))) == "delay.mastodon"
    assert taken(snippet, Audience("de", ("bluesky",))) == "delay.de"


def test_the_name_of_a_channel_comes_before_its_type(tmp_path) -> None:
    (snippet,) = shelf(tmp_path, delay=page(), delay__mastodon=page(), delay__care=page()).snippets
    assert taken(snippet, GERMAN_ON_MASTODON) == "delay.care"


def test_what_a_variant_leaves_out_is_as_in_the_plain_file(tmp_path) -> None:
    (snippet,) = shelf(
        tmp_path,
        delay=page(title="Late", topics="[delivery]", public="true", channels="[mastodon]"),
        delay__de=page(title="Verspätet", topics="[stock]"),
        delay__fr=page(title=None),
    ).snippets
    assert (snippet.title, snippet.topics, snippet.public) == ("Late", ("delivery", "stock"), True)
    assert [snippet.title_of(one) for one in snippet.variants] == ["Late", "Verspätet", "Late"]
    assert snippet.langs("en") == ("en", "de", "fr")
    assert snippet.offered_on(Audience("de", ("mastodon",)))
    assert not snippet.offered_on(Audience("de", ("bluesky",)))


def test_a_folder_that_is_not_there_is_empty(tmp_path) -> None:
    assert read_library(tmp_path / "nowhere").whole().snippets == ()


def test_other_files_stand_beside_them(tmp_path) -> None:
    folder = put(tmp_path, delay=page(), README="Ours", _draft="x")
    (folder / ".git").mkdir()
    (folder / "notes.txt").write_text("x")
    assert read_library(folder).whole().names == ("delay",)


def test_one_broken_file_does_not_hide_the_others(tmp_path) -> None:
    folder = put(tmp_path, delay=page(), broken="x", Delay2=page(), a__b__c__d=page())
    library = read_library(folder)
    assert library.names == ("delay",)
    assert [error.message for error in library.broken] == [
        "Delay2.md is no name of a snippet.",
        "a.b.c.d.md is no name of a snippet.",
        "broken.md line 1: it does not begin with ---.",
    ]
    with pytest.raises(ConfigError, match=r"Delay2\.md"):
        library.whole()
    assert read_snippet(folder, "delay").name == "delay"
    with pytest.raises(ConfigError, match=r"broken\.md line 1"):
        read_snippet(folder, "broken")


def test_a_name_that_is_not_there_is_told_with_the_nearest(tmp_path) -> None:
    folder = put(tmp_path, delay=page(), delay__de=page())
    with pytest.raises(NotFoundError) as caught:
        read_snippet(folder, "dely")
    assert caught.value.hint == "did you mean delay?   list them: socialcare snippet"
    with pytest.raises(NotFoundError) as caught:
        read_snippet(tmp_path / "nowhere", "delay")
    assert caught.value.hint == "write it: socialcare snippet edit delay"


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "A", "a b", "a.b.c.d", "-a", ".a", "a..b", "a\x00"]
)
def test_what_cannot_be_a_file_is_no_name(name) -> None:
    with pytest.raises(UsageError):
        address_of(name)


@pytest.mark.parametrize("stem", EVERY)
def test_an_address_is_read_back(stem) -> None:
    assert address_of(stem).stem == stem
    assert address_of(f"{stem}.md").stem == stem

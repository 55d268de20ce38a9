from __future__ import annotations

import pytest

from tests.checks.desk import finding, level


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Thank you!", "en"),
        ("thx Leo", "en"),
        ("We’re so sorry.", "en"),
        ("Apologies for that.", "en"),
        ("That's on us.", "en"),
        ("I understand how annoying that is.", "en"),
        ("Glad you like it", "en"),
        ("Danke für die Geduld.", "de"),
        ("Das tut uns wirklich sehr leid.", "de"),
        ("Entschuldigen Sie bitte.", "de"),
        ("Das freut uns!", "de"),
    ],
)
def test_thanks_and_sorry(text: str, lang: str):
    assert level("thanks", text, lang=lang) == "ok"


@pytest.mark.parametrize(("text", "lang"), [("It leaves tomorrow.", "en"), ("Es kommt.", "de")])
def test_neither_thanks_nor_sorry(text: str, lang: str):
    assert level("thanks", text, lang=lang) == "look"


def test_a_question_is_acknowledged_by_a_greeting():
    assert level("thanks", "Hi Ben, it costs 5 euros.", label="question") == "ok"
    assert level("thanks", "Hi Ben, it costs 5 euros.", label="complaint") == "look"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("As we said, wait.", "As we said"),
        ("Well, as I already explained it is late.", "as I already explained"),
        ("You should have received it.", "You should have"),
        ("Per our policy: no.", "Per our policy"),
        ("per company policy we can't", "per company policy"),
        ("Please calm down.", "calm down"),
        ("It’s not our fault.", "not our fault"),
        ("I'm sorry you feel that way.", "sorry you feel that"),
    ],
)
def test_what_sounds_defensive_is_quoted(text: str, said: str):
    told = finding("not defensive", text)
    assert (told.level, told.text) == ("look", f'"{said}" can sound defensive')


@pytest.mark.parametrize(
    "text",
    [
        "You should have it by Friday.",
        "You should have your refund tomorrow.",
        "You should have been told, sorry.",
        "As we speak, it is being packed. I said so.",
        "It said so on the page. As we know",
        "That was our fault.",
    ],
)
def test_what_only_begins_so_is_fine(text: str):
    told = finding("not defensive", text)
    assert told.level == "ok", told.text


def test_a_phrase_does_not_cross_the_end_of_a_sentence():
    assert level("not defensive", "We did as we. Said and done.") == "ok"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We'll write to you by 5 pm.", "says what happens next, and when"),
        ("We'll write to you.", "says what happens next, but not when"),
        ("Please send us a DM.", "says what happens next, but not when"),
        ("Could you tell us which version?", "says what happens next, but not when"),
        ("Nothing to say.", "no next step: say what happens next and when"),
    ],
)
def test_next_step(text: str, told: str):
    assert finding("next step", text).text == told


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("praise", "Thank you!", "ok"),
        ("other", "Happy new year.", "ok"),
        ("complaint", "Thank you!", "look"),
        ("unsure", "Thank you!", "look"),
        (None, "Thank you!", "look"),
        ("question", "Yes, it is waterproof.", "ok"),
        ("question", "Thanks!", "look"),
    ],
)
def test_what_needs_a_next_step(label: str | None, text: str, expected: str):
    assert level("next step", text, label=label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One LOUD word", "ok"),
        ("Two LOUD WORDS", "look"),
        ("USB and DHL and NATO", "ok"),
        ("You must NOT do it", "look"),
        ("It costs NOK 20", "ok"),
        ("Great!", "ok"),
        ("Great!!", "ok"),
        ("Great!!!", "look"),
        ("What?!?", "look"),
        ("see https://ACME.EXAMPLE/LOUD/WORDS", "ok"),
        ("#LOUD #WORDS @LOUDER", "ok"),
        ("`LOUD WORDS`", "ok"),
        ("ＬＯＵＤ ＷＯＲＤＳ", "look"),
    ],
)
def test_shouting_at_its_edges(text: str, expected: str):
    assert level("shouting", text) == expected


@pytest.mark.parametrize(
    ("lang", "name"), [("fr", "French"), ("fr-CA", "French"), ("pt_BR", "Portuguese"), ("xx", "xx")]
)
def test_a_language_without_lists_is_not_judged(lang: str, name: str):
    for check in ("thanks", "not defensive", "next step"):
        told = finding(check, "Bonjour, votre colis arrive demain.", lang=lang)
        assert (told.level, told.text) == ("ok", f"not checked in {name}")


def test_what_does_not_hang_on_a_language_is_judged_in_all():
    assert level("shouting", "VOTRE COLIS ARRIVE", lang="fr") == "look"
    assert level("private data", "Appelez le 06 39 98 12 34", lang="fr") == "stop"


def test_the_words_of_the_reply_tell_its_language():
    german = "Danke, wir melden uns morgen bei dir, das ist nicht vergessen."
    english = "Thank you, we have it and will write to you with the news tomorrow."
    for text in (german, english):
        for lang in ("en", "de", None):
            assert level("thanks", text, lang=lang) == "ok"
            assert level("next step", text, lang=lang) == "ok"
    assert "not checked" not in finding("thanks", english, lang="fr").text


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        ("unfortunately", "Unfortunately, no.", "look"),
        ("no worries", "No  worries!", "look"),
        ("no\nworries", "no worries", "look"),
        ("can't", "We can’t", "look"),
        ("hiccup*", "some hiccups", "look"),
        ("hiccup", "some hiccups", "ok"),
        ("fort", "unfortunately", "ok"),
        ("C++", "we use c++ here", "look"),
        ("C++", "we use c here", "ok"),
        (":(", "oh :( sorry", "look"),
        ("Straße", "STRASSE", "look"),
        ("cheap", "ｃｈｅａｐ", "look"),
    ],
)
def test_house_words(said: str, text: str, expected: str):
    assert level("house words", text, avoid=(said,)) == expected
    assert level("house words", text, forbid=(said,)) == expected.replace("look", "stop")


def test_what_is_forbidden_comes_before_what_is_avoided():
    told = finding("house words", "cheap lawsuit", avoid=("cheap",), forbid=("lawsuit",))
    assert (told.level, told.text) == ("stop", '"lawsuit" is a word you forbid')


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Please accept our apologies.", "en"),
        ("We will always strive to be better.", "en"),
        ("We are so sorry.", "en"),
        ("Bitte entschuldigen Sie.", "de"),
        ("Wir nehmen das sehr ernst.", "de"),
    ],
)
def test_a_courtesy_is_no_step(text: str, lang: str):
    assert level("next step", text, lang=lang, label="complaint") == "look"
    also = {"en": " I'll call you.", "de": " Ich rufe Sie an."}[lang]
    assert level("next step", text + also, lang=lang, label="complaint") == "ok"

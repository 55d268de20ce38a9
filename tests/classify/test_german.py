"""A second language is a file; so is a third one, which users write themselves."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from socialcare.classify import Classifier, lexicon
from socialcare.classify.cues import Cue, Matcher
from socialcare.classify.language_file import FOLDER, complete, read_own
from socialcare.classify.plain import Reader
from socialcare.errors import ConfigError
from socialcare.models import Author, Mention
from socialcare.settings import Brand, TopicRule
from socialcare.settings.learned import LearnedRule
from tests.classify.test_cues import texts_of

SENTENCES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "german.toml").read_text(encoding="utf-8")
)
CASES = [(text, label) for label, texts in SENTENCES.items() for text in texts]
GERMAN = Brand(name="Acme", languages=("en", "de"))


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(GERMAN, {})


@pytest.mark.parametrize(("text", "label"), CASES)
def test_a_german_text_is_right_or_unsure(classifier: Classifier, text: str, label: str):
    result = classifier.classify(text)
    assert result.label in {label, "unsure"}
    assert result.lang == "de"


def test_doubt_is_the_exception(classifier: Classifier):
    assert len(CASES) == 60
    assert sum(classifier.classify(text).label == label for text, label in CASES) >= 54


@pytest.mark.parametrize("brand", [Brand(name="Acme"), Brand(languages=("en",))])
def test_german_is_foreign_where_nobody_asked_for_it(brand: Brand):
    result = Classifier(brand, {}).classify("Wo bleibt meine Bestellung? Katastrophe!")
    assert (result.label, result.reasons[0].cue) == ("unsure", "not English: German")


def test_a_german_brand_needs_no_list():
    result = Classifier(Brand(language="de"), {}).classify("Mein Paket ist immer noch nicht da")
    assert result.label == "complaint"


def test_a_brand_whose_language_has_no_file_is_labelled_in_english():
    classifier = Classifier(Brand(language="no"), {})
    assert classifier.classify("I need a refund, the kettle is broken").label == "complaint"


def test_what_is_spoken_is_named_where_a_text_is_in_neither(classifier: Classifier):
    result = classifier.classify("Pourquoi ça plante ? Toujours aucune réponse")
    assert (result.label, result.reasons[0].cue) == ("unsure", "not English or German: French")


@pytest.mark.parametrize(
    "text", ["Where is my order??", "Love it", "DM sent", "I need a refund", "😡😡"]
)
def test_english_is_labelled_as_if_it_were_alone(classifier: Classifier, text: str):
    assert classifier.classify(text) == Classifier(Brand(name="Acme"), {}).classify(text)


def test_no_english_sentiment_is_made_up_for_german(classifier: Classifier):
    result = classifier.classify("Das Gerät ist kaputt, so ein Desaster. Super war gestern, love")
    assert (result.sentiment, result.sentiment_score) == ("neutral", 0.0)
    assert not [reason for reason in result.reasons if "VADER" in reason.cue]


def test_the_classifier_says_that_a_language_decided(classifier: Classifier):
    assert classifier.classify("Danke für die schnelle Hilfe!").classifier == "model-2+de"
    assert classifier.classify("Thanks for the quick help!").classifier == "model-2"


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Warum laeuft die App nicht, moechte mein Geld zurueck", "läuft möchte zurück"),
        ("Danke fuer nichts", "für"),
        ("So eine Scheisse, ich bin enttaeuscht", "scheiße enttäuscht"),
    ],
)
def test_spellings_without_umlauts_are_the_same_words(
    classifier: Classifier, written: str, same: str
):
    assert classifier.classify(written).label == "complaint"
    assert set(same.split()) <= set(classifier.read(written).words)


def test_urgency_and_topics_are_told(classifier: Classifier):
    result = classifier.classify("DRINGEND: Konto gehackt, jemand hat Geld abgebucht!")
    assert result.urgent
    assert {"account", "refund_billing"} <= set(result.topics)


def test_own_topics_and_learned_rules_count_in_german():
    rule = LearnedRule("label", "flauschig", "praise", 4.0)
    topics = {"zelte": TopicRule(("zelt*",))}
    classifier = Classifier(GERMAN, topics, [rule])
    result = classifier.classify("Die neuen Zelte sind ja flauschig und für mich gemacht")
    assert result.label == "praise"
    assert "zelte" in result.topics
    assert any(reason.cue == 'learned: "flauschig"' for reason in result.reasons)


def test_german_news_waits_for_no_answer(classifier: Classifier):
    text = "Gewinnspiel! Gewinne einen von drei Rucksäcken und folge uns"
    assert not classifier.classify(text).needs_answer
    assert classifier.why_needs_answer(mention_of(text), "other") == (False, "marketing")


def mention_of(text: str) -> Mention:
    return Mention("t", "t:1", "1", Author("1", "anna"), text, datetime(2026, 1, 1, tzinfo=UTC))


def test_every_phrase_of_the_file_can_be_written():
    """Reading the text that a phrase stands for finds the phrase, whatever is picked in it."""
    path = FOLDER / "de.toml"
    data = complete(read_own(path), "de")
    known, emoji = lexicon.load("de"), lexicon.emoji()
    signs = {f":{name}:": sign for sign, (name, _) in emoji.items() if not sign.isascii()}
    reader = Reader(
        brand_terms=(),
        vocabulary=known.matcher.vocabulary,
        spelling=known.spelling,
        silent=known.silent,
        emoji=emoji,
    )
    sections = ("complaint", "question", "praise", "other", "urgent")
    lines = [(f"{s}.{name}", line["any"]) for s in sections for name, line in data[s].items()]
    lines += [(f"{n}.{k}", words) for n, topic in data["topics"].items() for k, words in topic.items()]  # fmt: skip
    dumb = []
    for name, phrases in lines:
        for phrase in phrases:
            matcher = Matcher()
            matcher.add(Cue("x", "x"), [phrase], data["lists"])
            dumb += [
                f"{name}: {text}"
                for text in texts_of(phrase, data["lists"], signs)
                if not matcher.find(reader.read(text).words)
            ]
    assert dumb == []


# A language made up for this test: what the file says is all that is known of it.
KLAT = """\
name = "Klat"

[shape]
common = ["zorb", "vrek", "klattu", "mibble"]
asking = ["vrek"]

[complaint]
broken = { weight = 2.5, any = ["Krakto|krakta", "<not> .. plim"] }

[praise]
thanks = { weight = 3, any = ["zuvv*"] }

[lists]
not = ["nurp"]

[topics.delivery]
sure = ["pakko"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "zz.toml").write_text(KLAT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Zorb pakko mibble KRAKTA!", "complaint"),
        ("zorb nurp mibble plim", "complaint"),
        ("klattu mibble zuvvek", "praise"),
        ("Vrek zorb mibble?", "question"),
        ("klattu mibble zorb", "unsure"),
    ],
)
def test_a_language_is_added_by_a_file_alone(own: Path, text: str, label: str):
    result = Classifier(Brand(languages=("en", "zz")), {}, (), own).classify(text)
    assert (result.lang, result.label) == ("zz", label)
    assert result.classifier.startswith("model-2+zz-")
    assert ("delivery" in result.topics) is ("pakko" in text)


def test_the_users_file_wins_over_ours(tmp_path: Path):
    (tmp_path / "de.toml").write_text('[praise]\nodd = { weight = 4, any = ["kaputt"] }\n')
    text = "Das ist leider kaputt und wird nicht besser"
    assert Classifier(GERMAN, {}).classify(text).label == "complaint"
    assert Classifier(GERMAN, {}, (), tmp_path).classify(text).label == "praise"


def test_another_version_of_the_users_file_is_another_classifier(own: Path):
    brand = Brand(languages=("zz",))
    before = Classifier(brand, {}, (), own).classify("zorb mibble klattu").classifier
    (own / "zz.toml").write_text(KLAT.replace("2.5", "2.0"), encoding="utf-8")
    assert Classifier(brand, {}, (), own).classify("zorb mibble klattu").classifier != before


def test_a_language_without_a_file_says_where_to_put_it(own: Path):
    with pytest.raises(ConfigError) as caught:
        Classifier(Brand(languages=("en", "fr")), {}, (), own)
    assert caught.value.message == '[brand] languages: there is no language file for "fr".'
    assert str(own / "fr.toml") in caught.value.hint
    assert caught.value.hint.endswith("there are: de, en, zz")


MISTAKES = [
    ("[complant]\n", "zz.toml line 1: I do not know complant.", "did you mean complaint?"),
    ('code = "xy"\n', 'zz.toml line 1: code must be "zz", as the file is called.', "change it"),
    ('[praise]\nx = { weight = "much", any = ["a"] }\n', "weight must be a number", ""),
    ("[praise]\nx = { weight = 99, any = ['a'] }\n", "weight must be from 0 to 10", ""),
    ("[praise]\nx = { weight = 1 }\n", "zz.toml line 2: [praise.x] has no phrases.", ""),
    ("[praise]\nx = { wieght = 1 }\n", '[praise.x] "wieght"', "did you mean weight?"),
    ('[praise]\nx = { weight = 1, any = ["so <gut>"] }\n', "no list is called 'gut'", "en.toml"),
    ('[praise]\nx = { weight = 1, any = [".. gut"] }\n', "must begin with a word", "en.toml"),
    ('[praise]\nx = { weight = 1, any = [""] }\n', "must begin with a word", "en.toml"),
    ('[praise]\nx = { weight = 1, any = ["a [b c]"] }\n', "[b is not closed", "en.toml"),
    (f'[praise]\nx = {{ any = ["a {"[b] " * 30}"] }}\n', "more than", "en.toml"),
    ('[topics.parcels]\nsure = ["a"]\n', 'there is no topic "parcels"', ""),
    ("[signals]\nshouting = { anger = 1 }\n", '[signals.shouting] "anger"', ""),
    ("[bias]\nother = nan\n", "[bias] other must be from -10 to 10", ""),
    ("[shape]\ncommon = 5\n", "[shape] common must be a list of texts", ""),
    ("[spelling]\na = 5\n", "[spelling] a must be a text", ""),
    ("[praise\n", "zz.toml line 1: a [section] is not closed.", "end it with ]"),
    ("praise = 5\n", "must be a section", ""),
]


@pytest.mark.parametrize(("text", "message", "hint"), MISTAKES)
def test_what_is_wrong_with_a_users_file_is_said(
    tmp_path: Path, text: str, message: str, hint: str
):
    (tmp_path / "zz.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Classifier(Brand(languages=("zz",)), {}, (), tmp_path)
    assert caught.value.message.startswith("zz.toml")
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("code", ["en", "de"])
def test_ours_are_free_of_what_users_are_told(code: str):
    assert read_own(FOLDER / f"{code}.toml")["code"] == code

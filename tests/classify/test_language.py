"""What is not English is unsure and says which language; English is not lost."""

import pytest

from socialcare.classify import Classifier
from socialcare.classify.language import name_of
from socialcare.settings import Brand

FOREIGN = {
    "de": ["Wo bleibt meine Bestellung?", "Der Kundenservice antwortet seit Wochen nicht", "danke"],
    "fr": ["Pourquoi ça plante ?", "Toujours aucune réponse de votre service client"],
    "es": ["¿Dónde está mi pedido?", "El servicio es muy malo, no funciona nada"],
    "it": ["Dove è il mio pacco?", "Sono molto contenta del vostro servizio"],
    "pt": ["Cadê o meu pedido? Vocês não respondem", "Muito obrigada pela ajuda"],
    "nl": ["Waar is mijn bestelling?", "Ik heb nog steeds geen pakket ontvangen"],
    "sv": ["Var är min beställning?"],
    "pl": ["Gdzie jest moja paczka?"],
    "hi": ["Bhai mera order kab aayega, kuch pata nahi hai", "मेरा ऑर्डर कहाँ है"],
    "ru": ["Где мой заказ?"],
    "ar": ["أين طلبي؟"],
    "ja": ["注文はどこですか"],
    "zh": ["我的订单在哪里"],
    "ko": ["제 주문은 어디에 있나요"],
}
ENGLISH = [
    "Where is my order??",
    "DM sent",
    "thanks",
    "no",
    "refund",
    "lol",
    "HATE",
    "Love it",
    "can't complain",
    "rude rude rude",
    "I love the Zeitgeist café in München",
    "Bonjour Acme, my order is late, please help",
    "order to Zürich still not here",
    "Nice. Good quality",
    "Total",
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(Brand(name="Acme"), {})


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in FOREIGN.items() for text in texts]
)
def test_another_language_is_unsure_and_named(classifier: Classifier, code: str, text: str):
    result = classifier.classify(text)
    assert (result.label, result.lang) == ("unsure", code)
    assert result.reasons[0].cue == f"not English: {name_of(code)}"
    assert sum(result.scores.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ENGLISH)
def test_short_and_mixed_english_is_english(classifier: Classifier, text: str):
    assert classifier.classify(text).lang == "en"


@pytest.mark.parametrize("hint", ["de", "fr", "en", "pt-BR", "xx", "", "not a code"])
def test_a_hint_does_not_win_against_a_clear_text(classifier: Classifier, hint: str):
    assert classifier.classify("My parcel has still not arrived", lang_hint=hint).lang == "en"
    assert classifier.classify("Mein Paket ist noch nicht da", lang_hint=hint).lang == "de"


def test_a_hint_names_the_language_where_no_word_does(classifier: Classifier):
    assert classifier.classify("😡", lang_hint="de-AT").lang == "de"
    assert classifier.classify("😡").lang is None


def test_a_hint_tips_the_scales_of_a_word_that_may_be_either(classifier: Classifier):
    assert classifier.classify("Normal").lang == "en"
    assert classifier.classify("Normal", lang_hint="en").lang == "en"
    assert classifier.classify("perfekt", lang_hint="de").lang == "de"

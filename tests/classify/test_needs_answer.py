"""Who waits for an answer, what it is about, and whether it is urgent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from socialcare.classify import Classifier
from socialcare.models import TOPICS, Author, Media, Mention
from socialcare.settings import Brand, TopicRule
from tests.classify.test_sentences import BRAND, CASES, SENTENCES

CLASSIFIER = Classifier(BRAND, {})


def mention(text: str, **more: Any) -> Mention:
    return Mention(
        channel="mastodon",
        source="mastodon:mas.example",
        external_id="1",
        author=Author("7", "@mia"),
        text=text,
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
        **more,
    )


def test_whoever_speaks_to_us_needs_an_answer():
    spoken = [text for text, label in CASES if label != "other"] + ["DM sent", "lol", ""]
    assert [text for text in spoken if not CLASSIFIER.classify(text).needs_answer] == []


@pytest.mark.parametrize(
    "text",
    [
        "Acme shares up 3% after earnings",
        "Win a free kettle! Enter our giveaway now",
        "We are hiring: support engineer in Oslo https://jobs.example/17",
        "Acme announces new headquarters in Malmö",
        "Check out our new video https://video.example/1",
        "Analysts raise price target for Acme stock",
        "Acme stock falls 4% in early trading",
        "Globex buys Acme for 2 billion",
    ],
)
def test_news_and_advertising_need_none(text: str):
    assert not CLASSIFIER.classify(text).needs_answer


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"automated": True}, "bot"),
        ({"role": "repost"}, "somebody else"),
        ({"role": "answer"}, "by us"),
    ],
)
def test_bots_reposts_and_we_ourselves_need_none(more: dict[str, Any], reason: str):
    post = mention("My parcel never came", **more)
    result = CLASSIFIER.classify_mention(post)
    assert result.label == "complaint"
    assert not result.needs_answer
    assert reason in CLASSIFIER.why_needs_answer(post, result.label)[1]


def test_a_repost_is_known_by_its_text_too():
    assert not CLASSIFIER.classify("RT @mia: acme lost my parcel").needs_answer
    assert CLASSIFIER.classify("Same here! RT @mia: acme lost my parcel").needs_answer


@pytest.mark.parametrize(
    "title",
    [
        "Acme opens first store in Malmö",
        "Acme to cut 200 jobs",
        "Acme raises 12 million to expand into Spain",
        "Acme appoints new chief executive",
    ],
)
def test_headlines_need_none(title: str):
    result = CLASSIFIER.classify(title)
    assert result.label in {"other", "unsure"}
    assert result.label == "unsure" or not result.needs_answer


def test_a_message_to_us_is_answered_even_if_it_reads_like_news():
    text = "Acme shares up 3% after earnings"
    assert CLASSIFIER.classify_mention(mention(text, kind="dm")).needs_answer


def test_the_mention_brings_its_stars_pictures_and_language():
    picture = (Media("image", "https://mas.example/1.png"),)
    assert CLASSIFIER.classify_mention(mention("", media=picture)).label == "unsure"
    assert CLASSIFIER.classify_mention(mention("ok", rating=1.0)).label == "complaint"
    assert CLASSIFIER.classify_mention(mention("😡", lang="de")).lang == "de"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("My parcel is two weeks late", "delivery"),
        ("I was charged twice, refund me", "refund_billing"),
        ("The app keeps crashing since the update", "product_fault"),
        ("I can't log in, my account is locked", "account"),
        ("The woman at the till was rude", "staff"),
        ("I want to cancel my booking", "booking_order"),
        ("I left my umbrella in your shop", "lost_property"),
        ("Is this covered by warranty or must I return it?", "warranty_returns"),
        ("How do I turn off the alarm? There are no instructions", "howto_info"),
        ("The quality of the food is poor", "quality_policy"),
        ("Are the blue boots back in stock?", "stock"),
        ("The charger caught fire", "safety"),
        ("Do you ship to Norway?", "presales"),
    ],
)
def test_topics(text: str, topic: str):
    assert topic in CLASSIFIER.classify(text).topics


def test_several_topics_the_strongest_first():
    topics = CLASSIFIER.classify("Parcel late, tracking dead, delivery failed. Refund!").topics
    assert topics[0] == "delivery"
    assert "refund_billing" in topics


def test_topics_are_the_documented_ones():
    for text in (text for texts in SENTENCES.values() for text in texts):
        assert set(CLASSIFIER.classify(text).topics) <= set(TOPICS)


def test_the_users_own_words_make_a_topic():
    own = {
        "trail": TopicRule(words=("Ridge Trail", "hik*")),
        "delivery": TopicRule(words=("drone",)),
        "accents": TopicRule(words=("Versandkosten", "größe")),
        "boots": TopicRule(words=("acme boots",)),
        "empty": TopicRule(words=("", "!!")),
    }
    classifier = Classifier(Brand(name="Acme", watch=("acme boots",)), own)
    assert classifier.classify("the ridge trail tent").topics == ("trail",)
    assert classifier.classify("we went hiking").topics == ("trail",)
    assert classifier.classify("the drone").topics == ("delivery",)
    assert classifier.classify("Welche Größe, und was sind die Versandkosten?").topics == (
        "accents",
    )
    assert classifier.classify("two Acme boots").topics == ("boots",)
    assert classifier.classify("a bike").topics == ()


@pytest.mark.parametrize(
    "text",
    [
        "Stranded at the airport, please help",
        "I need the receipt ASAP",
        "My flight is cancelled and I fly tomorrow, what do I do",
        "The charger caught fire",
        "Somebody hacked my account and ordered phones",
        "Help! I'm locked out of my flat",
        "My daughter had an allergic reaction, she is in hospital",
    ],
)
def test_urgent(text: str):
    assert CLASSIFIER.classify(text).urgent


@pytest.mark.parametrize(
    "text",
    [
        "The kettle doesn't turn on",
        "Worst service ever, I am furious",
        "Thanks, you answered immediately!",
        "I was on hold for two hours",
        "Acme shares up 3% after earnings, analysts call it an emergency",
    ],
)
def test_anger_and_news_are_not_urgent(text: str):
    assert not CLASSIFIER.classify(text).urgent

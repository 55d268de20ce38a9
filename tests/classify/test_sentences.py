"""Plain sentences of the field: right or ``unsure``, none wrong with confidence."""

import pytest

from socialcare.classify import Classifier
from socialcare.settings import Brand

BRAND = Brand(name="Acme", watch=("acme", "acme outdoor"), handles=("@acme",))

COMPLAINTS = (
    "Where is my order??",
    "I need a refund",
    "Still waiting",
    "The kettle doesn't turn on",
    "My order still hasn't arrived, two weeks late",
    "😡😡",
    "🤬",
    "👎",
    "Great, another broken kettle. Thanks a lot @acme",
    "thanks for nothing",
    "Charged twice for the same order. Fix this please",
    "Kindly stop charging my card",
    "Love it. Great, another outage.",
    "Great, another week without my parcel. Love it.",
    "Third email about order #4411 and still no parcel. @acme do you even read these?",
    "My parcel never came",
    "The driver was so rude to my mum",
    "App crashes every time I open it",
    "I've been on hold for 45 minutes",
    "I’ve been on hold for 45 minutes and then you hung up",
    "Somebody used my card, this is fraud, call me now",
    "I was charged 59 euro for a subscription I cancelled in May",
    "Has anyone else had their order cancelled without notice?",
    "Wrong size again. Third time!!",
    "what a joke of a company",
    "No reply for 8 days",
    "Still no reply to my email",
    "why can't I log in to my acme account",
    "Acme's checkout leaks the voucher codes",
    "I love it but it crashes",
    "Your website is down again",
    "They refused to replace it and told me it was my fault",
    "Never ordering from acme again",
    "Paid for next day delivery, it took nine days",
    "The soup was cold and the waiter was rude",
    "Tried calling three times, nobody answers",
    "Where's my refund? You promised five days, it has been three weeks",
    "The update broke my printer",
    "Half of the order is missing",
    "Do better.",
    "How is it acceptable to charge 12 euro for a parcel you lost?",
    "no internet since Monday, thanks acme",
    "Nice of you to deliver my frozen food to the wrong house",
    "Worst customer service ever",
    "My tent arrived with a hole in it",
    "still no signal 🙄",
)
QUESTIONS = (
    "Do you ship to Norway?",
    "@united how do I add my number?",
    "who do I talk to about returns",
    "What are your opening hours?",
    "Can I change the delivery address?",
    "Is the blue one back in stock?",
    "How long does delivery to Spain take?",
    "Looking for a good tent, is the Acme Ridge any good?",
    "Will the update come to the old model too?",
    "I left my umbrella in your Bergen store, any chance you found it?",
    "could you please tell me where to send the warranty form",
    "Hi @acme, does the jacket run small? Thanks!",
    "Is it possible to pay by invoice?",
    "When does the sale start?",
    "anyone know if acme has a student discount?",
    "How do I reset my password?",
    "Which size should I order for a 14 year old?",
    "Can you tell me if the kettle works with 110 volts?",
    "Any plans for a Linux version?",
    "It would be great if the app had a dark mode",
)
PRAISE = (
    "acme is killing it lately",
    "sick deal at acme!",
    "no complaints here, lovely service",
    "Huge thanks to Acme support",
    "Best purchase I made this year",
    "Thank you so much for sorting this out!",
    "Your new jacket is gorgeous",
    "Been a customer for ten years and never had a problem",
    "It works, thanks",
    "Five stars, would buy again",
    "You guys are the best ❤️",
    "❤️❤️",
    "👍",
    "can't complain",
    "not bad at all",
    "Shout out to Jonas at the Oslo store, super helpful",
    "Love my new acme boots",
    "Arrived a day early, well done @acme",
    "Quick reply and the problem is solved. Great service!",
    "I can't recommend them enough",
)
OTHERS = (
    "DM sent",
    "Acme shares up 3% after earnings",
    "@acme done, sent you a DM",
    "Win a free kettle! Enter our giveaway now",
    "We are hiring: support engineer in Oslo https://jobs.example/17",
    "Acme announces new headquarters in Malmö",
    "no problem",
    "lol",
    "Check out our new video https://video.example/1",
    "Analysts raise price target for Acme stock",
)
UNCLEAR = (
    "Wo bleibt meine Bestellung? Katastrophe!",
    "Où est mon colis ? Toujours rien depuis trois semaines",
    "",
    "   ",
    "https://shop.example/1",
    "@acme",
    "12345",
    "どうして壊れるの？",
)
CASES = [
    *((text, {"complaint"}) for text in COMPLAINTS),
    *((text, {"question"}) for text in QUESTIONS),
    *((text, {"praise"}) for text in PRAISE),
    *((text, {"other"}) for text in OTHERS),
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(BRAND, {})


@pytest.mark.parametrize(("text", "labels"), CASES)
def test_is_right_or_says_that_it_is_unsure(classifier: Classifier, text: str, labels: set[str]):
    assert classifier.classify(text).label in labels | {"unsure"}


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_cannot_be_told_is_unsure_with_a_reason(classifier: Classifier, text: str):
    result = classifier.classify(text)
    assert result.label == "unsure"
    assert result.reasons[0].label == "unsure"
    assert result.reasons[0].cue


def test_doubt_is_the_exception(classifier: Classifier):
    decided = [classifier.classify(text).label in labels for text, labels in CASES]
    assert sum(decided) >= 0.9 * len(decided)

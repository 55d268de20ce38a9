"""Is a text about the brand: what counts as a hit, what an ambiguous name needs, and why."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcare.classify.brand import Matcher
from socialcare.settings.model import Brand
from tests.benchmarks.brand_precision import brands, cases, figures, judge

ACME = Brand(
    name="Acme",
    watch=("acme boots", "akme", "acme.example", "C++ Acme"),
    ignore=("acme corporation", "wile e. coyote", "@acmecorp"),
    handles=("@acme@mas.to", "u/acme_care"),
)
CLEAR = Matcher(ACME)
HARVEST = Matcher(
    Brand(
        name="Harvest",
        watch=("harvest oat", "harvst", "drinkharvest.example"),
        require=("oat", "milk", "latte", "carton"),
        ignore=("harvest moon", "time tracking"),
        handles=("@harvestoats", "u/harvest_oat"),
    )
)


def said(reasons: tuple[str, ...], part: str) -> bool:
    return any(part in reason for reason in reasons)


# --- what counts as a hit of a clear name -------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "my acme boots leak",
        "ACME!",
        "Acme's delivery is late",
        "Acme’s delivery is late",
        "three Acmes in one box",
        "acme-boots and acme_boots and AcmeBoots",
        "#AcmeBoots",
        "#acmesucks",
        "#teamacme",
        "＃ａｃｍｅ",
        "ac\u200bme",
        "a\u00adcme\ufeff",
        "is akme the same shop?",
        "see https://shop.acme.example/sale?x=1",
        "mail help@acme.example please",
        "@acme where is it",
        "@acme@mas.to where is it",
        "ask u/acme_care or /u/acme_care",
        "我买了Acme的鞋",
        "Acme를 샀다",
        "(acme)",
        "pre-Acme days",
        "l'acme",
        "using C++ Acme here",
    ],
)
def test_a_clear_name_is_ours_wherever_it_stands_alone(text):
    assert CLEAR.match(text).verdict == "ours"


@pytest.mark.parametrize(
    "text",
    [
        "my acne is back",
        "acmeism was a school of poets",
        "the pacme of it",
        "acme2go",
        "",
        "nothing here",
        "acmé is a word",
        "notacme.exampleish",
        "@acmefan said so",
    ],
)
def test_a_word_that_only_resembles_the_name_is_not_ours(text):
    about = CLEAR.match(text)
    assert about.verdict == "not_ours"
    assert about.terms == ()


def test_the_terms_are_given_as_the_config_writes_them():
    assert CLEAR.match("AKME and #acmeBoots").terms == ("akme", "acme boots")


def test_the_reason_quotes_what_was_written():
    assert CLEAR.match("Two ACME-boots").reasons == ("names “ACME-boots”",)
    assert CLEAR.match("hi @acme@mas.to!").reasons == ("names our account @acme@mas.to",)
    assert CLEAR.match("so #AcmeSucks").reasons == ("names “#AcmeSucks”",)


@pytest.mark.parametrize(
    "text", ["@acme@elsewhere.example hello", "acme.example.evil.test", "evil-acme.example"]
)
def test_a_foreign_account_or_host_is_not_taken_for_our_own(text):
    about = Matcher(Brand(name="Zzyzx", watch=("acme.example",), handles=("@acme@mas.to",)))
    assert about.match(text).verdict == "not_ours"


def test_a_short_name_needs_the_whole_hashtag():
    ace = Matcher(Brand(name="Ace"))
    assert ace.match("#ace").verdict == "ours"
    assert ace.match("#place").verdict == "not_ours"


def test_names_with_signs_are_found_as_they_are_written():
    assert Matcher(Brand(name="AT&T")).match("my at & t bill").verdict == "ours"
    assert Matcher(Brand(name="AT&T")).match("at the station").verdict == "not_ours"
    assert Matcher(Brand(name="Ben-Hur's")).match("ben hurs diner").verdict == "ours"
    assert Matcher(Brand(name="Яндекс")).match("люблю ЯНДЕКС").verdict == "ours"


def test_a_lookalike_is_flagged_and_never_counted_as_a_hit():
    about = CLEAR.match("win prizes at \u0430cme")
    assert about.verdict == "doubtful"
    assert said(about.reasons, "only looks like “Acme”")
    assert about.terms == ()


# --- ignore, author, address, direct ------------------------------------------------------


def test_a_hit_inside_an_ignored_phrase_is_not_ours():
    about = CLEAR.match("Acme Corporation and Wile E. Coyote")
    assert about.verdict == "not_ours"
    assert about.reasons == ("ignore: “acme corporation”", "ignore: “wile e. coyote”")


@pytest.mark.parametrize("text", ["Acme Corporation is not Acme", "wile e. coyote buys acme boots"])
def test_a_second_hit_outside_keeps_it_ours(text):
    assert CLEAR.match(text).verdict == "ours"


def test_the_plural_of_an_ignored_phrase_is_ignored():
    assert CLEAR.match("all acme corporations").verdict == "not_ours"


def test_an_ignored_word_in_a_hashtag_takes_only_its_own_part():
    fair = Matcher(Brand(name="Acme", ignore=("acme corporation", "fair")))
    assert fair.match("#acmecorporationfail").verdict == "not_ours"
    assert fair.match("#acmefair").verdict == "ours"


def test_what_came_to_us_is_ours_unless_an_ignored_phrase_covers_every_hit():
    assert CLEAR.match("where is my parcel", direct=True).verdict == "ours"
    assert HARVEST.match("the harvest is late this year", direct=True).verdict == "ours"
    assert CLEAR.match("acme corporation", direct=True).verdict == "not_ours"


def test_the_author_can_decide():
    assert CLEAR.match("good morning", author="@acme@mas.to").verdict == "ours"
    assert CLEAR.match("good morning", author="acme_care").verdict == "not_ours"
    assert CLEAR.match("good morning", author="u/acme_care").verdict == "ours"
    assert CLEAR.match("our boots at Acme", author="@acmecorp").verdict == "not_ours"
    assert CLEAR.match("good morning", author="@acmefan").verdict == "not_ours"


def test_the_address_can_decide():
    about = HARVEST.match("A new oven", url="https://www.drinkharvest.example/blog/1")
    assert about.verdict == "ours"
    assert said(about.reasons, "drinkharvest.example")
    assert HARVEST.match("A new oven", url="https://news.example/harvest").verdict == "not_ours"


def test_without_a_brand_everything_is_ours():
    assert Matcher(Brand()).match("anything").verdict == "ours"


def test_a_line_of_nothing_but_signs_is_not_found_everywhere():
    odd = Matcher(Brand(name="Acme", watch=("-", " ", "..", "\u200b"), require=(" ",)))
    assert odd.match("a - b .. c").verdict == "not_ours"
    assert odd.match("Acme").verdict == "ours"


# --- an ambiguous name --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "@harvestoats hello",
        "see drinkharvest.example",
        "love my harvest oat",
        "#HarvestOat",
        "#harvestcarton",
        "#harvestsucks",
        "hello u/harvest_oat",
    ],
)
def test_stronger_evidence_needs_no_context(text):
    about = HARVEST.match(text)
    assert about.verdict == "ours"
    assert said(about.reasons, "names")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("New carton from Harvest", "context word “carton” near the name (+1.5)"),
        ("Harvest refuses to refund me", "customer language “refund” near the name (+1)"),
        ("I would buy Harvest again", "“Harvest” has a capital within a sentence (+1.5)"),
        ("hey harvest, hello?", "“hey” speaks to it (+1.5)"),
        ("#harvest in my #oatlatte", "context word “#oatlatte” near the name (+1.5)"),
    ],
)
def test_the_evidence_for_the_brand_is_told(text, why):
    about = HARVEST.match(text)
    assert about.verdict == "ours"
    assert why in about.reasons
    assert about.reasons[-1].startswith("together ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The harvest was early this year.", "“harvest” is written without a capital (-3)"),
        ("We sow in spring and harvest in autumn.", "follows “and”, as a verb does (-1)"),
        (
            "Visit the Harvest Festival on Sunday",
            "part of a longer name, “Harvest Festival” (-2.5)",
        ),
        ("I did an hour on the Harvest today", "“the Harvest” is a thing, not a company (-2.5)"),
        ("Golden evening #harvest #autumn", "no context word near the ambiguous name"),
        ("The #harvesters are out", "hashtag with “ers” (-1)"),
    ],
)
def test_the_evidence_for_the_common_word_is_told(text, why):
    about = HARVEST.match(text)
    assert about.verdict != "ours"
    assert why in about.reasons


def test_an_account_named_like_the_common_word_does_not_make_its_hashtag_ours():
    matcher = Matcher(Brand(name="Harvest", require=("oat",), handles=("@harvest",)))
    assert matcher.match("Sun and dust #harvest").verdict == "doubtful"
    assert matcher.match("Sun and dust, @harvest").verdict == "ours"


def test_an_ignored_phrase_beside_a_clear_name_makes_it_doubtful():
    about = CLEAR.match("My Acme rocket skates arrived, says Wile E. Coyote")
    assert about.verdict == "doubtful"
    assert said(about.reasons, "another sense is there: “wile e. coyote”")


def test_another_sense_in_the_text_counts_against_the_bare_name():
    text = "Harvest has good time tracking"
    assert said(HARVEST.match(text).reasons, "another sense is there: “time tracking”")
    clear = Matcher(Brand(name="Harvest", ignore=("time tracking",)))
    assert clear.match(text).verdict == "doubtful"
    assert clear.match("Harvest has good things").verdict == "ours"


def test_lower_case_tells_nothing_where_nobody_minds_capitals():
    assert HARVEST.match("got harvest from the shop").verdict == "ours"
    assert HARVEST.match("We bring in the harvest. It rains.").verdict == "not_ours"


def test_without_required_words_the_name_is_clear():
    assert Matcher(Brand(name="Harvest")).match("the harvest was early").verdict == "ours"


def test_both_senses_in_one_post_are_ours():
    text = "After the harvest we had a latte with Harvest Barista, best oat milk ever."
    assert HARVEST.match(text).verdict == "ours"


# --- laws ---------------------------------------------------------------------------------

ZERO_WIDTH = st.sampled_from(["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\U000e0041"])
POSTS = st.lists(
    st.sampled_from(
        ["Acme", "acme boots", "#AcmeBoots", "@acme@mas.to", "acme corporation", "acne", "Straße",
         "acme.example", "the", "don’t", "\n", "é", "ﬁ", ".", "u/acme_care", "鞋", "😡"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@given(st.text(max_size=300), st.booleans())
@example("harvest" + " " * 5000, False)
@example("#" * 3000 + "harvest", False)
@example("Harvest’s \u0301\u0316 İ ß ﷺ", False)
def test_no_text_raises_and_every_answer_says_why(text, direct):
    for matcher in (CLEAR, HARVEST):
        about = matcher.match(text, author=text[:20], url=text, direct=direct)
        assert about.verdict in ("ours", "doubtful", "not_ours")
        assert about.reasons


@given(POSTS, st.data())
def test_zero_width_characters_change_nothing(text, data):
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    hidden = text
    for place in sorted(places, reverse=True):
        hidden = hidden[:place] + data.draw(ZERO_WIDTH) + hidden[place:]
    assert CLEAR.match(hidden) == CLEAR.match(text)


@given(POSTS, st.text(max_size=40))
def test_case_changes_nothing_for_a_clear_name(text, more):
    whole = (
        text + " " + "".join(char for char in more if char.upper().casefold() == char.casefold())
    )
    first, *others = [CLEAR.match(form) for form in (whole, whole.upper(), whole.lower())]
    for about in others:
        assert (about.verdict, about.terms) == (first.verdict, first.terms)


@given(st.lists(st.text(max_size=12), max_size=4).map(tuple), st.text(max_size=30))
def test_no_config_raises(words, text):
    brand = Brand(name=text, watch=words, require=words[:1], ignore=words[1:], handles=words)
    Matcher(brand).match(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    ["harvest " * 2500, "#harvest" * 2500, "harvest" + "-" * 20000, "e" + "\u0301\u0316" * 10000,
     "harvest moon " * 1500, "\n" * 20000, "a." * 10000, "@" * 20000, "\ufdfa" * 20000],
)  # fmt: skip
def test_the_longest_texts_do_not_hang(text):
    assert HARVEST.match(text).reasons


# --- how well it does ---------------------------------------------------------------------


def test_there_are_enough_hits_for_every_brand():
    hits = cases()
    assert len({case.text for case in hits}) == len(hits) >= 600
    for name in brands():
        own = [case for case in hits if case.brand == name]
        assert len(own) >= 200
        assert 0.35 < sum(case.ours for case in own) / len(own) < 0.65


@pytest.mark.parametrize("split", ["held", "dev"])
def test_ambiguous_names_are_told_apart(split):
    found = figures(judge(case for case in cases() if case.split == split))
    assert found.precision >= 0.9, found
    assert found.recall >= 0.95, found

"""How X counts: our own cases, and its conformance cases where they are at hand."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.x.length import LONGEST, URL, spans, weighted

KNOWN_ODD = {
    "DO NOT extract URLs containing underscores in the domain name",
    "Extract a t.co URL with a trailing apostrophe",
    "DO NOT extract URLs with > 40 characters in a t.co slug",
}
"""Where we see an address, or more of it, than X does; nobody writes these into an answer."""


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("Grüße, мир", 10),
        ("cafe\u0301", 4),
        ("靴をありがとう", 14),
        ("감사합니다", 10),
        ("“quoted” – and …", 17),
        ("€", 2),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨\u200d👩\u200d👧\u200d👦", 2),
        ("🇦🇹", 2),
        ("❤\ufe0f", 2),
        ("1\ufe0f\u20e3", 2),
        ("©", 1),
        ("a\nb", 3),
        ("see https://acme.example/returns?order=123456789#top.", 4 + URL + 1),
        ("(https://acme.example/)", 2 + URL),
        ("at acme.com, or bit.ly/x", 3 + URL + 5 + URL),
        ("mail care@acme.com", 18),
        ("v2.4.1 and tar.bz2", 18),
        ("http://no-tld", 13),
        ("x" * 280, LONGEST),
        ("x" * 281, 281),
    ],
)
def test_signs_count_by_their_script(text, length):
    assert weighted(text) == length


@given(st.text(max_size=200))
def test_a_text_counts_at_most_two_a_sign_and_its_addresses(text):
    composed = unicodedata.normalize("NFC", text)
    assert 0 <= weighted(text) <= 2 * len(composed) + URL * len(list(spans(composed)))


@pytest.mark.shared
def test_the_weighted_lengths_are_those_of_the_conformance_cases(shared):
    kept = shared / "payloads" / "x" / "twitter_text_conformance_validate.json"
    tests = json.loads(kept.read_bytes())["tests"]
    cases = tests["WeightedTweetsWithDiscountedEmojiCounterTest"]
    cases += tests["UnicodeDirectionalMarkerCounterTest"]
    found = [weighted(case["text"]) for case in cases]
    assert len(cases) == 12
    assert found == [case["expected"]["weightedLength"] for case in cases]


@pytest.mark.shared
def test_the_rules_are_those_of_the_config(shared):
    rules = json.loads((shared / "payloads" / "x" / "twitter_text_config_v3.json").read_bytes())
    assert (rules["maxWeightedTweetLength"], rules["transformedURLLength"]) == (LONGEST, URL)
    for one in rules["ranges"]:
        for code in (one["start"], one["end"]):
            if not chr(code).isspace():
                assert weighted(f"a{chr(code)}") == 2
    assert weighted(chr(4_352)) == weighted(chr(8_206)) == 2


@pytest.mark.shared
def test_addresses_are_found_as_the_conformance_cases_do(shared):
    kept = shared / "payloads" / "x" / "twitter_text_conformance_extract.json"
    tests = json.loads(kept.read_bytes())["tests"]
    cases = [
        *tests["urls"],
        *tests["tco_urls_with_params"],
        *tests["urls_with_directional_markers"],
    ]
    odd = {
        case["description"]
        for case in cases
        if [case["text"][start:end] for start, end in spans(case["text"])]
        != [one if isinstance(one, str) else one["url"] for one in case["expected"]]
    }
    assert len(cases) == 50
    assert odd == KNOWN_ODD

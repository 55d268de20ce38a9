"""What Apple documents of reviews: an example, not a recording of the live service."""

from __future__ import annotations

import pytest

from socialcare.channels.appstore.feed import Document
from socialcare.channels.appstore.posts import Place, to_mentions
from socialcare.channels.appstore.wire import Review, Reviews
from socialcare.channels.decode import decode, decode_items
from socialcare.clock import parse_time
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

REVIEWS = {"documented_asc_customerReviews": 1}


def body(shared, name: str) -> bytes:
    return bytes((shared / "payloads" / "appstore" / f"{name}.json").read_bytes())


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "appstore").glob("*.json")}
    assert found == {*REVIEWS}


@pytest.mark.parametrize("name", REVIEWS)
def test_every_documented_review_becomes_a_mention(shared, name):
    answer = decode(body(shared, name), Reviews)
    reviews, broken = decode_items(answer.data, Review)
    assert (len(reviews), broken) == (REVIEWS[name], [])
    place = Place("apps", "682658836", "appstore:682658836", "Acme")
    [mention] = to_mentions(reviews, [], place)
    assert mention.text.startswith("Awesome!!!\n\n")
    assert (mention.rating, mention.author.handle) == (5.0, "Anne Johnson")
    assert mention.created_at == parse_time("2017-11-15T16:10:34Z")
    assert answer.links.cursor == "AQ.AKT"


@pytest.mark.parametrize("name", REVIEWS)
def test_it_is_no_feed(shared, name):
    with pytest.raises(BadAnswerError, match="missing required field `feed`"):
        decode(body(shared, name), Document)

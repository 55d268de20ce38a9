"""Recorded answers of Hacker News' search: every hit is read, everything else refused."""

from __future__ import annotations

import json

import pytest

from socialcare.channels.decode import decode
from socialcare.channels.hackernews import Found, read_hits
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

HITS = {
    "01_search_by_date_hitsperpage_1_tags_comment": 1,
    "03_search_by_date_hitsperpage_1_tags_poll": 1,
    "05_search_by_date_hitsperpage_1_tags_story_2cpoll": 1,
    "07_search_by_date_hitsperpage_1_tags_story": 1,
    "11_search_by_date_hitsperpage_1_tags_comment_2cauthor_pg": 1,
    "13_search_by_date_hitsperpage_1_tags_poll_2cauthor_pg": 1,
    "15_search_by_date_hitsperpage_1_tags_story_2cauthor_pg": 1,
    "17_search_by_date_hitsperpage_1_tags_comment_query_apple": 1,
    "19_search_by_date_hitsperpage_1_tags_poll_query_apple": 1,
    "21_search_by_date_hitsperpage_1_tags_story_2cpoll_query_apple": 1,
    "23_search_by_date_hitsperpage_1_tags_story_query_apple": 1,
}
REFUSED = {
    "08_items_17": "one item with its replies, which the channel never asks for",
    "09_users_pg": "a person, whom the channel never asks for",
}


def answer(shared, name: str) -> bytes:
    recorded = json.loads((shared / "payloads" / "hackernews" / f"{name}.json").read_bytes())
    [one] = recorded["interactions"]
    body: str = one["response"]["body"]
    return body.encode()


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "hackernews").glob("*.json")}
    assert found == HITS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", HITS)
def test_every_recorded_hit_becomes_a_mention(shared, name):
    mentions, broken = read_hits(decode(answer(shared, name), Found), "hackernews")
    assert broken == []
    assert len(mentions) == HITS[name]
    [mention] = mentions
    assert mention.text
    assert "&#x" not in mention.text
    assert "<p>" not in mention.text
    assert mention.kind == ("comment" if "tags_comment" in name else "post")
    assert (mention.in_reply_to is None) == (mention.kind == "post")
    assert mention.url == f"https://news.ycombinator.com/item?id={mention.external_id}"


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_search_is_refused_and_named(shared, name):
    with pytest.raises(BadAnswerError, match="required field `hits`"):
        decode(answer(shared, name), Found)

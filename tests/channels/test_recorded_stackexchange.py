"""The recorded answer of Stack Exchange: both questions are read."""

from __future__ import annotations

import json

import pytest

from socialcare.channels.decode import decode, decode_items
from socialcare.channels.stackexchange.calls import Wrapper
from socialcare.channels.stackexchange.posts import Place, Position, read_questions

pytestmark = pytest.mark.shared

QUESTIONS = {"questions_page1": 2}


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "stackexchange").glob("*.json")}
    assert found == QUESTIONS.keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_recorded_question_becomes_a_mention(shared, name):
    body = (shared / "payloads" / "stackexchange" / f"{name}.json").read_bytes()
    found = decode(body, Wrapper)
    assert (found.has_more, found.quota_max, found.quota_remaining) == (True, 300, 299)
    mentions, broken = read_questions(found.items, Place("se", "stackoverflow"))
    assert broken == []
    assert len(mentions) == QUESTIONS[name]
    assert len(decode_items(found.items, Position)[0]) == QUESTIONS[name]
    for mention, plain in zip(mentions, json.loads(body)["items"], strict=True):
        assert mention.external_id == f"q/{plain['question_id']}"
        assert mention.url == plain["link"]
        assert mention.uri == f"https://stackoverflow.com/q/{plain['question_id']}"
        assert "&#" not in mention.text
        assert mention.text.endswith(f"Tags: {', '.join(plain['tags'])}")
        assert mention.author.external_id == str(plain["owner"]["user_id"])
        assert mention.author.followers is None
        assert mention.likes == plain["score"]
        assert mention.replies == plain["answer_count"]
        assert mention.edited_at is not None

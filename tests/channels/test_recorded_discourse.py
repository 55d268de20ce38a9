"""Recorded answers of Discourse: every post is read, everything else refused with a path."""

from __future__ import annotations

import json

import msgspec
import pytest

from socialcare.channels.decode import decode
from socialcare.channels.discourse.posts import Place, read_posts, to_mention
from socialcare.channels.discourse.wire import Found, Latest, Topic
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

PLACE = Place("forum", "forum.example", "https://forum.example", frozenset({"blake"}))
POSTS = {
    "create_topic_with_tags": 1,
    "post": 1,
    "posts_latest": 4,
    "topic": 4,
}
REFUSED = {
    "categories": "a list of categories, which the channel never asks for",
    "latest": "topics without their posts: the channel asks for posts",
    "notifications": "notices of an old version",
    "search": "a search of an old version",
    "user": "a person, whom the channel never asks for",
}


def body(shared, name: str) -> bytes:
    return bytes((shared / "payloads" / "discourse" / f"{name}.json").read_bytes())


def raws(shared, name: str) -> list[msgspec.Raw]:
    answer = body(shared, name)
    if name == "posts_latest":
        return decode(answer, Latest).latest_posts
    if name == "topic":
        return decode(answer, Topic).post_stream.posts
    return [msgspec.Raw(answer)]


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "discourse").glob("*.json")}
    assert found == POSTS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", POSTS)
def test_every_recorded_post_becomes_a_mention(shared, name):
    posts, broken = read_posts(raws(shared, name))
    assert broken == []
    assert len(posts) == POSTS[name]
    for post in posts:
        mention = to_mention(post, PLACE, "A title")
        assert mention.text.startswith("A title\n\n") == (post.post_number == 1)
        assert mention.text or mention.media
        assert "<p>" not in mention.text
        assert "&amp;" not in mention.text
        assert mention.thread == str(post.topic_id)
        assert mention.url == f"https://forum.example/t/{post.topic_slug}/{post.topic_id}/" + str(
            post.post_number
        )
        assert mention.author.is_us == (post.username == "blake")
        assert (mention.edited_at is not None) == (post.version > 1)


def test_a_recorded_topic_knows_who_answers_whom(shared):
    posts, _ = read_posts(raws(shared, "topic"))
    assert [post.reply_to_post_number for post in posts] == [None, None, None, 1]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("into", [Latest, Found, Topic])
def test_what_holds_no_posts_is_refused_and_named(shared, name, into):
    assert json.loads(body(shared, name))
    with pytest.raises(BadAnswerError, match=r"required field|Expected `object`"):
        decode(body(shared, name), into)

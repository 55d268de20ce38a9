"""What becomes of comments, posts and messages of Reddit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.reddit.posts import Place, is_gone, read_things, to_mention
from socialcare.models import Media, Mention
from socialcare.testing import NOW, Item
from tests.channels.cases.reddit import comment, message, post
from tests.channels.feed_server import PAYLOADS, feed_server

PLACE = Place("reddit", frozenset({"acme_care"}))
ITEM = Item("9b", NOW - timedelta(hours=1), "Acme boots leak")


def thing(raw: dict[str, Any]) -> Any:
    things, broken = read_things([msgspec.Raw(msgspec.json.encode(raw))], "$")
    assert broken == []
    return things[0]


def mention(raw: dict[str, Any], *, to_us: bool = False) -> Mention:
    return to_mention(thing(raw), PLACE, to_us=to_us)


def test_a_post_is_its_title_and_its_words():
    got = mention(post(ITEM, selftext="They leak.\n\n**Twice** [here](https://a.example)."))
    assert got.text == "Acme boots leak\n\nThey leak.\n\nTwice here."
    assert (got.external_id, got.thread, got.in_reply_to) == ("t3_9b", "t3_9b", None)
    assert got.url == got.uri == "https://www.reddit.com/r/CampingGear/comments/9b/late/"
    assert (got.kind, got.role, got.direct, got.lang) == ("post", "mention", False, None)
    assert (got.likes, got.replies, got.created_at) == (3, 2, ITEM.at)
    assert got.author.handle == "u/ana_k"
    assert got.author.url == "https://www.reddit.com/user/ana_k"
    assert got.author.external_id == "t2_anak"
    assert got.source == "reddit"


def test_a_comment_has_thread_and_parent():
    to_post, to_comment = mention(comment(ITEM)), mention(comment(ITEM, "t1_77"))
    assert (to_post.kind, to_post.thread, to_post.in_reply_to) == ("comment", "t3_9a", "t3_9a")
    assert (to_comment.kind, to_comment.thread, to_comment.in_reply_to) == ("reply", "t3_9a", "t1_77")  # fmt: skip
    assert to_post.url == to_post.uri == "https://www.reddit.com/r/CampingGear/comments/9a/late/9b/"


def test_what_came_to_the_inbox_speaks_to_us_and_is_the_same_comment():
    raw = comment(ITEM, "t1_77", type="comment_reply", subject="comment reply")
    listed = mention(raw)
    for key in ("permalink", "link_id"):
        del raw["data"][key]
    raw["data"]["context"] = "/r/CampingGear/comments/9a/late/9b/?context=3"
    got = mention(raw, to_us=True)
    assert (got.external_id, got.uri, got.thread) == (listed.external_id, listed.uri, listed.thread)
    assert (got.direct, listed.direct) == (True, False)


def test_an_old_comment_without_an_address_gets_one():
    raw = comment(ITEM)
    del raw["data"]["permalink"]
    got = mention(raw)
    assert got.url == "https://www.reddit.com/r/CampingGear/comments/9a/_/9b/"
    assert got.uri is None


def test_a_message_is_for_us_alone():
    got = mention(message(ITEM, first_message_name="t4_1", parent_id="t4_8"), to_us=True)
    assert (got.kind, got.direct, got.thread, got.in_reply_to) == ("dm", True, "t4_1", "t4_8")
    assert got.text == "My order\n\nAcme boots leak"
    assert mention(message(ITEM)).thread == "t4_9b"


def test_moderators_write_as_their_subreddit():
    got = mention(message(ITEM, author=None, author_fullname=None))
    assert got.author.handle == "r/CampingGear"


@pytest.mark.parametrize("make", [post, comment])
def test_what_we_wrote_is_an_answer(make):
    got = mention(make(ITEM, author="Acme_Care"), to_us=True)
    assert (got.role, got.author.is_us, got.direct) == ("answer", True, False)


@pytest.mark.parametrize(
    ("text", "direct"),
    [("u/acme_care help", True), ("/u/Acme_Care?", True), ("u/acme_carefully", False), ("acme_care", False)],
)  # fmt: skip
def test_who_names_our_account_speaks_to_us(text, direct):
    assert mention(comment(Item("9b", NOW, text))).direct is direct
    assert mention(post(ITEM, selftext=text)).direct is direct


@pytest.mark.parametrize(
    ("edited", "at"), [(False, None), (True, None), (1_795_000_000.0, 1_795_000_000)]
)
def test_edited_is_false_or_a_time(edited, at):
    got = mention(comment(ITEM, edited=edited)).edited_at
    assert (got and got.timestamp()) == at


@pytest.mark.parametrize("body", ["[deleted]", "[removed]"])
def test_what_is_deleted_or_removed_is_gone(body):
    assert is_gone(thing(comment(ITEM, body=body, author="[deleted]")))
    assert is_gone(thing(comment(ITEM, body=body, author=None)))
    assert is_gone(thing(post(ITEM, selftext=body, author="[deleted]")))
    assert not is_gone(thing(comment(ITEM, body=body)))  # somebody wrote just that


def test_what_reddit_itself_removed_keeps_its_author_and_is_gone():
    assert is_gone(thing(comment(ITEM, body="[ Removed by Reddit ]")))


@pytest.mark.parametrize("who", ["moderator", "deleted", "reddit", "automod_filtered"])
def test_a_post_that_was_removed_keeps_its_title_and_is_gone(who):
    assert is_gone(thing(post(ITEM, removed_by_category=who)))
    assert not is_gone(thing(post(ITEM, removed_by_category=None)))


def test_who_left_leaves_the_words_and_is_nobody():
    raw, other = comment(ITEM, author="[deleted]", author_fullname=None), comment(Item("9c", NOW))
    other["data"] |= {"author": None, "author_fullname": None}
    first, second = mention(raw), mention(other)
    assert first.text == "Acme boots leak"
    assert first.author.handle == second.author.handle == "[deleted]"
    assert first.author.external_id != second.author.external_id
    assert not is_gone(thing(raw))


def test_quotes_are_what_others_said_and_spoilers_are_not():
    text = "> You said two days.\n\nIt was >!three weeks!<.\n\n>!Never again.!<"
    assert mention(comment(Item("9b", NOW, text))).text == "It was three weeks.\n\nNever again."


def test_nothing_is_unescaped_twice():
    assert mention(comment(Item("9b", NOW, "a < b & c > d"))).text == "a < b & c > d"


def test_a_link_is_told_and_a_picture_is_a_picture():
    away = mention(post(ITEM, is_self=False, url="https://blog.example/acme"))
    assert away.text == "Acme boots leak\n\nhttps://blog.example/acme"
    picture = mention(post(ITEM, is_self=False, url="https://i.redd.it/x.jpg", post_hint="image"))
    assert picture.text == "Acme boots leak"
    assert picture.media == (Media("image", "https://i.redd.it/x.jpg"),)
    film = mention(post(ITEM, is_self=False, url="https://v.redd.it/x", is_video=True))
    assert film.media == (Media("video", "https://v.redd.it/x"),)


def test_a_gallery_has_its_captions_in_its_order():
    pictures = {
        "b": {"e": "Image", "s": {"u": "https://preview.redd.it/b.jpg"}},
        "a": {"e": "AnimatedImage", "s": {"gif": "https://i.redd.it/a.gif"}},
        "c": {"status": "failed"},
    }
    gallery = {"items": [{"media_id": "a", "caption": "The sole"}, {"media_id": "b"}]}
    raw = post(ITEM, is_self=False, media_metadata=pictures, gallery_data=gallery)
    assert mention(raw).media == (
        Media("gif", "https://i.redd.it/a.gif", "The sole"),
        Media("image", "https://preview.redd.it/b.jpg"),
        Media("image", None),
    )


@pytest.mark.parametrize("nonsense", [None, [], "x", {"a": 3}, {"a": {"s": []}}])
def test_pictures_that_cannot_be_read_spoil_nothing(nonsense):
    raw = post(ITEM, media_metadata=nonsense, gallery_data=nonsense)
    assert mention(raw).text == "Acme boots leak"


def test_only_on_a_page_of_their_own_are_subscribers_followers():
    assert mention(post(ITEM)).author.followers is None
    own = mention(post(ITEM, subreddit="u_Ana_K"))
    assert own.author.followers == 12_345


def test_hidden_scores_are_not_told_and_none_is_below_nothing():
    assert mention(post(ITEM, hide_score=True)).likes is None
    assert mention(comment(ITEM, score_hidden=True)).likes is None
    assert mention(comment(ITEM, score=-4)).likes == 0


def test_automoderator_is_no_person():
    assert mention(comment(ITEM, author="AutoModerator")).automated
    assert not mention(comment(ITEM)).automated


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"kind": "more", "data": {}}, "$.kind"),
        (comment(ITEM, name="t1_../x"), "$.data.name"),
        (comment(ITEM, created_utc=-5), "$.data"),
        (comment(ITEM, edited=1e18), "$.data"),
        (post(ITEM, permalink=None), "$.data.permalink"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_path(raw, path):
    things, [broken] = read_things([msgspec.Raw(msgspec.json.encode(raw))], "$.data.children")
    assert things == []
    assert broken.where == "$.data.children[0]"
    assert f"`{path}`" in broken.reason


@given(st.text(max_size=300), st.sampled_from([post, comment, message]))
def test_whatever_was_said_is_kept(text, make):
    got = mention(make(Item("9b", NOW, text)), to_us=True)
    assert len(got.text) <= 20_000
    if text.isalnum() and text.isascii():
        assert text in got.text


def test_a_post_read_by_feed_and_by_api_is_one():
    with feed_server() as server:
        page = server.read("/search.rss", PAYLOADS / "reddit.xml")
    by_feed = page.mentions[0]
    raw = post(Item("1abc", NOW), permalink="/r/hiking/comments/1abc/acme_boots/")
    by_api = mention(raw)
    assert by_feed.uri == by_api.uri
    assert by_feed.thread == by_api.thread
    assert by_feed.author.handle.startswith("u/")

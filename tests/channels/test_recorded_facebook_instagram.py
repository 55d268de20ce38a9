"""Recorded answers of the Graph API: every post, comment and media is read, the rest refused."""

from __future__ import annotations

import json

import msgspec
import pytest

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode, decode_items
from socialcare.channels.meta import posts, remarks
from socialcare.channels.meta.posts import comment_mention, post_mention
from socialcare.channels.meta.refusals import refused
from socialcare.channels.meta.remarks import media_mention, remark_mention
from socialcare.channels.meta.wire import (
    Comment,
    Conversation,
    Listing,
    Made,
    Media,
    MentionedComment,
    Message,
    Person,
    Post,
    Remark,
)
from socialcare.clock import parse_time
from socialcare.errors import AuthError

pytestmark = pytest.mark.shared

PAGE = posts.Place("facebook", "19292868552")
ACCOUNT = remarks.Place("instagram", "17841406338772941", "ikroskun")
FB = "facebook__apidata__"
IG = "instagram__apidata__"
POSTS = {
    f"{FB}posts__feed_fields_p1": 5,
    f"{FB}posts__feed_fields_p2": 5,
    f"{FB}posts__feeds_default_fields_p1": 5,
    f"{FB}posts__feeds_default_fields_p2": 5,
    f"{FB}posts__multi_posts_data": 2,
    f"{FB}posts__single_post_data": 1,
    "facebook__models__post": 1,
}
COMMENTS = {f"{FB}comments__comment_info": 1, f"{FB}comments__create_resp": 1}
MEDIA = {
    "base__discovery_medias_p1": 5,
    "base__discovery_medias_p2": 5,
    f"{IG}discovery__medias_p1": 2,
    f"{IG}discovery__medias_p2": 2,
    f"{IG}medias__media_default": 1,
    f"{IG}stories__story_info": 1,
    f"{IG}users__medias_p1": 2,
    f"{IG}users__medias_p2": 2,
    f"{IG}users__stories": 2,
    "instagram__models__ig_story": 1,
}
REMARKS = {
    f"{IG}comments__comments_fields": 2,
    f"{IG}medias__comments_p1": 2,
    f"{IG}medias__comments_p2": 2,
    f"{IG}users__mentioned_comment": 1,
}
ACCOUNTS = {
    f"{FB}pages__multi_pages": ["Facebook for Developers", "Facebook App"],
    f"{FB}pages__single_default_page": ["Facebook"],
    f"{FB}users__user": ["Mark Zuckerberg"],
    f"{FB}users__users_fields": ["Mark Zuckerberg", "Chris Hughes"],
    f"{IG}users__user_fields": ["facebookfordevelopers"],
}
TALKS = {f"{FB}conversations__cvses_info": 2, f"{FB}messages__messages_info": 2}
REFUSED = {
    f"{FB}comments__comments_p1": (10, "`id`", "comments of a Page that is not ours have no id"),
    f"{FB}comments__comments_p2": (5, "`id`", "comments of a Page that is not ours have no id"),
    f"{IG}hashtags__hashtag_recent_medias_p1": (5, "`timestamp`", "hashtags are not asked for"),
    f"{IG}hashtags__hashtag_recent_medias_p2": (5, "`timestamp`", "hashtags are not asked for"),
    f"{IG}hashtags__hashtag_top_medias_p1": (25, "`timestamp`", "hashtags are not asked for"),
    f"{IG}hashtags__hashtag_top_medias_p2": (25, "`timestamp`", "hashtags are not asked for"),
    f"{IG}hashtags__hashtags_info": (2, "`timestamp`", "the name of a hashtag"),
    "instagram__models__ig_hashtag": (1, "`timestamp`", "the name of a hashtag"),
    f"{IG}discovery__user_fields": (1, "`timestamp`", "an account that is not ours"),
    f"{IG}users__product_appeal": (1, "`id`", "a shop; never asked for"),
}
ERROR = "base__error_data"


def recorded(shared, name: str):
    return json.loads((shared / "payloads" / "meta" / f"{name}.json").read_bytes())


def raws(shared, name: str) -> list[msgspec.Raw]:
    """The items of an answer: of a list, by id, inside another, or the one that it is."""
    answer = recorded(shared, name)
    found = answer.get("business_discovery", answer)
    found = found.get("media", found)
    if name.endswith("mentioned_comment"):
        return [decode(json.dumps(answer).encode(), MentionedComment).mentioned_comment]
    if "data" in found:
        return decode(json.dumps(found).encode(), Listing).data
    by_id = all(isinstance(one, dict) and one.get("id") == key for key, one in found.items())
    return [msgspec.Raw(json.dumps(one).encode()) for one in (found.values() if by_id else [found])]


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "meta").glob("*.json")}
    known = [*POSTS, *COMMENTS, *MEDIA, *REMARKS, *ACCOUNTS, *TALKS, *REFUSED, ERROR]
    assert len(known) == 41
    assert found == set(known)


@pytest.mark.parametrize("name", POSTS)
def test_every_recorded_post_becomes_a_mention(shared, name):
    found, broken = decode_items(raws(shared, name), Post)
    assert (len(found), broken) == (POSTS[name], [])
    for post in found:
        mention = post_mention(post, PAGE)
        assert mention.text
        assert mention.thread == mention.external_id
        assert mention.author.external_id == f"anonymous:{post.id}"
        assert all("fbcdn" not in (one.url or "") for one in mention.media)


@pytest.mark.parametrize("name", COMMENTS)
def test_every_recorded_comment_becomes_a_mention(shared, name):
    found, broken = decode_items(raws(shared, name), Comment)
    assert (len(found), broken) == (COMMENTS[name], [])
    for comment in found:
        mention = comment_mention(comment, PAGE, post="1_2")
        assert mention.text
        assert mention.in_reply_to == "1_2"
        assert f"comment_id={comment.id.partition('_')[2]}" in (mention.url or "")


@pytest.mark.parametrize("name", MEDIA)
def test_every_recorded_media_becomes_a_mention(shared, name):
    found, broken = decode_items(raws(shared, name), Media)
    assert (len(found), broken) == (MEDIA[name], [])
    for media in found:
        mention = media_mention(media, ACCOUNT)
        assert mention.external_id == f"media:{media.id}"
        assert mention.url
        assert {one.url for one in mention.media} == {mention.url}


@pytest.mark.parametrize("name", REMARKS)
def test_every_recorded_comment_on_instagram_becomes_a_mention(shared, name):
    found, broken = decode_items(raws(shared, name), Remark)
    assert (len(found), broken) == (REMARKS[name], [])
    for remark in found:
        mention = remark_mention(remark, ACCOUNT, media="5")
        assert mention.text == remark.text
        assert (mention.in_reply_to, mention.thread) == ("5", remark.id)
        assert mention.author.is_us == (remark.username == "ikroskun")


@pytest.mark.parametrize("name", ACCOUNTS)
def test_accounts_are_read(shared, name):
    found, broken = decode_items(raws(shared, name), Person)
    names = [one.username if name.startswith(IG) else one.name for one in found]
    assert (names, broken) == (ACCOUNTS[name], [])


def test_conversations_and_messages_are_read(shared):
    talks, broken = decode_items(raws(shared, f"{FB}conversations__cvses_info"), Conversation)
    assert ([one.id[:2] for one in talks], broken) == (["t_", "t_"], [])
    messages, broken = decode_items(raws(shared, f"{FB}messages__messages_info"), Message)
    authors = [one.author.id for one in messages if one.author]
    assert (len(authors), broken) == (TALKS[f"{FB}messages__messages_info"], [])


def test_what_was_written_is_read(shared):
    [raw] = raws(shared, f"{FB}comments__create_resp")
    assert decode(bytes(raw), Made).id == "245778718206154_229887283291835"


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused_with_a_path(shared, name):
    count, missing, _ = REFUSED[name]
    into = Comment if name.startswith("facebook") else Media
    found, broken = decode_items(raws(shared, name), into, where="$.data")
    assert (len(found), len(broken)) == (0, count)
    assert [one.where for one in broken] == [f"$.data[{n}]" for n in range(count)]
    assert all(missing in one.reason for one in broken)


def test_a_recorded_refusal_names_its_permission(shared):
    body = json.dumps(recorded(shared, ERROR)).encode()
    answer = Answer(400, {}, body, "https://graph.facebook.com/x")
    error = refused("fb", answer, "read the Page", "?", parse_time("2026-11-21T12:00:00Z"))
    assert isinstance(error, AuthError)
    assert "needs pages_read_engagement" in error.message


def test_no_recorded_address_of_a_next_page_is_kept(shared):
    """They hold the token. What remains are cursors, or times where there are none."""
    onward = {}
    for path in sorted((shared / "payloads" / "meta").glob("*.json")):
        found = recorded(shared, path.stem)
        found = found.get("business_discovery", found)
        found = found.get("media", found)
        if not isinstance(found, dict) or "paging" not in found:
            continue
        listing = decode(json.dumps(found).encode(), Listing)
        assert "access_token" not in repr(listing.paging)
        onward[path.stem] = listing.onward()
    assert onward[f"{FB}comments__comments_p1"].keys() == {"after"}
    assert onward[f"{FB}posts__feed_fields_p1"].keys() == {"until", "__paging_token"}
    assert onward[f"{FB}posts__feed_fields_p2"] == {}
    assert sum(bool(one) for one in onward.values()) == 7

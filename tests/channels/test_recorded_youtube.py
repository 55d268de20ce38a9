"""Recorded answers of YouTube: every comment and video is read, everything else refused."""

from __future__ import annotations

import json

import msgspec
import pytest

from socialcare.channels.decode import decode, decode_items, decode_or_empty
from socialcare.channels.youtube.posts import Place, to_mention, video_mention
from socialcare.channels.youtube.wire import (
    Comment,
    Found,
    Items,
    Owner,
    Refusal,
    Replies,
    Thread,
    Video,
)
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

PLACE = Place("youtube", "UC_x5XG1OV2P6uZZ5FSM9Ttw")
THREADS = {
    "apidata__comment_threads__comment_thread_single": 1,
    "apidata__comment_threads__comment_threads_by_channel": 2,
    "apidata__comment_threads__comment_threads_with_search": 1,
    "modeldata__comments__comment_thread_api_response": 2,
}
COMMENTS = {
    "apidata__comments__comments_by_parent_paged_1": 2,
    "apidata__comments__comments_by_parent_paged_2": 1,
    "apidata__comments__comments_multi": 2,
    "apidata__comments__insert_response": 1,
    "modeldata__comments__comment_info": 1,
    "modeldata__comments__comment_thread_replies": 1,
}
VIDEOS = {"apidata__videos__videos_info_single": 1, "modeldata__videos__video_api_response": 1}
HITS = {
    "apidata__search__search_by_developer": 5,
    "apidata__search__search_by_keywords_p1": 25,
    "apidata__search__search_by_keywords_p2": 25,
    "apidata__search__search_by_location": 5,
    "apidata__search__search_by_related_video": 5,
    "apidata__search__search_videos_by_channel": 5,
    "modeldata__search_result__search_result": 1,
}
OWNERS = {
    "apidata__channel_info_multi": ["googlecode", "google"],
    "apidata__channels__info": ["@googledevelopers"],
}
REFUSED = {
    "apidata__activities__activities_by_channel_p1": "what a channel did; never asked for",
    "apidata__activities__activities_by_channel_p2": "what a channel did; never asked for",
    "apidata__playlist_items__playlist_items_paged_1": "playlists; never asked for",
    "apidata__playlist_items__playlist_items_paged_2": "playlists; never asked for",
    "discovery_youtube_v3_subset": "the description of the service",
    "error_response_simple": "a refusal that is none of YouTube's",
    "modeldata__channels__channel_statistics": "a part of a channel",
    "modeldata__search_result__search_result_id": "the id of a playlist",
    "modeldata__videos__video_statistics": "a part of a video",
}


def body(shared, name: str) -> bytes:
    return bytes((shared / "payloads" / "youtube" / f"{name}.json").read_bytes())


def raws(shared, name: str) -> list[msgspec.Raw]:
    answer = body(shared, name)
    if name.endswith("comment_thread_replies"):
        return decode(answer, Replies).comments
    found = decode(answer, Items)
    return found.items or [msgspec.Raw(answer)]


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "youtube").glob("*.json")}
    assert found == {*THREADS, *COMMENTS, *VIDEOS, *HITS, *OWNERS, *REFUSED}


def checked(mention) -> None:
    assert mention.author.external_id.startswith("UC")
    assert mention.author.handle
    assert mention.author.url
    assert (mention.kind == "reply") == ("." in mention.external_id)
    assert mention.thread == mention.external_id.partition(".")[0]


@pytest.mark.parametrize("name", THREADS)
def test_every_recorded_thread_becomes_a_mention(shared, name):
    threads, broken = decode_items(raws(shared, name), Thread)
    assert (len(threads), broken) == (THREADS[name], [])
    for thread in threads:
        top = thread.snippet.top_level_comment
        mention = to_mention(top, PLACE, video=thread.snippet.video_id)
        checked(mention)
        assert (mention.url is None) == (thread.snippet.video_id is None)
        replies = thread.replies.comments if thread.replies else []
        assert decode_items(replies, Comment)[1] == []


@pytest.mark.parametrize("name", COMMENTS)
def test_every_recorded_comment_becomes_a_mention(shared, name):
    comments, broken = decode_items(raws(shared, name), Comment)
    assert (len(comments), broken) == (COMMENTS[name], [])
    for comment in comments:
        checked(to_mention(comment, PLACE))


@pytest.mark.parametrize("name", VIDEOS)
def test_every_recorded_video_becomes_a_mention(shared, name):
    videos, broken = decode_items(raws(shared, name), Video)
    assert (len(videos), broken) == (VIDEOS[name], [])
    for video in videos:
        mention = video_mention(video, PLACE)
        assert mention.text.startswith(video.snippet.title)
        assert mention.url == f"https://www.youtube.com/watch?v={video.id}"


@pytest.mark.parametrize("name", HITS)
def test_every_recorded_hit_is_a_video_with_a_time(shared, name):
    hits, broken = decode_items(raws(shared, name), Found)
    assert (len(hits), broken) == (HITS[name], [])
    assert all(len(hit.id.video_id) == 11 for hit in hits)


@pytest.mark.parametrize("name", OWNERS)
def test_every_recorded_channel_has_its_handle(shared, name):
    """Their numbers were not recorded."""
    owners, broken = decode_items(raws(shared, name), Owner)
    assert [owner.handle for owner in owners] == OWNERS[name]
    assert [owner.followers for owner in owners] == [None] * len(owners)
    assert broken == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_neither_is_refused_with_a_path(shared, name):
    answer = body(shared, name)
    assert json.loads(answer)
    try:
        items = raws(shared, name)
    except BadAnswerError as error:
        assert "required field `kind`" in error.message
        return
    for into in (Thread, Comment, Video, Found):
        good, broken = decode_items(items, into)
        assert good == []
        assert len(broken) == len(items)
        assert all("at `$" in one.reason or "required field" in one.reason for one in broken)


def test_a_refusal_that_is_none_of_youtubes_has_no_reason(shared):
    assert decode_or_empty(body(shared, "error_response_simple"), Refusal).reasons == frozenset()

"""Recorded answers of real Mastodon servers: every post is read, everything else refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from socialcare.channels.decode import decode, decode_items
from socialcare.channels.mastodon import Found
from socialcare.channels.mastodon.posts import (
    Account,
    Notification,
    Place,
    Status,
    read_notifications,
    read_statuses,
)
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

PLACE = Place("mastodon", "mastodon.example")
POSTS = {
    "rtoot_get_account_statuses_default": 21,
    "rtoot_get_context_with_ancesters": 4,
    "rtoot_get_status_default": 1,
    "rtoot_get_timeline_hashtag_default": 5,
    "rtoot_get_timeline_home_default": 8,
    "rtoot_get_timeline_public_instance": 20,
    "rtoot_post_toot_language": 1,
    "rtoot_post_toot_spoiler_text": 1,
    "rtoot_process_request_bigger": 20,
    "test_conversations": 7,
    "test_entity_instancev2": 0,
    "test_entity_mediaattachment": 2,
    "test_entity_notification": 1,
    "test_entity_poll": 1,
    "test_entity_searchv2": 2,
    "test_entity_status": 2,
    "test_entity_statusedit": 0,
    "test_fetch_next_previous": 35,
    "test_grouped_notifications": 6,
    "test_hashtag_tl": 3,
    "test_home_tl_anonymous_throws": 0,
    "test_instance": 0,
    "test_instance_v1": 0,
    "test_lang_for_errors": 0,
    "test_min_max_id": 4,
    "test_notifications_mentions_only": 4,
    "test_public_tl": 18,
    "test_status_card": 3,
    "test_status_context": 2,
    "test_status_delete_media": 6,
    "test_status_edit": 3,
    "test_status_missing": 0,
    "test_status_post_Content_warning-None": 2,
    "test_status_post_Content_warning-private": 2,
    "test_status_post_Content_warning-unlisted": 2,
    "test_status_post_None-direct": 2,
    "test_status_post_None-public": 2,
    "test_status_reply": 4,
    "test_stream_user_direct": 7,
    "test_verify_credentials": 0,
}
"""Posts in the answers of each file, at any depth: also boosted, quoted, and last of a talk."""


def answers(shared, name: str) -> list[tuple[str, bytes]]:
    recorded = json.loads((shared / "payloads" / "mastodon" / f"{name}.json").read_bytes())
    return [
        (one["request"]["url"], one["response"]["body"].encode())
        for one in recorded["interactions"]
    ]


def posts_in(value: Any) -> Iterator[dict[str, Any]]:
    """Everything that has the shape of a post, counted without our own reading of it."""
    if isinstance(value, dict):
        if value.keys() >= {"id", "uri", "created_at", "account", "visibility"}:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from posts_in(one)


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "mastodon").glob("*.json")}
    assert found == POSTS.keys()


@pytest.mark.parametrize("name", POSTS)
def test_every_recorded_post_becomes_a_mention(shared, name):
    found: list[dict[str, Any]] = []
    for _, body in answers(shared, name):
        if body[:1] in b"[{":
            found += posts_in(json.loads(body))
    raws = [msgspec.Raw(json.dumps(post).encode()) for post in found]
    mentions, broken = read_statuses(raws, PLACE)
    assert broken == []
    assert len(mentions) == POSTS[name]
    for mention, post in zip(mentions, found, strict=True):
        assert mention.author.handle.count("@") == 2
        assert mention.url
        assert "<" not in mention.text or "&lt;" in json.dumps(post)


ASKED_FOR = {
    r"/timelines/": 12,
    r"/statuses\?": 4,
    r"/v1/notifications(\?|$)": 2,
    r"/v2/search\?": 1,
}
"""How many answers are of the kinds that the channel asks for, by address."""


def kind_of(url: str) -> str | None:
    return next((kind for kind in ASKED_FOR if re.search(kind, url)), None)


def test_answers_of_the_kinds_we_ask_for_are_read_whole(shared):
    seen = dict.fromkeys(ASKED_FOR, 0)
    for name in POSTS:
        for url, body in answers(shared, name):
            kind = kind_of(url)
            if kind is None or body.startswith(b'{"error"'):
                continue
            if "search" in kind:
                read = read_statuses(decode(body, Found).statuses, PLACE, "$.statuses")
            elif "notifications" in kind:
                read = read_notifications(decode(body, list[msgspec.Raw], what=url), PLACE)
            else:
                read = read_statuses(decode(body, list[msgspec.Raw], what=url), PLACE)
            assert read[1] == [], url
            seen[kind] += 1
    assert seen == ASKED_FOR


REFUSED = {
    "an account": "/verify_credentials",
    "a description of the server": "/instance",
    "versions of a post, which have no id": "/history",
    "an upload": "/media",
    "the source of a post": "/source",
    "a relationship": "/unfollow",
    "events of a stream, which are no JSON document": "/streaming/",
}
"""What the channel never asks for; each is refused as a post with a path or a place."""


@pytest.mark.parametrize("part", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_post_is_refused_with_a_path(shared, part):
    found = [body for name in POSTS for url, body in answers(shared, name) if part in url]
    assert found
    for body in found:
        if body.startswith(b"["):
            mentions, broken = read_statuses(decode(body, list[msgspec.Raw]), PLACE)
            assert not mentions
            assert [one.where for one in broken] == ["$[0]", "$[1]"][: len(broken)]
        else:
            with pytest.raises(BadAnswerError, match=r"\$|byte|required field"):
                decode(body, Status, what="a post")


def test_nothing_recorded_raises_anything_else(shared):
    """Every answer, read as everything that the channel can read."""
    for name in POSTS:
        for _, body in answers(shared, name):
            for kind in (Status, Notification, Account, Found, list[msgspec.Raw]):
                try:
                    decode(body, kind)
                except BadAnswerError as error:
                    assert error.message
            decode_items([msgspec.Raw(body)], Status)

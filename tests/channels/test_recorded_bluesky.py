"""Recorded answers of Bluesky: every post is read, everything else is refused with a path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from socialcare.channels.bluesky.facets import mentioned, spans, with_links
from socialcare.channels.bluesky.messages import Opened as OpenedConvo
from socialcare.channels.bluesky.messages import Sent
from socialcare.channels.bluesky.posts import POST_URI, Place, read_posts, to_mention
from socialcare.channels.bluesky.refusals import bare_refusal
from socialcare.channels.bluesky.sending import record_key
from socialcare.channels.bluesky.signin import home_of
from socialcare.channels.bluesky.wire import (
    Facet,
    Notification,
    Notifications,
    Opened,
    Posts,
    PostView,
    Profile,
    Profiles,
    Resolved,
    Thread,
    Written,
)
from socialcare.channels.decode import decode, decode_items
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

PLACE = Place("bluesky", did="did:plc:5c2r73erhng4bszmxlfdtscf")
POSTS = {
    "a_profile": 0,
    "c_for_members": 0,
    "c_send": 0,
    "f_getposts": 1,
    "f_postthread": 1,
    "f_search": 25,
    "g_rel": 0,
    "granary_synthetic_actor.bsky": 0,
    "granary_synthetic_comment_inreplyto_id.bsky": 0,
    "granary_synthetic_like.bsky": 0,
    "granary_synthetic_note_with_article_tag_indices.bsky": 0,
    "granary_synthetic_note_with_mention_linked_text.bsky": 0,
    "granary_synthetic_quote_and_attachment.bsky": 0,
    "granary_synthetic_quote_with_image.bsky": 0,
    "i_resolveh": 0,
    "n_ncL": 0,
    "n_notifications": 18,
    "o_url2uri": 0,
    "r_post_emoji": 0,
    "r_post_errors": 0,
    "r_post_reply": 0,
    "r_post_text": 0,
    "repo_auth_direct": 0,
}
"""Posts in the answers of each file, at any depth; quoted ones have another shape."""


def folder(shared):
    return shared / "payloads" / "bluesky"


def answers(shared, name: str) -> list[tuple[str, bytes]]:
    """What was asked and what came; a file that is no recording is one answer."""
    whole = json.loads((folder(shared) / f"{name}.json").read_bytes())
    if "interactions" not in whole:
        return [("", json.dumps(whole).encode())]
    return [
        (one["request"]["url"], one["response"]["body"].encode()) for one in whole["interactions"]
    ]


def all_answers(shared) -> Iterator[tuple[str, bytes]]:
    for name in POSTS:
        yield from answers(shared, name)


def of_call(shared, nsid: str) -> list[bytes]:
    return [body for url, body in all_answers(shared) if urlsplit(url).path == f"/xrpc/{nsid}"]


def posts_in(value: Any) -> Iterator[dict[str, Any]]:
    """Everything that has the shape of a post, counted without our own reading of it."""
    if isinstance(value, dict):
        whole = value.keys() >= {"uri", "cid", "author", "record", "indexedAt"}
        if whole and value["record"].get("$type") == "app.bsky.feed.post":
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from posts_in(one)


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in folder(shared).glob("*.json")}
    assert {name for name in found if not name.startswith("lexicon__")} == POSTS.keys()


@pytest.mark.parametrize("name", POSTS)
def test_every_recorded_post_becomes_a_mention(shared, name):
    found = [post for _, body in answers(shared, name) for post in posts_in(json.loads(body))]
    views, broken = read_posts([msgspec.Raw(json.dumps(post).encode()) for post in found])
    assert broken == []
    assert len(views) == POSTS[name]
    for view, post in zip(views, found, strict=True):
        mention = to_mention(view, PLACE)
        assert mention.url
        assert POST_URI.fullmatch(mention.external_id)
        assert mention.kind == ("reply" if "reply" in post["record"] else "post")
        assert len(mention.media) == len(post.get("embed", {}).get("images", []))
        for link in links_in(post):
            assert link in mention.text


def links_in(post: dict[str, Any]) -> list[str]:
    return [
        feature["uri"]
        for facet in post["record"].get("facets", [])
        for feature in facet["features"]
        if "uri" in feature
    ]


def test_the_answers_that_we_ask_for_are_read_whole(shared):
    [search] = of_call(shared, "app.bsky.feed.searchPosts")
    assert decode(search, Posts).cursor == "25"
    [posts] = of_call(shared, "app.bsky.feed.getPosts")
    assert len(read_posts(decode(posts, Posts).posts)[0]) == 1
    [listed] = of_call(shared, "app.bsky.notification.listNotifications")
    notes, broken = decode_items(decode(listed, Notifications).notifications, Notification)
    assert broken == []
    reasons = [note.reason for note in notes]
    assert {reason: reasons.count(reason) for reason in set(reasons)} == {
        "follow": 17,
        "like": 13,
        "mention": 11,
        "quote": 7,
        "repost": 2,
    }
    [known] = of_call(shared, "app.bsky.actor.getProfiles")
    profiles, _ = decode_items(decode(known, Profiles).profiles, Profile)
    assert all(profile.followers_count for profile in profiles)
    [thread] = of_call(shared, "app.bsky.feed.getPostThread")
    assert decode(thread, Thread).thread.type.endswith("#threadViewPost")
    assert len(of_call(shared, "com.atproto.identity.resolveHandle")) == 7
    for body in of_call(shared, "com.atproto.identity.resolveHandle"):
        assert decode(body, Resolved).did.startswith("did:plc:")


def test_what_was_written_is_read(shared):
    written = of_call(shared, "com.atproto.repo.createRecord")
    made = [decode(body, Written).uri for body in written if b'"error"' not in body]
    assert len(made) == 3
    assert all(POST_URI.fullmatch(uri) for uri in made)
    [refused] = [body for body in written if b'"error"' in body]
    assert bare_refusal(refused).error == "InvalidRequest"
    [kept] = of_call(shared, "com.atproto.repo.getRecord")
    assert decode(kept, Written).uri
    [convo] = of_call(shared, "chat.bsky.convo.getConvoForMembers")
    [sent] = of_call(shared, "chat.bsky.convo.sendMessage")
    assert decode(convo, OpenedConvo).convo.id
    assert decode(sent, Sent).id


def test_a_session_names_the_server_of_its_account_and_shows_no_token(shared):
    [opened] = of_call(shared, "com.atproto.server.createSession")
    session = decode(opened.replace(b'Jwt":""', b'Jwt":"taken out"'), Opened)
    assert home_of(session.did_doc) == "https://puffball.us-east.host.bsky.network"
    assert repr(session) == "Opened('bskyr.bsky.social')"


REFUSED = {
    "granary_synthetic_actor.bsky": "a profile, as it lies in a repository",
    "granary_synthetic_comment_inreplyto_id.bsky": "a post without an author",
    "granary_synthetic_like.bsky": "a like",
    "granary_synthetic_note_with_article_tag_indices.bsky": "a bare record",
    "granary_synthetic_note_with_mention_linked_text.bsky": "a bare record",
    "granary_synthetic_quote_and_attachment.bsky": "a post without an author, uri or time",
    "granary_synthetic_quote_with_image.bsky": "a post without an author",
    "g_rel": "who follows whom",
    "n_ncL": "a number of unread notifications",
}
"""What the channel never gets; each is refused as a post with a path or a name."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_post_is_refused_with_a_path(shared, name):
    for _, body in answers(shared, name):
        inner = json.loads(body).get("post", json.loads(body))
        with pytest.raises(BadAnswerError, match=r"\$|required field|at least one|length"):
            decode(json.dumps(inner).encode(), PostView, what="a post")


def test_offsets_of_records_written_by_others_are_bytes(shared):
    for name, shown in {
        "granary_synthetic_note_with_article_tag_indices.bsky": "foo (http://xyz/foo)",
        "granary_synthetic_note_with_mention_linked_text.bsky": "hi @alice!",
    }.items():
        [(_, body)] = answers(shared, name)
        record = json.loads(body)
        facets, broken = decode_items(
            [msgspec.Raw(json.dumps(one).encode()) for one in record["facets"]], Facet
        )
        assert broken == []
        assert with_links(record["text"], facets).endswith(shown)
        assert mentioned(facets) <= {"did:plc:789"}


def lines(shared, name: str) -> list[str]:
    text = (folder(shared) / f"interop__{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_record_keys_of_ours_are_tids(shared):
    shape = "[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}"
    assert all(re.fullmatch(shape, tid) for tid in lines(shared, "tid_syntax_valid"))
    assert not any(re.fullmatch(shape, tid) for tid in lines(shared, "tid_syntax_invalid"))
    assert all(re.fullmatch(shape, record_key(f"key {n}")) for n in range(200))


def test_handles_are_found_where_they_are_valid(shared):
    def handles(text: str) -> list[str]:
        return [span.value for span in spans(f"@{text} ") if span.kind == "mention"]

    for handle in lines(shared, "handle_syntax_valid"):
        assert handles(handle) == [handle.lower()], handle
    for handle in lines(shared, "handle_syntax_invalid"):
        assert len(handle) > 253 or handles(handle) != [handle.lower()], handle


def test_nothing_recorded_raises_anything_else(shared):
    """Every answer, read as everything that the channel can read."""
    for _, body in all_answers(shared):
        for kind in (Posts, Notifications, Profiles, Thread, Opened, Resolved, Written, PostView):
            try:
                decode(body, kind)
            except BadAnswerError as error:
                assert error.message

"""Mastodon: posts and notifications become mentions, or are broken with a path."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.channels.decode import decode
from socialcare.channels.mastodon.posts import Place, read_notifications, read_statuses
from socialcare.testing import NOW, Item
from tests.channels.cases.mastodon import status
from tests.channels.golden import payload, shown, wanted

PLACE = Place("social", "mas.to", frozenset({"@acme@mas.to"}))


@pytest.mark.parametrize(
    ("name", "read"), [("timeline", read_statuses), ("notifications", read_notifications)]
)
def test_posts_become_mentions(name, read):
    raws = decode(payload("mastodon", name), list[msgspec.Raw])
    assert shown(*read(raws, PLACE)) == wanted("mastodon", name)


def text_of(**post):
    raw = json.dumps({**status(Item("1", NOW)), **post}).encode()
    [mention], _ = read_statuses([msgspec.Raw(raw)], PLACE)
    return mention.text


@pytest.mark.parametrize(
    ("words", "acct", "text"),
    [
        ("@sam hello", "sam@far.example", "@sam@far.example hello"),
        ("(@Sam, @sam.", "sam@far.example", "(@sam@far.example, @sam@far.example."),
        ("@sam@far.example", "sam@far.example", "@sam@far.example"),
        ("a@sam.example", "sam", "a@sam.example"),
        ("@sammy @sam.my @sam-my", "sam", "@sammy @sam.my @sam-my"),
        ("https://x.example/@sam", "sam", "https://x.example/@sam"),
        ("@s+m", r"s+m@\1.example", r"@s+m@\1.example"),
    ],
)
def test_short_handles_are_completed_and_nothing_else(words, acct, text):
    assert text_of(content=words, mentions=[{"acct": acct}]) == text


def test_a_text_keeps_within_the_limit_of_a_text():
    assert len(text_of(content="x" * 30_000, spoiler_text="y" * 30_000)) == 20_000


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=2), max_leaves=3),
       st.sampled_from(sorted({*status(Item("1", NOW)), "reblog", "mentions", "media_attachments",
                               "edited_at", "favourites_count", "spoiler_text", "language"})))  # fmt: skip
def test_any_value_in_any_field_is_read_or_broken_with_a_path(value, key):
    raw = json.dumps({**status(Item("1", NOW)), key: value}).encode()
    mentions, broken = read_statuses([msgspec.Raw(raw)], PLACE)
    assert len(mentions) + len(broken) == 1
    assert all(f"$.{key}" in one.reason for one in broken)


def test_a_server_that_only_speaks_the_api_may_leave_out_address_and_visibility():
    raw = msgspec.Raw(
        b'[{"id": "1", "created_at": "2026-01-01T00:00:00Z", "content": "<p>It broke</p>",'
        b' "account": {"id": "1", "acct": "ana"}}]'
    )
    mentions, broken = read_statuses(msgspec.json.decode(raw, type=list[msgspec.Raw]), PLACE)
    assert broken == []
    assert [(m.text, m.uri, m.url, m.kind) for m in mentions] == [("It broke", None, None, "post")]

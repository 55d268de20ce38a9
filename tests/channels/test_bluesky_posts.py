"""Bluesky: posts become mentions, or are broken with a path; offsets count bytes."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.channels.bluesky.facets import make_facets, spans, with_links
from socialcare.channels.bluesky.posts import Place, read_feed, read_posts, to_mention
from socialcare.channels.bluesky.wire import Facet, Feature, Posts, Slice
from socialcare.channels.decode import decode
from socialcare.testing import NOW, Item
from tests.channels.cases.bluesky import post, uri
from tests.channels.golden import payload, shown, wanted

PLACE = Place("social", frozenset(), "did:plc:acme")
LINK = "app.bsky.richtext.facet#link"


def read(raws):
    views, broken = read_posts(raws)
    return [to_mention(view, PLACE, 7) for view in views], broken


def test_posts_become_mentions():
    found = decode(payload("bluesky", "search"), Posts)
    assert shown(*read(found.posts)) == wanted("bluesky", "search")


def one(**changed):
    raw = json.dumps({**post(Item("at://did:plc:ana/app.bsky.feed.post/3m", NOW)), **changed})
    [mention], _ = read([msgspec.Raw(raw.encode())])
    return mention


def test_a_handle_in_the_config_is_ours_as_well():
    view = {"did": "did:plc:x", "handle": "Acme-Help.example"}
    [found], _ = read_posts([msgspec.Raw(json.dumps({**post(Item("u", NOW)), "author": view}))])
    assert to_mention(found, Place("c", frozenset({"acme-help.example"}))).role == "answer"
    assert to_mention(found, Place("c")).role == "mention"


@pytest.mark.parametrize(
    "record",
    [
        {"text": "@us", "facets": [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [
            {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:acme"}]}]},
        {"text": "yes", "reply": {"root": {"uri": "at://did:plc:ana/app.bsky.feed.post/1"},
                                  "parent": {"uri": "at://did:plc:acme/app.bsky.feed.post/2"}}},
    ],
)  # fmt: skip
def test_naming_and_answering_us_is_direct(record):
    assert one(record=record).direct
    assert not one(record={"text": record["text"]}).direct


def test_quoting_us_is_direct_also_when_what_is_quoted_is_gone():
    quoted = {"uri": "at://did:plc:acme/app.bsky.feed.post/2", "notFound": True}
    mention = one(embed={"$type": "app.bsky.embed.record#view", "record": quoted})
    assert mention.direct
    assert mention.text.endswith("RE: https://bsky.app/profile/did:plc:acme/post/2")


def test_what_was_passed_on_or_pinned_is_no_post_of_the_feed():
    views = [
        {"post": post(Item("1", NOW))},
        {"post": post(Item("2", NOW)), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}},
    ]
    found, _ = read_feed([msgspec.Raw(json.dumps(view)) for view in views])
    assert [view.uri for view in found] == [uri(Item("1", NOW))]


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=2)
                    | st.dictionaries(st.sampled_from(["$type", "uri", "record", "images"]), inner),
                    max_leaves=4),
       st.sampled_from(sorted({*post(Item("1", NOW)), "embed", "labels", "likeCount", "viewer"})),
       st.booleans())  # fmt: skip
def test_any_value_in_any_field_is_read_or_broken_with_a_path(value, key, inside):
    view = post(Item("at://did:plc:ana/app.bsky.feed.post/1", NOW))
    if inside:
        view["record"] = {**view["record"], "facets": value, "langs": value, "reply": value}
    else:
        view[key] = value
    mentions, broken = read([msgspec.Raw(json.dumps(view).encode())])
    assert len(mentions) + len(broken) == 1
    for mention in mentions:
        assert isinstance(mention.created_at, datetime)
    for bad in broken:
        assert bad.where == "$.posts[0]"
        assert bad.raw


def link(start, end, uri="https://acme.example/returns"):
    return Facet(Slice(start, end), [Feature(LINK, uri=uri)])


@pytest.mark.parametrize(
    ("text", "facets", "wanted"),
    [
        ("see acme.example/ret... now", [link(4, 23)], "see https://acme.example/returns now"),
        ("see ACME.example/ret…!", [link(4, 23)], "see https://acme.example/returns!"),
        ("click here", [link(6, 10)], "click here (https://acme.example/returns)"),
        ("é https://acme.example/returns", [link(3, 31)], "é https://acme.example/returns"),
        ("beyond", [link(2, 900)], "beyond (https://acme.example/returns)"),
        ("nothing", [link(5, 5), link(6, 2), link(900, 901)], "nothing"),
        ("ab cd", [link(0, 2), link(1, 5), link(3, 5)],
         "ab (https://acme.example/returns) cd (https://acme.example/returns)"),
        ("é!", [link(1, 2)], "é (https://acme.example/returns)!"),
        ("script", [link(0, 6, "javascript:alert(1)")], "script"),
    ],
)  # fmt: skip
def test_links_are_written_out_wherever_their_offsets_lead(text, facets, wanted):
    assert with_links(text, facets) == wanted


@settings(deadline=None)
@given(
    st.text(max_size=30), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=6)
)
def test_no_offsets_lose_or_break_a_character(text, offsets):
    text = text.encode("utf-8", "replace").decode()
    written = with_links(text, [link(start, end) for start, end in offsets])
    assert "\ufffd" not in written or "\ufffd" in text
    if not offsets:
        assert written == text


FOUND = [
    ("Hi @ana.example, thanks", [("mention", "@ana.example", "ana.example")]),
    ("(@Ana.Example)", [("mention", "@Ana.Example", "ana.example")]),
    ("mail ana@acme.example or @ana or @-.x", []),
    ("https://acme.example/a_(b).", [
        ("link", "https://acme.example/a_(b)", "https://acme.example/a_(b)")]),
    ("(https://acme.example/a)", [("link", "https://acme.example/a", "https://acme.example/a")]),
    ("https:// is nothing", []),
    ("#acme, #Ünïcode! #1 #! #a.b #", [("tag", "#acme", "acme"), ("tag", "#Ünïcode", "Ünïcode"),
                                       ("tag", "#a.b", "a.b")]),
    ("https://acme.example/#returns #ok", [
        ("link", "https://acme.example/#returns", "https://acme.example/#returns"),
        ("tag", "#ok", "ok")]),
    ("#" + "x" * 65, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), FOUND, ids=[text[:30] for text, _ in FOUND])
def test_links_handles_and_hashtags_are_found(text, wanted):
    assert [(s.kind, text[s.start : s.end], s.value) for s in spans(text)] == wanted


def test_facets_count_bytes_and_skip_handles_that_nobody_has():
    text = "👍🏽 @ana.example @nobody.example: https://acme.example #ok"
    made = make_facets(text, {"ana.example": "did:plc:ana"}.get)
    raw = text.encode()
    assert [
        (raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(), one["features"])
        for one in made
    ] == [
        ("@ana.example", [{"$type": f"{LINK[:-4]}mention", "did": "did:plc:ana"}]),
        ("https://acme.example", [{"$type": LINK, "uri": "https://acme.example"}]),
        ("#ok", [{"$type": f"{LINK[:-4]}tag", "tag": "ok"}]),
    ]


@settings(deadline=None)
@given(st.text(st.sampled_from("a.#@:/é👍 h") | st.characters(), max_size=40))
def test_facets_of_any_text_lie_in_it_in_order(text):
    text = text.encode("utf-8", "replace").decode()
    end = 0
    for one in make_facets(text, lambda _: "did:plc:x"):
        assert end <= one["index"]["byteStart"] < one["index"]["byteEnd"] <= len(text.encode())
        end = one["index"]["byteEnd"]
        text.encode()[:end].decode()

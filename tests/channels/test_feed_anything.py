"""Whatever bytes come: a document whose texts can be stored, or an error fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcare.channels.feed.document import Document, identify
from socialcare.channels.feed.encoding import decode_text
from socialcare.channels.feed.json_feed import read_json
from socialcare.channels.feed.sites import interpret, tidy
from socialcare.channels.feed.xml_feed import read_xml
from socialcare.errors import ChannelError
from tests.channels.feed_server import PAYLOADS

BASE = "https://feeds.example/all.xml"
PIECES = [
    "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<title type='xhtml'>",
    "<guid>", "</guid>", "<id>", "</id>", "<link>", "</link>", "<link href='http://[x'/>", "&lt;b&gt;",
    "<link rel='enclosure' type='image/png' href='a b'/>", "<pubDate>", "</pubDate>", "<updated>",
    "</updated>", "2026-11-31T99:00:00Z", "Mon, 99 Foo 99999 10:00 +9999", "<author>", "</author>",
    "<name>", "</name>", "a@b.example (Ann)", "<![CDATA[", "]]>", "<!--", "-->", "&#xD800;", "&nbsp;",
    "&", "<", "http://www.google.com/url?url=http://[", "t3_1", "words", "<content>", "</content>",
    "<enclosure url='https://a.example/b' type='audio/x'/>", "\x1b", "\ufffe", "<media:content url='x'/>",
    "<dc:date>-1</dc:date>", "</channel>", "</rss>", "<georss:point>a b", "<!DOCTYPE x [", "<?xml ?>",
]  # fmt: skip
HEADS = ["<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", ""]


def read_all(document: Document) -> None:
    found = identify([tidy(entry) for entry in document.entries], {})
    for key, entry in found.items():
        post = interpret(entry)
        for text in (key, post.text, post.handle, post.name, post.url, entry.lang, document.title):
            (text or "").encode()
            assert "\x00" not in (text or "")
        assert post.url is None or post.url.startswith(("http://", "https://"))
        assert post.url is None or post.url.isprintable()


@given(st.sampled_from(HEADS), st.lists(st.sampled_from(PIECES), max_size=40))
@example(HEADS[0], ["<item>", "<title>", "&#xD800;", "</title>", "</item>"])
def test_any_pieces_of_xml(head, pieces):
    try:
        document = read_xml(decode_text((head + "".join(pieces)).encode(), ""), BASE)
    except ChannelError as error:
        assert error.message.isprintable()
        assert error.hint
    else:
        read_all(document)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
    | st.sampled_from(["https://a.example/x", "http://[", "2026-11-20T10:00:00Z", "0001-01-01", "image/png"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "url", "mime_type"]), inner),
    max_leaves=6,
)  # fmt: skip
FIELDS = [
    "id", "url", "title", "content_html", "content_text", "summary", "date_published", "authors",
    "author", "language", "attachments",
]  # fmt: skip


@given(st.lists(VALUES | st.dictionaries(st.sampled_from(FIELDS), VALUES), max_size=4))
def test_any_json_items(items):
    import json

    body = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    document = read_json(json.dumps(body).encode(), BASE)
    assert len(document.entries) + len(document.broken) == len(items)
    read_all(document)


@given(
    st.binary(max_size=200), st.sampled_from(["", "text/xml; charset=utf-16", "x; charset=utf-7"])
)
def test_any_bytes_have_a_text(body, content_type):
    text = decode_text(body, content_type)
    text.encode()
    assert "\x00" not in text


@pytest.mark.parametrize("name", sorted(path.name for path in PAYLOADS.glob("*.xml")))
def test_a_feed_cut_anywhere_is_part_of_the_feed_or_refused(name):
    body = (PAYLOADS / name).read_bytes()
    try:
        whole = {entry.id for entry in read_xml(decode_text(body, ""), BASE).entries}
    except ChannelError:
        return
    for end in range(0, len(body), 37):
        try:
            document = read_xml(decode_text(body[:end], ""), BASE)
        except ChannelError:
            continue
        assert {entry.id for entry in document.entries} <= whole

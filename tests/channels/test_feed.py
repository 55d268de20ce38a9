"""Feeds as they are written in the wild, each read from a server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from socialcare.channels import REGISTRY, load
from socialcare.channels.feed import Feed
from socialcare.errors import BadAnswerError, ChannelError, GoneError, RefusedError
from socialcare.models import Author, Media
from socialcare.settings import Brand
from tests.channels.feed_server import LONG_AGO, NOW, PAYLOADS, feed_server


@pytest.fixture(scope="module")
def _one_server():
    with feed_server() as server:
        yield server


@pytest.fixture
def server(_one_server):
    return _one_server.forget()


def rss(*items: str, title: str = "t") -> str:
    return f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def item(number: int, more: str = "") -> str:
    return (
        f"<item><guid isPermaLink='false'>tag:x,2026:{number}</guid><title>news {number}</title>"
        f"<link>https://x.example/{number}</link>{more}</item>"
    )


def test_rss_becomes_mentions_word_for_word(server):
    page = server.read("/rss.xml", PAYLOADS / "rss.xml")
    boots, rain, words = page.mentions
    assert (
        boots.text
        == "Two weeks in Acme boots\n\nThe left sole came off.\nTwice.\n\nI asked & waited."
    )
    assert boots.author == Author("Mira Holm", "Mira Holm", "Mira Holm")
    assert boots.created_at == datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
    assert boots.url == "https://trail.example/2026/11/acme-boots?utm_source=rss&page=2"
    assert boots.uri == "https://trail.example/2026/11/acme-boots?page=2"
    assert boots.media == (Media("image", "https://trail.example/sole.jpg"),)
    assert (boots.lang, boots.kind, boots.direct) == ("en-GB", "post", False)
    assert rain.text == "Rain & mud: it’s here and it stays."
    assert rain.author.handle == "@jon"
    assert rain.author.name == "Jon Vik"
    assert rain.url == f"{server.url}/2026/11/rain"
    assert words.text == "Only words, no more."
    assert words.created_at == NOW
    assert words.external_id.startswith("sha256:")
    assert [(broken.where, broken.reason) for broken in page.broken] == [
        ("entry[2]", "nothing in it: no id, link, title, text or file")
    ]
    assert {mention.source for mention in page.mentions} == {f"feed:127.0.0.1:{server.port}"}


def test_atom_keeps_breaks_types_languages_and_edits(server):
    question, plain = server.read("/atom.xml", PAYLOADS / "atom.xml").mentions
    assert question.text == "a <b> c\n\nWo ist\nmein Paket?"
    assert question.url == "https://forum.example/t/77"
    assert question.author == Author(
        "https://forum.example/u/lena", "Lena", "Lena", "https://forum.example/u/lena"
    )
    assert question.edited_at == datetime(2026, 11, 18, 10, tzinfo=UTC)
    assert question.media == (Media("audio", "https://forum.example/77.mp3"),)
    assert question.lang == "de"
    assert plain.text == "Nur aktualisiert\n\nErste Zeile\nzweite Zeile"
    assert plain.created_at == datetime(2026, 11, 17, 10, tzinfo=UTC)
    assert plain.edited_at is None


def test_rdf_without_ids_links_and_dates_has_an_identity(server):
    page = server.read("/rdf.xml", PAYLOADS / "rdf.xml")
    assert [mention.text for mention in page.mentions] == [
        "Acme opens a shop",
        "No id, no link, no date",
        "No id, no link, no date either",
    ]
    assert len({mention.external_id for mention in page.mentions}) == 3


def test_json_feeds_are_read_and_a_broken_item_is_set_apart(server):
    page = server.read("/feed.json", PAYLOADS / "feed.json", content_type="application/feed+json")
    wrong_size, second = page.mentions
    assert wrong_size.text == "Acme sent me\nthe wrong size"
    assert wrong_size.author.name == "Mira"
    assert wrong_size.external_id.endswith("#41")
    assert wrong_size.media == (Media("image", "https://micro.example/box.png", "a box"),)
    assert wrong_size.edited_at == datetime(2026, 11, 15, 12, tzinfo=UTC)
    assert second.text == "second\nline"
    assert (second.author.handle, second.lang, second.created_at) == ("Guest", "no", NOW)
    assert [broken.where for broken in page.broken] == ["$.items[1]", "$.items[3]"]
    assert "$.title" in page.broken[0].reason


def test_google_alerts_are_unwrapped(server):
    (alert,) = server.read("/alert.xml", PAYLOADS / "google_alert.xml").mentions
    assert alert.url == alert.uri == "https://www.gazette.example/2026/11/acme?id=7"
    assert alert.text == (
        "Hikers ask why Acme boots split\n\nReaders say the soles of Acme boots come off, ..."
    )
    assert alert.author.handle == "gazette.example"
    assert alert.external_id == "tag:google.com,2013:googlealerts/feed:3001"


def test_reddit_is_freed_from_its_table_and_tail(server):
    brand = Brand("Acme", handles=("u/acme_care",))
    feed = server.feed(url=server.put("/search.rss", PAYLOADS / "reddit.xml"), brand=brand)
    (page,) = feed.pages(None, LONG_AGO)
    post, picture, ours = page.mentions
    assert post.text == "Acme boots\n\nThey leak.\n\nWhat now?"
    assert post.author.handle == "u/wet_feet"
    assert (post.external_id, post.kind, post.thread) == ("t3_1abc", "post", "t3_1abc")
    assert picture.text == "My Acme tent"
    assert (ours.kind, ours.thread, ours.role) == ("comment", "t3_1abc", "answer")
    assert ours.author.is_us


def test_a_video_has_its_description_as_it_was_typed(server):
    (video,) = server.read("/videos.xml", PAYLOADS / "youtube.xml").mentions
    assert video.text == "Acme boots: honest & wet\n\nChapters:\n0:00 <intro>"
    assert video.author.url == "https://www.youtube.com/channel/UC1"
    assert video.external_id == "yt:video:v1"


def test_a_mastodon_tag_names_the_author_and_describes_the_picture(server):
    (post,) = server.read("/tags/acmeboots.rss", PAYLOADS / "mastodon_tag.xml").mentions
    assert post.text == "New #acmeboots, old problem"
    assert post.author.handle == "@ana@mas.example"
    assert post.media == (Media("image", "https://mas.example/s.png", "A sole, loose"),)


def test_hnrss_points_at_the_discussion_not_at_the_article(server):
    (story,) = server.read("/newest", PAYLOADS / "hnrss.xml").mentions
    assert story.url == story.uri == "https://news.ycombinator.com/item?id=5001"
    assert story.author.handle == "pg9"


@pytest.mark.parametrize("name", ["windows-1251.xml", "wrong-prolog.xml"])
def test_letters_survive_a_declared_and_a_wrong_encoding(server, name):
    (post,) = server.read("/" + name, PAYLOADS / name).mentions
    assert post.text == "Где мой заказ?\n\nAcme не отвечает"


WORDS = rss("<item><title>naïve café</title><guid>tag:a,1:1</guid></item>")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (WORDS.encode("utf-16"), "application/xml"),
        (WORDS.encode("utf-8-sig"), "text/xml"),
        (WORDS.encode("latin-1"), "application/rss+xml; charset=ISO-8859-1"),
        (WORDS.encode("latin-1"), "application/xml"),
        (b"<?xml version='1.0' encoding='x-klingon'?>" + WORDS.encode(), "text/xml"),
        (b"\n\n Warning: line 3\n<?xml version='1.0'?>" + WORDS.encode(), "text/xml"),
    ],
)
def test_whatever_is_claimed_the_words_are_found(server, body, content_type):
    (post,) = server.read("/e.xml", body, content_type=content_type).mentions
    assert post.text == "naïve café"


def test_controls_and_bad_bytes_do_not_cost_the_feed(server):
    body = rss("<item><title>a\x1b[2J b\x00c</title></item>", item(2)).encode() + b""
    body = body.replace(b"news 2", b"news \xff 2 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9")
    broken, second = server.read("/c.xml", body).mentions
    assert broken.text == "a\ufffd[2J b\ufffdc"
    assert second.text == "news \ufffd 2 ééééé"


REFUSED = {
    "a web page": (PAYLOADS / "page.html", BadAnswerError, "not a feed: a web page"),
    "an empty answer": (b" \n", BadAnswerError, "not a feed: the answer is empty"),
    "other JSON": (b'{"version":"1.0","items":[]}', BadAnswerError, 'JSON of version "1.0"'),
    "JSON of another shape": (b'[{"id":1}]', BadAnswerError, "not a feed: the JSON"),
    "other XML": (b"<svg><path/></svg>", BadAnswerError, "not a feed: the document is <svg>"),
    "a path": (b"/etc/passwd", BadAnswerError, "not a feed: neither XML nor JSON"),
    "an address": (b"http://127.0.0.1:1/", BadAnswerError, "not a feed: neither XML nor JSON"),
    "a feed cut before its first entry": (
        b"<rss version='2.0'><channel><title>x", BadAnswerError, "not readable as a feed"
    ),
    "entities": (PAYLOADS / "bomb.xml", RefusedError, "declares XML entities"),
    "entities behind a comment": (
        b"<!-- <a> --><?x <b ?><!DOCTYPE rss SYSTEM '>' [<!ENTITY % p SYSTEM 'x'> %p;]><rss/>",
        RefusedError,
        "declares XML entities",
    ),
    "entities in a comment": (
        b"<!-- <!DOCTYPE feed [\n<!ENTITY a 'b'>\n]> --><rss version='2.0'/>", RefusedError, "entities"
    ),
    "entities in UTF-16": (
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'/>".encode("utf-16"), RefusedError, "entities"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "error", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_feed_is_never_no_news(server, body, error, words):
    with pytest.raises(error) as caught:
        server.read("/x.xml", body)
    assert words in caught.value.message
    assert f"{server.url}/x.xml" in caught.value.message
    assert caught.value.hint


def test_a_page_that_names_its_feed_is_a_hint(server):
    with pytest.raises(BadAnswerError) as caught:
        server.read("/blog", PAYLOADS / "page.html", content_type="text/html")
    assert caught.value.hint == f"the page names this feed: {server.url}/feed.xml"


def test_words_about_entities_are_no_entities(server):
    about = (
        "<item><title>x</title><description><![CDATA[Use <!ENTITY a 'b'>]]></description></item>"
    )
    assert len(server.read("/x.xml", rss(about)).mentions) == 1
    old = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:1/rss.dtd">'
    assert len(server.read("/old.xml", old + rss(item(1))).mentions) == 1


def test_an_entry_cut_in_two_is_left_for_the_next_poll(server):
    whole = rss(item(1), item(2), item(3))
    cut = whole[: whole.index("news 3") + 3]
    url = server.put("/cut.xml", cut, headers={"ETag": '"1"'})
    feed = server.feed(url=url)
    (page,) = feed.pages(None, LONG_AGO)
    assert [mention.text for mention in page.mentions] == ["news 1", "news 2"]
    assert [broken.where for broken in page.broken] == ["entry[2]"]
    server.put("/cut.xml", whole, headers={"ETag": '"1"'})
    (page,) = feed.pages(page.checkpoint, LONG_AGO)
    assert [mention.text for mention in page.mentions] == ["news 1", "news 2", "news 3"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["rss", "atom", "rdf"])
def test_of_a_huge_feed_the_first_thousand_entries_are_read(server, kind):
    entries = {
        "rss": item,
        "atom": lambda number: f"<entry><id>urn:x:{number}</id><title>{number}</title></entry>",
        "rdf": lambda number: f"<item><title>{number}</title></item>",
    }[kind]
    around = {
        "rss": rss("%s"),
        "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>%s</feed>',
        "rdf": (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel>%s</rdf:RDF>'
        ),
    }[kind]
    page = server.read("/huge.xml", around % "".join(map(entries, range(20_000))))
    assert len(page.mentions) == 1_000
    assert "more than 1,000 entries" in (page.notice or "")
    assert not page.broken


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "inside",
    ["<a>" * 100_000 + "</a>" * 100_000, "&lt;div&gt;" * 100_000, "x" * 3_000_000, "<a " * 50_000],
    ids=["elements", "html", "words", "openings"],
)
def test_a_hostile_entry_does_not_hang(server, inside):
    body = rss(item(1), f"<item><guid>tag:b,1:1</guid><description>{inside}</description></item>")
    try:
        page = server.read("/deep.xml", body)
    except ChannelError:
        return
    assert "news 1" in [mention.text for mention in page.mentions]


def test_links_that_run_or_cannot_be_read_are_no_links(server):
    links = ["javascript:alert(1)", "http://[bad", "file:///etc/passwd", "https://", "x" * 3_000]
    body = rss(
        *(f"<item><title>{n}</title><link>{link}</link></item>" for n, link in enumerate(links))
    )
    mentions = server.read("/links.xml", body).mentions
    assert len(mentions) == len(links)
    assert {m.url for m in mentions} == {None}
    (numbered,) = server.read(
        "/n.xml", rss("<item><guid>77</guid><title>x</title></item>")
    ).mentions
    assert numbered.url is None
    assert numbered.external_id.endswith("#77")


def test_dates_that_cannot_be_are_the_moment_of_reading(server):
    dates = ["", "yesterday", "Mon, 01 Jan 0001 00:00:00 GMT", "Thu, 01 Jan 9999 00:00:00 GMT",
             "Thu, 32 Foo 2026 25:61:61 +9999", "99999999999"]  # fmt: skip
    body = rss(*(item(n, f"<pubDate>{date}</pubDate>") for n, date in enumerate(dates)))
    mentions = server.read("/dates.xml", body).mentions
    assert [mention.created_at for mention in mentions] == [NOW] * len(dates)


def test_one_id_for_all_entries_is_none(server):
    same = (
        "<item><guid>SAME</guid><title>different %d</title><link>https://x.example/%d</link></item>"
    )
    mentions = server.read("/same.xml", rss(*(same % (n, n) for n in range(5)))).mentions
    assert len({mention.external_id for mention in mentions}) == 5
    twice = server.read("/twice.xml", rss(item(1), item(1), item(2))).mentions
    assert [mention.text for mention in twice] == ["news 1", "news 2"]


def test_a_comment_feed_has_comments_and_a_kind_can_be_set(server):
    (comment,) = server.read("/comments/feed/", rss(item(1))).mentions
    assert comment.kind == "comment"
    url = server.put("/reviews.xml", rss(item(1)))
    (page,) = server.feed(url=url, kind="review").pages(None, LONG_AGO)
    assert page.mentions[0].kind == "review"


def test_the_registry_knows_feeds_and_their_keys():
    assert load("feed") is Feed
    assert {"url", "urls", "preset", "match"} <= set(REGISTRY["feed"].keys.split())


def test_a_feed_that_is_gone_for_good_says_what_to_do(server):
    with pytest.raises(GoneError) as caught:
        server.read("/gone.xml", b"", status=410)
    assert "[channels.news]" in caught.value.hint

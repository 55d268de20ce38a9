"""The public page: complete in itself, harmless, and easy to get around in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.output.faq import STYLE, Entry, faq_html, faq_markdown

REFUND = Entry("refund", "How long does a refund take?", "Five days.\nSix at most.", "en")
GERMAN = Entry("refund.de", "Wie lange dauert es?", "Fünf Tage.", "de")
NASTY = '<script>alert(1)</script> & "quotes" <img src=x onerror=alert(1)> \x1b[2J \u202e'
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Elements with what they hold; fails where they are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if self.open[-1:] != ["style"] else ""

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def html(*entries, brand="Acme", lang="en"):
    return "".join(faq_html(entries, brand, lang))


def test_each_entry_has_its_address_and_is_in_the_list() -> None:
    page = Page(html(GERMAN, REFUND))
    assert [one["id"] for one in page.all("article")] == ["refund", "refund.de"]
    assert [one["href"] for one in page.all("a")] == ["#Answers", "#refund", "#refund.de"]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {one["aria-labelledby"] for one in page.all("article")} <= set(ids)
    assert "Acme: Questions and answers" in page.text


def test_whoever_listens_hears_the_right_language() -> None:
    page = Page(html(REFUND, GERMAN))
    assert page.all("html") == [{"lang": "en"}]
    assert [one.get("lang") for one in page.all("article")] == [None, "de"]
    assert [one["aria-label"] for one in page.all("nav")] == ["Acme: Questions and answers"]
    assert [len(page.all(tag)) for tag in ("h1", "main", "header")] == [1, 1, 1]
    assert 'lang="de"' in html(GERMAN, lang="de")
    assert "Häufige Fragen" in html(GERMAN, lang="de")


def test_it_asks_for_nothing() -> None:
    text = html(REFUND, Entry("a", "Link", "See https://acme.example/a.", "en"))
    page = Page(text)
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "a", "header", "h1", "nav", "ul"),
        *("li", "main", "article", "h2", "p", "br"),
    }
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|src=|javascript:", text)


def test_it_is_light_and_dark_and_narrow() -> None:
    assert "color-scheme: light dark" in STYLE
    assert "prefers-color-scheme: dark" in STYLE
    assert "overflow-wrap: anywhere" in STYLE
    assert 'content="width=device-width, initial-scale=1"' in html(REFUND)


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_and_links_stand_out_in_both() -> None:
    schemes = re.findall(r"--ink: (\S+); --paper: (\S+); --link: (\S+); --line: (\S+);", STYLE)
    assert len(schemes) == 2
    for ink, paper, link, line in schemes:
        assert _contrast(ink, paper) >= 7
        assert _contrast(link, paper) >= 4.5
        assert _contrast(line, paper) >= 3


def test_lists_paragraphs_and_links_are_shown_as_such() -> None:
    text = "You need:\n- a receipt\n* or a card\nThen [write](https://acme.example/x?a=1&b=2).\n\nSee (https://a.example/b), ok"
    body = html(Entry("a", "A", text, "en"))
    assert "<p>You need:</p>\n<ul>\n<li>a receipt</li>\n<li>or a card</li>\n</ul>\n" in body
    assert '<p>Then <a href="https://acme.example/x?a=1&amp;b=2">write</a>.</p>' in body
    assert '<p>See (<a href="https://a.example/b">https://a.example/b</a>), ok</p>' in body


@pytest.mark.parametrize("where", ["title", "text", "brand"])
def test_nothing_in_a_text_becomes_a_part_of_the_page(where) -> None:
    entry = Entry("a", NASTY if where == "title" else "A", NASTY if where == "text" else "A", "en")
    page = Page(html(entry, brand=NASTY if where == "brand" else "Acme"))
    assert not page.all("script") + page.all("img")
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "/x", "vbscript:x"]
)
def test_only_addresses_of_pages_are_links(url) -> None:
    page = Page(html(Entry("a", "A", f"[x]({url}) {url}", "en")))
    assert [one["href"] for one in page.all("a")] == ["#Answers", "#a"]


@given(
    st.text(max_size=300) | st.text(alphabet="<>&\"'[]()#*-_`~! \nhtps:/.a", max_size=80),
    st.text(max_size=60),
)
def test_any_text_makes_a_whole_page(text, title) -> None:
    page = Page(html(Entry("a", title, text, "en")))
    assert all(str(one["href"]).startswith(("#", "http://", "https://")) for one in page.all("a"))
    assert len(page.all("article")) == 1


def test_markdown_has_the_same_entries() -> None:
    assert "".join(faq_markdown([GERMAN, REFUND], "Acme", "en")) == (
        "# Acme: Questions and answers\n\n"
        "* [How long does a refund take?](#refund)\n"
        "* [Wie lange dauert es?](#refund.de)\n"
        '\n<a id="refund"></a>\n\n## How long does a refund take?\n\nFive days.\nSix at most.\n'
        '\n<a id="refund.de"></a>\n\n## Wie lange dauert es?\n\nFünf Tage.\n'
    )


def test_markdown_holds_no_html_headings_or_pictures_of_a_text() -> None:
    text = "# Big\n===\n<b>x</b> ![p](https://a.example/p.png)\n```\n- ok\n#acme [l](https://a.example)"
    page = "".join(faq_markdown([Entry("a", "[x](y) <i>", text, "en")], "", "en"))
    assert page.endswith(
        "\\# Big\n\\===\n&lt;b&gt;x&lt;/b&gt; \\![p](https://a.example/p.png)\n\\```\n- ok\n"
        "#acme [l](https://a.example)\n"
    )
    assert "## \\[x\\](y) &lt;i&gt;\n" in page

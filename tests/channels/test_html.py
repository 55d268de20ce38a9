"""HTML becomes the words a person would read, whatever comes."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.html import MAX_HTML, to_text

THREE_SPANS = (
    '<a href="https://acme.example/very/long/path"><span class="invisible">https://</span>'
    '<span class="ellipsis">acme.example/very/lo</span><span class="invisible">ng/path</span></a>!'
)
READ_AS = {
    "paragraphs and breaks": ("<p>My boots<br>leak.</p><p>Why?</p>", "My boots\nleak.\n\nWhy?"),
    "two breaks are a paragraph": ("a<br/><br>b<br><br><br><br>c", "a\n\nb\n\nc"),
    "p as a separator": (
        "First<p>second <i>really</i> so<p>third",
        "First\n\nsecond really so\n\nthird",
    ),
    "code keeps its lines": (
        "See:<p><pre><code>  if x:\n    y()\n</code></pre>after",
        "See:\n\n  if x:\n    y()\n\nafter",
    ),
    "entities once": ("2 &lt; 3 &amp;amp; it&#x27;s&nbsp;so", "2 < 3 &amp; it's so"),
    "bare signs": ("a < b & c > d", "a < b & c > d"),
    "white space": ("  one \n\t two<span> </span>three ", "one two three"),
    "lists": ("<ul><li>one<li>two<ul><li>in</ul></ul>tail", "- one\n- two\n- in\n\ntail"),
    "tables": ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
    "headings": ("<h2>Title</h2>text<div>more</div>end", "Title\n\ntext\nmore\nend"),
    "words of two blocks": ("<div>one</div><section>two</section>", "one\ntwo"),
    "script and style": ("a<script>alert(1)</script><style>p{}</style>b<!-- c -->", "ab"),
    "unknown elements": ("<blink>Buy <custom-tag>this</custom-tag></blink>", "Buy this"),
    "emoji pictures": ('ok <img class="emoji" alt=":smile:"> <img alt="x.png">', "ok :smile:"),
    "blockquotes": ("<blockquote><p>a<br>b</p><p>c</p></blockquote>no", "> a\n> b\n\n> c\n\nno"),
    "a quoted post": (
        '<p class="quote-inline">RE: <a href="https://a.example/1">x</a></p><p>Agreed</p>',
        "Agreed",
    ),
    "a quote in a forum": (
        '<aside class="quote x"><div>bob:</div><blockquote>ok</blockquote></aside><p>Not for me</p>',
        "Not for me",
    ),
    "an address in three spans": (
        THREE_SPANS,
        "https://acme.example/very/long/path!",
    ),
    "an address cut short": (
        'at <a href="https:&#x2F;&#x2F;acme.example&#x2F;returns">https:&#x2F;&#x2F;acme.example&#x2F;re...</a> ok',
        "at https://acme.example/returns ok",
    ),
    "an ellipsis of words": ('<a href="https://a.example/x">read on...</a>', "read on..."),
    "a named link": ('<p>see <a href="https://a.example/x">the page</a>.</p>', "see the page."),
    "a link that runs": ('<a href="javascript:alert(1)">click</a>', "click"),
    "hidden words": ('shown<span class="invisible"> hidden</span>', "shown"),
    "a mention": (
        '<span class="h-card"><a href="https://m.example/@u" class="u-url">@<span>u</span></a></span> hi',
        "@u hi",
    ),
    "nothing": ("<p></p><ul><li></li></ul>", ""),
}


@pytest.mark.parametrize(("html", "text"), READ_AS.values(), ids=READ_AS.keys())
def test_html_reads_as_a_person_would(html, text):
    assert to_text(html) == text


def test_links_can_be_given_names():
    html = '<p><a href="https://m.example/@u">@<span>u</span></a> hi</p>'
    assert to_text(html, names={"https://m.example/@u": "@u@m.example"}) == "@u@m.example hi"


def test_what_is_left_out_is_the_callers_choice():
    html = '<p class="quote-inline">RE: x</p><div class="meta">4 kB<br>png</div>text'
    assert to_text(html, drop=()) == "RE: x\n\n4 kB\npng\ntext"
    assert to_text(html, drop={"div.meta", "p.quote-inline"}) == "text"
    assert to_text(html, drop={"p.meta", ".quote-inline"}) == "4 kB\npng\ntext"


def test_only_the_beginning_of_a_huge_text_is_read():
    assert to_text("x" * (MAX_HTML + 50)) == "x" * MAX_HTML
    assert to_text("x" * (MAX_HTML - 3) + "&amp; y") == "x" * (MAX_HTML - 3)
    assert to_text("x" * (MAX_HTML - 3) + '<a href="y">z</a>') == "x" * (MAX_HTML - 3)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_escaped_words_come_back_as_they_were(words):
    kept = " ".join(word for word in words.replace("\xa0", " ").split(" ") if word)
    assert to_text(f"<p>{escape(words)}</p>") == kept


PIECES = [
    "<p>", "</p>", "<br>", "<li>", "</ul>", "<ol>", "<blockquote>", "</blockquote>", "<pre>",
    "</pre>", "<table>", "<td>", "</td>", "<span class='invisible'>", "</span>", "</a>", "&amp;",
    "<a href='https://a.example/b'>", "&#27;", "&#", "<", "<aside class='quote'>", "</aside>",
    "word", "\n", "\ud800", "\x00", "x…", "<img class='emoji' alt='&lt;'>", "<!--", " ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_markup_gives_a_text_that_can_be_stored(html):
    text = to_text(html)
    text.encode("utf-8")
    assert "\x00" not in text
    assert not text.endswith("\n")


HOSTILE = [
    "<a ", "<div>", "<b>", "<a><b><p>", "<!--", "&amp;", "&", "<span class=invisible>", "<table>",
    "<table><td>", "<ul><li>", "<blockquote>x", "<b><i><u><s><em><p>", "<svg><math>", "<a href='",
    "<select><option>", "<font><p>", "</p>", "<i></p>", "<p class='", "<aside class=quote>", "\xa0",
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_piece_repeated_twenty_thousand_times_does_not_hang(piece):
    assert len(to_text(piece * 20_000 + "end")) <= MAX_HTML + 10_000

"""The Markdown of issues: what a person would read, in time that grows with the length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.markdown import MAX_MEDIA, MAX_READ, to_plain


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("", ""),
        ("Where is\r\nmy parcel?\r", "Where is\nmy parcel?"),
        ("# Bug\n##\n\n\n\n###### It fails", "Bug\n\nIt fails"),
        ("#1 is the number", "#1 is the number"),
        ("**No** and __init__ and 2**3**4", "No and __init__ and 234"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("see [the log](https://a.example/1 'x') here", "see [the log](https://a.example/1 'x') here"),
        ('see [the log](https://a.example/1 "x") here', "see the log here"),
        ("see [#12] and [x](y)", "see [#12] and x"),
        ("a <!-- hidden --> b <!-- and", "a  b"),
        ("<!-- a\nb -->\nseen", "seen"),
        ("`**x** [a](b) &amp;` **y**", "`**x** [a](b) &amp;` y"),
        ("<details><summary>Log</summary>\n\nx<br/>y\n</details>", "Log\n\nx\ny"),
        ("a <T> and List<int> stay", "a <T> and List<int> stay"),
        ("> they said\n\nI say", "I say"),
        ("yes\n\nAm 3. Mai schrieb ana-k:\n> no\n\n> no\nwell", "yes\n\nwell"),
        ("He wrote:\n> no", "He wrote:"),
        ("> only a quote", "> only a quote"),
        ("- [ ] one\n- [x] two", "- [ ] one\n- [x] two"),
        ("```py\n> x\n\n\n\n<!-- y -->\n``\n```\n> z", "```py\n> x\n\n\n\n<!-- y -->\n``\n```"),
        ("~~~~\n```\n~~~\n~~~~~\n> z\nend", "~~~~\n```\n~~~\n~~~~~\n\nend"),
        ("```\nnever closed\n> x", "```\nnever closed\n> x"),
    ],
)  # fmt: skip
def test_words(markdown, words):
    assert to_plain(markdown) == (words, ())


def test_pictures_are_media_with_their_own_words():
    words, media = to_plain(
        '![A red &amp; blue screen](https://a.example/1.png "t")\n'
        "<IMG alt='Log' width=3 src=\"https://a.example/2.png\" />\n![](https://a.example/3.png)\n<img alt=x>"
    )
    assert words == ""
    assert [(one.type, one.url, one.alt) for one in media] == [
        ("image", "https://a.example/1.png", "A red & blue screen"),
        ("image", "https://a.example/2.png", "Log"),
        ("image", "https://a.example/3.png", None),
    ]
    assert len(to_plain("![](https://a.example/1.png)" * 50)[1]) == MAX_MEDIA


@pytest.mark.parametrize(
    "piece",
    ["<!--", "![", "![a](", "[", "[a](b", "<img ", "<img alt=", "`", "```\n", "**a", "**", ">", "> \n", "<a ", "&", "&#", "#", "on \n>", "<details"],
)  # fmt: skip
def test_no_text_is_slow(piece):
    started = time.perf_counter()
    to_plain(piece * (MAX_READ // len(piece)))
    assert time.perf_counter() - started < 5  # ten times what it takes, to notice a hang


@given(st.text(alphabet="ab `~>*[]()!<->&#\n\"='", max_size=80) | st.text(max_size=40))
def test_whatever_is_written_something_is_read(markdown):
    words, media = to_plain(markdown)
    assert words or media or not markdown.strip() or not words.strip()
    assert "\r" not in words

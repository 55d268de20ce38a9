from __future__ import annotations

import pytest

from tests.checks.desk import finding, level

OURS = {"links": ("acme.example", "bücher.example")}


@pytest.mark.parametrize(
    "text",
    [
        "no link at all",
        "https://acme.example",
        "https://acme.example/a?b=c#d.",
        "(see https://help.acme.example/x)",
        "www.acme.example/x",
        "acme.example/returns",
        "HTTPS://ACME.EXAMPLE/X",
        "https://acme.example:8443/x",
        "https://bücher.example/",
        "write to help@elsewhere.example",
        "Node.js and ASP.NET, config.toml, README.md",
        "e.g. this, i.e. that, z.B. dies",
        "version 3.2.1 on 12.11.2026 at 14.30",
        "@mia@mas.to and @leo@social.example",
        "JavaScript is fine",
        "data: see below",
    ],
)
def test_known_places_and_no_places(text: str):
    told = finding("links", text, **OURS)
    assert told.level == "ok", told.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://bit.ly/x", "bit.ly hides"),
        ("tinyurl.com/x", "tinyurl.com hides"),
        ("https://t.co/x", "t.co hides"),
        ("https://elsewhere.example/x", "elsewhere.example"),
        ("elsewhere.com", "elsewhere.com"),
        ("https://notacme.example", "notacme.example"),
        ("https://acme.example.evil.com/", "acme.example.evil.com"),
        ("https://acme.example@evil.com/", "evil.com"),
        ("https://acme.example\\@evil.example/", "known"),
        ("https://пример.example/", "пример.example"),
    ],
)
def test_places_that_want_a_look(text: str, why: str):
    told = finding("links", text, **OURS)
    if why == "known":  # a browser takes the backslash for the end of the host
        assert told.level == "ok"
    else:
        assert told.level == "look"
        assert why in told.text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\u200bscript:alert(1)",
        "[click](javascript:x)",
        "data:text/html,hello",
        "vbscript:x",
        "file:///etc/passwd",
        "http://192.168.4.20/",
        "http://3232236564/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://１92.168.4.20/",
        "https://xn--cme-7cd.example/",
        "https://\u0430cme.example/",
        "https://help.\u0430cme.example/",
    ],
)
def test_places_that_nobody_should_be_sent_to(text: str):
    assert level("links", f"Sorry, {text} helps.", **OURS) == "stop"


def test_the_worst_link_is_told():
    text = "https://acme.example https://bit.ly/x http://10.0.0.1/"
    assert level("links", text, **OURS) == "stop"
    assert level("links", text.rsplit(" ", 1)[0], **OURS) == "look"


def test_a_shortener_of_our_own_is_known():
    assert level("links", "https://bit.ly/x", links=("bit.ly",)) == "ok"


def test_letters_that_are_written_together_are_not_mixed():
    assert level("links", "https://日本ジャパンjp.example/") == "look"

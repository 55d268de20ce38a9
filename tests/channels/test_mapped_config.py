"""The type http: every mistake in its section is told with the key, and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from socialcare.channels.base import Setup
from socialcare.channels.mapped import Mapped
from socialcare.clock import FixedClock
from socialcare.errors import ConfigError
from socialcare.settings import Brand
from socialcare.testing import NOW

GOOD: dict[str, Any] = {
    "base_url": "https://api.example",
    "url": "/posts",
    "fields": {"id": "id", "text": "text", "created_at": "at"},
    "paging": {"style": "page", "param": "page"},
}


def build(brand: Brand = Brand(name="Acme"), **options: object) -> Mapped:  # noqa: B008
    options = {**GOOD, **options}
    options = {key: value for key, value in options.items() if value is not None}
    return Mapped(Setup("forum", options, lambda **_: None, FixedClock(NOW), brand))  # type: ignore[arg-type]


def paging(style: str, **more: object) -> dict[str, object]:
    return {"paging": {"style": style, **more}}


def fields(**more: object) -> dict[str, object]:
    both: dict[str, object] = {**GOOD["fields"], **more}
    return {"fields": {key: value for key, value in both.items() if value is not None}}


def test_a_good_one_is_taken():
    assert build().source == "http:forum"
    assert build(url="https://api.example:8443/posts", base_url=None).source == "http:forum"


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"url": None}, "url: it is missing", "examples/http has three to copy"),
        ({"base_url": None}, "base_url: it is missing", "https://api.example.org"),
        ({"base_url": "https://{token}.example"}, "base_url: it cannot have {} in it", "url"),
        ({"url": "https://api.example/x"}, "url: there is a base_url", "after it"),
        ({"url": "/x?s={sinc}"}, "url: I do not know {sinc}", "did you mean {since}?"),
        ({"params": {"s": "{token}"}}, "params] s: I do not know {token}", "it can be: since"),
        ({"params": {"s": [1]}}, "params] s: a text, a number, true or false", ""),
        ({"params": "limit=1"}, "params: a table is needed", "[channels.forum.params]"),
        ({"headers": {"X-Api-Key": "s3cret"}}, "headers] X-Api-Key: a secret does not", "header X"),
        ({"headers": {"A b": "c"}}, "headers] A b: a header is a name and a text", ""),
        ({"auth": "oauth"}, 'auth: "oauth" is none that I know', "header NAME: PREFIX"),
        ({"auth": "query key: x"}, "none that I know", "query NAME"),
        ({"auth": "url"}, "auth: the token is either in the url", "{token}"),
        ({"url": "/{token}/x", "auth": "bearer"}, "auth: the token is either", 'auth = "url"'),
        ({"query": "acme"}, "query: there is no {query} in url or params", ""),
        ({"items": "a..b"}, 'items: "a..b" is no path', "examples/http"),
        ({"items": 5}, "items: a list of texts is needed", ""),
        ({"kind": "tweet"}, 'kind: it cannot be "tweet"', "it can be: post, comment"),
        ({"text_format": "htm"}, 'text_format: it cannot be "htm"', "did you mean html?"),
        ({"timezone": "Europe/Olso"}, "timezone: I do not know", "did you mean Europe/Oslo?"),
        (fields(id=None), "fields] id: it is missing", 'id = "…"'),
        (fields(text=None), "fields] text: it is missing", 'text = "…"'),
        (fields(txt="x"), "fields] txt: I do not know this key", "did you mean text?"),
        (fields(text="{x"), "fields] text: ", "how paths are written"),
        (fields(text=3), "fields] text: a text in quotes is needed", ""),
        (fields(created_at=None), "fields] created_at: it is missing", 'stop = "known"'),
        ({"paging": {"param": "p"}}, "paging] style: it is missing", "none, page, offset"),
        (paging("pages"), 'paging] style: it cannot be "pages"', "did you mean page?"),
        (paging("page"), 'paging] param: style = "page" needs it', ""),
        (paging("cursor", param="c"), 'paging] path: style = "cursor" needs it', ""),
        (paging("link", parm="c"), "paging] parm: I do not know this key", "did you mean param?"),
        (paging("link", last=3), "paging] last: it means nothing with", "page, offset"),
        (paging("none", confirms=True), "paging] confirms: it means nothing", "for: after"),
        (paging("page", param="p", first=-1), "paging] first: a whole number from 0", ""),
        (paging("page", param="p", last=True), "paging] last: a whole number from 1", ""),
        (paging("page", param="p", overlap="15"), 'overlap: "15" is no span', 'overlap = "15m"'),
        (paging("page", param="p", order="oldest"), "paging] order: the oldest first", "{since}"),
        (paging("page", param="p", order="old"), "paging] order: it cannot be", "oldest"),
        (paging("page", param="p", sorted_by="edited_at"), "fields] edited_at: ", ""),
        (paging("after", param="a", path="id", start="{now}"), "start: I do not know {now}", ""),
        ({"recheck": {"url": "/x"}}, "recheck] url: there is no {id} in it", ""),
        ({"recheck": {}}, "recheck] url: what comes after base_url is needed", "/posts/{id}"),
        ({"recheck": {"url": "/{token}/{id}"}}, "recheck] url: I do not know {token}", ""),
    ],
)
def test_a_mistake_is_told_with_its_key(options, message, hint):
    with pytest.raises(ConfigError) as told:
        build(**options)
    assert told.value.message.startswith("[channels.forum")
    assert message in told.value.message
    assert hint in told.value.hint
    assert told.value.hint
    assert "s3cret" not in told.value.message + told.value.hint


def test_without_a_name_and_without_a_query_there_is_nothing_to_look_for():
    with pytest.raises(ConfigError, match="query: nothing to look for"):
        build(brand=Brand(), params={"q": "{query}"})

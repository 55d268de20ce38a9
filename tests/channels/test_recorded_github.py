"""Recorded answers of GitHub: every issue is read, everything else refused with a path."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import httpx
import msgspec
import pytest

from socialcare.channels.addresses import links
from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode
from socialcare.channels.github.lists import Found
from socialcare.channels.github.posts import Place, read_issues
from socialcare.channels.github.refusals import Refusals
from socialcare.clock import parse_time
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

PLACE = Place("gh", "github.com")
NOW = parse_time("2026-11-21T12:00:00Z")
ISSUES = {
    "errors": [],
    "get-repository": [],
    "paginate-issues": [3, 3, 3, 3, 1],
    "search-issues": [2],
}
"""Issues of each answer; an answer without is refused."""


def recorded(shared, name: str) -> list[Any]:
    said: list[Any] = json.loads((shared / "payloads" / "github" / f"{name}.json").read_bytes())
    return said


def body_of(one: Any) -> bytes:
    return json.dumps(one["response"]).encode()


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "github").glob("*.json")}
    assert found == ISSUES.keys()


@pytest.mark.parametrize("name", ["paginate-issues", "search-issues"])
def test_every_recorded_issue_becomes_a_mention(shared, name):
    counts = []
    for one in recorded(shared, name):
        into = Found if name == "search-issues" else list[msgspec.Raw]
        read: Any = decode(body_of(one), into)
        raws = read.items if name == "search-issues" else read
        mentions, broken = read_issues(raws, PLACE)
        assert broken == []
        counts.append(len(mentions))
        for mention, raw in zip(mentions, raws, strict=True):
            plain = json.loads(bytes(raw))
            assert mention.url == plain["html_url"]
            assert mention.external_id == plain["url"].partition("/repos/")[2]
            assert mention.text.startswith(plain["title"])
            assert (plain["body"] or "") in mention.text
            assert mention.author.handle == f"@{plain['user']['login']}"
            assert mention.replies == plain["comments"]
            assert mention.likes == 0
    assert counts == ISSUES[name]


def test_recorded_links_lead_from_page_to_page(shared):
    said = recorded(shared, "paginate-issues")
    for one, after in pairwise(said):
        found = links(one["headers"]["link"], httpx.URL("https://api.github.com/repos/x/y/issues"))
        assert found["next"] == f"https://api.github.com{after['path']}"
    assert "next" not in links(said[-1]["headers"]["link"], httpx.URL("https://api.github.com/"))


def test_a_recorded_refusal_is_told_with_its_words(shared):
    [one] = recorded(shared, "errors")
    headers = {key: str(value) for key, value in one["headers"].items()}
    answer = Answer(one["status"], headers, body_of(one), "https://api.github.com/x")
    error = Refusals("gh", signed_in=True).error(answer, "acme/app", NOW)
    assert error.code == "refused"
    assert "(422): Validation Failed: color invalid" in error.message


@pytest.mark.parametrize("name", ["errors", "get-repository"])
def test_what_is_no_list_is_refused_with_a_path(shared, name):
    [one] = recorded(shared, name)
    with pytest.raises(BadAnswerError, match="required field `items`"):
        decode(body_of(one), Found)
    with pytest.raises(BadAnswerError, match="Expected `array`, got `object`"):
        decode(body_of(one), list[msgspec.Raw])
    mentions, broken = read_issues([msgspec.Raw(body_of(one))], PLACE)
    assert mentions == []
    assert broken[0].where == "$[0]"
    assert "required field" in broken[0].reason

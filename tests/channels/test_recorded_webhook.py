"""Recorded bodies of GitHub's webhooks: each brings what its event says, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from socialcare.channels.github.posts import Place
from socialcare.channels.webhook.github import is_body, read_body
from socialcare.models import Mention

pytestmark = pytest.mark.shared

PLACE = Place("hooks", "github.com")
MENTIONS = {
    "github_discussion_comment_created": 1,
    "github_discussion_comment_edited": 1,
    "github_discussion_created": 1,
    "github_discussion_edited": 1,
    "github_issue_comment_created": 1,
    "github_issue_comment_edited": 1,
    "github_issues_edited": 1,
    "github_issues_labeled": 0,
    "github_ping_event": 0,
}
"""Mentions of each body; nothing is refused."""


def recorded(shared: Path, name: str) -> bytes:
    return (shared / "payloads" / "webhook" / f"{name}.json").read_bytes()


def test_the_list_of_files_is_whole(shared: Path) -> None:
    found = {path.stem for path in (shared / "payloads" / "webhook").glob("*.json")}
    assert found == MENTIONS.keys()


@pytest.mark.parametrize("name", MENTIONS)
def test_every_recorded_body_is_read(shared: Path, name: str) -> None:
    raw = recorded(shared, name)
    plain = json.loads(raw)
    assert is_body(plain)
    found = read_body(raw, PLACE)
    assert len(found) == MENTIONS[name]
    for mention in found:
        said = plain.get("comment") or plain.get("issue") or plain["discussion"]
        assert isinstance(mention, Mention)
        assert mention.source == "github:github.com"
        assert mention.url == mention.uri == said["html_url"]
        assert mention.external_id.startswith(plain["repository"]["full_name"])
        assert mention.author.handle == f"@{said['user']['login']}"
        assert said["body"] in mention.text
        assert mention.thread == (mention.in_reply_to or mention.external_id)


def test_an_edit_is_the_same_comment_with_other_words(shared: Path) -> None:
    ids, texts = set(), set()
    for name in ("github_issue_comment_created", "github_issue_comment_edited"):
        (mention,) = read_body(recorded(shared, name), PLACE)
        assert isinstance(mention, Mention)
        ids.add(mention.external_id)
        texts.add(mention.text)
    assert ids == {"Codertocat/Hello-World/issues/comments/492700400"}
    assert len(texts) == 2

"""Answers on GitHub: comments, posted once, found again and taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanReply, Outgoing, Setup
from socialcare.channels.github import GitHub
from socialcare.channels.github.sending import PAGES
from socialcare.clock import parse_time
from socialcare.errors import (
    AuthError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.models import Author, Mention
from tests.channels.cases.github import user
from tests.channels.servers import Line, Server

ISSUE = "acme/app/issues/12"
POST = Mention(
    channel="gh",
    source="github:github.com",
    external_id="acme/app/issues/comments/41",
    author=Author("3", "@ana"),
    text="It crashes.",
    created_at=parse_time("2026-11-21T11:00:00Z"),
    kind="comment",
    thread=ISSUE,
    in_reply_to=ISSUE,
)


class Thread:
    """An issue that keeps what is posted; ``size`` comments make a page."""

    def __init__(self, server: Server, size: int = 100) -> None:
        self.comments: list[dict[str, object]] = []
        self.size = size
        server["/user"] = lambda line: line.answer(json.dumps(user("acme-care")).encode())
        server[f"/repos/{ISSUE}/comments"] = self.answer

    def answer(self, line: Line) -> None:
        if line.request.method == "POST":
            self.comments.append(
                made(100 + len(self.comments), json.loads(line.request.body)["body"])
            )
            line.answer(json.dumps(self.comments[-1]).encode(), status="201 Created")
            return
        query = parse_qs(urlsplit(line.request.target).query)
        page, last = int(query.get("page", ["1"])[0]), -(-len(self.comments) // self.size) or 1
        shown = self.comments[(page - 1) * self.size : page * self.size]
        rels = {"first": 1, "prev": page - 1} if page > 1 else {}
        rels |= {"next": page + 1, "last": last} if page < last else {}
        links = ", ".join(
            f'</repos/{ISSUE}/comments?page={at}>; rel="{rel}"' for rel, at in rels.items()
        )
        line.answer(json.dumps(shown).encode(), f"Link: {links or '<x>'}")


def made(
    number: int, body: str, login: str = "acme-care", at: str = "12:00:00"
) -> dict[str, object]:
    return {
        "url": f"https://api.github.com/repos/acme/app/issues/comments/{number}",
        "html_url": f"https://github.com/acme/app/issues/12#issuecomment-{number}",
        "issue_url": f"https://api.github.com/repos/{ISSUE}",
        "user": user(login),
        "body": body,
        "created_at": f"2026-11-21T{at}Z",
        "updated_at": f"2026-11-21T{at}Z",
    }


@pytest.fixture
def channel(server, http, clock):
    def build(token: str | None = "github_pat_of_acme") -> GitHub:
        return GitHub(
            Setup(
                name="gh",
                options={"repos": ["acme/app"], "server": "github.com", "base_url": server.url},
                connect=partial(http.session, "gh"),
                clock=clock,
                secret={"token": token}.get,
            )
        )

    return build


def outgoing(text: str = "Fixed in 2.4.", to: Mention = POST, *, private: bool = False) -> Outgoing:
    return Outgoing(to, text, "key-1", private)


def test_an_answer_is_a_comment_below_the_issue(server, channel):
    Thread(server)
    github = channel()
    assert isinstance(github, CanReply)
    posted = github.send(outgoing("Fixed in **2.4**.\n\n> really"))
    assert posted.external_id == "acme/app/issues/comments/100"
    assert posted.url == posted.uri == "https://github.com/acme/app/issues/12#issuecomment-100"
    [asked] = [one for one in server.asked if one.method == "POST"]
    assert asked.path == f"/repos/{ISSUE}/comments"
    assert json.loads(asked.body) == {"body": "Fixed in **2.4**.\n\n> really"}
    github.send(outgoing(to=replace(POST, external_id=ISSUE, thread=None)))
    assert server.asked[-1].path == f"/repos/{ISSUE}/comments"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (outgoing(private=True), "no private answers"),
        (outgoing("x" * 65_537), "65,537 characters"),
        (outgoing(" \n"), "empty"),
        (outgoing(to=replace(POST, source="github:git.acme.example")), "github:git.acme.example"),
        (outgoing(to=replace(POST, external_id="7", thread="8")), "no issue or comment"),
    ],
)
def test_what_cannot_be_posted_is_said_before_and_never_sent(server, channel, reply, why):
    Thread(server)
    github = channel()
    assert why in (github.preview(reply).refused or "")
    with pytest.raises(RefusedError, match=why):
        github.send(reply)
    assert not server.asked


def test_length_is_in_characters(channel):
    preview = channel().preview(outgoing("ä" * 65_536))
    assert (preview.length, preview.max_length, preview.refused) == (65_536, 65_536, None)


def test_what_was_posted_is_found_by_its_words_and_its_author(server, channel):
    thread, github = Thread(server), channel()
    thread.comments = [
        made(90, "Fixed in 2.4.", at="10:00:00"),  # before the question
        made(91, "Fixed in 2.4.", "ana"),
        made(92, "Something else."),
    ]
    assert github.find(outgoing()) is None
    github.send(outgoing("Fixed  in 2.4.\n"))
    found = github.find(outgoing("Fixed  in 2.4.\n"))
    assert found is not None
    assert found.external_id == "acme/app/issues/comments/103"
    assert "since=2026-11-21T11%3A00%3A00Z" in server.asked[-1].target


def test_the_newest_comments_are_looked_through_first_and_all_where_there_are_few(server, channel):
    thread, github = Thread(server, size=2), channel()
    thread.comments = [made(n, f"no {n}") for n in range(2 * PAGES)]
    thread.comments[3]["body"] = thread.comments[0]["body"] = "Fixed in 2.4."
    found = github.find(outgoing())
    assert found is not None
    assert found.external_id.endswith("/3")
    thread.comments[3]["body"] = "no"
    found = github.find(outgoing())
    assert found is not None
    assert found.external_id.endswith("/0")


def test_in_a_long_thread_nobody_says_that_it_is_not_there(server, channel):
    thread, github = Thread(server, size=1), channel()
    thread.comments = [made(n, "no") for n in range(PAGES + 1)]
    with pytest.raises(OutcomeUnknownError, match="too much has been posted below"):
        github.find(outgoing())


@pytest.mark.parametrize("body", [b"<html>ok</html>", b"{}"])
def test_an_answer_that_cannot_be_read_may_be_there(server, channel, body):
    Thread(server)
    server[f"/repos/{ISSUE}/comments"] = lambda line: line.answer(body, status="201 Created")
    with pytest.raises(OutcomeUnknownError):
        channel().send(outgoing())


def test_a_connection_that_breaks_leaves_open_whether_it_is_there(server, channel):
    Thread(server)
    server[f"/repos/{ISSUE}/comments"] = Line.reset
    with pytest.raises(OutcomeUnknownError):
        channel().send(outgoing())
    assert [one.method for one in server.asked] == ["POST"]


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        ("403 Forbidden", "Unable to create comment because issue is locked.", AuthError),
        ("403 Forbidden", "You have exceeded a secondary rate limit", RateLimitError),
    ],
)
def test_what_is_refused_is_not_there(server, channel, status, message, error):
    body = json.dumps({"message": message}).encode()
    server[f"/repos/{ISSUE}/comments"] = lambda line: line.answer(body, status=status)
    with pytest.raises(error):
        channel().send(outgoing())
    assert len(server.asked) == 1


@pytest.mark.parametrize("again", ["404 Not Found", "410 Gone"])
def test_taking_back_what_is_gone_is_fine(server, channel, again):
    comment = "acme/app/issues/comments/100"
    server[f"/repos/{comment}"] = lambda line: line.answer(
        b"" if line.nth == 1 else b"{}", status="204 No Content" if line.nth == 1 else again
    )
    github = channel()
    github.delete(comment)
    github.delete(comment)
    assert [one.method for one in server.asked] == ["DELETE", "DELETE"]


def test_only_comments_are_taken_back(server, channel):
    with pytest.raises(RefusedError, match="no comment"):
        channel().delete(ISSUE)
    assert not server.asked


def test_without_a_token_the_next_step_is_told(channel):
    with pytest.raises(AuthError) as raised:
        channel(token=None).preview(outgoing())
    assert "socialcare channel login gh" in raised.value.hint

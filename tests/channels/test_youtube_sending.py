"""Answers on YouTube: who may write them, how they are addressed, found again and taken back."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanReply, Outgoing, Setup
from socialcare.channels.http import Http
from socialcare.channels.youtube import YouTube
from socialcare.clock import parse_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.models import Author, Kind, Mention
from tests.channels.cases.youtube import ANA, KEY, OWN, refusal
from tests.channels.servers import Line, Server

TOKEN = "a-token-of-acme"
VIDEO = "v" * 11
API = "/youtube/v3"


class Own:
    """A service with our channel on it, that keeps what is written."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.comments: list[dict[str, Any]] = []
        self.refuse: tuple[str, bytes] | None = None
        server[f"{API}/channels"] = self.channels
        server[f"{API}/comments"] = self.comment
        server[f"{API}/commentThreads"] = self.thread

    def channels(self, to: Line) -> None:
        assert "mine=true" in to.request.target
        mine = {"id": OWN, "snippet": {"title": "Acme", "customUrl": "@acme"}}
        to.answer(json.dumps({"kind": "x", "items": [mine]}).encode())

    def add(self, id_: str, text: str, parent: str | None, owner: str = OWN) -> dict[str, Any]:
        snippet = {
            "textDisplay": f"<b>{text}</b>",
            "textOriginal": text,
            "authorDisplayName": "@acme",
            "authorChannelId": {"value": owner},
            "publishedAt": "2026-11-21T12:00:00Z",
        }
        if parent:
            snippet["parentId"] = parent
        self.comments.append({"kind": "youtube#comment", "id": id_, "snippet": snippet})
        return self.comments[-1]

    def comment(self, to: Line) -> None:
        query = parse_qs(urlsplit(to.request.target).query)
        if to.request.method == "GET":
            if "parentId" in query:
                some = [
                    one
                    for one in self.comments
                    if one["snippet"].get("parentId") == query["parentId"][0]
                ]
            else:
                some = [one for one in self.comments if one["id"] == query["id"][0]]
            start = int(query.get("pageToken", ["0"])[0])
            more = {"nextPageToken": str(start + 2)} if start + 2 < len(some) else {}
            body = {"kind": "x", "items": some[start : start + 2], **more}
            to.answer(json.dumps(body).encode())
        elif self.refuse:
            to.answer(self.refuse[1], status=self.refuse[0])
        elif to.request.method == "DELETE":
            self.comments = [one for one in self.comments if one["id"] != query["id"][0]]
            to.answer(b"", status="204 No Content")
        else:
            asked = json.loads(to.request.body)["snippet"]
            parent = asked["parentId"]
            made = self.add(f"{parent}.{len(self.comments)}", asked["textOriginal"], parent)
            to.answer(json.dumps(made).encode())

    def thread(self, to: Line) -> None:
        if to.request.method == "GET":
            tops = [one for one in self.comments if "parentId" not in one["snippet"]]
            items = [self.as_thread(one) for one in tops]
            to.answer(json.dumps({"kind": "x", "items": items}).encode())
            return
        asked = json.loads(to.request.body)["snippet"]
        assert asked["videoId"] == VIDEO
        text = asked["topLevelComment"]["snippet"]["textOriginal"]
        made = self.as_thread(self.add("UgNew", text, None))
        to.answer(json.dumps(made).encode())

    @staticmethod
    def as_thread(comment: dict[str, Any]) -> dict[str, Any]:
        return {"id": comment["id"], "snippet": {"topLevelComment": comment}}

    @property
    def written(self) -> list[Any]:
        return [json.loads(one.body) for one in self.server.asked if one.method == "POST"]


@pytest.fixture
def own(server: Server) -> Own:
    return Own(server)


@pytest.fixture
def channel(server: Server, http: Http, clock):
    def build(token: str | None = TOKEN) -> YouTube:
        return YouTube(
            Setup(
                name="yt",
                options={"channel": OWN, "base_url": server.url},
                connect=partial(http.session, "yt"),
                clock=clock,
                secret={"key": KEY, "token": token}.get,
            )
        )

    return build


def outgoing(
    text: str = "On its way.",
    *,
    to: str = "UgThread",
    kind: Kind = "comment",
    private: bool = False,
    source: str = "youtube",
) -> Outgoing:
    mention = Mention(
        channel="yt",
        source=source,
        external_id=to,
        author=Author(ANA, "@ana"),
        text="No parcel.",
        created_at=parse_time("2026-11-21T11:00:00Z"),
        kind=kind,
        url=f"https://www.youtube.com/watch?v={VIDEO}&lc={to}",
    )
    return Outgoing(mention, text, "key-1", private)


def test_an_answer_stands_below_its_comment(own, server, channel):
    youtube = channel()
    assert isinstance(youtube, CanReply)
    posted = youtube.send(outgoing())
    assert own.written == [{"snippet": {"parentId": "UgThread", "textOriginal": "On its way."}}]
    assert posted.external_id == "UgThread.0"
    assert posted.url == f"https://www.youtube.com/watch?v={VIDEO}&lc=UgThread.0"
    [write] = server.asked
    assert write.headers["authorization"] == f"Bearer {TOKEN}"
    assert "x-goog-api-key" not in write.headers


def test_who_answers_a_reply_names_the_person_once(own, channel):
    youtube = channel()
    reply = outgoing(to="UgThread.reply", kind="reply")
    assert youtube.preview(reply).text == "@ana On its way."
    youtube.send(reply)
    youtube.send(outgoing("Dear @Ana, it is on its way.", to="UgThread.reply", kind="reply"))
    texts = [one["snippet"]["textOriginal"] for one in own.written]
    assert texts == ["@ana On its way.", "Dear @Ana, it is on its way."]
    assert {one["snippet"]["parentId"] for one in own.written} == {"UgThread"}


def test_an_answer_to_a_video_is_a_comment_below_it(own, channel):
    youtube = channel()
    reply = outgoing("Thank you!", to=VIDEO, kind="post")
    posted = youtube.send(reply)
    assert posted.url == f"https://www.youtube.com/watch?v={VIDEO}&lc=UgNew"
    assert youtube.find(reply) == posted


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        (outgoing("x" * 10_000), None),
        (outgoing("x" * 10_001), "it has 10,001 characters, and 10,000 are allowed there"),
        (outgoing("😢" * 5_001), "it has 10,002 characters, and 10,000 are allowed there"),
        (outgoing(private=True), "YouTube has no private messages"),
        (outgoing(source="hackernews"), "it came from hackernews"),
    ],
)
def test_what_cannot_be_posted_is_told_before(own, server, channel, reply, refused):
    youtube = channel()
    preview = youtube.preview(reply)
    assert (preview.refused, preview.max_length) == (refused, 10_000)
    assert server.asked == []
    if refused:
        with pytest.raises(RefusedError, match=refused):
            youtube.send(reply)
        assert own.written == []


def test_without_a_token_nothing_is_sent_and_it_says_why(own, server, channel):
    youtube = channel(token=None)
    refused = youtube.preview(outgoing()).refused
    assert refused is not None
    assert "need an OAuth token of your channel" in refused
    for attempt in (youtube.send, youtube.find):
        with pytest.raises(AuthError, match="need an OAuth token") as raised:
            attempt(outgoing())
        assert "[channels.yt]" in raised.value.hint
    assert server.asked == []


def test_what_was_posted_is_found_by_author_and_words(own, channel):
    youtube = channel()
    for n in range(5):
        own.add(f"UgThread.a{n}", "On its way.", "UgThread", owner=ANA)
    with pytest.raises(OutcomeUnknownError, match="does not show the answer"):
        youtube.find(outgoing())
    posted = youtube.send(outgoing("On its\nway."))
    assert youtube.find(outgoing()) == posted
    with pytest.raises(OutcomeUnknownError):
        youtube.find(outgoing("Other words."))


FAILURES = [
    ("403 Forbidden", refusal(403, "forbidden"), AuthError, "does not let us write comments"),
    ("400 Bad", refusal(400, "commentTextTooLong"), RefusedError, "it is too long"),
    ("403 Forbidden", refusal(403, "quotaExceeded"), RateLimitError, "quota of the day"),
    ("400 Bad", refusal(400, "processingFailure"), Exception, "this time"),
    ("409 Conflict", refusal(409, "conflict"), BadAnswerError, "409"),
    ("401 Unauthorized", refusal(401, "authError"), AuthError, "refused the token"),
    ("503 Unavailable", b"", OutcomeUnknownError, "cannot tell"),
    ("200 OK", b"<html>", OutcomeUnknownError, "not what was expected"),
]


@pytest.mark.parametrize(("status", "body", "error", "message"), FAILURES)
def test_a_write_is_tried_once_and_its_failure_named(own, channel, status, body, error, message):
    own.refuse = (status, body)
    with pytest.raises(error, match=message) as raised:
        channel().send(outgoing())
    assert len(own.written) == 1
    assert TOKEN not in f"{raised.value}"


def test_no_error_quotes_a_token(own, channel):
    own.refuse = ("400 Bad", refusal(400, f"bad-{TOKEN}"))
    with pytest.raises(BadAnswerError) as raised:
        channel().send(outgoing())
    assert TOKEN not in f"{raised.value} {raised.value.hint}"


def test_only_our_own_comments_are_taken_back(own, server, channel):
    youtube = channel()
    posted = youtube.send(outgoing())
    own.add("UgOther", "Hello", None, owner=ANA)
    youtube.delete(posted.external_id)
    youtube.delete(posted.external_id)
    with pytest.raises(RefusedError, match="written by somebody else"):
        youtube.delete("UgOther")
    assert len([one for one in server.asked if one.method == "DELETE"]) == 1

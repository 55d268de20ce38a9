"""Answers on a forum: how they are measured, posted, found again and taken back."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanReply, Outgoing, Setup
from socialcare.channels.discourse import Discourse
from socialcare.channels.http import Http
from socialcare.clock import parse_time
from socialcare.errors import (
    AuthError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.models import Author, Mention
from tests.channels.servers import Line, Server

KEY = "a-long-key-of-acme"
TEXT = "It is on its way, and here on Friday."


class Own:
    """A forum where we have a user, that keeps what is posted."""

    def __init__(self, server: Server, **rules: int) -> None:
        self.server = server
        self.posts: dict[int, dict[str, Any]] = {}
        self.pending: list[dict[str, Any]] = []
        self.refuse: tuple[str, dict[str, Any]] | None = None
        self.hold = False
        self.rules = rules
        self.add(41, "ana", "Where is my parcel?", number=1)
        self.add(42, "mia", "Mine is late too.", number=2)
        server["/posts.json"] = self.create
        self.serve()

    def serve(self) -> None:
        server = self.server
        server["/site/settings.json"] = self.answers(lambda: self.rules)
        server["/t/12.json"] = self.topic
        server["/t/12/posts.json"] = self.some
        server["/posts/acme_care/pending.json"] = self.answers(
            lambda: {"pending_posts": self.pending}
        )
        for id_ in self.posts:
            server[f"/posts/{id_}.json"] = self.one

    @staticmethod
    def answers(what):
        return lambda to: to.answer(json.dumps(what()).encode())

    def add(self, id_: int, user: str, raw: str, number: int, **more: Any) -> dict[str, Any]:
        self.posts[id_] = {
            "id": id_,
            "username": user,
            "created_at": "2026-11-21T11:00:00Z",
            "cooked": f"<p>{raw}</p>",
            "raw": raw,
            "topic_id": 12,
            "topic_slug": "parcels",
            "post_number": number,
            **more,
        }
        return self.posts[id_]

    def topic(self, to: Line) -> None:
        query = parse_qs(urlsplit(to.request.target).query)
        wanted = query.get("username_filters", [])
        ids = [
            id_
            for id_, post in self.posts.items()
            if post["topic_id"] == 12 and (post["username"] in wanted or post["post_number"] == 1)
        ]
        stream = {"posts": [], "stream": ids}
        to.answer(json.dumps({"id": 12, "title": "Parcels", "post_stream": stream}).encode())

    def some(self, to: Line) -> None:
        ids = parse_qs(urlsplit(to.request.target).query)["post_ids[]"]
        assert "include_raw=true" in to.request.target
        found = [self.posts[int(id_)] for id_ in ids]
        to.answer(json.dumps({"post_stream": {"posts": found}}).encode())

    def one(self, to: Line) -> None:
        match = re.search(r"/posts/(\d+)\.json", to.request.target)
        assert match
        if to.request.method == "DELETE":
            self.posts[int(match[1])]["user_deleted"] = True
            to.answer(b"", status="200 OK")
            return
        post = {key: value for key, value in self.posts[int(match[1])].items() if key != "raw"}
        to.answer(json.dumps(post).encode())

    def create(self, to: Line) -> None:
        asked = json.loads(to.request.body)
        if self.refuse:
            status, body = self.refuse
            to.answer(json.dumps(body).encode(), status=status)
        elif self.hold:
            self.pending.append({"topic_id": 12, "raw_text": asked["raw"].strip()})
            to.answer(b'{"action": "enqueued", "success": true, "pending_count": 1}')
        else:
            made = self.add(
                100 + len(self.posts),
                "acme_care",
                asked["raw"].strip(),
                number=1 + len(self.posts),
                reply_to_post_number=asked.get("reply_to_post_number"),
                topic_id=asked.get("topic_id", 77),
            )
            self.serve()
            to.answer(json.dumps(made).encode())

    @property
    def written(self) -> list[Any]:
        asked = self.server.asked
        return [json.loads(one.body) for one in asked if one.method == "POST"]


@pytest.fixture
def own(server: Server) -> Own:
    return Own(server)


@pytest.fixture
def channel(server: Server, http: Http, clock):
    def build(token: str | None = KEY) -> Discourse:
        return Discourse(
            Setup(
                name="forum",
                options={
                    "server": f"http://127.0.0.1:{server.port}",
                    "query": "acme",
                    "user": "acme_care",
                },
                connect=partial(http.session, "forum"),
                clock=clock,
                secret={"token": token}.get,
            )
        )

    return build


def outgoing(channel, text=TEXT, *, private=False, source=None) -> Outgoing:
    mention = Mention(
        channel="forum",
        source=source or channel.source,
        external_id="42",
        author=Author("mia", "@mia"),
        text="Mine is late too.",
        created_at=parse_time("2026-11-21T11:00:00Z"),
        kind="reply",
    )
    return Outgoing(mention, text, "key-1", private)


def test_an_answer_goes_under_the_post_that_it_answers(own, server, channel):
    forum = channel()
    assert isinstance(forum, CanReply)
    posted = forum.send(outgoing(forum))
    assert own.written == [{"topic_id": 12, "reply_to_post_number": 2, "raw": TEXT}]
    assert posted.external_id == "102"
    assert posted.url == f"{server.url}/t/parcels/12/3"
    assert posted.uri == posted.url
    [write] = [one for one in server.asked if one.method == "POST"]
    assert write.headers["api-key"] == KEY
    assert write.headers["api-username"] == "acme_care"
    assert not any(KEY in one.target for one in server.asked)


def test_a_message_goes_to_the_person_alone(own, channel):
    forum = channel()
    forum.send(outgoing(forum, private=True))
    assert own.written == [
        {
            "archetype": "private_message",
            "target_recipients": "mia",
            "title": "Re: Parcels",
            "raw": TEXT,
        }
    ]


@pytest.mark.parametrize(
    ("text", "private", "refused"),
    [
        ("x" * 19, False, "it has 19 characters, and 20 are needed there"),
        (" " + "x" * 19 + "\n", False, "it has 19 characters, and 20 are needed there"),
        ("x" * 20, False, None),
        ("x" * 10, True, None),
        ("x" * 9, True, "it has 9 characters, and 10 are needed there"),
        ("x" * 32_001, False, "it has 32,001 characters, and 32,000 are allowed there"),
    ],
)
def test_a_text_may_be_too_short(own, channel, text, private, refused):
    forum = channel()
    preview = forum.preview(outgoing(forum, text, private=private))
    assert (preview.refused, preview.max_length) == (refused, 32_000)
    assert preview.length == len(text.strip())


def test_the_limits_are_those_of_the_forum(server, channel):
    own = Own(server, min_post_length=3, max_post_length=9)
    forum = channel()
    assert forum.preview(outgoing(forum, "Thanks")).refused is None
    assert forum.preview(outgoing(forum, "Thank you!")).refused is not None
    del own.server.answers["/site/settings.json"]
    again = channel()
    assert again.preview(outgoing(again, "Thanks")).refused is not None


def test_what_came_from_elsewhere_is_refused(own, channel):
    forum = channel()
    preview = forum.preview(outgoing(forum, source="discourse:other.example"))
    assert preview.refused is not None
    assert "discourse:other.example" in preview.refused


def test_what_was_posted_is_found_by_its_words(own, channel):
    forum = channel()
    reply = outgoing(forum, f"  {TEXT}\n")
    assert forum.find(reply) is None
    posted = forum.send(reply)
    own.add(200, "acme_care", TEXT, number=9, reply_to_post_number=1)
    own.add(201, "mia", TEXT, number=10, reply_to_post_number=2)
    own.serve()
    assert channel().find(reply) == posted
    assert channel().find(outgoing(forum, "Other words, also of ours.")) is None


def test_a_message_is_found_among_those_that_we_sent(own, server, channel):
    listed = [{"id": 70, "title": "Re: Parcels"}, {"id": 77, "title": "Re: parcels"}]
    listed += [{"id": 78, "title": "Another"}]
    sent = {"topic_list": {"topics": listed}}
    server["/topics/private-messages-sent/acme_care.json"] = own.answers(lambda: sent)
    message = own.add(300, "acme_care", TEXT, number=1, topic_id=77, topic_slug="re-parcels")
    body = {"id": 77, "title": "Re: parcels", "post_stream": {"posts": [message]}}
    server["/t/77.json"] = own.answers(lambda: body)
    forum = channel()
    found = forum.find(outgoing(forum, private=True))
    assert found is not None
    assert (found.external_id, found.url) == ("300", f"{server.url}/t/re-parcels/77/1")
    assert forum.find(outgoing(forum, "Something else.", private=True)) is None
    assert forum.find(outgoing(forum)) is None


def test_what_waits_for_the_moderators_is_not_sent_again(own, channel):
    own.hold = True
    forum = channel()
    with pytest.raises(OutcomeUnknownError, match="shows the answer to its moderators first"):
        forum.send(outgoing(forum))
    with pytest.raises(OutcomeUnknownError, match="moderators"):
        forum.find(outgoing(forum))


def test_a_topic_without_a_list_of_its_posts_leaves_it_open(own, server, channel):
    body = {"id": 12, "title": "Parcels", "post_stream": {"posts": []}}
    server["/t/12.json"] = own.answers(lambda: body)
    forum = channel()
    with pytest.raises(OutcomeUnknownError, match="does not list our own posts"):
        forum.find(outgoing(forum))


def test_a_list_of_everybodys_posts_tells_only_what_is_in_it(own, server, channel):
    ids = [41, 42]
    body = {"id": 12, "title": "Parcels", "post_stream": {"posts": [], "stream": ids}}
    server["/t/12.json"] = own.answers(lambda: body)
    forum = channel()
    with pytest.raises(OutcomeUnknownError, match="does not list our own posts"):
        forum.find(outgoing(forum))
    own.add(43, "acme_care", TEXT, number=3, reply_to_post_number=2)
    ids.append(43)
    assert forum.find(outgoing(forum)) is not None


def test_a_refusal_is_told_in_the_words_of_the_forum(own, channel):
    own.refuse = ("422 Unprocessable", {"action": "create_post", "errors": ["Body is too short."]})
    forum = channel()
    with pytest.raises(RefusedError, match=r"\(422\): Body is too short\.$"):
        forum.send(outgoing(forum))


def test_being_asked_to_slow_down_is_not_sent(own, server, channel):
    body = {"errors": ["Slow down"], "error_type": "rate_limit", "extras": {"wait_seconds": 57}}
    server["/posts.json"] = lambda to: to.answer(
        json.dumps(body).encode(), "Retry-After: 57", status="429 Too Many Requests"
    )
    forum = channel()
    with pytest.raises(RateLimitError) as raised:
        forum.send(outgoing(forum))
    assert raised.value.not_before == parse_time("2026-11-21T12:00:57Z")
    assert len(own.written) == 1


def test_an_answer_that_cannot_be_read_may_be_there(own, server, channel):
    server["/posts.json"] = lambda to: to.answer(b"<html>done</html>")
    forum = channel()
    with pytest.raises(OutcomeUnknownError):
        forum.send(outgoing(forum))


@pytest.mark.parametrize("how", ["missing", "withdrawn"])
def test_nothing_is_sent_under_a_post_that_is_gone(own, server, channel, how):
    if how == "missing":
        del server.answers["/posts/42.json"]
    else:
        own.posts[42]["user_deleted"] = True
    forum = channel()
    with pytest.raises(GoneError, match="gone, or hidden from us"):
        forum.send(outgoing(forum))
    assert own.written == []


def test_only_our_own_posts_are_taken_back(own, server, channel):
    forum = channel()
    posted = forum.send(outgoing(forum))
    forum.delete(posted.external_id)
    forum.delete(posted.external_id)
    forum.delete("999")
    with pytest.raises(RefusedError, match="written by somebody else"):
        forum.delete("42")
    assert [one.path for one in server.asked if one.method == "DELETE"] == ["/posts/102.json"]


def test_without_a_key_the_next_step_is_told(own, channel):
    forum = channel(token=None)
    with pytest.raises(AuthError) as raised:
        forum.preview(outgoing(forum))
    assert raised.value.hint.endswith("socialcare channel login forum")


def test_the_key_stands_in_no_error(own, server, channel):
    said = json.dumps({"errors": [f"bad key {KEY}"], "error_type": "invalid_access"}).encode()
    server["/posts.json"] = lambda to: to.answer(said, status="403 Forbidden")
    forum = channel()
    with pytest.raises(RefusedError) as raised:
        forum.send(outgoing(forum))
    assert KEY not in f"{raised.value} {raised.value.hint}"

"""Answers on Mastodon: how they are counted, addressed and found again."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from socialcare.channels.base import CanReply, Outgoing, Setup
from socialcare.channels.http import Http
from socialcare.channels.mastodon import Mastodon
from socialcare.channels.mastodon.sending import count
from socialcare.clock import parse_time
from socialcare.errors import AuthError, OutcomeUnknownError, RefusedError
from socialcare.models import Author, Mention
from tests.channels.servers import Line, Server

MIA = Author("7", "@mia@far.example")
ME = {"id": "1", "acct": "acme"}
POST = Mention(
    channel="mastodon",
    source="mastodon:127.0.0.1",
    external_id="41",
    author=MIA,
    text="No parcel.",
    created_at=parse_time("2026-11-21T11:00:00Z"),
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("e\u0301🇳🇴👩‍👩‍👧", 3),
        ("https://example.org/" + "a" * 200, 23),
        ("see http://a.example and https://b.example/x?y=1", 4 + 23 + 5 + 23),
        ("@mia@far.example hello", len("@mia hello")),
        ("@mia hello", 10),
        ("mail mia@far.example", len("mail mia@far.example")),
    ],
)
def test_length_is_what_the_server_counts(text, length):
    assert count(text) == length


class Own:
    """A server with our account on it, that keeps what is posted."""

    def __init__(self, server: Server, version: str = "4.4.1", **rules: int) -> None:
        self.statuses: list[dict[str, Any]] = []
        server["/api/v1/accounts/verify_credentials"] = self.answers(lambda: ME)
        server["/api/v1/accounts/1/statuses"] = self.answers(lambda: self.statuses)
        configuration = {"statuses": rules} if rules else None
        about = {"version": version, "configuration": configuration}
        server["/api/v2/instance"] = self.answers(lambda: about)
        server["/api/v1/statuses"] = self.post

    @staticmethod
    def answers(what):
        return lambda to: to.answer(json.dumps(what()).encode())

    def post(self, to: Line) -> None:
        from urllib.parse import parse_qs

        form = {name: values[0] for name, values in parse_qs(to.request.body.decode()).items()}
        self.statuses.insert(0, made(str(100 + len(self.statuses)), form))
        to.answer(json.dumps(self.statuses[0]).encode())


def made(id_: str, form: dict[str, str]) -> dict[str, Any]:
    return {
        "id": id_,
        "created_at": "2026-11-21T12:00:00Z",
        "account": ME,
        "content": f"<p>{form['status']}</p>",
        "in_reply_to_id": form["in_reply_to_id"],
        "url": f"https://mas.to/@acme/{id_}",
        "uri": f"https://mas.to/users/acme/statuses/{id_}",
        "visibility": form["visibility"],
    }


@pytest.fixture
def channel(server: Server, http: Http, clock):
    def build(token: str | None = "t0ken-of-acme") -> Mastodon:
        return Mastodon(
            Setup(
                name="mastodon",
                options={"server": f"http://127.0.0.1:{server.port}", "notifications": True},
                connect=partial(http.session, "mastodon"),
                clock=clock,
                secret={"token": token}.get,
            )
        )

    return build


def outgoing(channel, text="On its way.", *, private=False, to=POST) -> Outgoing:
    from dataclasses import replace

    return Outgoing(replace(to, source=channel.source), text, "key-1", private)


def test_an_answer_names_the_person_once_and_carries_its_key(server, channel):
    own, mastodon = Own(server), channel()
    assert isinstance(mastodon, CanReply)
    posted = mastodon.send(outgoing(mastodon))
    assert posted.external_id == "100"
    assert posted.url == "https://mas.to/@acme/100"
    [asked] = [one for one in server.asked if one.method == "POST"]
    assert asked.headers["idempotency-key"] == "key-1"
    assert "status=%40mia%40far.example+On+its+way." in asked.body.decode()
    mastodon.send(outgoing(mastodon, "Dear @Mia@far.example, it is on its way."))
    assert own.statuses[0]["content"] == "<p>Dear @Mia@far.example, it is on its way.</p>"


def test_what_the_server_finds_too_long_is_refused_in_its_words(server, channel):
    """Where it does not tell its rules, they may be stricter than ours."""
    Own(server)
    mastodon = channel()
    said = b'{"error": "Validation failed: Text character limit of 300 exceeded"}'
    server["/api/v1/statuses"] = lambda to: to.answer(said, status="422 Unprocessable Content")
    with pytest.raises(
        RefusedError, match=r"did not take it \(422\): Validation failed: Text"
    ) as told:
        mastodon.send(outgoing(mastodon, "a" * 400))
    assert told.value.hint == "change what it says, or write it there by hand"
    assert sum(one.method == "POST" for one in server.asked) == 1


@pytest.mark.parametrize(
    ("private", "kind", "visibility"),
    [(False, "post", "public"), (True, "post", "direct"), (False, "dm", "direct")],
)
def test_what_is_private_stays_private(server, channel, private, kind, visibility):
    from dataclasses import replace

    own, mastodon = Own(server), channel()
    mastodon.send(outgoing(mastodon, private=private, to=replace(POST, kind=kind)))
    assert own.statuses[0]["visibility"] == visibility


@pytest.mark.parametrize(("length", "refused"), [(99, False), (100, False), (101, True)])
def test_the_limit_is_the_servers_own(server, channel, length, refused):
    Own(server, max_characters=100, characters_reserved_per_url=30)
    mastodon = channel()
    text = "@mia@far.example https://a.example/" + "x" * 50 + " "
    text += "y" * (length - len("@mia ") - 30 - 1)
    preview = mastodon.preview(outgoing(mastodon, text))
    assert (preview.length, preview.max_length) == (length, 100)
    assert (preview.refused is not None) == refused


def test_an_older_server_says_its_limit_elsewhere(server, channel):
    Own(server)
    del server.answers["/api/v2/instance"]
    server["/api/v1/instance"] = lambda to: to.answer(b'{"max_toot_chars": 5000}')
    mastodon = channel()
    assert mastodon.preview(outgoing(mastodon)).max_length == 5000
    del server.answers["/api/v1/instance"]
    again = channel()
    assert again.preview(outgoing(again)).max_length == 500


def test_an_answer_to_what_another_server_calls_by_that_id_is_refused(server, channel):
    Own(server)
    preview = channel().preview(Outgoing(POST, "x", "k"))
    assert preview.refused is not None
    assert "mastodon:127.0.0.1" in preview.refused


def test_what_was_posted_is_found_by_parent_and_words(server, channel):
    own, mastodon = Own(server), channel()
    reply = outgoing(mastodon, "It is here: https://acme.example/t?id=4&x=1")
    assert mastodon.find(reply) is None
    mastodon.send(reply)
    own.statuses.insert(
        0, made("200", {"status": "other", "in_reply_to_id": "41", "visibility": "x"})
    )
    found = mastodon.find(reply)
    assert found is not None
    assert found.external_id == "100"
    assert mastodon.find(outgoing(mastodon, "Other words.")) is None


@pytest.mark.parametrize(
    "version", ["0.17.0 git-1", "2.7.2 (compatible; Pleroma 2.5)", "takahe/0.11", ""]
)
def test_where_keys_are_ignored_nobody_says_that_it_is_not_there(server, channel, version):
    Own(server, version)
    mastodon = channel()
    with pytest.raises(OutcomeUnknownError):
        mastodon.find(outgoing(mastodon))


def test_an_answer_that_cannot_be_read_may_be_there(server, channel):
    Own(server)
    server["/api/v1/statuses"] = lambda to: to.answer(b"<html>done</html>")
    mastodon = channel()
    with pytest.raises(OutcomeUnknownError):
        mastodon.send(outgoing(mastodon))


def test_taking_back_what_is_gone_is_fine(server, channel):
    Own(server)
    server["/api/v1/statuses/100"] = lambda to: to.answer(
        b"{}", status="200 OK" if to.nth == 1 else "404 Not Found"
    )
    mastodon = channel()
    mastodon.delete("100")
    mastodon.delete("100")
    assert [one.method for one in server.asked] == ["GET", "DELETE", "DELETE"]


def test_without_a_token_the_next_step_is_told(server, channel):
    mastodon = channel(token=None)
    with pytest.raises(AuthError) as raised:
        mastodon.preview(outgoing(mastodon))
    assert raised.value.hint == "sign in: socialcare channel login mastodon"

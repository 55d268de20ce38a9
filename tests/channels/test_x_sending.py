"""Answers on X: only where we were named, posted once, found again and taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from socialcare.channels.base import CanReply, Outgoing, Setup
from socialcare.channels.x import X
from socialcare.channels.x.sending import plain
from socialcare.channels.x.wire import id_at
from socialcare.errors import AuthError, ChannelError, OutcomeUnknownError, RefusedError
from socialcare.models import Author, Mention
from socialcare.testing import NOW
from tests.channels.cases.x import ANA, OWN, TOKEN, user
from tests.channels.servers import Line, Server

HERS = str(id_at(NOW) + 1)
OURS = str(id_at(NOW) + 2)
POST = Mention(
    channel="x",
    source="x",
    external_id=HERS,
    author=Author(ANA, "@ana"),
    text="@acme where are my boots?",
    created_at=NOW,
)
SEARCHED = replace(POST, text="acme boots are late")
TWEETS = "/2/tweets"
TIMELINE = f"/2/users/{OWN}/tweets"
TALK = f"/2/dm_conversations/with/{ANA}"


def says(body: object, status: str = "200 OK") -> Any:
    return lambda line: line.answer(json.dumps(body).encode(), status=status)


def ours(text: str, to: str = HERS, **more: object) -> dict[str, object]:
    parent = [{"type": "replied_to", "id": to}]
    return {"id": OURS, "text": text, "author_id": OWN, "referenced_tweets": parent, **more}


@pytest.fixture
def channel(server, http, clock) -> X:
    server["/2/users/me"] = says({"data": user(OWN)})
    server[TWEETS] = says({"data": {"id": OURS, "text": "there"}}, "201 Created")
    return X(
        Setup(
            name="x",
            options={"user": "@acme", "base_url": server.url},
            connect=partial(http.session, "x"),
            clock=clock,
            secret={"token": TOKEN}.get,
        )
    )


def outgoing(
    text: str = "They left today.", to: Mention = POST, *, private: bool = False
) -> Outgoing:
    return Outgoing(to, text, "key-1", private)


def writes(server: Server) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in server.asked if one.method != "GET"]


def test_an_answer_is_a_post_below_theirs(server, channel):
    assert isinstance(channel, CanReply)
    posted = channel.send(outgoing())
    assert posted.external_id == OURS
    assert posted.url == posted.uri == f"https://x.com/i/web/status/{OURS}"
    [asked] = server.asked
    assert (asked.method, asked.path) == ("POST", TWEETS)
    assert json.loads(asked.body) == {
        "text": "They left today.",
        "reply": {"in_reply_to_tweet_id": HERS},
    }


@pytest.mark.parametrize("to", [POST, replace(SEARCHED, direct=True)])
def test_who_named_us_or_spoke_to_us_is_answered(channel, to):
    assert channel.preview(outgoing(to=to)).refused is None


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (outgoing(to=SEARCHED), "only where the author named this account"),
        (outgoing(to=replace(POST, text="@acmeboots hi")), "only where the author named"),
        (outgoing("x" * 281), "281 of 280"),
        (outgoing("靴" * 141), "282 of 280"),
        (outgoing(" "), "empty"),
        (outgoing(to=replace(POST, source="bluesky")), "it came from bluesky"),
        (outgoing(to=replace(POST, external_id="1/../2")), "no post of X"),
    ],
)
def test_what_cannot_be_posted_is_said_before_and_never_sent(server, channel, reply, why):
    assert why in (channel.preview(reply).refused or "")
    with pytest.raises(RefusedError, match=why):
        channel.send(reply)
    assert not server.asked


def test_the_length_is_weighted(channel):
    preview = channel.preview(outgoing("靴 https://acme.example/a/very/long/way/to/returns"))
    assert (preview.length, preview.max_length) == (2 + 1 + 23, 280)


# ── private ──


def test_who_takes_messages_gets_one(server, channel):
    server[f"/2/users/{ANA}"] = says({"data": {**user(ANA), "receives_your_dm": True}})
    server[f"{TALK}/messages"] = says({"data": {"dm_event_id": "77"}}, "201 Created")
    assert channel.send(outgoing(to=SEARCHED, private=True)).external_id == "dm:77"
    assert json.loads(server.asked[-1].body) == {"text": "They left today."}
    with pytest.raises(RefusedError, match="no post"):
        channel.delete("dm:77")


@pytest.mark.parametrize("more", [{}, {"receives_your_dm": False}])
def test_who_takes_no_messages_gets_none(server, channel, more):
    server[f"/2/users/{ANA}"] = says({"data": {**user(ANA), **more}})
    assert "no direct messages" in (channel.preview(outgoing(private=True)).refused or "")
    with pytest.raises(RefusedError):
        channel.send(outgoing(private=True))
    assert writes(server) == []


def test_a_message_is_found_again(server, channel):
    event = {"id": OURS, "text": "They left &amp; fly", "sender_id": OWN}
    server[f"{TALK}/dm_events"] = says({"data": [{**event, "sender_id": ANA}, event]})
    found = channel.find(outgoing("They left & fly", private=True))
    assert found is not None
    assert found.external_id == f"dm:{OURS}"
    older = says({"data": [{**event, "id": "5"}]})
    for missing in (older, says({}, "404 Not Found")):
        server[f"{TALK}/dm_events"] = missing
        with pytest.raises(OutcomeUnknownError):
            channel.find(outgoing("They left & fly", private=True))


# ── once, and found again ──


@pytest.mark.parametrize(
    "answer",
    [Line.reset, says({}, "503 Service Unavailable"), says({})],
    ids=["broken off", "out of order", "empty"],
)
def test_a_lost_answer_leaves_open_whether_it_is_there(server, channel, answer):
    server[TWEETS] = answer
    with pytest.raises(OutcomeUnknownError):
        channel.send(outgoing())
    assert writes(server) == [("POST", TWEETS)]


def test_it_is_found_by_its_words_below_the_same_post(server, channel):
    urls = {"urls": [{"url": "https://t.co/a", "expanded_url": "https://acme.example/x"}]}
    server[TIMELINE] = says(
        {
            "data": [
                ours("They left today &amp; fly: https://t.co/a", to="5", id="8"),
                ours("Something else", id="9"),
                ours("@ana They left today &amp; fly: https://t.co/a", entities=urls),
            ]
        }
    )
    found = channel.find(outgoing("They left today & fly:  acme.example.com/x"))
    assert found is not None
    assert found.external_id == OURS
    assert f"since_id={HERS}" in server.asked[-1].target


@pytest.mark.parametrize("data", [[], [ours("Something else")], [ours("They left today.", to="5")]])
def test_nobody_says_that_it_is_not_there(server, channel, data):
    server[TIMELINE] = says({"data": data, "meta": {}})
    with pytest.raises(OutcomeUnknownError, match="may yet"):
        channel.find(outgoing())


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("@ana @bob  They  left.", "They left."),
        ("They left.\n", "they LEFT."),
        ("https://t.co/a", "http://acme.example/b"),
    ],
)
def test_words_survive_the_way_there(text, same):
    assert plain(text) == plain(same)


def test_other_words_are_others():
    assert plain("They left @ana") != plain("They left")


@pytest.mark.parametrize(
    ("status", "detail", "error", "told"),
    [
        ("403 Forbidden", "You are not permitted to perform this action.", AuthError, "permitted"),
        ("403 Forbidden", "Tweet with duplicate content.", RefusedError, "already"),
        ("402 Payment Required", "No credits", ChannelError, "used up"),
    ],
)
def test_what_x_refuses_is_not_there(server, channel, status, detail, error, told):
    server[TWEETS] = says({"title": "No", "detail": detail, "type": "about:blank"}, status)
    with pytest.raises(error, match=told):
        channel.send(outgoing())
    assert len(server.asked) == 1


def test_the_token_of_an_app_cannot_look_for_answers(server, channel):
    server["/2/users/me"] = says({"title": "Unsupported"}, "403 Forbidden")
    with pytest.raises(AuthError, match="token of an app"):
        channel.find(outgoing())


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_taking_back_what_is_gone_is_fine(server, channel, status):
    server[f"{TWEETS}/{OURS}"] = says({"data": {"deleted": True}}, status)
    channel.delete(OURS)
    assert writes(server) == [("DELETE", f"{TWEETS}/{OURS}")]

"""Answers on Reddit: below what was said, in private only to who wrote to us, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.channels.base import CanReply, Outgoing
from socialcare.errors import (
    AuthError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.models import Author, Mention
from socialcare.testing import NOW, Item
from tests.channels.cases.reddit import comment, listing, message
from tests.channels.reddit_service import INFO, asked, builder, says
from tests.channels.servers import Line, Server

COMMENT = "/api/comment"
OWN = "/user/acme_care/comments"
SENT = "/message/sent"
DELETE = "/api/del"
POST = Mention(
    channel="reddit",
    source="reddit",
    external_id="t3_9a",
    author=Author("t2_anak", "u/ana_k"),
    text="Acme boots leak",
    created_at=NOW - timedelta(hours=1),
)
DM = replace(POST, external_id="t4_9d", kind="dm")
OURS = Item("9z", NOW, "They left today.")


@pytest.fixture
def build(server, http, clock):
    return builder(server, http, clock)


def outgoing(text: str = "They left today.", to: Mention = POST, **more) -> Outgoing:
    return Outgoing(to, text, "key-1", **more)


def private(text: str = "They left today.", to: Mention = DM) -> Outgoing:
    return Outgoing(to, text, "key-1", private=True)


def taken(*things: object) -> object:
    return {"json": {"errors": [], "data": {"things": list(things)}}}


def turned_down(code: str, words: str = "No.", **more: object) -> object:
    return {"json": {"errors": [[code, words, "thing_id"]], **more}}


def writes(server: Server) -> list[str]:
    return [one.path for one in server.asked if one.path.startswith("/api/") and one.method == "POST" and "v1" not in one.path]  # fmt: skip


def test_an_answer_is_a_comment_below(server, build):
    server[COMMENT] = says(taken(comment(OURS, author="acme_care")))
    channel = build()
    assert isinstance(channel, CanReply)
    posted = channel.send(outgoing())
    assert posted.external_id == "t1_9z"
    assert posted.url == posted.uri == "https://www.reddit.com/r/CampingGear/comments/9a/late/9z/"
    assert asked(server, COMMENT) == [
        {"thing_id": "t3_9a", "text": "They left today.", "api_type": "json"}
    ]


def test_a_message_is_answered_in_its_own_conversation(server, build):
    server[COMMENT] = says(taken(message(OURS, author="acme_care", parent_id="t4_9d")))
    assert build().send(private()).external_id == "t4_9z"
    assert asked(server, COMMENT)[0]["thing_id"] == "t4_9d"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (private(to=POST), "forbids messages that nobody asked for"),
        (private(to=replace(POST, external_id="t1_9b", kind="reply")), "nobody asked for"),
        (outgoing(to=DM), "answered in private"),
        (outgoing(" "), "empty"),
        (outgoing("a" * 10_001), "10,001 characters, and 10,000"),
        (outgoing(to=replace(POST, source="feed:www.reddit.com")), "it came from feed:"),
        (outgoing(to=replace(POST, external_id="t3_../x")), "nothing that Reddit's API can"),
    ],
)
def test_what_cannot_be_posted_is_said_before_and_never_sent(server, build, reply, why):
    channel = build()
    assert why in (channel.preview(reply).refused or "")
    with pytest.raises(RefusedError, match=why):
        channel.send(reply)
    assert server.asked == []


def test_characters_are_counted_as_they_are(build):
    preview = build().preview(outgoing("😀" * 10_000))
    assert (preview.length, preview.max_length, preview.refused) == (10_000, 10_000, None)


def test_an_app_alone_reads_only(server, build):
    channel = build(secrets={"client_secret": "secret-of-the-app-1234"}, query="acme")
    assert "an app alone reads only" in (channel.preview(outgoing()).refused or "")
    for call in (lambda: channel.find(outgoing()), lambda: channel.delete("t1_9z")):
        with pytest.raises(AuthError, match="an app alone"):
            call()
    assert writes(server) == []


# ── turned down with status 200 ──


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        ("THREAD_LOCKED", RefusedError, "locked this thread"),
        ("TOO_OLD", RefusedError, "archived"),
        ("USER_REQUIRED", AuthError, "wants an account"),
        ("DELETED_COMMENT", GoneError, "gone"),
        ("BANNED_FROM_SUBREDDIT", RefusedError, "banned"),
        ("SOME_NEW_RULE", RefusedError, "No \\(SOME_NEW_RULE\\)"),
    ],
)
def test_an_error_with_status_200_is_an_error(server, build, code, error, told):
    server[COMMENT] = says(turned_down(code))
    with pytest.raises(error, match=told):
        build().send(outgoing())
    assert writes(server) == [COMMENT]


@pytest.mark.parametrize(
    ("words", "more", "wait"),
    [
        ("Take a break for 6 minutes before trying again.", {}, timedelta(minutes=7)),
        ("Take a break for 40 seconds before trying again.", {}, timedelta(seconds=41)),
        ("Take a break for 6 minutes.", {"ratelimit": 331.5}, timedelta(seconds=331.5)),
        ("Faites une pause.", {}, timedelta(minutes=10)),
        ("Take a break for 9999 hours.", {}, timedelta(days=1)),
    ],
)
def test_the_second_limit_says_until_when(server, build, words, more, wait):
    server[COMMENT] = says(turned_down("RATELIMIT", words, **more))
    with pytest.raises(RateLimitError) as caught:
        build().send(outgoing())
    assert caught.value.not_before == NOW + wait
    assert writes(server) == [COMMENT]


@pytest.mark.parametrize("errors", [[[]], [[None, None, None]], [[5]], [["X" * 500, "\x1b[2J"]]])
def test_errors_that_say_nothing_are_errors(server, build, errors):
    server[COMMENT] = says({"json": {"errors": errors}})
    with pytest.raises(RefusedError) as caught:
        build().send(outgoing())
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 300


def test_newer_refusals_come_with_status_400(server, build):
    body = {"reason": "TOO_LONG", "explanation": "this is too long", "message": "Bad Request"}
    server[COMMENT] = says(body, status="400 Bad Request")
    with pytest.raises(RefusedError, match="too long"):
        build().send(outgoing())


# ── once, and found again ──


@pytest.mark.parametrize(
    "answer",
    [Line.reset, says({}, status="503 Service Unavailable"), says({}), says(taken())],
    ids=["broken off", "out of order", "empty", "taken and not shown"],
)
def test_a_lost_answer_leaves_open_whether_it_is_there(server, build, answer):
    server[COMMENT] = answer
    with pytest.raises(OutcomeUnknownError):
        build().send(outgoing())
    assert writes(server) == [COMMENT]


def test_it_is_found_by_its_words_below_the_same_parent(server, build):
    server[OWN] = says(
        listing(
            [
                comment(replace(OURS, id="1"), "t3_other", author="acme_care"),
                comment(replace(OURS, id="2", text="Other words"), author="acme_care"),
                comment(replace(OURS, id="3"), author="somebody"),
                comment(replace(OURS, text="They  left today.\n"), author="Acme_Care"),
            ]
        )
    )
    found = build().find(outgoing())
    assert found is not None
    assert found.external_id == "t1_9z"


def test_a_message_is_found_among_those_we_sent(server, build):
    server[SENT] = says(listing([message(OURS, author="acme_care", parent_id="t4_9d")]))
    found = build().find(private())
    assert found is not None
    assert found.external_id == "t4_9z"


def test_older_pages_are_looked_through_down_to_what_is_answered(server, build):
    newer = comment(replace(OURS, id="1", text="Other"), author="acme_care")
    older = comment(replace(OURS, id="2", at=POST.created_at - timedelta(days=1)), "t3_x", "acme_care")  # fmt: skip

    def page(line: Line) -> None:
        first = "after=" not in line.request.target
        says(listing([newer], "t1_1") if first else listing([older], "t1_2"))(line)

    server[OWN] = page
    with pytest.raises(OutcomeUnknownError):
        build().find(outgoing())
    assert [one.get("after") for one in asked(server, OWN)] == [None, "t1_1"]


def test_what_is_older_than_the_attempt_is_not_what_it_made(server, build):
    server[OWN] = says(listing([comment(OURS, author="acme_care")]))
    channel = build()
    assert channel.find(outgoing(tried_at=NOW + timedelta(minutes=1)))
    with pytest.raises(OutcomeUnknownError):
        channel.find(outgoing(tried_at=NOW + timedelta(hours=1)))


# ── taken back ──


def test_only_what_we_wrote_is_taken_back(server, build):
    server[INFO] = says(listing([comment(OURS, author="acme_care")]))
    server[DELETE] = says({})
    build().delete("t1_9z")
    assert asked(server, DELETE) == [{"id": "t1_9z", "api_type": "json"}]
    server[INFO] = says(listing([comment(OURS)]))
    with pytest.raises(RefusedError, match="somebody else"):
        build().delete("t1_9z")
    assert writes(server) == [DELETE]


@pytest.mark.parametrize("there", [[], [comment(OURS, author="[deleted]", body="[deleted]")]])
def test_what_is_gone_already_is_fine(server, build, there):
    server[INFO] = says(listing(there))
    build().delete("t1_9z")
    assert writes(server) == []


@pytest.mark.parametrize("external_id", ["t4_9z", "t3_9z", "9z", "t1_../x"])
def test_what_is_no_comment_is_not_taken_back(server, build, external_id):
    with pytest.raises(RefusedError, match="take back"):
        build().delete(external_id)
    assert server.asked == []

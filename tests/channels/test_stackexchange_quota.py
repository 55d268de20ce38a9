"""Stack Exchange: quota, rests, refusals, the key, and a second look at known posts."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from functools import partial

import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck, Setup
from socialcare.channels.stackexchange import StackExchange
from socialcare.clock import parse_time
from socialcare.errors import AuthError, ChannelError, RateLimitError, UnavailableError
from socialcare.testing import NOW, SINCE, Item
from tests.channels.cases.stackexchange import post

KEY = "k3y-of-acme-app(("
SEARCH = "/2.3/search/advanced"
MINUTE = timedelta(minutes=1)


def answers(value, *headers, status="200 OK"):
    return lambda line: line.answer(json.dumps(value).encode(), *headers, status=status)


def found(*items, **wrapper):
    posts = [post(one, int(one.at.timestamp())) for one in items]
    return {"items": posts, "has_more": False, "quota_max": 300, "quota_remaining": 299, **wrapper}


@pytest.fixture
def channel(server, http, clock):
    server[SEARCH] = answers(found())

    def build(key=None, **options):
        return StackExchange(
            Setup(
                name="se",
                options={"base_url": server.url, "query": ["acme"], **options},
                connect=partial(http.session, "se"),
                clock=clock,
                secret={"key": key}.get,
            )
        )

    return build


def run(channel, checkpoint=None):
    pages = list(channel.pages(checkpoint, SINCE))
    return pages, json.loads(json.dumps(pages[-1].checkpoint))


def searches(server):
    return [one for one in server.asked if one.path == SEARCH]


# ── quota ──


def test_answers_are_compressed_always(server, channel):
    body = gzip.compress(json.dumps(found(Item("5", NOW))).encode())
    server[SEARCH] = lambda line: line.answer(body, "Content-Encoding: gzip")
    pages, _ = run(channel())
    assert [one.external_id for one in pages[0].mentions] == ["q/5"]
    assert "gzip" in server.asked[0].headers["accept-encoding"]


@pytest.mark.parametrize(
    ("quota", "rest"),
    [
        ({"quota_max": 300, "quota_remaining": 299}, None),
        ({"quota_max": 300, "quota_remaining": 150}, None),  # it is noon
        ({"quota_max": 300, "quota_remaining": 149}, "2026-11-21T12:04:48.000Z"),
        ({"quota_max": 300, "quota_remaining": 75}, "2026-11-21T18:00:00.000Z"),
        ({"quota_max": 300, "quota_remaining": 0}, "2026-11-22T00:00:00.000Z"),
        ({"quota_max": 300, "quota_remaining": -1}, "2026-11-22T00:00:00.000Z"),
        ({"quota_max": 10_000, "quota_remaining": 5_001}, None),
        ({"quota_max": 0, "quota_remaining": 0}, None),
        ({"quota_max": None, "quota_remaining": None}, None),
    ],
)
def test_the_quota_is_spread_over_the_day(server, channel, clock, quota, rest):
    server[SEARCH] = answers(found(**quota))
    _, checkpoint = run(channel())
    assert checkpoint["rest"] == rest
    before = len(searches(server))
    pages, after = run(channel(), checkpoint)
    assert (len(searches(server)) == before) == (rest is not None)
    assert not any(page.mentions for page in pages)
    if rest:
        assert after == checkpoint
        clock.sleep((parse_time(rest) - NOW).total_seconds())
        run(channel(), checkpoint)
        assert len(searches(server)) == before + 1


def test_a_rest_is_kept_by_the_second_look_as_well(server, channel):
    server[SEARCH] = answers(found(quota_remaining=0))
    _, checkpoint = run(channel())
    built = channel()
    run(built, checkpoint)
    before = len(server.asked)
    assert isinstance(built, CanRecheck)
    assert not built.recheck(["q/5"]).gone
    assert len(server.asked) == before


def test_a_rest_that_is_asked_for_is_kept_by_method(server, channel, clock):
    """The answers may still be asked for; the next search is one of the next run."""
    question = Item("5", NOW - timedelta(hours=1))
    page = found(question, backoff=10, has_more=True)
    page["items"][0]["answer_count"] = 1
    server[SEARCH] = answers(page)
    server["/2.3/questions/5/answers"] = answers(found())
    got = []
    with pytest.raises(RateLimitError) as caught:
        got.extend(channel().pages(None, SINCE))
    assert (caught.value.not_before - NOW).total_seconds() == 10
    [first] = got
    assert [one.external_id for one in first.mentions] == ["q/5"]
    assert len(server.asked) == 2
    assert first.checkpoint["rest"] == "2026-11-21T12:00:10.000Z"
    run(channel(), first.checkpoint)
    assert len(server.asked) == 2
    clock.sleep(10)
    server[SEARCH] = answers(found())
    run(channel(), first.checkpoint)
    assert f"min={int(question.at.timestamp())}" in server.asked[-1].target


# ── the key ──


def test_the_key_goes_along_and_is_never_shown(server, channel):
    run(channel(KEY))
    assert "key=k3y-of-acme-app" in server.asked[0].target
    said = {
        "error_id": 400,
        "error_name": "bad_parameter",
        "error_message": f"`key` {KEY} is unknown",
    }
    server[SEARCH] = answers(said, status="400 Bad Request")
    with pytest.raises(ChannelError) as caught:
        run(channel(KEY))
    assert KEY not in caught.value.message + caught.value.hint
    assert "bad_parameter" not in caught.value.message
    assert "`key`" in caught.value.message


def test_access_is_checked_by_the_quota_of_the_key(server, channel):
    server["/2.3/info"] = answers({"items": [], "quota_max": 10_000, "quota_remaining": 9_999})
    built = channel(KEY)
    assert isinstance(built, CanCheckAccess)
    assert built.check_access() == "a key for 10,000 requests a day"
    with pytest.raises(AuthError, match="none is needed"):
        channel().check_access()


# ── refusals ──


@pytest.mark.parametrize(
    ("status", "message", "wait"),
    [
        ("400 Bad Request", "too many requests from this IP, more requests available in 17524 seconds", 17_524),
        ("400 Bad Request", "Violation of backoff parameter", 3_600),
        ("502 Bad Gateway", "too many requests from this IP, more requests available in 999999 seconds", 86_400),
    ],
)  # fmt: skip
def test_a_violation_is_known_by_its_number(server, channel, status, message, wait):
    said = {"error_id": 502, "error_name": "throttle_violation", "error_message": message}
    server[SEARCH] = answers(said, status=status)
    with pytest.raises(RateLimitError) as caught:
        run(channel())
    assert (caught.value.not_before - NOW).total_seconds() == wait
    assert "10,000" in caught.value.hint
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("error_id", "status", "error", "said"),
    [
        (400, "400 Bad Request", ChannelError, "does not take the question (400): No site found"),
        (404, "404 Not Found", ChannelError, "does not take the question (404)"),
        (403, "403 Forbidden", AuthError, "does not let us in (403)"),
        (402, "400 Bad Request", AuthError, "does not let us in (402)"),
        (500, "400 Bad Request", UnavailableError, "out of order (500)"),
        (503, "400 Bad Request", UnavailableError, "out of order (503)"),
    ],
)
def test_refusals_are_told_with_their_cause(server, channel, error_id, status, error, said):
    body = {
        "error_id": error_id,
        "error_name": "x",
        "error_message": "No site found for name `acme`",
    }
    server[SEARCH] = answers(body, status=status)
    with pytest.raises(error) as caught:
        run(channel())
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("status", "error"),
    [("502 Bad Gateway", UnavailableError), ("403 Forbidden", AuthError), ("400 Bad Request", ChannelError)],
)  # fmt: skip
def test_a_page_of_somebody_in_between_is_told_as_well(server, channel, status, error):
    server[SEARCH] = lambda line: line.answer(b"<html>no</html>", status=status)
    with pytest.raises(error) as caught:
        run(channel())
    assert status[:3] in caught.value.message


# ── a second look ──


def test_known_posts_are_looked_at_again_with_what_was_said_below_them(server, channel):
    edited = post(Item("5", NOW, "edited"), 0) | {"last_edit_date": int(NOW.timestamp())}
    unread = {"question_id": 6}
    server["/2.3/questions/5;6;7"] = answers({"items": [edited, unread]})
    server["/2.3/answers/8"] = answers({"items": [post(Item("8", NOW, "re 5 yes"), 0)]})
    comments = [
        {"comment_id": 1, "post_id": 8, "creation_date": int(NOW.timestamp()), "body": "thanks"}
    ]
    server["/2.3/posts/5;8/comments"] = answers({"items": comments})
    server["/2.3/comments/2;3"] = answers(
        {"items": [comments[0] | {"comment_id": 2, "post_id": 99}]}
    )
    built = channel()
    assert isinstance(built, CanRecheck)
    page = built.recheck(["q/5", "q/6", "q/7", "a/8", "comment/1", "comment/2", "comment/3", "41"])
    assert [(one.external_id, one.text.split("\n")[-1]) for one in page.mentions] == [
        ("q/5", "Tags: acme"),
        ("a/8", "re 5 yes"),
        ("comment/1", "thanks"),
    ]
    assert page.mentions[0].edited_at == NOW
    assert page.mentions[2].thread == "q/5"
    assert page.gone == ["q/7", "comment/3"]
    assert len(page.broken) == 1


def test_nothing_to_look_at_asks_nothing(server, channel):
    assert not channel().recheck(["41"]).gone
    assert not server.asked

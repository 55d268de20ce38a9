"""Reddit by its API: signing in, lists of items of which some are deleted, limits, looking again."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.channels.base import TokensInMemory
from socialcare.channels.reddit import Reddit
from socialcare.errors import (
    AuthError,
    ChannelError,
    ConfigError,
    GoneError,
    RateLimitError,
    UsageError,
)
from socialcare.settings import Brand
from socialcare.testing import NOW, Item
from socialcare.workflow.adding import named, read_spec
from tests.channels.cases.reddit import SECRETS, SIGN_IN, comment, listing, message, post
from tests.channels.reddit_service import (
    COMMENTS,
    INBOX,
    INFO,
    MENTIONS,
    NEW,
    OURS,
    SENT,
    TOKEN,
    asked,
    builder,
    granted,
    in_turn,
    names,
    run,
    says,
)
from tests.channels.servers import Line, Server

APP = {"client_secret": SECRETS["client_secret"]}
REFRESH = {**APP, "refresh_token": "refresh-of-acme-1234"}
SUBREDDIT = {"subreddits": ["CampingGear"], "inbox": False}
UNAUTHORIZED = says({"message": "Unauthorized", "error": 401}, status="401 Unauthorized")


@pytest.fixture
def build(server, http, clock):
    return builder(server, http, clock)


def items(*ids: str, at=NOW - timedelta(hours=1)) -> list[Item]:
    """Newest first."""
    return [Item(one, at - timedelta(minutes=n)) for n, one in enumerate(ids)]


def posts_of(*ids: str, after: str | None = None, at=NOW - timedelta(hours=1)):
    return says(listing([post(one) for one in items(*ids, at=at)], after))


# ── options ──


@pytest.mark.parametrize(
    ("options", "key", "told"),
    [
        ({"user": "a b"}, "user", "is no account"),
        ({"user": 5}, "user", "a text in quotes"),
        ({"subreddits": "r/a b"}, "subreddits", "is no subreddit"),
        ({"query": "x" * 513}, "query", "longer than 512"),
        ({"inbox": "yes"}, "inbox", "true or false"),
        ({"user": None, "query": ""}, "[channels.reddit]", "nothing to read"),
    ],
)
def test_a_wrong_option_is_named(build, options, key, told):
    with pytest.raises(ConfigError) as caught:
        build(**options)
    assert "[channels.reddit]" in caught.value.message
    assert key in caught.value.message
    assert told in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("reddit-api:acme", {"query": ["acme"]}),
        ("reddit-api:r/CampingGear", {"subreddits": ["CampingGear"]}),
        ("reddit-api:u/acme_care", {"user": "acme_care"}),
        ("reddit-api", {}),
    ],
)
def test_the_api_has_a_word_of_its_own(spec, options):
    channel = named(read_spec(spec), ())
    assert (channel.type, channel.options) == ("reddit", options)
    assert channel.table == {"type": "reddit", **options}


def test_without_that_word_it_is_a_feed():
    assert read_spec("reddit:acme").type == "feed"
    assert read_spec("reddit:r/CampingGear").type == "feed"


def test_what_is_no_subreddit_is_refused_at_once():
    with pytest.raises(UsageError, match="no subreddit"):
        Reddit.from_spec("reddit-api", "r/a b")


def test_without_anything_else_the_brand_is_searched_for(server, build):
    server["/search"] = posts_of("1")
    brand = Brand(name="Acme", watch=("acme boots",))
    channel = build(secrets=APP, user=None, brand=brand)
    assert names(run(channel)[0]) == ["t3_1"]
    assert asked(server, "/search")[0]["q"] == '"Acme" OR "acme boots"'
    assert asked(server, INBOX) == []


# ── signing in ──


@pytest.mark.parametrize(
    ("secrets", "form"),
    [
        (SECRETS, {"grant_type": "password", "username": "acme_care", "password": SECRETS["password"]}),
        (REFRESH, {"grant_type": "refresh_token", "refresh_token": "refresh-of-acme-1234"}),
        (APP, {"grant_type": "client_credentials"}),
    ],
)  # fmt: skip
def test_the_best_secret_there_is_signs_in(server, build, secrets, form):
    run(build(secrets=secrets, **SUBREDDIT))
    assert asked(server, SIGN_IN) == [form]
    signed, read = server.asked[0], server.asked[1]
    basic = base64.b64encode(f"id-of-the-app:{SECRETS['client_secret']}".encode()).decode()
    assert signed.headers["authorization"] == f"Basic {basic}"
    assert read.headers["authorization"] == f"Bearer {TOKEN}"
    assert {one.headers["user-agent"] for one in (signed, read)} == {signed.headers["user-agent"]}
    assert signed.headers["user-agent"].endswith("(by /u/acme_care)")


def test_the_token_is_kept_between_runs_as_long_as_it_lives(server, build, clock):
    tokens = TokensInMemory()
    for _run in range(3):
        run(build(tokens, **SUBREDDIT))
    assert len(asked(server, SIGN_IN)) == 1
    clock.sleep(3590)
    run(build(tokens, **SUBREDDIT))
    assert len(asked(server, SIGN_IN)) == 2


def test_what_is_kept_is_for_these_secrets_and_tells_none_of_them(server, build):
    tokens = TokensInMemory()
    run(build(tokens, **SUBREDDIT))
    kept = json.dumps(dict(tokens.read()))
    assert not any(secret in kept for secret in SECRETS.values())
    run(build(tokens, secrets=APP, **SUBREDDIT))
    assert len(asked(server, SIGN_IN)) == 2


@pytest.mark.parametrize("until", ["", "soon", "9" * 30, "-1", "²"])
def test_a_damaged_file_is_no_token(server, build, until):
    tokens = TokensInMemory()
    run(build(tokens, **SUBREDDIT))
    tokens.write({**tokens.read(), "until": until})
    run(build(tokens, **SUBREDDIT))
    assert len(asked(server, SIGN_IN)) == 2


def test_a_token_that_is_refused_is_renewed_once(server, build):
    server[SIGN_IN] = in_turn(says(granted("token-1-of-acme")), says(granted("token-2-of-acme")))
    server[NEW] = in_turn(UNAUTHORIZED, posts_of("1"))
    assert names(run(build(**SUBREDDIT))[0]) == ["t3_1"]
    tokens = [one.headers["authorization"] for one in server.asked if one.path == NEW]
    assert tokens == ["Bearer token-1-of-acme", "Bearer token-2-of-acme"]


def test_a_new_token_that_is_refused_as_well_is_told(server, build):
    server[NEW] = UNAUTHORIZED
    with pytest.raises(AuthError, match="401"):
        run(build(**SUBREDDIT))
    assert len(asked(server, NEW)) == 2


def test_a_refresh_token_that_came_along_takes_the_place_of_the_old_one(server, build, clock):
    tokens = TokensInMemory()
    server[SIGN_IN] = says(granted(refresh_token="refresh-2-of-acme"))
    for _run in range(2):
        run(build(tokens, secrets=REFRESH, **SUBREDDIT))
        clock.sleep(4000)
    sent = [one["refresh_token"] for one in asked(server, SIGN_IN)]
    assert sent == ["refresh-of-acme-1234", "refresh-2-of-acme"]
    refused = says({"error": "invalid_grant"}, status="400 Bad Request")
    server[SIGN_IN] = lambda line: (
        refused if b"refresh-2" in line.request.body else says(granted())
    )(line)
    run(build(tokens, secrets=REFRESH, **SUBREDDIT))
    assert asked(server, SIGN_IN)[-1]["refresh_token"] == "refresh-of-acme-1234"


REFUSALS = {
    "the app": (SECRETS, {"message": "Unauthorized", "error": 401}, "401 Unauthorized", "client_id"),
    "no secret": ({}, {"message": "Unauthorized"}, "401 Unauthorized", "it wants the client_secret"),
    "the password": (SECRETS, {"error": "invalid_grant"}, "200 OK", "password of u/acme_care"),
    "the refresh token": (REFRESH, {"error": "invalid_grant"}, "400 Bad Request", "refresh token"),
    "the way": (SECRETS, {"error": "unsupported_grant_type"}, "200 OK", "may not sign in this way"),
    "anything": (SECRETS, {"error": SECRETS["password"]}, "403 Forbidden", "refused the sign-in"),
}  # fmt: skip


@pytest.mark.parametrize(("secrets", "body", "status", "told"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_sign_in_names_its_cause_and_no_secret(
    server, build, secrets, body, status, told
):
    server[SIGN_IN] = says(body, status=status)
    with pytest.raises(AuthError, match=told) as caught:
        run(build(secrets=secrets, **SUBREDDIT))
    assert "channel login reddit" in caught.value.hint
    shown = caught.value.message + caught.value.hint + repr(caught.value)
    assert not any(secret in shown for secret in secrets.values())


def test_without_keys_it_says_that_there_are_none_to_be_had(server, build):
    with pytest.raises(AuthError, match="no new API keys since November 2025") as caught:
        run(build(client_id=None, **SUBREDDIT))
    assert "channel add reddit:acme" in caught.value.hint
    assert server.asked == []


def test_who_we_are_is_told(build):
    assert build().check_access() == "u/acme_care"
    assert build(secrets=APP, query="acme").check_access().startswith("an app")


def test_an_inbox_needs_an_account(server, build):
    with pytest.raises(AuthError, match="only an account has an inbox"):
        run(build(secrets=APP))
    assert server.asked == []


# ── reading ──


def test_what_is_said_to_us_comes_first_and_stays_unread(server, build):
    server[INBOX] = says(listing([comment(Item("1", NOW))]))
    channel = build(subreddits=["CampingGear"], query="acme")
    pages, checkpoint = run(channel)
    assert names(pages) == ["t1_1"]
    order = [one.path for one in server.asked[1:]]
    assert order == [INBOX, MENTIONS, OURS, SENT, NEW, COMMENTS, "/search"]
    assert asked(server, INBOX)[0]["mark"] == "false"
    assert asked(server, NEW)[0] == {"limit": "100", "raw_json": "1"}
    checkpoint["lists"]["r/CampingGear/new"]["done"] = "2026-11-22T00:00:00.000Z"
    server.asked.clear()
    run(channel, checkpoint)
    assert [one.path for one in server.asked[4:]] == [COMMENTS, "/search", NEW]


def test_what_we_answered_on_the_site_is_an_answer(server, build):
    server[INBOX] = says(listing([comment(Item("1", NOW))]))
    server[OURS] = says(listing([comment(Item("2", NOW), "t1_1", author="acme_care")]))
    server[SENT] = says(listing([message(Item("3", NOW), author="acme_care", parent_id="t4_9")]))
    pages, _ = run(build())
    found = {
        one.external_id: (one.role, one.in_reply_to) for page in pages for one in page.mentions
    }
    assert found["t1_2"] == ("answer", "t1_1")
    assert found["t4_3"] == ("answer", "t4_9")
    assert found["t1_1"][0] == "mention"


def test_a_token_that_may_not_read_our_answers_reads_the_rest(server, build):
    header = 'WWW-Authenticate: Bearer realm="reddit", error="insufficient_scope"'
    server[OURS] = server[SENT] = says({}, header, status="403 Forbidden")
    server[INBOX] = says(listing([comment(Item("1", NOW))]))
    assert names(run(build())[0]) == ["t1_1"]


def test_a_list_that_is_out_of_the_config_is_forgotten(server, build):
    server["/r/hiking/new"] = server["/r/hiking/comments"] = says(listing([]))
    _, checkpoint = run(build(subreddits=["CampingGear", "hiking"], inbox=False))
    assert "r/hiking/new" in checkpoint["lists"]
    _, checkpoint = run(build(**SUBREDDIT), checkpoint)
    assert checkpoint["lists"].keys() == {"r/CampingGear/new", "r/CampingGear/comments"}


def test_a_walk_ends_at_the_first_that_is_known(server, build):
    server[NEW] = in_turn(posts_of("3", "2", "1"), posts_of("5", "4", "3", after="t3_3"))
    _, checkpoint = run(build(**SUBREDDIT))
    pages, _ = run(build(**SUBREDDIT), checkpoint)
    assert names(pages) == ["t3_5", "t3_4", "t3_3"]
    assert len(asked(server, NEW)) == 2


def test_where_all_that_is_known_was_deleted_the_time_ends_it(server, build):
    old = items("20", "10", at=NOW - timedelta(hours=9))
    _, checkpoint = run_with(server, build, posts_of("3", "2", "1"))
    older = says(listing([post(one) for one in old], "t3_10"))
    first, second = posts_of("5", "4", after="t3_4", at=NOW), older
    server[NEW] = lambda line: (second if "after=" in line.request.target else first)(line)
    pages, _ = run(build(**SUBREDDIT), checkpoint)
    assert names(pages)[:2] == ["t3_5", "t3_4"]
    assert not any(page.possibly_missed for page in pages)
    assert [one.get("after") for one in asked(server, NEW)] == [None, None, "t3_4"]


def run_with(server: Server, build, answer):
    server[NEW] = answer
    return run(build(**SUBREDDIT))


def test_twenty_names_of_the_top_are_kept(server, build):
    _, checkpoint = run_with(server, build, posts_of(*(f"{n}" for n in range(100, 140))))
    assert checkpoint["lists"]["r/CampingGear/new"]["known"] == [f"t3_{n}" for n in range(100, 120)]


def behind(answers):
    """Answers by the name that is asked behind; nothing comes behind any other."""

    def answer(line: Line) -> None:
        after = [one for one in line.request.target.replace("?", "&").split("&") if "after=" in one]
        name = after[0].removeprefix("after=") if after else ""
        answers.get(name, says(listing([])))(line)

    return answer


def test_behind_a_deleted_name_the_one_before_it_leads_on(server, build):
    server[NEW] = behind({"": posts_of("5", "4", "3", after="t3_3"), "t3_4": posts_of("2", "1")})
    pages, _ = run(build(**SUBREDDIT))
    assert names(pages) == ["t3_5", "t3_4", "t3_3", "t3_2", "t3_1"]
    assert [one.get("after") for one in asked(server, NEW)] == [None, "t3_3", "t3_4"]
    assert not any(page.possibly_missed for page in pages)


def test_where_nothing_leads_on_it_is_said(server, build):
    server[NEW] = behind({"": posts_of("5", "4", "3", after="t3_3")})
    pages, _ = run(build(**SUBREDDIT))
    assert [page.possibly_missed for page in pages if page.possibly_missed] == [
        "Reddit gives nothing behind items that were deleted meanwhile"
    ]


def test_an_end_that_a_name_only_seemed_to_point_beyond_is_no_hole(server, build):
    server[NEW] = behind({"": posts_of("5", "4", after="t3_4"), "t3_5": posts_of("4")})
    pages, _ = run(build(**SUBREDDIT))
    assert set(names(pages)) == {"t3_5", "t3_4"}
    assert not any(page.possibly_missed for page in pages)


@pytest.mark.parametrize(("path", "count", "told"), [(NEW, 1000, True), (NEW, 800, False), ("/search", 250, True), ("/search", 150, False)])  # fmt: skip
def test_a_list_that_ends_before_known_ground_may_have_had_more(server, build, path, count, told):
    ids = [f"{n}" for n in range(10_000, 10_000 + count)]
    pages_ = {}
    for start in range(0, count, 100):
        some = ids[start : start + 100]
        after = f"t3_{some[-1]}" if start + 100 < count else None
        things = listing([post(Item(one, NOW - timedelta(hours=1))) for one in some], after)
        pages_["" if start == 0 else f"t3_{ids[start - 1]}"] = says(things)
    server[path] = behind(pages_)
    options = SUBREDDIT if path == NEW else {"query": "acme", "inbox": False}
    pages, _ = run(build(**options))
    assert len(names(pages)) == count
    assert any(page.possibly_missed for page in pages) is told


def test_what_shows_as_removed_is_gone(server, build):
    removed = post(Item("2", NOW), removed_by_category="moderator")
    pages, _ = run_with(server, build, says(listing([post(Item("3", NOW)), removed])))
    assert names(pages) == ["t3_3"]
    assert [one for page in pages for one in page.gone] == ["t3_2"]


@pytest.mark.parametrize(
    ("body", "status", "error", "told"),
    [
        ({"reason": "private", "message": "Forbidden"}, "403 Forbidden", ChannelError, "private"),
        ({"reason": "banned", "message": "Not Found"}, "404 Not Found", ChannelError, "closed it"),
        ({"message": "Not Found"}, "404 Not Found", GoneError, "nothing at Reddit to read r/Camp"),
        ({}, "302 Found", GoneError, "nothing at Reddit"),
    ],
)
def test_a_subreddit_that_is_closed_keeps_no_other_from_being_read(
    server, build, body, status, error, told
):
    server[NEW] = server[COMMENTS] = says(body, status=status)
    server["/r/hiking/new"] = posts_of("1")
    server["/r/hiking/comments"] = says(listing([comment(Item("2", NOW))]))
    got = []
    with pytest.raises(error, match=told) as caught:
        for page in build(subreddits=["CampingGear", "hiking"], inbox=False).pages(None, NOW - timedelta(days=7)):  # fmt: skip
            got.append(page)
    assert names(got) == ["t3_1", "t1_2"]
    assert "config edit" in caught.value.hint


def test_a_scope_that_is_missing_is_named(server, build):
    header = 'WWW-Authenticate: Bearer realm="reddit", error="insufficient_scope"'
    server[INBOX] = says({"message": "Forbidden"}, header, status="403 Forbidden")
    with pytest.raises(AuthError, match="without that scope") as caught:
        run(build())
    assert "privatemessages" in caught.value.hint


# ── limits ──


def test_a_window_that_is_used_up_is_left_to_end(server, build):
    used_up = ("x-ratelimit-remaining: 0.0", "x-ratelimit-reset: 137", "x-ratelimit-used: 600")
    server[NEW] = says(listing([post(Item("1", NOW))]), *used_up)
    got = []
    with pytest.raises(RateLimitError) as caught:
        for page in build(**SUBREDDIT).pages(None, NOW - timedelta(days=7)):
            got.append(page)
    assert caught.value.not_before == NOW + timedelta(seconds=137)
    assert names(got) == ["t3_1"]
    assert asked(server, COMMENTS) == []


@pytest.mark.parametrize("remaining", ["1.0", "599.0", "", "many", "-1"])
def test_a_window_with_room_holds_up_nothing(server, build, remaining):
    server[NEW] = says(listing([]), f"x-ratelimit-remaining: {remaining}", "x-ratelimit-reset: 9")
    run(build(**SUBREDDIT))
    assert len(asked(server, COMMENTS)) == 1


def test_a_429_ends_with_its_window(server, build):
    server[NEW] = says({}, "x-ratelimit-reset: 61", status="429 Too Many Requests")
    with pytest.raises(RateLimitError) as caught:
        run(build(**SUBREDDIT))
    assert caught.value.not_before == NOW + timedelta(seconds=61)


# ── looking again ──


def test_what_is_edited_or_deleted_is_seen(server, build):
    edited = comment(Item("1", NOW, "It came"), edited=NOW.timestamp() + 60)
    deleted = comment(Item("2", NOW), author="[deleted]", body="[deleted]", author_fullname=None)
    server[INFO] = says(listing([edited, deleted]))
    page = build().recheck(["t1_1", "t1_2", "t4_3"])
    assert [one.text for one in page.mentions] == ["It came"]
    assert page.mentions[0].edited_at == NOW + timedelta(seconds=60)
    assert page.gone == ["t1_2"]
    assert asked(server, INFO)[0]["id"] == "t1_1,t1_2"


def test_what_is_missing_is_asked_for_once_more(server, build):
    """Some answers leave out a part of what was asked for."""
    there, late = post(Item("1", NOW)), post(Item("2", NOW))
    server[INFO] = in_turn(says(listing([there])), says(listing([late])))
    page = build().recheck(["t3_1", "t3_2", "t3_3"])
    assert [one.external_id for one in page.mentions] == ["t3_1", "t3_2"]
    assert page.gone == ["t3_3"]
    assert [one["id"] for one in asked(server, INFO)] == ["t3_1,t3_2,t3_3", "t3_2,t3_3"]


def test_what_cannot_be_read_again_is_not_gone(server, build):
    broken = post(replace(items("1")[0], broken=True))
    server[INFO] = says(listing([broken]))
    page = build().recheck(["t3_1"])
    assert (page.gone, len(page.broken)) == ([], 1)


def test_messages_are_not_asked_for_again(server, build):
    assert build().recheck(["t4_1", "../x"]).gone == []
    assert server.asked == []

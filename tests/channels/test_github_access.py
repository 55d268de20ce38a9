"""GitHub: servers, tokens, limits, refusals, and a second look at known posts."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck, Setup
from socialcare.channels.github import GitHub
from socialcare.clock import format_time
from socialcare.errors import (
    AuthError,
    ChannelError,
    GoneError,
    RateLimitError,
    RefusedError,
)
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Item
from tests.channels.cases.github import comment, issue, user

TOKEN = "github_pat_of_acme"
ISSUES, COMMENTS = "/repos/acme/app/issues", "/repos/acme/app/issues/comments"
FIRST = {"repos": ["acme/app"]}


def answers(value, *headers, status="200 OK"):
    body = json.dumps(value).encode()
    return lambda line: line.answer(body, *headers, status=status)


@pytest.fixture
def channel(server, http, clock):
    """Built anew for every run, as the program does it."""
    server["/user"] = answers(user("acme-care"))
    server[ISSUES] = server[COMMENTS] = answers([])

    def build(token=None, **options):
        return GitHub(
            Setup(
                name="gh",
                options={"base_url": server.url, **(options or FIRST)},
                connect=partial(http.session, "gh"),
                clock=clock,
                brand=Brand("Acme"),
                secret={"token": token}.get,
            )
        )

    return build


def run(channel, checkpoint=None):
    pages = list(channel.pages(checkpoint, SINCE))
    return pages, json.loads(json.dumps(pages[-1].checkpoint))


# ── what is asked ──


def test_the_token_and_the_version_of_the_api_go_along(server, channel):
    run(channel(TOKEN))
    for asked in server.asked:
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["x-github-api-version"] == "2022-11-28"
        assert asked.headers["accept"] == "application/vnd.github+json"


def test_a_quiet_list_is_asked_with_its_mark_and_costs_nothing(server, channel):
    said = []

    def listed(line):
        said.append(line.request.headers.get("if-none-match"))
        known = said[-1] == 'W/"one"'
        body = json.dumps([issue(Item("2", NOW), NOW)]).encode()
        status = "304 Not Modified" if known else "200 OK"
        line.answer(b"" if known else body, 'ETag: W/"one"', status=status)

    server[ISSUES] = listed
    _, checkpoint = run(channel())
    _, checkpoint = run(channel(), checkpoint)
    pages, after = run(channel(), checkpoint)
    assert said == [None, None, 'W/"one"']
    assert not pages[0].mentions
    assert after == checkpoint


def test_a_list_of_more_than_one_page_has_no_mark(server, channel):
    """That its first page is as before says nothing about the second."""
    said = []

    def listed(line):
        said.append(line.request.headers.get("if-none-match"))
        page = parse_qs(urlsplit(line.request.target).query).get("page", ["1"])[0]
        link = f'Link: <{ISSUES}?page=2>; rel="next"' if page == "1" else "X-Nothing: 1"
        line.answer(json.dumps([issue(Item(page, NOW), NOW)]).encode(), 'ETag: "x"', link)

    server[ISSUES] = listed
    checkpoint = None
    for _ in range(3):
        _, checkpoint = run(channel(), checkpoint)
    assert set(said) == {None}


# ── who we are ──


def test_what_the_account_of_the_token_says_is_an_answer(server, channel):
    server[ISSUES] = answers([issue(Item("2", NOW), NOW) | {"user": user("Acme-Care")}])
    [first, *_], _ = run(channel(TOKEN))
    [mention] = first.mentions
    assert (mention.role, mention.author.is_us, mention.direct) == ("answer", True, False)


def test_the_token_of_an_app_has_no_account_and_reads_all_the_same(server, channel):
    server["/user"] = answers(
        {"message": "Resource not accessible by integration"}, status="403 Forbidden"
    )
    server[ISSUES] = answers([issue(Item("2", NOW), NOW)])
    [first, *_], _ = run(channel(TOKEN))
    assert len(first.mentions) == 1
    assert channel(TOKEN).check_access() == "a token of 127.0.0.1"


def test_access_is_checked_by_asking_who_we_are(server, channel):
    built = channel(TOKEN)
    assert isinstance(built, CanCheckAccess)
    assert built.check_access() == "@acme-care"
    server["/user"] = answers({"message": "Bad credentials"}, status="401 Unauthorized")
    with pytest.raises(AuthError, match="refused the token"):
        channel(TOKEN).check_access()
    with pytest.raises(AuthError, match="there is none"):
        channel().check_access()


# ── refusals ──

LIMITS = [
    ("429 Too Many Requests", ["Retry-After: 90"], 90),
    ("403 Forbidden", ["Retry-After: 30", "X-RateLimit-Remaining: 4000"], 30),
    (
        "403 Forbidden",
        ["X-RateLimit-Remaining: 0", f"X-RateLimit-Reset: {int(NOW.timestamp()) + 1800}"],
        1800,
    ),
    (
        "429 Too Many Requests",
        ["X-RateLimit-Remaining: 9", f"X-RateLimit-Reset: {int(NOW.timestamp()) + 1800}"],
        60,
    ),
]


@pytest.mark.parametrize(("status", "headers", "wait"), LIMITS)
def test_limits_are_kept_as_github_tells_them(server, channel, status, headers, wait):
    server[ISSUES] = answers({"message": "API rate limit exceeded"}, *headers, status=status)
    with pytest.raises(RateLimitError) as caught:
        run(channel())
    assert (caught.value.not_before - NOW).total_seconds() == wait
    assert "instead of 60" in caught.value.hint
    with pytest.raises(RateLimitError) as caught:
        run(channel(TOKEN))
    assert "instead of 60" not in caught.value.hint
    assert len([one for one in server.asked if one.path == ISSUES]) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Zu schnell", "documentation_url": "https://docs.github.com/x#secondary-rate-limits"},
        {"message": "You have exceeded a secondary rate limit."},
    ],
)  # fmt: skip
def test_a_secondary_limit_has_no_header_and_is_rested_for_a_minute(server, channel, body):
    headers = ("X-RateLimit-Remaining: 4000", f"X-RateLimit-Reset: {int(NOW.timestamp()) + 3000}")
    server["/user"] = answers(body, *headers, status="403 Forbidden")
    with pytest.raises(RateLimitError) as caught:
        run(channel(TOKEN))
    assert (caught.value.not_before - NOW).total_seconds() == 60
    assert format_time(caught.value.not_before) in caught.value.message


@pytest.mark.parametrize(
    ("status", "token", "error", "said"),
    [
        ("404 Not Found", TOKEN, GoneError, "it is private and this token may not read it"),
        ("404 Not Found", None, GoneError, "it is private and wants a token"),
        ("410 Gone", None, GoneError, "its issues are switched off"),
        ("403 Forbidden", TOKEN, AuthError, "does not let this token do that with acme/app"),
        ("403 Forbidden", None, AuthError, "does not give acme/app without a token"),
        ("301 Moved Permanently", TOKEN, RefusedError, "acme/app has moved on GitHub"),
    ],
)
def test_refusals_are_told_with_their_cause(server, channel, status, token, error, said):
    location = f"Location: {server.url}/repositories/1/issues"
    server[ISSUES] = answers({"message": f"no {TOKEN}"}, location, status=status)
    with pytest.raises(error) as caught:
        run(channel(token))
    assert said in caught.value.message
    assert caught.value.hint
    if token:
        assert TOKEN not in caught.value.message + caught.value.hint
    assert "/repositories/1/issues" not in [one.path for one in server.asked]


def test_a_search_that_github_does_not_take_is_told_with_its_words(server, channel):
    detail = {"message": "Cannot search for nothing", "resource": "Search", "code": "invalid"}
    body = {"message": "Validation Failed", "errors": [detail]}
    server["/search/issues"] = answers(body, status="422 Unprocessable Entity")
    with pytest.raises(ChannelError) as caught:
        run(channel(search=["OR OR"]))
    assert "OR OR" in caught.value.message
    assert "Validation Failed: Cannot search for nothing" in caught.value.message
    assert "config edit" in caught.value.hint


def test_a_link_to_another_place_is_not_followed(server, channel):
    far = 'Link: <https://far.example/issues?page=2>; rel="next"'
    server[ISSUES] = answers([issue(Item("2", NOW), NOW)], far)
    pages, _ = run(channel(TOKEN))
    assert len(pages) == 2
    assert not any(page.possibly_missed for page in pages)


# ── a second look ──


def test_known_posts_are_looked_at_again(server, channel):
    server["/repos/acme/app/issues/2"] = answers(issue(Item("2", NOW, "edited"), NOW))
    server["/repos/acme/app/issues/comments/3"] = answers(comment(Item("3", NOW), NOW))
    server["/repos/acme/app/issues/4"] = answers({"message": "gone"}, status="410 Gone")
    moved = "Location: /repositories/9/issues/5"
    server["/repos/acme/app/issues/5"] = answers({}, moved, status="301 Moved Permanently")
    server["/repos/acme/app"] = answers({"full_name": "acme/app"})
    built = channel(TOKEN)
    assert isinstance(built, CanRecheck)
    known = ["issues/2", "issues/comments/3", "issues/4", "issues/5", "issues/6", "pulls/7/../8"]
    page = built.recheck([f"acme/app/{one}" for one in known])
    assert [one.text for one in page.mentions] == ["edited", "Acme is late again"]
    assert all(one.direct for one in page.mentions)
    assert page.gone == ["acme/app/issues/4", "acme/app/issues/6"]


def test_a_token_that_lost_its_rights_makes_nobodys_post_gone(channel):
    page = channel(TOKEN).recheck(["acme/app/issues/2", "acme/app/issues/comments/3"])
    assert not page.gone


@pytest.mark.parametrize(("left", "asked"), [("31", 3), ("29", 1), ("many", 3)])
def test_a_second_look_leaves_half_of_the_requests_to_what_is_new(server, channel, left, asked):
    known = [f"acme/app/issues/{n}" for n in (2, 4, 6)]
    for one in known:
        number = one.rpartition("/")[2]
        told = answers(issue(Item(number, NOW), NOW), "X-RateLimit-Limit: 60", f"X-RateLimit-Remaining: {left}")  # fmt: skip
        server[f"/repos/{one}"] = told
    assert len(channel().recheck(known).mentions) == asked
    assert len(server.asked) == asked

"""Meta: options, tokens, and what it refuses, told by its cause and with the next step."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import Setup
from socialcare.channels.http import Http
from socialcare.channels.meta.facebook import Facebook
from socialcare.channels.meta.instagram import Instagram
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ConfigError,
    RateLimitError,
    UnavailableError,
    UsageError,
)
from tests.channels.cases.facebook import OWN, TOKEN, refusal
from tests.channels.servers import Line, Server

HOUR = timedelta(hours=1)
APP_SECRET = "app-secret-of-acme"


@pytest.fixture
def build(server: Server, http: Http, clock):
    def make(kind=Facebook, token: str | None = TOKEN, **options):
        secrets = {"token": token, "app_secret": options.pop("app_secret", None)}
        given = {"page": "acme"} if kind is Facebook else {"account": "17841400000000001"}
        options = {**given, "base_url": server.url, **options}
        return kind(Setup("fb", options, partial(http.session, "fb"), clock, secret=secrets.get))

    return make


def page(to: Line) -> None:
    to.answer(json.dumps({"id": OWN, "name": "Acme"}).encode())


def refusing(server: Server, body: bytes, *headers: str, status: str = "400 Bad Request") -> None:
    """Whoever asks, for the Page or for whose token it is."""

    def answer(to: Line) -> None:
        to.answer(body, *headers, status=status)

    server["/v26.0/acme"] = server["/v26.0/me"] = answer


def test_the_token_travels_in_a_header(server, build):
    server["/v26.0/acme"] = server["/v26.0/me"] = page
    assert build().check_access() == "Acme"
    assert {one.headers["authorization"] for one in server.asked} == {f"Bearer {TOKEN}"}
    assert not any(TOKEN in one.target for one in server.asked)


def test_a_proof_goes_along_where_the_app_wants_it(server, build):
    server["/v26.0/acme"] = server["/v26.0/me"] = page
    build(app_secret=APP_SECRET).check_access()
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    queries = [parse_qs(urlsplit(one.target).query) for one in server.asked]
    assert [one["appsecret_proof"] for one in queries] == [[proof], [proof]]
    refusing(server, refusal(100, message=f"bad proof {proof} of {APP_SECRET}"))
    with pytest.raises(BadAnswerError) as raised:
        build(app_secret=APP_SECRET).check_access()
    assert proof not in raised.value.message
    assert APP_SECRET not in raised.value.message


def test_another_version_can_be_asked(server, build):
    server["/v25.0/acme"] = server["/v25.0/me"] = page
    assert build(version="v25.0").check_access() == "Acme"


def test_the_token_of_a_person_is_told(server, build):
    server["/v26.0/acme"] = page
    server["/v26.0/me"] = lambda to: to.answer(b'{"id": "77"}')
    with pytest.raises(AuthError, match="belongs to a person") as raised:
        build().check_access()
    assert "socialcare channel login fb" in raised.value.hint


@pytest.mark.parametrize("kind", [Facebook, Instagram])
def test_without_a_token_it_says_where_to_get_one(server, build, kind):
    with pytest.raises(AuthError, match="there is none") as raised:
        build(kind, token=None).check_access()
    assert "https://developers.facebook.com/" in raised.value.hint
    assert "socialcare channel login fb" in raised.value.hint
    assert server.asked == []


@pytest.mark.parametrize(
    ("subcode", "why"),
    [(463, "it has expired"), (460, "the password was changed"), (458, "the app was removed")],
)
@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized"])
def test_a_refused_token_is_told_with_its_reason(server, build, subcode, why, status):
    refusing(server, refusal(190, subcode), status=status)
    with pytest.raises(AuthError, match=why) as raised:
        build().check_access()
    assert raised.value.hint.endswith("socialcare channel login fb")


@pytest.mark.parametrize(
    ("code", "message", "named"),
    [
        (10, "(#10) This endpoint requires the 'pages_read_user_content' permission", "pages_read_user_content"),
        (200, "Requires instagram_manage_comments", "instagram_manage_comments"),
        (299, "No.", "pages_read_engagement and pages_read_user_content"),
        (100, "(#100) Object does not exist, or requires 'pages_read_engagement'", "pages_read_engagement"),
    ],
)  # fmt: skip
def test_a_missing_permission_is_named(server, build, code, message, named):
    refusing(server, refusal(code, message=message), status="403 Forbidden")
    with pytest.raises(AuthError) as raised:
        build().check_access()
    assert raised.value.message.endswith(f"it needs {named}.")
    assert "grant that to your app" in raised.value.hint


def usage(**more) -> str:
    return json.dumps({"call_count": 100, "total_time": 3, "total_cputime": 1, **more})


BY_ACCOUNT = {
    OWN: [json.loads(usage(type="pages", estimated_time_to_regain_access=7))],
    "2": [json.loads(usage(type="instagram", estimated_time_to_regain_access=19))],
}


@pytest.mark.parametrize(
    ("code", "headers", "rest"),
    [
        (32, [f"X-Business-Use-Case-Usage: {json.dumps(BY_ACCOUNT)}"], timedelta(minutes=19)),
        (80_002, [f"X-Business-Use-Case-Usage: {json.dumps(BY_ACCOUNT)}"], timedelta(minutes=19)),
        (4, [f"X-App-Usage: {usage()}"], HOUR),
        (17, [f"X-Page-Usage: {usage(estimated_time_to_regain_access=2)}"], timedelta(minutes=2)),
        (613, [], HOUR),
        (4, ["X-App-Usage: {", "X-Business-Use-Case-Usage: []"], HOUR),
        (4, [f"X-Page-Usage: {usage(estimated_time_to_regain_access=9e9)}"], HOUR),
        (4, [f"X-Page-Usage: {usage(estimated_time_to_regain_access=99_999)}"], 24 * HOUR),
    ],
)
@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden"])
def test_who_is_too_fast_is_told_for_how_long(server, build, clock, code, headers, rest, status):
    refusing(server, refusal(code), *headers, status=status)
    with pytest.raises(RateLimitError) as raised:
        build().check_access()
    assert raised.value.not_before == clock.now() + rest
    assert len(server.asked) == 1


def test_no_error_quotes_a_token(server, build):
    refusing(server, refusal(2500, message=f"Malformed access token {TOKEN}\x1b[31m"))
    with pytest.raises(BadAnswerError) as raised:
        build().check_access()
    assert TOKEN not in f"{raised.value} {raised.value.hint}"
    assert "\x1b" not in raised.value.message


def test_what_may_pass_is_told_as_such(server, build):
    refusing(server, refusal(1, message="Please reduce the amount of data"))
    with pytest.raises(UnavailableError, match="reduce the amount"):
        build().check_access()


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (Facebook, {"page": ""}, "which Page"),
        (Facebook, {"page": "no page/../"}, "is no Page"),
        (Facebook, {"page": ".."}, "is no Page"),
        (Facebook, {"page": 5}, "a text in quotes"),
        (Facebook, {"version": "26"}, "no version"),
        (Facebook, {"days": 0}, "1 to 365"),
        (Facebook, {"days": True}, "1 to 365"),
        (Instagram, {"account": ""}, "which account"),
        (Instagram, {"account": "@acme"}, "is no number"),
        (Instagram, {"days": "5"}, "1 to 365"),
        (Instagram, {"spool": 7}, "a text in quotes"),
    ],
)
def test_options_that_are_wrong_are_named(build, kind, options, message):
    with pytest.raises(ConfigError, match=message) as raised:
        build(kind, **options)
    assert raised.value.message.startswith(f"[channels.fb] {next(iter(options))}")
    assert raised.value.hint


def test_what_channel_add_takes():
    assert Facebook.from_spec("facebook", "@acme") == {"page": "acme"}
    number = "17841400000000001"
    assert Instagram.from_spec("instagram", number) == {"account": number}
    for kind, what in ((Facebook, "a/b"), (Instagram, "@acme")):
        with pytest.raises(UsageError):
            kind.from_spec(kind.type, what)

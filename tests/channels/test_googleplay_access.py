"""Google Play: signing in as a service account, what is refused, and what the config may say.

The answers are built after Google's documents; nobody has run this against Google Play.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck, Setup, TokensInMemory
from socialcare.channels.googleplay import GooglePlay
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    ConfigError,
    GoneError,
    RateLimitError,
    UsageError,
)
from socialcare.testing import NOW, SINCE, Item
from tests.channels.cases.googleplay import (
    EMAIL,
    KEY_ID,
    PACKAGE,
    REVIEWS,
    TOKEN,
    private_key,
    refusal,
    review,
    service_account,
)
from tests.channels.play_server import Play
from tests.channels.servers import Line

HOUR = timedelta(hours=1)


@pytest.fixture
def play(server, http, clock):
    return Play(server, http, clock)


def test_it_signs_in_with_a_token_that_google_can_verify(server, play, clock):
    play.read()
    form = parse_qs(server.asked[0].body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    [assertion] = form["assertion"]
    assert jwt.get_unverified_header(assertion)["kid"] == KEY_ID
    claims = jwt.decode(
        assertion,
        private_key().public_key(),
        algorithms=["RS256"],
        audience=f"{server.url}/token",
        issuer=EMAIL,
        options={"verify_exp": False, "verify_iat": False},  # the day of the tests is another
    )
    assert claims["scope"] == "https://www.googleapis.com/auth/androidpublisher"
    assert claims["iat"] <= clock.now().timestamp() < claims["exp"]
    assert claims["exp"] - claims["iat"] == 3600
    assert server.asked[1].headers["authorization"] == f"Bearer {TOKEN}"


def test_where_a_stolen_file_sends_us_is_not_where_we_sign_in(server, play):
    """The file names an address for tokens; whoever changes that gets none."""
    assert "somebody.example" in service_account()
    play.read()
    assert [one.path for one in server.asked] == ["/token", REVIEWS]


def test_the_token_lasts_from_run_to_run(server, play, clock):
    tokens = TokensInMemory()
    play.read(tokens)
    clock.elapsed = 3_400
    play.read(tokens)
    clock.elapsed = 3_560
    play.read(tokens)
    assert [one.path for one in server.asked].count("/token") == 2


def test_a_token_that_was_withdrawn_is_got_anew_once(server, play):
    tokens = TokensInMemory()
    play.grants("ya29.the-first")
    play.gives(review(Item("1", NOW - HOUR)))
    play.read(tokens)

    def reviews(line: Line) -> None:
        if line.request.headers["authorization"] == "Bearer ya29.the-first":
            line.answer(refusal(401, "authError"), status="401 Unauthorized")
        else:
            line.answer(json.dumps({"reviews": [review(Item("2", NOW - HOUR))]}).encode())

    play.grants("ya29.the-second")
    server[REVIEWS] = reviews
    assert [one.external_id for one in play.read(tokens)] == ["2"]
    assert tokens.read()["access"] == "ya29.the-second"


REFUSALS = [
    ("403 Forbidden", refusal(403, "quotaExceeded"), RateLimitError, "slow down", 3600),
    ("403 Forbidden", refusal(403, "rateLimitExceeded"), RateLimitError, "slow down", 60),
    ("429 Too Many", refusal(429, "RESOURCE_EXHAUSTED"), RateLimitError, "slow down", 60),
    ("403 Forbidden", refusal(403, "dailyLimitExceeded"), RateLimitError, "slow down", 20 * 3600),
    ("403 Forbidden", refusal(403, "permissionDenied", "The caller does not have permission"),
     AuthError, "does not let this service account read the reviews .403.: The caller", None),
    ("403 Forbidden", refusal(403, "accessNotConfigured"), AuthError, "not switched on", None),
    ("404 Not Found", refusal(404, "applicationNotFound", "Package not found: com.acme.app."),
     GoneError, "Package not found", None),
    ("400 Bad", refusal(400, "invalid"), BadAnswerError, "refused to read the reviews", None),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "error", "message", "rest"), REFUSALS)
def test_what_is_refused_is_named_by_its_reason(
    server, play, clock, status, body, error, message, rest
):
    server[REVIEWS] = lambda line: line.answer(body, status=status)
    with pytest.raises(error, match=message) as raised:
        play.read()
    assert raised.value.hint
    if rest:
        assert raised.value.not_before == clock.now() + timedelta(seconds=rest)


def test_a_rest_that_is_asked_for_is_kept(server, play, clock):
    server[REVIEWS] = lambda line: line.answer(
        refusal(429, "x"), "Retry-After: 90", status="429 Too Many"
    )
    with pytest.raises(RateLimitError) as raised:
        play.read()
    assert raised.value.not_before == clock.now() + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("body", "said", "hint"),
    [
        ({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, "Invalid JWT Signature", "make a new key"),
        ({"error": "invalid_grant", "error_description": "Check your iat and exp values"}, "iat and exp", "set the clock"),
        ({"error": "deleted_client"}, "deleted_client", "make a new key"),
        ([], "refused the service account", "make a new key"),
    ],
)  # fmt: skip
def test_a_service_account_that_is_refused_is_told_why(server, play, body, said, hint):
    server["/token"] = lambda line: line.answer(json.dumps(body).encode(), status="400 Bad")
    with pytest.raises(AuthError, match=said) as raised:
        play.read()
    assert raised.value.hint.startswith(hint)
    assert [one.path for one in server.asked] == ["/token"]


def test_no_error_quotes_what_was_signed_or_granted(server, play):
    def echo(line: Line) -> None:
        assertion = parse_qs(line.request.body.decode())["assertion"][0]
        line.answer(json.dumps({"error": f"bad {assertion}"}).encode(), status="400 Bad")

    server["/token"] = echo
    with pytest.raises(AuthError) as raised:
        play.read()
    assertion = parse_qs(server.asked[0].body.decode())["assertion"][0]
    assert assertion[:40] not in f"{raised.value} {raised.value.hint}"
    server[REVIEWS] = lambda line: line.answer(
        refusal(403, "x", f"bad {TOKEN}"), status="403 Forbidden"
    )
    with pytest.raises(AuthError) as raised:
        play.read()
    assert TOKEN not in f"{raised.value} {raised.value.hint}"
    assert TOKEN not in repr(play.channel().__dict__)


@pytest.mark.parametrize("secret", ["{}", "not json", '{"client_email": "a@b.example"}', "[]"])
def test_what_is_no_service_account_is_told_without_quoting_it(play, secret):
    with pytest.raises(AuthError, match="not the JSON file of a service account") as raised:
        play.read(secret=secret)
    assert "service_account = { file" in raised.value.hint


def test_without_a_service_account_it_says_where_to_name_one(server, http, clock):
    connect = partial(http.session, "play")
    channel = GooglePlay(Setup("play", {"package": PACKAGE}, connect, clock))
    with pytest.raises(AuthError, match="there is none") as raised:
        list(channel.pages(None, SINCE))
    assert "[channels.play]" in raised.value.hint
    assert server.asked == []


def test_access_is_tried_without_fetching(server, play):
    channel = play.channel()
    assert isinstance(channel, CanCheckAccess)
    assert not isinstance(channel, CanRecheck)
    assert channel.check_access() == EMAIL
    assert "maxResults=1" in urlsplit(server.asked[-1].target).query


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"package": None}, r"\[channels.play\] package: the package of your app is needed"),
        ({"package": "acme"}, "package: is no package of an app"),
        ({"package": "com.acme/../x"}, "package: is no package"),
        ({"package": 7}, "package: a text in quotes"),
        ({"translation": "English, please"}, "translation: is no language"),
        ({"base_url": "http://play.example"}, "base_url: has to begin with https://"),
    ],
)
def test_options_are_read_before_anything_is_asked(play, options, message):
    with pytest.raises(ConfigError, match=message) as raised:
        play.channel(**options)
    assert raised.value.hint


@pytest.mark.parametrize(
    "what",
    [PACKAGE, f"https://play.google.com/store/apps/details?id={PACKAGE}&hl=en",
     f"https://play.google.com/store/apps/details?hl=en&id={PACKAGE}"],
)  # fmt: skip
def test_an_app_is_named_by_its_package_or_address(what):
    assert GooglePlay.from_spec("googleplay", what) == {"package": PACKAGE}


@pytest.mark.parametrize("what", ["", "acme", "com.acme app", "https://acme.example"])
def test_what_is_no_app_is_told(what):
    with pytest.raises(UsageError, match="is no app") as raised:
        GooglePlay.from_spec("googleplay", what)
    assert "googleplay:com.acme.app" in raised.value.hint


def test_answers_that_are_no_answers_are_channel_errors(server, play):
    for body in (b"", b"[]", b'{"reviews": {}}', b"<html>"):
        server[REVIEWS] = lambda line, body=body: line.answer(body)
        with pytest.raises(ChannelError):
            play.read()

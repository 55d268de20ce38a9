"""Bluesky: what it refuses is told by its cause, with what to do, and without a secret."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    RateLimitError,
    UnavailableError,
)
from socialcare.testing import SINCE
from tests.channels.bluesky_fake import PASSWORD, Fake, Watched, channel

SESSION = "com.atproto.server.createSession"


@pytest.fixture
def fake(server):
    return Fake(server)


@pytest.fixture
def tokens():
    return Watched()


def run(fake, http, clock, tokens):
    return list(channel(fake, http, clock, tokens, query=[]).pages(None, SINCE))


def answering(status, body, *headers):
    return lambda to: to.answer(body, *headers, status=f"{status} Refused")


CAUSES = [
    (401, b'{"error":"AuthFactorTokenRequired","message":"x"}', AuthError, "code by mail"),
    (401, b'{"error":"AccountTakedown","message":"x"}', AuthError, "taken this account down"),
    (400, b'{"error":"AccountDeactivated"}', AuthError, "deactivated"),
    (401, b"<html>no</html>", AuthError, "refused the sign-in"),
    (403, b'{"error":"Forbidden"}', AuthError, "refused the sign-in"),
    (429, b'{"error":"RateLimitExceeded"}', RateLimitError, "left alone until"),
    (503, b'{"error":"NotEnoughResources"}', UnavailableError, "out of order"),
    (200, b'{"did":"x"}', BadAnswerError, "accessJwt"),
]


@pytest.mark.parametrize(("status", "body", "error", "said"), CAUSES)
def test_a_sign_in_fails_by_its_cause(fake, http, clock, tokens, status, body, error, said):
    reset = f"RateLimit-Reset: {clock.now().timestamp() + 7_200:.0f}"
    fake.server[f"/xrpc/{SESSION}"] = answering(status, body, reset)
    with pytest.raises(error, match=said) as caught:
        run(fake, http, clock, tokens)
    assert caught.value.hint
    assert PASSWORD not in caught.value.message + caught.value.hint


def test_ten_logins_a_day_are_waited_for_as_the_service_says(fake, http, clock, tokens):
    """Its headers have the reset in epoch seconds; it is not asked again before."""
    reset = clock.now() + timedelta(hours=9)
    headers = ["RateLimit-Limit: 10", "RateLimit-Remaining: 0", "RateLimit-Policy: 10;w=86400"]
    headers.append(f"RateLimit-Reset: {reset.timestamp():.0f}")
    body = b'{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}'
    fake.server[f"/xrpc/{SESSION}"] = answering(429, body, *headers)
    with pytest.raises(RateLimitError) as caught:
        run(fake, http, clock, tokens)
    assert caught.value.not_before == reset
    assert fake.asked(SESSION) == 1


CALLS = [
    (400, b'{"error":"BadQueryString","message":"no"}', ChannelError, "cannot search for that"),
    (400, b'{"error":"InvalidRequest","message":"bad \\u001b[31m"}', BadAnswerError, "bad"),
    (401, b'{"error":"AccountTakedown"}', AuthError, "taken this account down"),
    (400, b'{"error":"AccountSuspended"}', AuthError, "suspended"),
    (429, b'{"error":"RateLimitExceeded"}', RateLimitError, "until"),
    (502, b'{"error":"UpstreamFailure"}', UnavailableError, "out of order"),
    (400, b"<html>", BadAnswerError, "refused to answer app.bsky"),
]


@pytest.mark.parametrize(("status", "body", "error", "said"), CALLS)
def test_a_call_fails_by_its_cause(fake, http, clock, tokens, status, body, error, said):
    answer = answering(status, body, *(["Retry-After: 600"] if status == 429 else []))
    fake.faults["app.bsky.notification.listNotifications"] = answer
    with pytest.raises(error, match=said) as caught:
        run(fake, http, clock, tokens)
    assert caught.value.hint
    assert "\x1b" not in caught.value.message


def test_no_secret_stands_in_an_error_whatever_the_server_says(fake, http, clock, tokens):
    run(fake, http, clock, tokens)
    told = json.dumps({"error": "InvalidRequest", "message": " ".join(fake.access | {PASSWORD})})
    fake.faults["app.bsky.notification.listNotifications"] = answering(400, told.encode())
    with pytest.raises(BadAnswerError) as caught:
        run(fake, http, clock, tokens)
    text = caught.value.message + caught.value.hint
    assert not any(secret in text for secret in (*fake.access, *fake.refresh, PASSWORD))

"""X: what it refuses, and what the config may say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialcare.channels import load
from socialcare.channels.x import X
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    ConfigError,
    RateLimitError,
    UsageError,
)
from socialcare.testing import NOW
from tests.channels.cases.x import OWN, TOKEN, user
from tests.channels.x_service import MENTIONS, builder, problem, run, says


@pytest.fixture
def channel(server, http, clock):
    return builder(server, http, clock)


# ── refusals ──


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        ("401 Unauthorized", {"title": "Unauthorized"}, AuthError, "refused the token"),
        ("403 Forbidden", problem("client-forbidden"), AuthError, "does not let this token read"),
        ("402 Payment Required", problem("credits", "No credits."), ChannelError, "credits"),
        ("400 Bad Request", problem("invalid-request", "since_id"), ChannelError, "since_id"),
        ("400 Bad Request", {}, BadAnswerError, "does not say why"),
        ("404 Not Found", {}, ChannelError, "knows nothing there"),
        ("200 OK", {"errors": [problem("invalid", "Gone wild.")]}, BadAnswerError, "Gone wild"),
    ],
)
def test_refusals_are_told_with_their_cause_and_next_step(
    server, channel, status, body, error, told
):
    server[MENTIONS] = says({**body, "echo": TOKEN}, status=status)
    with pytest.raises(error) as raised:
        run(channel())
    assert told in raised.value.message
    assert raised.value.hint
    assert TOKEN not in raised.value.message + raised.value.hint


def test_a_limit_ends_when_its_header_says(server, channel):
    reset = f"x-rate-limit-reset: {int(NOW.timestamp()) + 600}"
    server[MENTIONS] = says(problem("rate-limit-exceeded"), reset, status="429 Too Many Requests")
    with pytest.raises(RateLimitError) as raised:
        run(channel())
    assert raised.value.not_before == NOW + timedelta(seconds=600)


def test_a_cap_ends_with_its_month_and_is_looked_at_every_day(server, channel):
    body = problem("usage-capped", "Usage cap exceeded", period="Monthly", scope="Product")
    server[MENTIONS] = says(body, status="429 Too Many Requests")
    with pytest.raises(RateLimitError, match="2026-12-01") as raised:
        run(channel())
    assert raised.value.not_before == NOW + timedelta(days=1)


def test_an_account_that_is_not_there_is_told(server, channel):
    said = {"errors": [problem("resource-not-found")]}
    server["/2/users/by/username/acme"] = says(said)
    with pytest.raises(ConfigError, match="no account @acme"):
        run(channel())


def test_who_we_are_is_told(server, channel):
    server["/2/users/me"] = says({"data": user(OWN)})
    assert channel().check_access() == "@acme"
    server["/2/users/me"] = says(problem("unsupported-authentication"), status="403 Forbidden")
    assert "cannot answer" in channel().check_access()
    with pytest.raises(AuthError, match="wants a token"):
        channel(token=None).check_access()


# ── the config ──


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"query": []}, "nothing to read"),
        ({"user": "acme boots"}, "user"),
        ({"query": "x" * 513}, "query"),
        ({"user": "acme", "budget_per_day": "much"}, "budget_per_day"),
        ({"user": "acme", "budget_per_day": -1}, "budget_per_day"),
        ({"user": "acme", "budget_per_day": float("nan")}, "budget_per_day"),
        ({"user": "acme", "fields": "toot"}, "fields"),
    ],
)
def test_a_wrong_option_is_told_by_its_name(channel, options, told):
    with pytest.raises(ConfigError, match=told):
        channel(**options)


def test_what_to_add_is_understood():
    assert X.from_spec("x", "@acme") == {"user": "@acme"}
    assert X.from_spec("x", "acme boots") == {"query": ["acme boots"]}
    with pytest.raises(UsageError):
        X.from_spec("x", "")
    assert load("x") is X

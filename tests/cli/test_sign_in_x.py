"""X as an account: somebody signs in once, and nothing but its own file knows what came of it."""

from __future__ import annotations

import stat

import pytest

from tests.channels.x_account import GIVEN, Account

SECRET = "secret-of-the-app"


@pytest.fixture
def account(home, web):
    home.configure(
        f'[brand]\nname = "Acme"\n[channels.x]\nuser = "@acme"\nclient_id = "client-of-acme"\n'
        f'base_url = "{web.url}"\nbudget_per_day = 10\n'
    )
    return Account(web)


def files_with(home, secret):
    return {
        path.name
        for path in home.path.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    }


def log_in(home, *lines: str):
    """The three secrets in their order: token, refresh token, client secret."""
    return home.run("channel", "login", "x", stdin="\n".join(["", *lines, ""]))


def test_a_sign_in_lasts_over_runs_and_tells_no_token(home, account):
    ran = [log_in(home, GIVEN, SECRET)]
    assert ran[0].code == 0, ran[0].err
    assert "Signed in as @acme" in ran[0].out
    for _ in range(3):
        ran.append(home.run("fetch"))
        account.access.clear()  # it is over
    ran.append(home.run("channel", "test", "x"))
    assert [one.code for one in ran] == [0] * 5
    assert account.renewed == 4
    [kept] = home.path.rglob("tokens.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(account.given_out) == 8
    for token in account.given_out:
        assert token not in "".join(one.out + one.err for one in ran)
        assert files_with(home, token) <= {"tokens.json"}
    for secret in (GIVEN, SECRET):
        assert files_with(home, secret) == {"credentials.toml"}


def test_a_lost_renewal_says_to_sign_in_again_and_that_helps(home, account):
    assert log_in(home, GIVEN).code == 0
    account.access.clear()
    account.lose = True
    first = home.run("fetch")
    assert first.code == 4
    assert "the answer of X to the renewal of the sign-in was lost" in first.err + first.out
    second = home.run("fetch")
    assert second.code == 4
    assert "sign in again: socialcare channel login x" in second.err + second.out
    account.refresh = "refresh-token-of-a-new-sign-in"
    assert log_in(home, "refresh-token-of-a-new-sign-in").code == 0
    assert home.run("fetch").code == 0


def test_logout_leaves_no_token_behind(home, account):
    assert log_in(home, GIVEN).code == 0
    assert list(home.path.rglob("tokens.json"))
    assert home.run("channel", "logout", "x").code == 0
    assert not list(home.path.rglob("tokens.json"))
    ran = home.run("fetch")
    assert ran.code == 4
    assert "socialcare channel login x" in ran.err + ran.out


def test_a_wrong_token_is_not_kept_and_not_shown(home, account):
    ran = log_in(home, "wrong-refresh-token-1")
    assert ran.code == 4
    assert "does not renew the sign-in" in ran.err
    assert "wrong-refresh-token-1" not in ran.out + ran.err
    assert files_with(home, "wrong-refresh-token-1") == set()

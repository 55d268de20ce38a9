"""A session of Bluesky lasts from run to run, and nothing but its own file knows its tokens."""

from __future__ import annotations

import stat

import pytest

from tests.channels.bluesky_fake import PASSWORD, Fake


@pytest.fixture
def fake(home, web):
    fake = Fake(web)
    home.configure(
        f'[channels.bluesky]\nidentifier = "brand.test"\nserver = "{web.url}"\nquery = []\n'
    )
    return fake


def files_with(home, secret):
    return {
        path.name
        for path in home.path.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    }


def test_many_runs_and_a_renewal_take_one_login(home, fake):
    ran = [home.run("channel", "login", "bluesky", stdin=f"{PASSWORD}\n")]
    assert ran[0].code == 0
    assert "Signed in as @brand.test" in ran[0].out
    for _ in range(3):
        ran.append(home.run("fetch"))
        fake.expire()
    ran.append(home.run("channel", "test", "bluesky"))
    assert [one.code for one in ran] == [0] * 5
    assert (fake.logins, fake.replayed) == (1, 0)
    [kept] = home.path.rglob("tokens.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    tokens = {*fake.access, *fake.refresh, *fake.used}
    assert len(tokens) >= 4
    for token in tokens:
        assert token not in "".join(one.out + one.err for one in ran)
        assert files_with(home, token) <= {"tokens.json"}
    assert files_with(home, PASSWORD) == {"credentials.toml"}


def test_logout_leaves_no_token_behind(home, fake):
    home.run("channel", "login", "bluesky", stdin=f"{PASSWORD}\n")
    assert list(home.path.rglob("tokens.json"))
    assert home.run("channel", "logout", "bluesky").code == 0
    assert not list(home.path.rglob("tokens.json"))
    ran = home.run("fetch")
    assert ran.code == 4
    assert "there is no app password" in ran.err
    assert "https://bsky.app/settings/app-passwords" in ran.err


def test_a_wrong_password_is_not_kept_and_not_shown(home, fake):
    ran = home.run("channel", "login", "bluesky", stdin="wrong-password-1\n")
    assert ran.code == 4
    assert "refused the sign-in" in ran.err
    assert "wrong-password-1" not in ran.out + ran.err
    assert files_with(home, "wrong-password-1") == set()

"""Keys of the app stores: piped in or named by their file, used to sign, and seen nowhere else."""

from __future__ import annotations

import json
import stat

import pytest

from socialcare.testing import Item
from tests.channels.cases import appstore, googleplay
from tests.cli.acme import NOW

REVIEW = Item("4711", NOW, "The app does not open")


def files_with(home, secret: str) -> set[str]:
    return {
        path.name
        for path in home.path.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    }


def pieces(pem: str) -> list[str]:
    """Lines of a key that are long enough to be nothing else."""
    return [line for line in pem.splitlines() if len(line) > 20 and "-" not in line]


@pytest.fixture
def apps(home, web):
    body = {"data": [appstore.review(REVIEW)], "links": {}}
    web[appstore.REVIEWS] = lambda line: line.answer(json.dumps(body).encode())
    home.configure(
        f'[channels.apps]\ntype = "appstore"\napp = "{appstore.APP}"\nbase_url = "{web.url}"\n'
        f'key_id = "{appstore.KEY_ID}"\nissuer = "{appstore.ISSUER}"\n'
    )
    return web


def test_a_key_is_piped_in_whole_and_reviews_come(home, apps):
    ran = [home.run("channel", "login", "apps", stdin=appstore.p8())]
    assert f"apps: Signed in as the key {appstore.KEY_ID}." in ran[0].out
    ran += [home.run("fetch"), home.run("fetch"), home.run("inbox")]
    assert [one.code for one in ran] == [0] * 4
    assert "The app does not open" in ran[-1].out
    signed = {one.headers["authorization"].removeprefix("Bearer ") for one in apps.asked}
    for token in signed:
        assert token not in "".join(one.out + one.err for one in ran)
        assert files_with(home, token) <= {"tokens.json"}
    [kept] = home.path.rglob("tokens.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for piece in pieces(appstore.p8()):
        assert piece not in "".join(one.out + one.err for one in ran)
        assert files_with(home, piece) == {"credentials.toml"}


def test_the_file_of_a_service_account_is_named_in_the_config(home, web):
    body = {"reviews": [googleplay.review(REVIEW)]}
    web[googleplay.REVIEWS] = lambda line: line.answer(json.dumps(body).encode())
    granted = {"access_token": googleplay.TOKEN, "expires_in": 3599}
    web["/token"] = lambda line: line.answer(json.dumps(granted).encode())
    home.configure(
        f'[channels.play]\ntype = "googleplay"\npackage = "{googleplay.PACKAGE}"\n'
        f'base_url = "{web.url}"\nservice_account = {{ file = "play.json" }}\n'
    )
    path = home.config.parent / "play.json"
    path.write_text(json.dumps(json.loads(googleplay.service_account()), indent=2))
    path.chmod(0o600)
    ran = [home.run("channel", "test", "play"), home.run("fetch"), home.run("fetch")]
    ran.append(home.run("inbox"))
    assert [one.code for one in ran] == [0] * 4
    assert "The app does not open" in ran[-1].out
    assert [one.path for one in web.asked].count("/token") == 1
    assert googleplay.TOKEN not in "".join(one.out + one.err for one in ran)
    assert files_with(home, googleplay.TOKEN) == {"tokens.json"}
    pem = json.loads(googleplay.service_account())["private_key"]
    for piece in pieces(pem):
        assert piece not in "".join(one.out + one.err for one in ran)
        assert files_with(home, piece) == {"play.json"}


def test_a_key_that_is_cut_off_is_not_kept(home, apps):
    ran = home.run("channel", "login", "apps", stdin="\n".join(appstore.p8().splitlines()[:2]))
    assert ran.code == 4
    assert "the private_key is not the .p8 file of a key" in ran.err
    assert pieces(appstore.p8())[0] not in ran.out + ran.err
    assert not home.credentials.exists()

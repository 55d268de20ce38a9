"""`socialcare channel login` and `logout`: a token is never shown and never an option."""

from __future__ import annotations

import json
import stat
import sys

import pexpect
import pytest

TOKEN = "s3cr3t-T0ken"
ACME = {
    "id": "1", "username": "acme", "acct": "acme", "url": "https://mas.to/@acme", "bot": False,
    "display_name": "Acme", "followers_count": 3,
}  # fmt: skip


@pytest.fixture
def mastodon(home, web):
    """A server that knows one token."""

    def who(line):
        if line.request.headers.get("authorization") == f"Bearer {TOKEN}":
            line.answer(json.dumps(ACME).encode())
        else:
            line.answer(b'{"error":"The access token is invalid"}', status="401 Unauthorized")

    web["/api/v1/accounts/verify_credentials"] = who
    for path in ("/api/v1/notifications", "/api/v1/accounts/1/statuses"):
        web[path] = lambda line: line.answer(b"[]")
    home.configure(
        f'[channels.mastodon]\nserver = "{web.url}"\nnotifications = true\n'
        '[channels.hackernews]\nquery = "acme"\n'
    )
    return web


def signed_in(home):
    return {one["name"]: one["signed_in"] for one in home.json("channel")}["mastodon"]


def test_a_token_from_stdin_is_checked_and_kept_for_its_owner(home, mastodon):
    assert signed_in(home) is False
    ran = home.run("channel", "login", "mastodon", stdin=f"{TOKEN}\n")
    assert ran.code == 0
    assert ran.out == (
        f"mastodon: Signed in as @acme@{mastodon.url[7:]}. It is in {home.credentials}.\n"
    )
    assert TOKEN not in ran.out + ran.err
    assert stat.S_IMODE(home.credentials.stat().st_mode) == 0o600
    assert signed_in(home) is True
    tested = home.run("channel", "test", "mastodon")
    assert tested.code == 0
    assert f"signed in as @acme@{mastodon.url[7:]}" in tested.out


def test_at_a_terminal_it_is_asked_for(home, mastodon):
    ran = home.run("channel", "login", "mastodon", tty=True, stdin=f"{TOKEN}\n")
    assert ran.code == 0
    assert ran.err.startswith("Token: Settings, Development, ")
    assert ran.err.endswith("Token of mastodon (hidden): \n")
    assert TOKEN in home.credentials.read_text()


def test_of_several_secrets_each_can_be_skipped(home):
    home.configure('[channels.page]\ntype = "facebook"\npage = "acme"\n')
    login = ("channel", "login", "page", "--no-test")
    ran = home.run(*login, tty=True, stdin=f"{TOKEN}\n\n")
    assert "Token (hidden; Enter to skip): " in ran.err
    assert "App secret (hidden; Enter to skip): " in ran.err
    assert ran.out.startswith("page: Kept the token. ")


def test_a_refused_token_is_not_kept(home, mastodon):
    ran = home.run("channel", "login", "mastodon", stdin="wrong\n")
    assert (ran.code, ran.out) == (4, "")
    assert [line[:7] for line in ran.err.splitlines()] == ["error: ", "hint:  "]
    assert "wrong" not in ran.err
    assert not home.credentials.exists()


def test_without_a_test_it_is_kept_as_it_is(home, mastodon):
    ran = home.run("channel", "login", "mastodon", "--no-test", "-q", stdin="whatever\n")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert mastodon.asked == []
    assert "whatever" in home.credentials.read_text()


@pytest.mark.parametrize("stdin", ["", "\n", "  \n"])
@pytest.mark.parametrize("tty", [True, False])
def test_nothing_is_no_token(home, mastodon, stdin, tty):
    ran = home.run("channel", "login", "mastodon", stdin=stdin, tty=tty)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-2:] == [
        "error: no token came.",
        "hint:  socialcare channel login mastodon < token.txt",
    ]
    assert not home.credentials.exists()


def test_a_channel_without_secrets_needs_no_sign_in(home, mastodon):
    ran = home.run("channel", "login", "hackernews", stdin="x\n")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: hackernews needs no sign-in.")
    assert home.run("channel", "login", "mastodn", stdin="x\n").code == 3


def test_of_a_password_and_a_token_one_is_enough(home):
    home.configure('[channels.mail]\ntype = "email"\naddress = "care@acme.example"\n')
    ran = home.run("channel", "login", "mail", "--no-test", stdin="hunter2\n")
    assert (ran.code, ran.err) == (0, "")
    assert "hunter2" in home.credentials.read_text()
    assert ran.out.startswith("mail: Kept the password. ")
    ran = home.run("channel", "login", "mail", "--no-test", stdin="\nt0ken\n")
    assert ran.out.startswith("mail: Kept the token. ")
    ran = home.run("channel", "login", "mail", "--no-test", stdin="\n\n")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: no password came.")


def test_what_the_config_says_counts_and_is_told(home, mastodon):
    home.configure(home.config.read_text() + "[channels.third]\n" f'type = "mastodon"\nserver = "{mastodon.url}"\ntoken = {{ env = "ACME_TOKEN" }}\n')  # fmt: skip
    ran = home.run("channel", "login", "third", stdin=f"{TOKEN}\n")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "error: the config says where the token of third is kept.",
    )
    assert not home.credentials.exists()
    out = home.run("channel", "logout", "third")
    assert (out.code, out.out) == (0, "third: none was kept.\n")
    assert out.err == "third: a token still comes from what the config names (env).\n"


def test_a_variable_that_counts_first_is_told(home, mastodon):
    ran = home.run(
        "channel", "login", "mastodon", stdin=f"{TOKEN}\n", SOCIALCARE_MASTODON_TOKEN="other"
    )
    assert ran.code == 0
    assert ran.err == (
        "the variable SOCIALCARE_MASTODON_TOKEN is set, and counts before what is kept here.\n"
    )


def test_logout_forgets_the_token(home, mastodon):
    home.run("channel", "login", "mastodon", stdin=f"{TOKEN}\n")
    ran = home.run("channel", "logout", "mastodon")
    assert (ran.code, ran.out) == (0, "mastodon: the token is forgotten.\n")
    assert TOKEN not in home.credentials.read_text()
    assert signed_in(home) is False
    assert home.run("channel", "logout", "mastodon").out == "mastodon: none was kept.\n"


def test_adding_an_account_asks_for_its_token_once(home, mastodon):
    spec = f"mastodon:@acme@{mastodon.url}"
    ran = home.run("channel", "add", spec, tty=True, stdin=f"{TOKEN}\n")
    assert ran.code == 0
    assert "\nToken (hidden; Enter to stop): \n" in ran.err
    assert ran.out.replace("\n", " ").endswith("nothing in the last 30 days Added mastodon-2. ")
    assert TOKEN not in ran.out + ran.err + home.config.read_text()
    assert json.loads(home.run("channel", "test", "mastodon-2", "--json").out)[0]["ok"]


def test_adding_an_account_without_anybody_says_the_two_steps(home, mastodon):
    ran = home.run("channel", "add", f"mastodon:@acme@{mastodon.url}")
    assert (ran.code, ran.out) == (4, "")
    hint = ran.err.splitlines()[1]
    first, second = (part.split() for part in hint.split("socialcare ")[1:])
    assert home.run(*first[:4]).code == 0
    assert home.run(*second, stdin=f"{TOKEN}\n").code == 0
    assert home.run("channel", "test", second[-1]).code == 0


def test_a_credentials_file_open_to_others_is_refused(home, mastodon):
    home.run("channel", "login", "mastodon", stdin=f"{TOKEN}\n")
    home.credentials.chmod(0o644)
    ran = home.run("channel", "test", "mastodon")
    assert (ran.code, ran.out) == (4, "")
    assert f"chmod 600 {home.credentials}" in ran.err
    assert signed_in(home) is False


def test_in_a_real_terminal_what_is_typed_does_not_show(home):
    home.configure('[channels.mastodon]\nserver = "https://mas.to"\n')
    child = pexpect.spawn(
        sys.executable,
        ["-m", "socialcare", "channel", "login", "mastodon", "--no-test"],
        dimensions=(24, 100),
        encoding="utf-8",
        timeout=60,
        env={"HOME": str(home.path), "PYTHONUTF8": "1"},
    )
    child.expect_exact("Token of mastodon (hidden): ")
    child.waitnoecho()
    child.sendline(TOKEN)
    rest = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "Kept the token." in rest
    assert TOKEN not in rest
    assert TOKEN in home.credentials.read_text()

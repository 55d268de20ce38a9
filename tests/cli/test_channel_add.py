"""`channel add`: tried before it is saved, asking for what turns out to be missing and no more."""

from __future__ import annotations

import json
import sys
import tomllib

import pexpect
import pytest

from socialcare.channels.types import info_of
from socialcare.cli.channel_attempt import Attempt, make_copyable
from socialcare.errors import AuthError, ConfigError, UnavailableError
from socialcare.workflow.adding import named, read_spec
from tests.channels.bluesky_fake import PASSWORD, Fake
from tests.cli.runner import feed

TOKEN = "t0ken-of-acme-4711"
OTHER_WAY = "without one, feeds can be read: socialcare channel add reddit:acme"
TOKEN_OF_X = info_of("x").secrets["token"]
TOY = """
from socialcare.channels.base import Channel, Page
from socialcare.errors import AuthError

class Toy(Channel):
    type = "toy"
    source = "toy"
    def __init__(self, setup):
        self.setup = setup
    @classmethod
    def from_spec(cls, kind, what):
        return {"album": what}
    def pages(self, checkpoint, since):
        if self.setup.secret("token") != "t0ken-of-acme-4711":
            raise AuthError("toy: no stamp.", "buy one, then: socialcare channel login toy")
        yield Page(checkpoint={})
"""


@pytest.fixture
def bluesky(home, web):
    home.configure('[brand]\nname = "Acme"\n')
    fake = Fake(web)
    words = ("bluesky:@brand.test", "--set", f"server={web.url}", "--set", "query=[]")
    return fake, ("channel", "add", *words)


@pytest.fixture
def mastodon(home, web):
    """A server that knows one token."""
    me = {"id": "1", "username": "acme", "acct": "acme", "url": "https://mas.to/@acme"}
    home.configure('[brand]\nname = "Acme"\n')

    def who(line):
        known = line.request.headers.get("authorization") == f"Bearer {TOKEN}"
        line.answer(*((json.dumps(me).encode(),) if known else (b"{}", "401 Unauthorized")))

    web["/api/v1/accounts/verify_credentials"] = who
    for path in ("/api/v1/notifications", "/api/v1/accounts/1/statuses"):
        web[path] = lambda line: line.answer(b"[]")
    return ("channel", "add", f"mastodon:@acme@{web.url}", "--name", "mas")


def saved(home):
    return tomllib.loads(home.config.read_text()).get("channels", {})


def everything(home):
    return b"".join(home.files().values()).decode()


# ── secrets ──


def test_a_refused_password_is_asked_for_again_and_never_kept(home, bluesky):
    fake, words = bluesky
    ran = home.run(*words, tty=True, stdin=f"wrong-password-1\n{PASSWORD}\n")
    assert ran.code == 0
    assert ran.err.count("Password (hidden; Enter to stop): ") == 2
    assert ran.err.count("https://bsky.app/settings/app-passwords") >= 1
    assert ran.out.startswith("bluesky   answered in 0.0 s, signed in as @brand.test, ")
    assert ran.out.endswith("Added bluesky.\n")
    assert PASSWORD in home.credentials.read_text()
    assert "wrong-password-1" not in everything(home) + ran.out + ran.err
    assert PASSWORD not in home.config.read_text() + ran.out + ran.err
    assert fake.logins >= 1


def test_who_has_none_may_stop_and_nothing_is_saved(home, bluesky):
    _, words = bluesky
    before = home.files()
    ran = home.run(*words, tty=True, stdin="\n\n")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.endswith("Save it all the same? [y/N] Nothing was saved.\n")
    assert "error: " not in ran.err
    assert home.files() == before


def test_what_is_refused_to_the_end_is_not_kept_though_the_channel_is(home, bluesky):
    _, words = bluesky
    ran = home.run(*words, tty=True, stdin="wrong-one-1\nwrong-one-2\nwrong-one-3\ny\n")
    assert ran.code == 0
    assert saved(home)["bluesky"]["identifier"] == "brand.test"
    assert "wrong-one" not in everything(home)


def test_a_trial_that_is_not_saved_leaves_no_session_behind(home, bluesky):
    fake, words = bluesky
    ran = home.run(*words, "--dry-run", tty=True, stdin=f"{PASSWORD}\n")
    assert ran.code == 0
    assert fake.access
    for token in {PASSWORD, *fake.access, *fake.refresh}:
        assert token not in everything(home)
    assert home.run(*words, tty=True, stdin=f"{PASSWORD}\n").code == 0
    assert list(home.path.rglob("tokens.json"))


def test_the_closed_door_is_told_once(home, bluesky):
    _, words = bluesky
    door = "Bluesky's public host answers no search any more"
    assert home.run(*words, tty=True, stdin=f"{PASSWORD}\n").err.count(door) == 1
    ran = home.run("channel", "add", "hackernews:acme", "--no-test", tty=True)
    assert ran.err.startswith("Hacker News takes no answers from programs")
    assert home.run("channel", "add", "hackernews:acme", "--no-test").err == ""


def test_a_secret_that_comes_as_a_file_is_read_from_it(home, mastodon):
    file = home.path / "token.txt"
    file.write_text(f"{TOKEN}\n")
    ran = home.run(*mastodon, tty=True, stdin=f"{file}\n")
    assert ran.code == 0
    assert TOKEN in home.credentials.read_text()
    file.write_bytes(b"\xff\xfe\x00")
    ran = home.run(*mastodon[:-1], "other", tty=True, stdin=f"{file}\n")
    assert (ran.code, ran.err.splitlines()[-2]) == (2, "error: that file cannot be read as text.")


def test_only_the_place_of_a_secret_may_be_an_option(home, mastodon):
    ran = home.run(*mastodon, "--set", f"token={TOKEN}")
    assert (ran.code, ran.out) == (2, "")
    assert TOKEN not in ran.err
    assert saved(home) == {}
    place = 'token={ env = "ACME_TOKEN" }'
    assert home.run(*mastodon, "--set", place, ACME_TOKEN=TOKEN).code == 0
    assert saved(home)["mas"]["token"] == {"env": "ACME_TOKEN"}
    assert TOKEN not in everything(home)
    assert home.run("channel", "test", "mas", ACME_TOKEN=TOKEN).code == 0


def test_a_place_that_is_empty_is_told_and_the_hint_works(home, mastodon):
    ran = home.run(*mastodon, "--set", 'token={ env = "ACME_TOKEN" }')
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines()[0].endswith("the variable ACME_TOKEN is not set.")
    assert ran.err.splitlines()[1].startswith("hint:  set it, or save it untested: ")


def test_in_a_real_terminal_nothing_that_is_typed_shows(home, mastodon):
    child = pexpect.spawn(
        sys.executable,
        ["-m", "socialcare", *mastodon],
        dimensions=(24, 40),
        encoding="utf-8",
        timeout=60,
        env={"HOME": str(home.path), "PYTHONUTF8": "1"},
    )
    child.expect_exact("Token (hidden; Enter to stop): ")
    before = child.before
    child.waitnoecho()
    child.sendline(TOKEN)
    rest = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "Added mas." in rest
    assert TOKEN not in before + rest


# ── what else is missing ──


def test_a_line_that_is_missing_is_asked_for(home, web):
    web["/api/v1/search_by_date"] = lambda line: line.answer(b'{"hits": [], "nbHits": 0}')
    words = ("channel", "add", "hackernews:", "--set", f"base_url={web.url}")
    ran = home.run(*words, tty=True, stdin="acme boots\n")
    assert ran.code == 0
    assert ran.err.splitlines()[0].startswith("hackernews: query: nothing to look for")
    assert "Query (Enter to stop): " in ran.err
    assert saved(home)["hackernews"] == {"base_url": web.url, "query": "acme boots"}


def test_without_anybody_it_is_said_how_to_give_it(home):
    ran = home.run("channel", "add", "hackernews:")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[1] == (
        "hint:  give it: socialcare channel add hackernews: --set query=VALUE"
    )
    assert home.files() == {}


def test_the_server_of_a_mailbox_is_asked_for_where_the_guess_fails(home):
    words = ("channel", "add", "email:care@no-such-shop.invalid", "--set", 'password={env="PW"}')
    answers = "localhost:1\n\n"
    ran = home.run(*words, tty=True, stdin=answers, PW="hunter2hunter2")
    assert ran.code == 1
    assert "Server (Enter to stop): " in ran.err
    error, hint = ran.err.splitlines()[-3:-1]
    assert "error: email: IMAP server localhost:1 cannot be reached" in error
    assert "--set server=localhost:1 --no-test" in hint
    assert not home.config.exists()


def test_an_answer_that_cannot_be_is_asked_for_again(home):
    words = ("channel", "add", "email:care@no-such-shop.invalid", "--set", 'password={env="PW"}')
    ran = home.run(*words, tty=True, stdin="a server\nlocalhost:1\n\n", PW="hunter2hunter2")
    assert ran.err.count("Server (Enter to stop): ") == 2
    assert "email: server: is no name of a server" in ran.err


# ── further lines ──


def test_a_value_means_what_the_key_takes(home):
    words = [
        "--set", "budget_per_day=0.25", "--set", 'query=["acme boots", "acme tents"]',
        "--set", "fields=post", "--set", "match=false",
    ]  # fmt: skip
    assert home.run("channel", "add", "x:@acme", *words, "--no-test").code == 0
    assert saved(home)["x"] == {
        "user": "@acme", "budget_per_day": 0.25, "query": ["acme boots", "acme tents"],
        "fields": "post", "match": False,
    }  # fmt: skip
    number = ("--set", "user=4711", "--no-test", "--name", "n")
    assert home.run("channel", "add", "x:@acme", *number).code == 0
    assert saved(home)["n"]["user"] == "4711"


def test_lines_may_come_in_any_order(home):
    words = ["security=none", "smtp=127.0.0.1:2", "server=127.0.0.1:1"]
    sets = [word for pair in words for word in ("--set", pair)]
    assert home.run("channel", "add", "email:care@a.example", *sets, "--no-test").code == 0
    assert saved(home)["email"]["security"] == "none"


@pytest.mark.parametrize(
    ("pair", "code", "hint"),
    [
        ("budget_per_day=much", 2, "--set budget_per_day=VALUE"),
        ("bugdet_per_day=1", 2, "did you mean budget_per_day?"),
        ("fields", 2, "--set server=imap.example.org"),
        ("=1", 2, "--set server=imap.example.org"),
        ("\x1b[2J=1", 2, "settings: "),
    ],
)
def test_what_is_no_line_of_its_section_is_told(home, pair, code, hint):
    ran = home.run("channel", "add", "x:@acme", "--set", pair, "--no-test")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (code, "", 2)
    assert hint in ran.err
    assert "\x1b" not in ran.err
    assert home.files() == {}


def test_reading_that_is_paid_for_is_told_before_it_is_tried(home):
    ran = home.run("channel", "add", "x:@acme", tty=True, stdin="\n\n")
    assert ran.code == 4
    told, wanted = ran.err.index("$0.001 to $0.025 a post"), ran.err.index("Token (hidden")
    assert told < wanted


def test_three_samples_are_shown_and_a_nameless_author_is_somebody(home, web):
    home.configure('[brand]\nname = "Acme"\n')
    web["/feed"] = lambda line: line.answer(feed("Acme 1", "Acme 2", "Acme 3", "Acme 4"))
    ran = home.run("channel", "add", f"{web.url}/feed")
    assert [line[:2] for line in ran.out.splitlines()].count("  ") == 3


# ── types of other packages ──


@pytest.fixture
def toy(home, tmp_path, monkeypatch):
    package = tmp_path / "site/toy-1.2.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.2\n")
    (package / "entry_points.txt").write_text("[socialcare.channels]\ntoy = toy_of_a_test:Toy\n")
    (tmp_path / "site/toy_of_a_test.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield home
    sys.modules.pop("toy_of_a_test", None)


def test_a_type_of_another_package_is_added_like_ours(toy):
    ran = toy.run("channel", "add", "toy:summer", tty=True, stdin=f"{TOKEN}\n")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Added toy.")
    assert saved(toy) == {"toy": {"album": "summer"}}
    assert TOKEN in toy.credentials.read_text()
    assert toy.run("channel", "test", "toy").code == 0


def test_its_token_is_named_where_nobody_is_asked(toy):
    ran = toy.run("channel", "add", "toy:summer")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines()[1] == (
        "hint:  save it: socialcare channel add toy:summer --no-test"
        "   then sign in: socialcare channel login toy"
    )


# ── hints ──


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (
            UnavailableError("x: busy.", "try again later: socialcare fetch x"),
            "try again later, or save it untested: {} --no-test",
        ),
        (
            UnavailableError("x: gone.", "check the network, then: socialcare channel test x"),
            "check the network, or save it untested: {} --no-test",
        ),
        (
            UnavailableError("x: no.", "look at it with: socialcare config list"),
            "check what you typed, and the network, or save it untested: {} --no-test",
        ),
        (
            ConfigError("[channels.x] user: is no handle", 'write for example: user = "@acme"'),
            "give it: {} --set user=@acme",
        ),
        (
            ConfigError("x: X knows no account @acme.", "change user of [channels.x]: socialcare config edit"),
            "write it anew: {}",
        ),
        (
            AuthError(
                "x: X wants an id, and gives no new ones.",
                'who has one writes user = "…" into [channels.x]: socialcare config edit; '
                + OTHER_WAY,
            ),
            f"give it: {{}} --set user=VALUE   {OTHER_WAY}",
        ),
        (
            AuthError("x: X wants a token.", "make one, then: socialcare channel login x"),
            f"token: {TOKEN_OF_X}   save it: {{}} --no-test   then sign in: socialcare channel login x",
        ),
    ],
)  # fmt: skip
def test_no_hint_names_a_channel_that_is_not_there_yet(error, hint):
    command = "socialcare channel add x:@acme"
    make_copyable(error, Attempt(named(read_spec("x:@acme"), ()), command))
    assert error.hint == hint.format(command)
    assert "[channels." not in error.message

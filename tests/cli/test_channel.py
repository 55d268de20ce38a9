"""`socialcare channel`: how they are doing, what there can be, add and remove."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta

import jsonschema
import pytest

from socialcare.clock import format_time
from socialcare.output.schema import schema
from tests.cli.acme import DAY, HOUR, MINUTE, NOW
from tests.cli.runner import feed

CONFIG = """
[brand]
name = "Acme"

[channels.hackernews]
query = "acme"

[channels.mastodon]
server = "https://mas.to"
hashtags = ["acme", "acmeboots"]

[channels.blog]
type = "feed"
urls = ["https://blog.example/feed?token=geheim"]

[channels.quiet]
type = "feed"
urls = ["https://quiet.example/feed"]
enabled = false
"""
HEALTH = (
    "insert into channel_health (channel, last_attempt_at, last_success_at, last_item_at, failures,"
    " error_code, error, hint, not_before, possibly_missed) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def ago(age: timedelta) -> str:
    return format_time(NOW - age)


@pytest.fixture
def doing(home):
    """One channel is well, one fails with a hostile message, one was told to wait."""
    home.configure(CONFIG)
    now = ago(MINUTE * 3)
    home.change(HEALTH, "hackernews", now, now, ago(2 * HOUR), 0, *[None] * 4, "a burst")
    home.change(
        HEALTH, "mastodon", now, ago(9 * HOUR), ago(2 * DAY), 4, "sign_in",
        "mastodon: the token was \x1b[2Jrefused (401).", "socialcare channel login mastodon",
        None, None,
    )  # fmt: skip
    home.change(
        HEALTH, "blog", now, ago(HOUR), None, 1, "rate_limited", "slow down.", "wait",
        format_time(NOW + 20 * MINUTE), None,
    )  # fmt: skip
    return home


def test_a_name_is_said_once(doing):
    doing.change(
        "update channel_health set error = ? where channel = 'mastodon'",
        "mastodon refused the token (401).",
    )
    lines = doing.run("channel", tty=True, TZ="UTC").out.splitlines()
    assert "mastodon: refused the token (401) (sign_in, 4 failures in a row)" in lines


def test_the_list_on_a_terminal(doing):
    ran = doing.run("channel", tty=True, TZ="UTC")
    assert ran.code == 0
    assert ran.out.splitlines()[:7] == [
        "Name        Type        State    Last success  Last item   Signed in",
        "hackernews  hackernews  missed   3 min ago     2 h ago     -",
        "mastodon    mastodon    failing  9 h ago       2 days ago  -",
        "blog        feed        waiting  1 h ago       never       -",
        "quiet       feed        off      never         never       -",
        "hackernews: possibly missed some: a burst",
        "mastodon: the token was ^[[2Jrefused (401) (sign_in, 4 failures in a row)",
    ]
    assert ran.out.splitlines()[7] == "  fix: socialcare channel login mastodon"
    assert ran.out.splitlines()[8].startswith("blog: asked to slow down, trying again after ")
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_no_line_is_longer_than_the_screen(doing, width):
    ran = doing.run("channel", tty=True, width=width)
    assert ran.out
    assert all(len(line) <= width for line in ran.out.splitlines())


def test_a_pipe_gets_the_name_first_and_no_talk(doing):
    ran = doing.run("channel", "list")
    assert ran.out.splitlines()[0] == (
        f"hackernews\thackernews\tmissed\t\t{ago(3 * MINUTE)}\t{ago(2 * HOUR)}\t0\t\ta burst"
        "\t\t\t\tquery acme"
    )
    assert len(ran.out.splitlines()) == 4
    assert ran.err == ""


def test_every_format_says_the_same(doing):
    records = doing.json("channel")
    jsonschema.Draft202012Validator(schema("channel")).validate(records)
    assert [record["state"] for record in records] == ["missed", "failing", "waiting", "off"]
    assert [record["signed_in"] for record in records] == [None, False, False, False]
    assert doing.run("channel", "--format", "ids").out.split() == [r["name"] for r in records]
    assert (
        doing.run("channel", "--fields", "state,name").out.splitlines()[0] == "missed\thackernews"
    )
    assert [
        json.loads(line) for line in doing.run("channel", "--format", "jsonl").out.splitlines()
    ] == records


def test_a_query_in_an_address_is_not_shown(doing):
    assert "geheim" not in doing.run("channel").out


def test_accessible_mode_speaks(doing):
    ran = doing.run("channel", tty=True, SOCIALCARE_ACCESSIBLE="1")
    assert ran.out.startswith(
        "1 of 4. hackernews, type hackernews, missed. Last success 3 minutes ago. Last\n"
        "item 2 hours ago.\n"
    )


def test_without_channels_it_says_how_to_add_one(home):
    ran = home.run("channel", tty=True)
    assert ran.out == "No channels yet. Add one: socialcare channel add hackernews:acme\n"
    assert home.run("channel", "--json").out == "[]\n"
    assert home.files() == {}


def test_an_unknown_verb_is_told_with_a_suggestion(home):
    ran = home.run("channel", "tst")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        'error: no such command "tst". Did you mean "test"?\nhint:  see socialcare channel --help\n'
    )


def test_a_feed_is_tried_and_saved(home, web):
    home.configure('[brand]\nname = "Acme"\n')
    web["/feed"] = lambda line: line.answer(
        feed(
            "Soup",
            "Acme \u202eboots fell apart",
            "I love my Acme boots",
            "Where is my Acme parcel?",
            "Acme?",
        )
    )
    ran = home.run("channel", "add", f"feed:{web.url}/feed", tty=True)
    assert ran.code == 0
    assert ran.out == (
        "127-0-0-1   answered in 0.0 s, 5 read, 4 about you\n"
        "  blog.example, 2 h ago: Acme <U+202E>boots fell apart\n"
        "  blog.example, 3 h ago: I love my Acme boots\n"
        "  blog.example, 4 h ago: Where is my Acme parcel?\n"
        "Added 127-0-0-1.\n"
    )
    assert ran.err == "Fetch it: socialcare fetch 127-0-0-1\n"
    saved = tomllib.loads(home.config.read_text())["channels"]
    assert saved == {"127-0-0-1": {"type": "feed", "urls": [f"{web.url}/feed"]}}
    assert not home.database.exists()


def test_a_name_that_is_free_is_found_or_given(home, web):
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    for words in ([], [], ["--name", "blog"]):
        assert home.run("channel", "add", f"{web.url}/feed", "-q", *words).code == 0
    assert [one["name"] for one in home.json("channel")] == ["127-0-0-1", "127-0-0-1-2", "blog"]
    again = home.run("channel", "add", f"{web.url}/feed", "--name", "blog")
    assert (again.code, again.err.splitlines()[0]) == (2, "error: there is a channel blog already.")
    assert home.run("channel", "add", f"{web.url}/feed", "--name", "a b").code == 2


def test_dry_run_tries_and_saves_nothing(home, web):
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    ran = home.run("channel", "add", f"{web.url}/feed", "--dry-run")
    assert ran.code == 0
    assert ran.out.endswith("127-0-0-1 would be added; nothing was saved (--dry-run).\n")
    assert home.files() == {}


def test_json_of_add_holds_the_trial(home, web):
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    valid = jsonschema.Draft202012Validator(schema("channel-add")).validate
    found = home.json("channel", "add", f"{web.url}/feed", "--dry-run")
    valid(found)
    assert (found["tested"], found["samples"], found["saved"]) == (True, ["Acme"], False)
    assert not home.config.exists()
    found = home.json("channel", "add", f"{web.url}/feed", "--no-test")
    valid(found)
    assert (found["tested"], found["samples"], found["saved"]) == (False, None, True)
    assert (found["name"], found["ok"], found["error"]) == ("127-0-0-1", None, None)


def test_what_does_not_answer_is_not_saved_and_the_hint_works(home, web):
    ran = home.run("channel", "add", f"feed:{web.url}/none")
    assert (ran.code, ran.out) == (1, "")
    first, second = ran.err.splitlines()
    assert "404" in first
    assert not home.config.exists()
    hint = second.rpartition(": socialcare ")[2].split()
    assert hint[-1] == "--no-test"
    assert home.run(*hint).code == 0
    assert list(tomllib.loads(home.config.read_text())["channels"]) == ["127-0-0-1"]


@pytest.mark.parametrize(("answer", "saved"), [("y\n", True), ("\n", False), ("n\n", False)])
def test_somebody_at_the_terminal_is_asked(home, web, answer, saved):
    ran = home.run("channel", "add", f"feed:{web.url}/none", tty=True, stdin=answer)
    assert ran.code == (0 if saved else 1)
    assert ran.err.splitlines()[2].startswith("Save it all the same? [y/N]")
    assert home.config.exists() == saved


def test_a_wrong_option_is_never_saved(home):
    for words in (["exec:'prog"], ["exec:'prog", "--no-test"], ["hackernews:", "--no-test"]):
        ran = home.run("channel", "add", *words, tty=True)
        assert ran.code == 2, words
        assert ran.err.splitlines()[-2].startswith("error: ")
        assert ran.err.splitlines()[-1].startswith("hint:  ")
    assert home.files() == {}


@pytest.mark.parametrize(
    "spec", ["hn:acme", "", ":", "acme", "mastodon:acme", "feed:not an address", "\x1b]0;x\x07:y"]
)
def test_what_cannot_be_understood_is_two_lines_and_exit_2(home, spec):
    ran = home.run("channel", "add", spec)
    assert (ran.code, ran.out) == (2, "")
    assert [line[:7] for line in ran.err.splitlines()] == ["error: ", "hint:  "]
    assert "\x1b" not in ran.err
    assert home.files() == {}


def test_remove_asks_or_needs_yes(doing):
    before = doing.config.read_text()
    ran = doing.run("channel", "remove", "blog")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: this would remove the channel blog and nobody is here to ask.\n"
        "hint:  look first with --dry-run, then add --yes\n"
    )
    assert doing.run("channel", "remove", "blog", tty=True, stdin="\n").code == 0
    assert doing.run("channel", "remove", "blog", "--dry-run").code == 0
    assert doing.config.read_text() == before


def test_remove_takes_config_health_and_token_and_leaves_the_mentions(doing):
    doing.run("channel", "login", "mastodon", "--no-test", stdin="geheim\n")
    doing.change(
        "insert into checkpoint (channel, source, version, value, updated_at)"
        " values ('mastodon', 'mastodon:mas.to', 1, '{}', ?)", ago(HOUR),
    )  # fmt: skip
    ran = doing.run("channel", "remove", "mastodon", "--yes")
    assert ran.out == (
        "Removed mastodon, and its token forgotten. Its mentions stay in the inbox.\n"
    )
    assert "mastodon" not in tomllib.loads(doing.config.read_text())["channels"]
    assert doing.value("select count(*) from channel_health where channel = 'mastodon'") == 0
    assert doing.value("select count(*) from checkpoint") == 0
    assert doing.value("select count(*) from channel_health") == 2
    assert "geheim" not in doing.credentials.read_text()
    assert doing.run("channel", "remove", "mastodon", "--yes").code == 3


def test_test_stores_nothing_and_its_exit_code_tells(home, web):
    home.configure(
        f'[channels.good]\ntype = "feed"\nurls = ["{web.url}/feed"]\n'
        f'[channels.bad]\ntype = "feed"\nurls = ["{web.url}/none"]\n'
        f'[channels.off]\ntype = "feed"\nurls = ["{web.url}/none"]\nenabled = false\n'
    )
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    both = home.run("channel", "test")
    assert both.code == 5
    assert both.out.startswith("good   answered in 0.0 s, 1 read, 1 about you\n")
    assert both.err.startswith("error: bad: ")
    assert home.run("channel", "test", "good").code == 0
    assert home.run("channel", "test", "bad").code == 1
    assert home.run("channel", "test", "bda").code == 3
    records = home.json("channel", "test")
    jsonschema.Draft202012Validator(schema("channel-test")).validate(records)
    assert [record["ok"] for record in records] == [True, False]
    assert list(home.files()) == [".config/socialcare/config.toml"]


def test_test_without_channels_says_how_to_add_one(home):
    ran = home.run("channel", "test")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: there is no channel to test yet.")

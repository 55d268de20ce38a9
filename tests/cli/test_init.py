"""`socialcare init`: four questions, or one line in a script."""

from __future__ import annotations

import tomllib

import jsonschema
import pytest

from socialcare.output.schema import schema
from socialcare.settings.paths import Paths
from socialcare.workflow.init import read_channels, usual_specs
from socialcare.workflow.schedule import schedule_line
from tests.cli.runner import feed

TITLES = ("Acme boots fell apart, urgent, I want a refund now!", "I love my Acme boots", "Soup")


@pytest.fixture
def blog(web):
    web["/feed"] = lambda line: line.answer(feed(*TITLES))
    return f"feed:{web.url}/feed"


@pytest.fixture
def line(home):
    environ = {"HOME": str(home.path)}
    return schedule_line(Paths.find(environ), environ)


def settings(home):
    return tomllib.loads(home.config.read_text())


def test_one_line_sets_everything_up_and_shows_what_there_is(home, blog, line):
    ran = home.run(
        "init", "--brand", "Acme", "--watch", "acme boots", "--watch", "akme, acme ltd",
        "--ignore", "acme corporation", "--channel", blog, "--yes",
    )  # fmt: skip
    assert ran.code == 0
    assert ran.out == "        127-0-0-1 2\n2 mentions found. 1 looks urgent.\n"
    assert ran.err == f"To look again every 5 minutes, schedule this:\n  {line}\n"
    assert settings(home)["brand"] == {
        "name": "Acme",
        "watch": ["acme boots", "akme", "acme ltd"],
        "ignore": ["acme corporation"],
    }
    assert home.config.stat().st_mode & 0o777 == 0o600
    assert len(home.run("inbox", "--format", "ids").out.split()) == 2
    assert len(home.run("inbox", "is:filtered", "--format", "ids").out.split()) == 1
    assert home.run("channel", "--fields", "name,state").out == "127-0-0-1\tok\n"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ([], "--brand"),
        (["--yes"], "--brand"),
        (["--channel", "hackernews:acme"], "--brand"),
        (["--brand", "Acme"], "--channel"),
    ],
)
def test_without_anybody_to_ask_the_missing_option_is_named(home, words, option):
    ran = home.run("init", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"error: init needs {option}: nobody is here to ask."
    assert home.files() == {}


def test_nothing_is_written_when_something_is_wrong(home):
    for words in (
        ["--brand", "Acme", "--channel", "hn:acme"],
        ["--brand", "Acme", "--channel", "mastodon:acme"],
        ["--brand", "Acme", "--channel", "exec:'prog"],
        ["--brand", " \n", "--yes"],
        ["--brand", "x" * 200, "--yes"],
    ):
        ran = home.run("init", *words)
        assert (ran.code, ran.out) == (2, ""), words
        assert len(ran.err.splitlines()) == 2
    assert home.files() == {}


def test_four_questions(home, blog, line):
    home.with_crontab("0 3 * * * backup\n")
    address = blog.removeprefix("feed:")
    answers = [
        "",
        "Acme",
        "acme boots, ",
        "acme corporation",
        "n",
        "n",
        "not an address",
        address,
        "",
        "",
    ]
    ran = home.run("init", tty=True, stdin="".join(f"{answer}\n" for answer in answers))
    assert ran.code == 0
    asked = [
        "1 of 4  What is your brand called? ",
        "        Its name, as people write it.",
        "2 of 4  Other words people use? (comma between them) ",
        "        Anything with that name that is not you? ",
        "3 of 4  Where shall I look? (no sign-in needed for these)\n",
        "        Hacker News? [Y/n] ",
        "        Mastodon #acme #acmeboots? [Y/n] ",
        "        An RSS or Google Alerts feed? Its address, or Enter: ",
        '        "not an address" is not the address of a feed.\n',
        "        Looking ...\n",
        "4 of 4  Look again every 5 minutes? I would add one line to your crontab:\n",
        f"          {line}\n",
        "        Add it? [Y/n] ",
        "Added to your crontab.\n",
        "Done. See them: socialcare inbox          Change this: socialcare config edit\n",
    ]
    places = [ran.err.index(words) for words in asked]
    assert places == sorted(places)
    assert home.crontab.read_text() == f"0 3 * * * backup\n{line}\n"
    assert settings(home)["brand"]["ignore"] == ["acme corporation"]
    assert list(settings(home)["channels"]) == ["127-0-0-1"]
    assert "mentions found" in ran.out


def test_what_is_given_is_not_asked(home, blog):
    ran = home.run(
        "init", "--brand", "Acme", "--watch", "x", "--ignore", "y", "--channel", blog, tty=True
    )
    assert ran.code == 0
    assert "?" not in ran.err


def test_the_usual_places_need_no_sign_in():
    channels = read_channels(usual_specs("Acme & Söhne", ["acme boots", "42"]))
    assert {channel.name: channel.table for channel in channels} == {
        "hackernews": {},
        "mastodon": {"server": "https://mastodon.social", "hashtags": ["acmesöhne", "acmeboots"]},
    }


def test_the_end_of_the_input_stops_and_writes_nothing(home):
    ran = home.run("init", tty=True, stdin="Acme\nacme boots\n")
    assert ran.code == 130
    assert home.files() == {}


def test_an_old_config_is_kept_unless_somebody_says_so(home, blog):
    home.configure('[brand]\nname = "Old"\n')
    words = ("init", "--brand", "Acme", "--channel", blog, "--watch", "x", "--ignore", "y")
    ran = home.run(*words, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: there is a config already: {home.config}.\n"
        "hint:  change it: socialcare config edit   or begin anew: socialcare init --force\n"
    )
    assert home.run(*words, tty=True, stdin="n\n").code == 2
    assert settings(home)["brand"] == {"name": "Old"}
    ran = home.run(*words, tty=True, stdin="y\nn\n")
    assert ran.code == 0
    assert settings(home)["brand"]["name"] == "Acme"
    assert home.run(*words, "--force", "--yes").code == 0
    folder = home.config.parent
    assert (folder / "config.toml.old").read_text() == '[brand]\nname = "Old"\n'
    assert "Acme" in (folder / "config.toml.old2").read_text()


def test_the_crontab_gets_its_line_once_and_only_when_wanted(home, blog, line):
    home.with_crontab()
    words = ("init", "--brand", "Acme", "--channel", blog, "--force", "--yes")
    assert f"  {line}\n" in home.run(*words).err
    assert not home.crontab.exists()
    assert home.run(*words, "--schedule").err.endswith("Added to your crontab.\n")
    assert home.crontab.read_text() == f"{line}\n"
    again = home.run(*words, "--schedule")
    assert (again.code, home.crontab.read_text()) == (0, f"{line}\n")
    home.crontab.write_text("*/5 * * * * ~/bin/socialcare fetch --quiet\n")
    home.run(*words, "--schedule")
    assert home.crontab.read_text() == "*/5 * * * * ~/bin/socialcare fetch --quiet\n"


def test_a_crontab_without_its_last_line_end_stays_whole(home, blog, line):
    home.with_crontab("0 3 * * * backup")
    home.run("init", "--brand", "Acme", "--channel", blog, "--schedule", "--yes")
    assert home.crontab.read_text() == f"0 3 * * * backup\n{line}\n"


def test_a_channel_that_fails_is_told_and_the_rest_is_there(home, blog, web):
    ran = home.run(
        "init", "--brand", "Acme", "--channel", blog, "--channel", f"mastodon:#acme@{web.url}"
    )
    assert ran.code == 5
    assert "        mastodon failed\n" in ran.out
    assert "error: mastodon: there is nothing at " in ran.err
    assert list(settings(home)["channels"]) == ["127-0-0-1", "mastodon"]


def test_json_says_what_was_set_up(home, blog, line):
    home.with_crontab()
    found = home.json("init", "--brand", "Acme", "--channel", blog, "--schedule")
    jsonschema.Draft202012Validator(schema("init")).validate(found)
    assert (found["new"], found["scheduled"], found["schedule"]) == (2, True, line)
    assert found["config"] == str(home.config)


def test_a_config_of_its_own_has_its_own_line(home, blog):
    path = home.path / "b.toml"
    found = home.json("init", "--config", str(path), "--brand", "Acme", "--channel", blog)
    assert found["config"] == str(path)
    assert f" --config {path} fetch " in found["schedule"]
    assert path.exists()
    assert not home.config.exists()


def test_init_ends_the_time_of_the_demo(home, blog):
    assert home.run("demo", "-q").code == 0
    assert home.json("inbox")[0]["demo"] is True
    home.run("init", "--brand", "Acme", "--channel", blog)
    assert {record["demo"] for record in home.json("inbox", "is:any")} == {False}


def test_what_init_says_is_never_longer_than_a_narrow_screen(home, blog, line):
    ran = home.run("init", "--brand", "Acme", "--channel", blog, "--yes", tty=True, width=40)
    assert all(len(one) <= 40 for one in (ran.out + ran.err).splitlines() if line not in one)

"""`socialcare` alone, and the options that every command understands."""

from __future__ import annotations

import json
import os
import stat

import jsonschema
import pytest

from socialcare import __version__
from socialcare.cli.commands import COMMANDS
from socialcare.inbox.database import open_writer
from socialcare.output.schema import schema
from tests.cli.acme import ANA, LATE, MINUTE, QUESTION, Acme, judged, mention

START = (
    "Start here\n"
    "  $ socialcare demo                     made-up data, 2 seconds\n"
    "  $ socialcare inbox refund is:late     late, and about a refund\n"
    "  $ socialcare inbox --json | jq '.[].url'\n"
)


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION])
    return shop


@pytest.fixture
def full(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(n, ANA, f"Post {n}?", n * MINUTE), "question") for n in range(1, 9)])
    return shop


def test_with_no_data_it_says_how_to_start(tmp_path):
    shop = Acme(tmp_path)
    for tty in (True, False):
        ran = shop.run(tty=tty)
        assert (ran.code, ran.out, ran.err) == (0, START, "")
    assert shop.run("--json").out == "[]\n"
    assert list(tmp_path.iterdir()) == []
    open_writer(shop.path).close()
    assert shop.run(tty=True).out == START


def test_with_data_it_is_the_top_of_the_inbox(full):
    at_desk = full.run(tty=True)
    assert at_desk.out.startswith("Inbox  8 open")
    assert len(at_desk.out.splitlines()) == 2 + 5
    piped = full.run()
    assert piped.out == full.run("inbox", "--limit", "5").out
    assert piped.err == ""
    assert full.run("--json").out == full.run("inbox", "--json", "--limit", "5").out
    assert full.run("-q", tty=True).err == ""


def test_it_marks_nothing_as_seen(full):
    full.run(tty=True)
    assert full.value("select count(*) from triage where seen_at is not null") == 0


def test_the_first_page_lists_exactly_the_commands(acme):
    lines = acme.run("help").out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line[2] not in " $"]
    assert listed == list(COMMANDS)
    assert all(len(line) <= 80 for line in lines)


def test_the_first_page_is_the_same_by_option(acme, capfd):
    expected = acme.run("help").out
    capfd.readouterr()
    for word in ("--help", "-h"):
        assert acme.run(word).code == 0
        assert capfd.readouterr().out.rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "inbox"],
        ["-q", "--json", "inbox"],
        ["inbox", "--json"],
        ["inbox", "label:complaint,question", "--json", "--quiet"],
    ],
)
def test_shared_options_stand_before_or_after_the_command(acme, words):
    assert [record["id"] for record in json.loads(acme.run(*words).out)] == [1, 2]


def test_a_dry_run_and_a_yes_before_the_command(acme):
    acme.run("-n", "close", "1")
    assert acme.value("select count(*) from mentions where status = 'closed'") == 0
    acme.run("-y", "close", "is:open")
    assert acme.value("select count(*) from mentions where status = 'closed'") == 2


@pytest.mark.parametrize("place", ["before", "after", "equals"])
def test_another_database_and_config(acme, tmp_path, place):
    other = Acme(tmp_path / "other")
    other.home.mkdir()
    other.fill([QUESTION])
    config = tmp_path / "other.toml"
    config.write_text("[ui]\naccessible = true\n")
    options = ["--db", str(other.path), "--config", str(config)]
    if place == "equals":
        options = [f"--db={other.path}", f"--config={config}"]
    words = [*options, "inbox"] if place == "before" else ["inbox", *options]
    ran = acme.run(*words, tty=True)
    assert ran.out.startswith("1 open, ")
    assert "Mention 1," in ran.out


def test_the_version_is_told_wherever_it_is_asked(acme):
    for words in (["--version"], ["inbox", "--version"], ["--db", "x", "--version", "set"]):
        ran = acme.run(*words)
        assert (ran.code, ran.out, ran.err) == (0, f"socialcare {__version__}\n", "")


@pytest.mark.parametrize("word", ["--db", "--config"])
def test_an_option_without_its_file(acme, word):
    ran = acme.run("inbox", word)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: {word} needs a file.\nhint:  {word} FILE\n"
    told = json.loads(acme.run("--json", "inbox", word).err)
    jsonschema.validate(told, schema("error"))


def test_words_behind_two_hyphens_are_words(acme):
    assert acme.run("classify", "--", "--db").code == 0
    ran = acme.run("classify", "--json", "--", "--version", "is", "wrong")
    assert json.loads(ran.out)["text"] == "--version is wrong"


def test_a_wrong_config_is_told_by_every_command_with_its_line(acme, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[answer_by]\nurgnt = "1h"\n')
    for words in (
        [],
        ["inbox"],
        ["show", "1"],
        ["set", "1", "--owner", "me"],
        ["close", "1"],
        ["reply", "1", "-b", "x"],
        ["export"],
        ["sql", "select 1"],
        ["classify", "x"],
    ):
        ran = acme.run(*words, "--config", str(config))
        assert (ran.code, ran.out) == (2, "")
        assert "line 2" in ran.err
        assert "urgent" in ran.err
    assert acme.value("select count(*) from events") == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_database_that_may_not_be_read(acme):
    acme.path.chmod(0)
    ran = acme.run("inbox")
    acme.path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert (ran.code, ran.out) == (1, "")


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all", b"SQLite format 3\0" + b"x" * 99]
)
def test_a_file_that_is_no_database_is_left_alone(acme, content):
    acme.path.write_bytes(content)
    for words in ([], ["inbox"], ["set", "1", "--owner", "me"], ["export"], ["sql", "select 1"]):
        ran = acme.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert len(ran.err.splitlines()) == 2
        assert "did not expect" not in ran.err
    assert acme.path.read_bytes() == content


def test_a_database_of_a_newer_version_is_refused(acme):
    acme.change("pragma user_version = 0")
    import sqlite3

    conn = sqlite3.connect(acme.path)
    conn.execute("pragma user_version = 7")
    conn.close()
    before = acme.path.read_bytes()
    for words in (["inbox"], ["close", "1"], ["sql", "select 1"]):
        ran = acme.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == (
            "error: the database was made by a newer socialcare (schema 7, this one knows 5).\n"
            "hint:  pipx upgrade socialcare\n"
        )
    assert acme.path.read_bytes() == before


def test_an_unexpected_error_is_two_lines_and_a_log(acme):
    acme.change("update label set why = 'no JSON' where mention_id = 1")
    ran = acme.run("inbox")
    log = acme.home / ".local/state/socialcare/log"
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: something went wrong that I did not expect (JSONDecodeError in inbox).\n"
        f"hint:  details: {log}   look for the cause with: socialcare doctor\n"
    )
    assert "Traceback" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    debug = acme.run("inbox", "--debug")
    assert debug.code == 1
    assert debug.err.startswith("Traceback (most recent call last):\n")
    assert "\nerror: something went wrong" in debug.err
    assert acme.run("inbox", SOCIALCARE_DEBUG="1").err == debug.err

"""The crontab line: made for cron, recognised whoever wrote it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from socialcare.settings.paths import Paths
from socialcare.workflow.schedule import (
    MARK,
    fetch_line,
    missing_program,
    program_words,
    read_crontab,
    schedule_line,
)

PROGRAM = shlex.join(program_words())
HOME = {"HOME": "/home/mia"}


def line(environ=HOME, **options):
    return schedule_line(Paths.find(environ, **options), environ)


def test_the_line_starts_the_program_by_its_whole_path():
    assert line() == f"*/5 * * * * {PROGRAM} fetch --quiet  {MARK}"
    assert Path(program_words()[0]).is_absolute()
    assert missing_program(line()) is None


def test_what_cron_does_not_know_stands_in_the_line():
    assert " --config /srv/b.toml --db /srv/b.db fetch" in line(
        config="/srv/b.toml", db="/srv/b.db"
    )
    moved = {**HOME, "XDG_DATA_HOME": "/srv/data"}
    assert line(moved) == f"*/5 * * * * XDG_DATA_HOME=/srv/data {PROGRAM} fetch --quiet  {MARK}"
    assert missing_program(line(moved)) is None


def test_cron_ends_a_command_at_a_percent_sign_and_the_shell_at_a_blank():
    made = line(config="/srv/100% a.toml")
    assert r"--config '/srv/100\% a.toml'" in made
    assert fetch_line(made, made) == made


@pytest.mark.parametrize(
    "there",
    [
        "*/5 * * * * ~/.local/bin/socialcare fetch --quiet",
        "@hourly socialcare fetch -q && curl -fsS https://ping.example/1",
        "1-59/2 6-22 * * mon-fri  /opt/v/bin/python -m socialcare fetch",
        f"*/5 * * * * XDG_DATA_HOME=/x /old/socialcare fetch --quiet  {MARK}",
        "*/5 * * * * cd /tmp; /usr/bin/socialcare fetch 'unclosed",
    ],
)
def test_a_line_that_fetches_is_recognised(there):
    crontab = f"MAILTO=mia\n# my jobs\n0 3 * * * backup\n{there}\n"
    assert fetch_line(crontab, line()) == there


@pytest.mark.parametrize(
    "there",
    [
        "",
        "# */5 * * * * /usr/bin/socialcare fetch --quiet",
        "0 8 * * * /usr/bin/socialcare inbox is:late",
        "*/5 * * * * fetchmail",
        "*/5 * * * * /usr/bin/socialcare --config /srv/b.toml fetch --quiet",
        "*/5 * * * * /usr/bin/socialcare --config=/srv/b.toml fetch --quiet",
        "SOCIALCARE=fetch",
        "*/5 *",
    ],
)
def test_what_does_not_fetch_this_brand_is_not(there):
    assert fetch_line(there, line()) is None


def test_a_program_that_is_gone_is_named():
    assert missing_program("*/5 * * * * A=b /no/such/socialcare fetch") == "/no/such/socialcare"
    assert missing_program("*/5 * * * * socialcare fetch") is None


def test_without_the_program_there_is_no_crontab(tmp_path):
    assert read_crontab({"PATH": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("says", "code", "crontab"),
    [
        ("no crontab for mia", 1, ""),
        ("crontab: can't open 'mia': No such file or directory", 1, ""),
        ("You (mia) are not allowed to use this program (crontab)", 1, None),
        ("", 0, "0 3 * * * backup\n"),
    ],
)
def test_an_empty_crontab_is_told_from_a_forbidden_one(tmp_path, says, code, crontab):
    program = tmp_path / "crontab"
    program.write_text(
        f"#!/bin/sh\n[ {code} = 0 ] && echo '0 3 * * * backup'\necho \"{says}\" >&2\nexit {code}\n"
    )
    program.chmod(0o755)
    assert read_crontab({"PATH": str(tmp_path)}) == crontab


def test_the_brand_of_a_line_is_its_config():
    paths = Paths.find(HOME)
    other = replace(paths, config_file=Path("/srv/b.toml"), config_from="option")
    theirs = schedule_line(other, HOME)
    assert fetch_line(theirs, theirs) == theirs
    assert fetch_line(theirs, schedule_line(paths, HOME)) is None

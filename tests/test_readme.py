"""The README is true: its commands exist and run, its screens and tables are the program's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from socialcare.channels import REGISTRY
from socialcare.cli.commands import COMMANDS, HIDDEN
from socialcare.errors import ExitCode
from socialcare.settings.paths import Paths
from tests.cli.acme import Acme
from tests.readme import with_channels

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GLOBAL = {"--db", "--config", "--demo", "--debug", "--version"}


def section(title: str) -> str:
    """From a heading to the next one of its level or above."""
    level = title.split(maxsplit=1)[0]
    start = README.index(f"\n{title}\n") + 1
    end = re.compile(rf"^#{{1,{len(level)}}} ", re.MULTILINE).search(README, start + len(title))
    return README[start : end.start() if end else None]


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def table(text: str) -> list[list[str]]:
    """Rows of the first table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.fixture
def newcomer(tmp_path):
    return Acme(tmp_path, {"SOCIALCARE_DB": ""})


def run(newcomer, *words: str, **how):
    return newcomer.run(*words, **{"SOCIALCARE_DB": ""} | how)


# ── commands ──


def test_every_command_has_its_section():
    assert re.findall(r"^### `(\w+)`$", section("## Every command"), re.MULTILINE) == list(COMMANDS)


def helps(name: str) -> list[list[str]]:
    """The command, and the verbs below it."""
    groups = import_module(f"socialcare.cli.{COMMANDS[name].module}").app
    verbs = [each.name or each.callback.__name__ for each in groups.registered_commands]
    return [[name], *([name, verb] for verb in verbs if len(verbs) > 1)]


@pytest.mark.parametrize("words", [w for name in COMMANDS for w in helps(name)], ids=" ".join)
def test_help_shows_two_examples_of_the_command_itself(newcomer, capfd, words):
    assert run(newcomer, *words, "--help").code == 0
    told = capfd.readouterr().out.partition("Examples:")[2]
    assert told.count(f"socialcare {words[0]}") >= 2


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_the_readme_names_is_in_the_help(newcomer, capfd, name):
    for words in helps(name):
        run(newcomer, *words, "--help")
    told = capfd.readouterr().out
    named = set(re.findall(r"--[a-z][a-z-]+", section(f"### `{name}`")))
    assert {option for option in named - GLOBAL if option not in told} == set()


def test_every_command_that_it_shows_exists():
    code = "\n".join(
        [*re.findall(r"`([^`\n]+)`", README), *re.findall(r"```.*?```", README, re.DOTALL)]
    )
    named = re.findall(r"(?:^|[\s/|])socialcare ([a-z]+)", code)
    assert len(named) > 30
    assert set(named) <= {*COMMANDS, *HIDDEN}


def test_what_is_not_there_yet_is_not_there():
    named = re.findall(r"`(\w+)`", section("## What is not there yet"))
    assert named
    assert not set(named) & set(COMMANDS)


# ── what it shows ──


def test_the_demo_screen_is_that_of_the_program(newcomer):
    shown = next(b for b in blocks(README, "console") if b.startswith("$ socialcare demo\n"))
    assert shown.partition("\n")[2] == run(newcomer, "demo", tty=True).out


def test_the_json_is_that_of_the_program(newcomer):
    (shown,) = blocks(section("## JSON and exit codes"), "console")
    command, output = shown.splitlines()
    run(newcomer, "demo")
    words = command.removeprefix("$ socialcare ").partition(" | ")[0].split()
    assert json.loads(run(newcomer, *words).out)[1] == json.loads(output)


def test_the_channels_are_what_the_program_says_of_them():
    assert with_channels(README) == README, "python -m tests.readme writes them anew"


def test_of_every_channel_it_says_what_it_was_run_against():
    part = section("## Channels").partition("What was run against what:")[2].partition("\n### ")[0]
    bullets = re.findall(r"^\* (.*?) ran ", part, re.MULTILINE)
    assert {name for one in bullets for name in re.findall(r"`(\w+)`", one)} == set(REGISTRY)


def test_the_presets_are_those_of_the_feeds():
    from socialcare.channels.feed.presets import PRESETS

    sentence = re.search(r"takes a `preset`: (.*?)\. Files", README, re.DOTALL)
    assert sentence is not None
    assert re.findall(r"`([a-z-]+)`", sentence[1]) == list(PRESETS)


def test_the_exit_codes_are_those_of_the_program():
    codes = [int(row[0]) for row in table(section("## JSON and exit codes"))]
    assert codes == [int(code) for code in ExitCode]


@pytest.mark.skipif(sys.platform != "linux", reason="the table shows the places on Linux")
def test_the_files_lie_where_it_says():
    paths = Paths.find({"HOME": "/home/you"})
    places = (
        paths.config_file,
        paths.learned,
        paths.database,
        paths.demo_database,
        paths.credentials,
        paths.log,
    )
    assert [row[1] for row in table(section("## Files and privacy"))] == [
        f"`{place}`".replace("/home/you", "~") for place in places
    ]


def test_its_config_is_one(newcomer):
    (text,) = blocks(section("## Config"), "toml")
    folder = newcomer.home / ".config/socialcare"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text)
    told = json.loads(run(newcomer, "channel", "list", "--json").out)
    assert {each["name"] for each in told} == {"hackernews", "blogs", "mastodon"}


def test_its_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_figure_has_a_command_and_what_it_showed():
    part = README.partition("<!-- figures -->")[2].partition("<!-- /figures -->")[0]
    rows = table(part)
    assert rows
    for _, command, seen in rows:
        module = re.fullmatch(r"`python -m (tests\.benchmarks\.\w+)`", command)
        assert module, command
        assert find_spec(module[1]), command
        assert re.search(r"\d", seen), command


# ── what it lets people run ──


def test_two_commands_set_everything_up():
    first, second = blocks(section("## Two commands"), "sh")
    for command in (first, second):
        assert command.count("\n") == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert first.endswith("&& .venv/bin/socialcare demo\n")
    assert "'.[dev]' && .venv/bin/pytest" in second


def test_what_it_says_to_type_works(tmp_path):
    """In the order of the page, in one shell session on the demo."""
    parts = ("## The first five minutes", "## Pipes", "## Choosing mentions")
    lines = [
        line
        for part in parts
        for block in blocks(section(part), "sh")
        for line in block.splitlines()
    ]
    assert len(lines) > 15
    program = Path(sys.executable).parent
    for line in ["socialcare demo", *lines]:
        if "jq " in line and not shutil.which("jq"):
            continue
        ran = subprocess.run(
            ["/bin/sh", "-c", line],
            env={"HOME": str(tmp_path), "PATH": f"{program}:/usr/bin:/bin"},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, ""), line
        assert ran.stdout or ">" in line, line

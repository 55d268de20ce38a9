"""Words that may follow, and the functions of the shells that ask for them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from socialcare.cli.completion import SCRIPTS
from socialcare.output.formats import FORMATS
from tests.cli.acme import LATE, PRAISE, QUESTION, Acme


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


def offered(acme: Acme, *words: str) -> list[str]:
    *before, current = words
    ran = acme.run("complete", "--", *before, f"={current}")
    assert (ran.code, ran.err) == (0, "")
    return [line.split("\t")[0] for line in ran.out.splitlines()]


def test_commands_come_first(acme):
    assert offered(acme, "in")[0] == "inbox"
    assert {"inbox", "show", "help"} <= set(offered(acme, ""))
    assert offered(acme, "--ver") == ["--version"]


def test_filters_and_their_values(acme):
    assert offered(acme, "inbox", "is:l") == ["is:late"]
    assert offered(acme, "inbox", "la") == ["label:"]
    assert offered(acme, "inbox", "refund", "label:p") == ["label:praise"]
    assert offered(acme, "inbox", "priority:urgent,h") == ["priority:urgent,high"]
    assert "priority:urgent,urgent" not in offered(acme, "inbox", "priority:urgent,")
    assert offered(acme, "inbox", "channel:m") == ["channel:mastodon"]
    assert offered(acme, "inbox", "topic:deli") == ["topic:delivery"]
    assert offered(acme, "inbox", "sorce:") == []


def test_ids_come_with_author_and_text(acme):
    ran = acme.run("complete", "--", "show", "=")
    assert "1\t@mia@mas.to: Third email about order #4411 and still no parcel.\n" in ran.out
    assert "\x1b" not in ran.out


def test_options_and_what_they_take(acme):
    assert {"--format", "--fields", "--json"} <= set(offered(acme, "inbox", "--"))
    assert offered(acme, "inbox", "--format", "") == list(FORMATS)
    assert offered(acme, "inbox", "--format=js") == ["--format=json", "--format=jsonl"]
    assert offered(acme, "inbox", "--fields", "id,te") == ["id,text"]
    assert offered(acme, "inbox", "--limit", "") == []
    assert offered(acme, "help", "exit") == ["exit-codes"]
    assert offered(acme, "completion", "f") == ["fish"]


def test_changes_come_with_who_and_what(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION])
    shop.run("set", "1", "--owner", "mia", SOCIALCARE_USER="mia")
    shop.run("close", "2", "--reason", "spam")
    shop.run("undo")
    ran = shop.run("complete", "--", "undo", "=")
    assert ran.out == "3\tleo, undo: open\n1\tmia, set: owner mia\n"
    assert offered(shop, "undo", "1", "") == []
    assert "--list" in offered(shop, "undo", "--")


def test_global_options_are_obeyed_while_typing(acme, tmp_path):
    nowhere = str(tmp_path / "none.db")
    assert "1" not in offered(acme, "--db", nowhere, "show", "")
    assert "1" in offered(acme, "show", "")
    assert not Path(nowhere).exists()


def test_a_wrong_config_says_nothing_while_typing(acme, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[brnd]\n")
    ran = acme.run("complete", "--", "--config", str(wrong), "show", "=")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert offered(acme, "--config", "") == []


def test_every_shell_has_a_script_and_others_are_told(acme):
    for shell, script in SCRIPTS.items():
        assert acme.run("completion", shell).out == script
    ran = acme.run("completion", "tcsh")
    assert ran.code == 2
    assert ran.err.splitlines()[1] == "hint:  use one of: bash, zsh, fish, powershell"


def complete_in_bash(acme: Acme, folder: Path, line: str) -> list[str]:
    """What bash would put in place of the word it sees, breaking at colons as it does."""
    program = folder / "socialcare"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m socialcare "$@"\n')
    program.chmod(0o755)
    (folder / "completion.bash").write_text(SCRIPTS["bash"])
    script = f"""
        source {folder}/completion.bash
        COMP_LINE={line!r}
        COMP_POINT=${{#COMP_LINE}}
        COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
        _socialcare socialcare
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    found = subprocess.run(
        ["bash", "--norc", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "HOME": str(acme.home),
            "SOCIALCARE_DB": str(acme.path),
        },
    )
    return found.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("socialcare inbox is:l", ["late"]),
        ("socialcare inbox refund label:complaint,p", ["complaint,praise"]),
        ("socialcare inbox --format=jsonl", []),
        ("socialcare inbox --format=js", ["json", "jsonl"]),
        ("socialcare comp", []),
        ("socialcare sho", ["show"]),
        ("socialcare help che", ["checks"]),
    ],
)
def test_bash_completes_behind_a_colon(acme, tmp_path, line, words):
    assert complete_in_bash(acme, tmp_path, line) == words


HEAVY = {"rich", "httpx", "sqlite_utils", "vaderSentiment", "pydantic", "importlib.metadata"} | {
    "asyncio",
    "feedparser",
    "msgspec",
    "tomlkit",
}
ASK = """
import io, json, sys
from socialcare.cli import main
from socialcare.output.streams import Streams
out = io.StringIO()
code = main(sys.argv[1:], streams=Streams(io.StringIO(), out, io.StringIO()))
print(json.dumps([code, out.getvalue(), sorted(sys.modules)]))
"""


@pytest.mark.parametrize(
    "words",
    [
        ["complete", "--", "inbox", "=is:l"],
        ["complete", "--", "show", "="],
        ["inbox", "--json"],
        ["inbox", "--format", "csv"],
        ["inbox"],
        ["show", "1", "--json"],
        ["show", "1"],
        ["help", "query"],
        ["completion", "bash"],
        ["complete", "--", "channel", "="],
        ["channel", "--json"],
        ["config", "list"],
    ],
)
def test_reading_imports_nothing_heavy(acme, words):
    found = subprocess.run(
        [sys.executable, "-c", ASK, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"HOME": str(acme.home), "SOCIALCARE_DB": str(acme.path)},
    )
    code, out, modules = json.loads(found.stdout)
    assert code == 0
    assert out
    assert not HEAVY & set(modules)

"""No channel type is imported until it is used: not by a list, not by help, not by a neighbour."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from socialcare.channels import REGISTRY
from socialcare.cli.commands import COMMANDS
from tests.cli.acme import LATE, PRAISE, QUESTION, Acme

CONFIG = """
[brand]
name = "Acme"

[channels.form]
type = "exec"
command = "/bin/cat {home}/posts.jsonl"

[channels.hackernews]
query = "acme"

[channels.mastodon]
server = "https://mas.to"
notifications = true

[channels.blog]
type = "feed"
urls = ["https://blog.example/feed"]
"""
POST = {"id": "1", "text": "Where is my Acme parcel?", "created_at": "2026-11-21T13:00:00Z"}
MODULES = {
    f"socialcare.channels.{entry.target.partition(':')[0]}": name
    for name, entry in REGISTRY.items()
}
RUN = """
import io, json, sys
from socialcare.cli import main
from socialcare.output.streams import Streams
modules = json.loads(sys.argv[1])
for words in json.loads(sys.argv[2]):
    out, err = io.StringIO(), io.StringIO()
    streams = Streams(io.StringIO("y\\n"), out, err, stdout_tty=False, stderr_tty=False, stdin_tty=False)
    code, said = main(words, streams=streams), sys.stdout
    loaded = sorted(name for module, name in modules.items() if module in sys.modules)
    print("\\n" + json.dumps([words, int(code), loaded, err.getvalue()]))
"""
"""Commands one after the other in one process; what was imported stays, and is told each time."""
NONE = [
    "inbox", "inbox --json", "inbox is:any channel:mastodon", "show 1", "show @mia@mas.to",
    "triage --help", "set 1 --owner me", "close 3 --reason answered", "undo", "undo --list",
    "classify --inbox --dry-run", "report", "report --format md", "alerts", "learn",
    "channel", "channel list --json", "channel types", "channel types x reddit --json",
    "channel usage", "channel logout mastodon", "channel login mastodon --no-test",
    "channel remove blog --dry-run", "customer", "customer show @mia@mas.to",
    "customer link @mia@mas.to @leo@mastodon.social", "customer unlink @leo@mastodon.social",
    "customer mute @leo@mastodon.social", "customer unmute @leo@mastodon.social",
    "config", "config get brand.name", "config set brand.name Acme", "config path",
    "config edit --help", "config test-rules", "config backup", "doctor --offline", "sql --schema",
    "import {home}/posts.jsonl --dry-run", "export", "forget 3 --dry-run", "help", "help query",
    "snippet", "snippet gaps", "snippet path", "snippet edit --help", "snippet show --help",
    "snippet export --help", "snippet approve --help", "snippet withdraw --help",
    "completion bash", "complete -- channel =", "--help", "--version", "demo",
    *(f"{name} --help" for name in COMMANDS),
]  # fmt: skip
USING = {
    "fetch form": ["exec"],
    "channel test form": ["exec"],
    "channel add exec:/bin/true --name other": ["exec"],
    "channel add hackernews:acme --no-test --name hn": ["hackernews"],
    "init --brand Acme --channel hackernews: --force --yes": ["hackernews"],
}
"""What each of them uses, started in a process of its own."""


REPLY = "reply 1 -b Sorry."
"""Asks at most the type that the mention came from how long an answer may be."""


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE])
    (tmp_path / "posts.jsonl").write_text(json.dumps(POST))
    (tmp_path / "config.toml").write_text(CONFIG.format(home=tmp_path))
    return shop


def ran(acme: Acme, *lines: str) -> list[tuple[list[str], int, list[str], str]]:
    words = [line.format(home=acme.home).split() for line in lines]
    environ = {
        "HOME": str(acme.home),
        "PATH": "/nowhere",
        "SOCIALCARE_DB": str(acme.path),
        "SOCIALCARE_CONFIG": str(acme.home / "config.toml"),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(MODULES), json.dumps(words)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=Path(__file__).parent.parent,
        env=environ,
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('[["')]
    assert len(told) == len(lines)
    return told


def test_no_command_imports_a_type_that_it_does_not_use(acme):
    for words, code, loaded, err in ran(acme, *NONE):
        assert loaded == [], words
        assert code in (0, 5, 10), (words, err)


@pytest.mark.parametrize("line", USING)
def test_of_the_types_only_that_which_is_used_is_imported(acme, line):
    [(_, code, loaded, err)] = ran(acme, line)
    assert loaded == USING[line]
    assert code in (0, 5), err


def test_an_answer_imports_no_other_type_than_that_of_the_mention(acme):
    [(_, code, loaded, err)] = ran(acme, REPLY)
    assert set(loaded) <= {"mastodon"}
    assert code == 0, err


def test_every_command_is_looked_at():
    looked = {tuple(line.split()[:2]) for line in (*NONE, *USING, REPLY)}
    for name, command in COMMANDS.items():
        verbs = import_module(f"socialcare.cli.{command.module}").app.registered_commands
        assert name in {one for one, *_ in looked}
        names = [verb.name or verb.callback.__name__ for verb in verbs]
        if len(names) > 1:
            assert {(name, verb) for verb in names if verb not in ("list", "add")} <= looked


def test_the_check_sees_a_type_that_is_imported(acme):
    [(_, _, before, _), (_, _, after, _)] = ran(acme, "inbox", "fetch form")
    assert (before, after) == ([], ["exec"])

"""What a command imports: the start of every command is the sum of its imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.acme import LATE, PRAISE, QUESTION, Acme

NEVER = {"httpx", "sqlite_utils", "pydantic", "vaderSentiment", "importlib.metadata", "asyncio"}
"""No command that only reads needs the network, migrations, sentiment or a plugin."""
NOT_FOR_JSON = NEVER | {"rich", "msgspec", "feedparser", "zoneinfo", "nh3", "stamina", "tomlkit"}
NOT_WITHOUT_CONFIG = {"tomllib", "socialcare.settings.load", "socialcare.channels"}
NOT_FOR_A_PIPE = {"socialcare.output.table", "socialcare.output.card", "statistics", "csv"}
ASK = """
import io, json, sys
from socialcare.cli import main
from socialcare.output.streams import Streams
out, tty = io.StringIO(), sys.argv[1] == "tty"
streams = Streams(io.StringIO(), out, io.StringIO(), stdout_tty=tty, stderr_tty=tty, stdin_tty=tty)
sys.stdout = out
code = main(sys.argv[2:], streams=streams)
sys.stdout = sys.__stdout__
print(json.dumps([code, bool(out.getvalue()), sorted(sys.modules)]))
"""
VERSION = """
import runpy, sys
sys.argv = ["socialcare", "--version"]
runpy.run_module("socialcare", run_name="__main__")
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("typer", "socialcare")))
"""
READING = [
    ["inbox"],
    ["inbox", "--json"],
    ["inbox", "--format", "csv"],
    ["inbox", "--format", "ids"],
    ["inbox", "parcel", "is:any", "since:7d"],
    ["show", "1"],
    ["show", "1", "--json"],
    ["show", "@mia@mas.to"],
    ["sql", "select * from inbox"],
    ["sql", "--schema"],
    ["export"],
    ["export", "--format", "csv"],
    ["report"],
    ["report", "--format", "md"],
    ["alerts"],
    ["alerts", "--json"],
    ["help"],
    ["help", "query"],
    ["channel", "--json"],
    ["config", "list"],
    ["config", "path"],
    ["completion", "bash"],
    ["complete", "--", "show", "="],
    ["complete", "--", "inbox", "=is:l"],
    [],
    ["--help"],
    ["inbox", "--help"],
    ["--version"],
]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


def python(acme: Acme, *words: str, config: Path | None = None) -> str:
    environ = {"HOME": str(acme.home), "SOCIALCARE_DB": str(acme.path)}
    if config is not None:
        environ["SOCIALCARE_CONFIG"] = str(config)
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parent.parent,
        env=environ,
    )
    return done.stdout


def imported(
    acme: Acme, words: list[str], tty: str = "pipe", config: Path | None = None
) -> set[str]:
    code, said, modules = json.loads(python(acme, "-c", ASK, tty, *words, config=config))
    assert (code, said) == (0, True)
    return set(modules)


@pytest.mark.parametrize("tty", ["tty", "pipe"])
@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_no_reading_command_imports_what_it_does_not_need(acme, words, tty):
    assert not NEVER & imported(acme, words, tty)


@pytest.mark.parametrize("words", [["inbox", "--json"], ["inbox", "--format", "jsonl"], ["inbox"]])
def test_a_list_for_a_program_imports_less_still(acme, words):
    found = imported(acme, words)
    assert not (NOT_FOR_JSON | NOT_WITHOUT_CONFIG) & found
    assert not (NOT_FOR_A_PIPE - {"socialcare.output.table"}) & found
    assert words == ["inbox"] or not NOT_FOR_A_PIPE & found


def test_a_config_costs_the_reading_of_it_and_no_more(acme, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[brand]\nname = "Acme"\n[channels.hackernews]\nquery = "acme"\n')
    found = imported(acme, ["inbox", "--json"], config=config)
    assert "tomllib" in found
    assert not NOT_FOR_JSON & found
    config.write_text('[answer_by]\ntimezone = "Europe/Oslo"\n')
    assert not (NOT_FOR_JSON - {"zoneinfo"}) & imported(acme, ["inbox", "--json"], config=config)


def test_a_command_imports_no_other_command(acme):
    for words in (["inbox", "--json"], ["sql", "--schema"], ["export"]):
        found = {name.removeprefix("socialcare.cli.") for name in imported(acme, words)}
        others = {"fetch", "import_", "reply", "set_", "close", "classify", "show", "demo", "sql"}
        assert not (others - {words[0]}) & found


def test_the_version_is_told_before_typer_is_imported(acme):
    *said, modules = python(acme, "-c", VERSION).splitlines()
    assert said[0].startswith("socialcare ")
    assert modules == "socialcare"

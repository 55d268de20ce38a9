"""Everything in examples/ does what it says: run as cron, systemd and people would run it."""

from __future__ import annotations

import configparser
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PROGRAM = Path(sys.executable).with_name("socialcare")
COVERED = {
    *("crontab", "socialcare.service", "socialcare.timer", "config.toml", "to_chat.py"),
    *("weekly_csv.sh", "contact_form.py", "mentions.jsonl", "mentions.csv"),
}


@dataclass
class Shop:
    """A home folder, and what runs in it: with the environment that cron gives, and no more."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    def shell(self, command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", command],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", **self.variables},
            cwd=self.home,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def socialcare(self, words: str) -> str:
        ran = self.shell(f"{PROGRAM} {words}")
        assert (ran.returncode, ran.stderr) == (0, "")
        return ran.stdout

    def configure(self, text: str) -> None:
        folder = self.home / ".config/socialcare"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(text)

    def with_contact_form(self) -> Path:
        """A config whose only channel is the example of a program."""
        letters = self.home / "form"
        letters.mkdir()
        (letters / "1.txt").write_text("Una\nMy Acme parcel arrived empty. This is urgent!\n")
        command = f"python3 {EXAMPLES / 'contact_form.py'} {letters}"
        self.configure(
            f'[brand]\nname = "Acme"\n[channels.form]\ntype = "exec"\ncommand = "{command}"\n'
        )
        return letters


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


@dataclass
class Sink:
    """A web address on loopback that keeps what is posted to it."""

    address: str
    answers: list[int] = field(default_factory=list)
    """Status of the next answers; without any, 200."""
    got: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0


@contextmanager
def listening() -> Iterator[Sink]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = kept.answers.pop(0) if kept.answers else 200
            if status == 200:
                kept.got.append(body)
            self._end(status)

        def do_GET(self) -> None:
            kept.asked += 1
            self._end(200)

        def _end(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Sink(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def sink():
    with listening() as found:
        yield found


def test_every_example_is_tried_here():
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == COVERED


# ── crontab ──


def crontab() -> tuple[dict[str, str], list[str]]:
    """Variables and commands, read as cron reads them."""
    variables, commands = {}, []
    for line in (EXAMPLES / "crontab").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if match := re.fullmatch(r"(\w+)=(.*)", line):
            variables[match[1]] = match[2]
            continue
        fields = line.split(maxsplit=5)
        assert len(fields) == 6
        assert all(re.fullmatch(r"[\d*/,-]+", part) for part in fields[:5]), line
        assert "%" not in fields[5], "cron takes it for the end of the command"
        commands.append(fields[5])
    return variables, commands


VARIABLES, COMMANDS = crontab()


@pytest.fixture
def cron(shop, sink):
    shop.variables = {
        **VARIABLES,
        "SOCIALCARE": str(PROGRAM),
        "EXAMPLES": str(EXAMPLES),
        "REPORTS": str(shop.home / "reports"),
        "PING": sink.address,
        "CHAT_WEBHOOK": sink.address,
    }
    shop.with_contact_form()
    return shop


@pytest.mark.parametrize("command", COMMANDS)
def test_every_line_of_the_crontab_runs_silently_and_again(cron, command):
    if "curl" in command and not shutil.which("curl", path="/usr/bin:/bin"):
        pytest.skip("no curl on this machine")
    if "fetch" not in command:
        cron.socialcare("fetch --quiet")
    for _ in range(2):
        ran = cron.shell(command)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert len(json.loads(cron.socialcare("inbox --json"))) == 1


def only(part: str) -> str:
    (command,) = (command for command in COMMANDS if part in command)
    return command


@pytest.mark.skipif(not shutil.which("curl", path="/usr/bin:/bin"), reason="no curl here")
def test_the_switch_is_pinged_after_a_success_only(cron, sink):
    cron.shell(only("$PING"))
    assert sink.asked == 1
    shutil.rmtree(cron.home / "form")
    config = cron.home / ".config/socialcare/config.toml"
    config.write_text(config.read_text().replace("contact_form.py", "no_such_program.py"))
    assert cron.shell(only("$PING")).returncode != 0
    assert sink.asked == 1


def test_an_urgent_mention_reaches_the_chat_once(cron, sink):
    cron.socialcare("fetch --quiet")
    cron.socialcare("set 1 --priority urgent --label complaint --quiet")
    for _ in range(2):
        assert cron.shell(only("to_chat.py")).returncode == 0
    (message,) = sink.got
    assert message["text"].startswith("urgent complaint from Una on form\n> My Acme parcel")
    assert message["text"].endswith("socialcare show 1")


def test_what_the_chat_did_not_take_is_tried_again(cron, sink):
    cron.socialcare("fetch --quiet")
    cron.socialcare("set 1 --priority urgent --label complaint --quiet")
    sink.answers = [500]
    ran = cron.shell(only("to_chat.py"))
    assert "to_chat.py: 1 was not posted: HTTP Error 500" in ran.stderr
    assert cron.shell(only("to_chat.py")).stderr == ""
    assert len(sink.got) == 1


# ── JSON to a chat ──


def to_chat(shop: Shop, sink: Sink, text: str, **variables: str) -> dict[str, Any]:
    mention = {
        "id": 7,
        "priority": "urgent",
        "label": "complaint",
        "author": "@eve",
        "channel": "mastodon",
        "url": "https://mastodon.example/@eve/7",
        "text": text,
    }
    shop.variables = {"CHAT_WEBHOOK": sink.address, **variables}
    ran = shop.shell(f"python3 {EXAMPLES / 'to_chat.py'}", json.dumps([mention]))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "7\n", "")
    return sink.got.pop()


@pytest.mark.parametrize(
    ("text", "harmful"),
    [
        ("@everyone look", "@everyone"),
        ("@here and @channel and @all", "@here"),
        ("<!channel> <!here>", "<!channel>"),
        ("<@U123> <https://evil.example|your bank>", "<"),
        ("a\x1b[31m\u202eb", "\x1b"),
    ],
)
def test_a_stranger_cannot_call_the_whole_team(shop, sink, text, harmful):
    assert harmful not in to_chat(shop, sink, text)["text"]
    assert harmful not in to_chat(shop, sink, f"x & {text}")["text"]


def test_discord_takes_another_field_and_calls_nobody(shop, sink):
    body = to_chat(shop, sink, "@everyone 1 < 2", CHAT_FIELD="content")
    assert "@\u200beveryone 1 < 2" in body["content"]
    assert body["allowed_mentions"] == {"parse": []}


def test_without_an_address_it_says_so(shop):
    ran = shop.shell(f"python3 {EXAMPLES / 'to_chat.py'}", "[]")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "CHAT_WEBHOOK is not set" in ran.stderr


# ── weekly CSV ──


def test_the_weekly_table_holds_the_week_and_no_formula(shop):
    shop.variables = {"SOCIALCARE": str(PROGRAM)}
    shop.socialcare('import --text "=HYPERLINK(1) Acme parcel, still waiting" --author Ed')
    old = {"text": "Acme was fine then", "created_at": "2020-01-01T00:00:00Z"}
    shop.shell(f"{PROGRAM} import -", json.dumps(old))
    ran = shop.shell(f"sh {EXAMPLES / 'weekly_csv.sh'} reports")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    (file,) = (shop.home / "reports").iterdir()
    assert re.fullmatch(r"mentions-\d{4}-\d\d-\d\d\.csv", file.name)
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert row["text"] == "'=HYPERLINK(1) Acme parcel, still waiting"


def test_a_table_that_fails_leaves_no_half_file(shop):
    shop.variables = {"SOCIALCARE": "/bin/false"}
    assert shop.shell(f"sh {EXAMPLES / 'weekly_csv.sh'} reports").returncode != 0
    assert list((shop.home / "reports").iterdir()) == []


# ── a channel of your own ──


def test_a_program_is_a_channel(shop):
    letters = shop.with_contact_form()
    assert "1 new" in shop.socialcare("fetch")
    assert shop.socialcare("fetch").endswith("0 new.\n")
    (letters / "2.txt").write_text("Ole\nDo you repair zips?")
    assert "1 new" in shop.socialcare("fetch")
    told = json.loads(shop.socialcare("inbox --json"))
    assert {(each["author"], each["channel"], each["kind"]) for each in told} == {
        ("Una", "form", "dm"),
        ("Ole", "form", "dm"),
    }


# ── sample mentions ──


def test_sample_records_are_imported_with_answers_stars_and_pictures(shop):
    out = shop.socialcare(f"import {EXAMPLES / 'mentions.jsonl'}")
    assert "6 rows: 5 new, 1 our own answer, 0 updated, 0 unreadable" in out
    told = json.loads(shop.socialcare("inbox is:any --json"))
    assert {each["channel"] for each in told} == {"blog", "reviews", "photos"}
    assert [each["media_alt"] for each in told if each["media"]] == [
        ["A boot with its sole hanging off"]
    ]
    assert sum(each["first_answer_at"] is not None for each in told) == 1
    again = shop.socialcare(f"import {EXAMPLES / 'mentions.jsonl'}")
    assert "0 new" in again


def test_the_table_of_another_tool_is_understood(shop):
    out = shop.socialcare(f"import {EXAMPLES / 'mentions.csv'} --channel forum")
    assert "4 rows: 4 new, 0 updated, 0 unreadable" in out
    told = json.loads(shop.socialcare("inbox is:any sort:old --json"))
    assert [(each["created_at"], each["author"], each["followers"]) for each in told] == [
        ("2026-11-02T09:14:00.000Z", "granite_gail", 48),
        ("2026-11-02T16:02:00.000Z", "granite_gail", 48),
        ("2026-11-04T07:45:00.000Z", "@slow_otter", 2310),
        ("2026-11-05T22:31:00.000Z", "ropework", 512),
    ]


# ── systemd and the config ──


def test_the_units_are_what_systemd_takes(tmp_path):
    for name in ("socialcare.service", "socialcare.timer"):
        text = (EXAMPLES / name).read_text()
        (tmp_path / name).write_text(text.replace("%h/.local/bin/socialcare", str(PROGRAM)))
    service, timer = unit(tmp_path / "socialcare.service"), unit(tmp_path / "socialcare.timer")
    assert service["Service"]["ExecStart"] == f"{PROGRAM} fetch --quiet"
    assert timer["Timer"]["OnCalendar"] == "*:0/5"
    verify = shutil.which("systemd-analyze")
    if verify:
        ran = subprocess.run(
            [
                verify,
                "verify",
                *(str(tmp_path / f"socialcare.{kind}") for kind in ("service", "timer")),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"]},
        )
        assert (ran.returncode, ran.stderr) == (0, "")


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return parser


def test_the_command_of_the_unit_runs(cron):
    command = unit(EXAMPLES / "socialcare.service")["Service"]["ExecStart"]
    ran = cron.shell(command.replace("%h/.local/bin/socialcare", str(PROGRAM)))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_commented_config_is_a_config(shop):
    shop.configure((EXAMPLES / "config.toml").read_text())
    assert json.loads(shop.socialcare("inbox --json")) == []

"""examples/webhook: what is posted to the receiver ends up in the inbox, and nothing else does."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from socialcare.testing import Item
from tests.channels.cases.github import Hub
from tests.workflow.office import Office

EXAMPLE = Path(__file__).resolve().parent.parent / "examples/webhook"
SECRET = "it is long and random"
CONFIG = '[brand]\nname = "Acme"\n[channels.hooks]\ntype = "webhook"\nspool = "{}"\n'
KILLED_AT = """\
import os, signal, sys

folder, moment, touched = sys.argv[1], int(sys.argv[2]), 0

def watch(event, args):
    global touched
    if args and str(args[0]).startswith(folder):
        touched += 1
        if touched == moment:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
from socialcare.cli import main
sys.exit(main(["fetch", "--quiet"]))
"""
"""Runs a fetch that is killed when it touches the folder for the n-th time."""
ROWS = "select m.id, m.channel, m.external_id, m.text, m.gone_at is not null from mention m"


@dataclass
class Receiver:
    """The example, running. ``spool`` is the folder it drops into."""

    port: int
    spool: Path

    def post(self, content: object, event: str = "issue_comment", **headers: str) -> int:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        signed = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        told = {"X-GitHub-Event": event, "X-Hub-Signature-256": signed, **headers}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=100)) as line:
            line.request("POST", "/", body, {key: value for key, value in told.items() if value})
            return line.getresponse().status

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.spool.iterdir() if path.is_file())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "home")


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    spool = tmp_path / "my spool"
    spool.mkdir()
    process = subprocess.Popen(
        [sys.executable, EXAMPLE / "receiver.py", spool, "0"],
        env={"PATH": "/usr/bin:/bin", "WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = re.fullmatch(r"listening on port (\d+)\n", process.stdout.readline())
        assert told
        yield Receiver(int(told[1]), spool)
    finally:
        process.kill()
        process.communicate()


def comment(item: Item, action: str = "created", text: str | None = None) -> dict[str, Any]:
    """What GitHub sends about a comment that its API has as well."""
    hub = Hub()
    hub.items = [item]
    shown: Any = hub.one(item.id)
    return {
        "action": action,
        "issue": {"number": 12},
        "comment": {**shown, "body": text or shown["body"]},
        "repository": {"full_name": "acme/app", "html_url": "https://github.com/acme/app"},
        "sender": {"login": "ana", "id": 3},
    }


def test_what_is_signed_is_dropped_whole_and_for_nobody_else(receiver: Receiver) -> None:
    assert receiver.post({"text": "Where is my parcel?"}) == 204
    assert receiver.post({"text": "And the other one?"}) == 204
    assert [json.loads(path.read_bytes())["text"] for path in receiver.files] == [
        "Where is my parcel?",
        "And the other one?",
    ]
    assert all(path.stat().st_mode & 0o007 == 0 for path in receiver.files)


@pytest.mark.parametrize("told", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "é"])
def test_what_is_not_signed_is_refused(receiver: Receiver, told: str) -> None:
    assert receiver.post({"text": "x"}, **{"X-Hub-Signature-256": told}) == 403
    assert receiver.files == []


@pytest.mark.parametrize("length", ["9999999999", "-1", "x"])
def test_what_is_too_large_is_refused_unread(receiver: Receiver, length: str) -> None:
    with closing(HTTPConnection("127.0.0.1", receiver.port, timeout=100)) as line:
        line.putrequest("POST", "/")
        line.putheader("Content-Length", length)
        line.endheaders()
        assert line.getresponse().status == 413
    assert receiver.files == []


def test_without_a_secret_it_does_not_start(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, EXAMPLE / "receiver.py", tmp_path],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "WEBHOOK_SECRET=" in ran.stderr


def test_a_comment_its_edit_and_its_deletion_reach_the_inbox(
    office: Office, receiver: Receiver
) -> None:
    office.configure(CONFIG.format(receiver.spool))
    item = Item("9001", office.clock.now(), "Acme crashes on start")
    ping = {"zen": "Keep it simple", "hook": {"config": {}}, "hook_id": 1}
    assert receiver.post(ping, "ping") == 204
    assert receiver.post(comment(item)) == 204
    assert office.run("fetch", "--json").record["new"] == 1
    assert receiver.post(comment(item, "edited", "Acme crashes on start, and on exit")) == 204
    assert office.run("fetch", "--json").channels["hooks"]["updated"] == 1
    assert receiver.post(comment(item, "deleted")) == 204
    assert office.run("fetch").code == 0
    ((_, channel, external_id, text, gone),) = office.rows(ROWS)
    assert (channel, external_id) == ("hooks", "acme/app/issues/comments/9001")
    assert (text, gone) == ("Acme crashes on start, and on exit", 1)
    assert office.run("fetch").code == 0
    assert receiver.files == []
    assert len(list(receiver.spool.rglob("*.json"))) == 4


@pytest.mark.parametrize("first", ["hooks", "gh"])
def test_a_comment_that_comes_both_ways_is_one_row_and_goes_both_ways(
    office: Office, receiver: Receiver, first: str
) -> None:
    hub = Hub()
    hub.items = [Item("9001", office.clock.now(), "Acme crashes on start")]
    with hub.running() as url:
        gh = f'[channels.gh]\ntype = "github"\nrepos = ["acme/app"]\nbase_url = "{url}"\n'
        # the API of the test lies elsewhere, and what it brings would belong there
        gh += 'server = "github.com"\n'
        office.configure(CONFIG.format(receiver.spool) + gh)
        receiver.post(comment(hub.items[0]))
        second = "gh" if first == "hooks" else "hooks"
        assert office.run("fetch", first, "--json").record["new"] == 1
        assert office.run("fetch", second, "--json").record["new"] == 0
    ((_, channel, external_id, text, _),) = office.rows(ROWS)
    assert (channel, external_id) == (first, "acme/app/issues/comments/9001")
    assert text == "Acme crashes on start"
    receiver.post(comment(hub.items[0], "deleted"))
    office.run("fetch", "hooks")
    assert [row[-1] for row in office.rows(ROWS)] == [1]


def test_a_broken_file_is_an_unreadable_item_with_its_name(
    office: Office, receiver: Receiver
) -> None:
    office.configure(CONFIG.format(receiver.spool))
    receiver.post(b'{"text": "half')
    receiver.post({"text": "Acme, where is my parcel?"})
    broken = receiver.files[0]
    os.utime(broken, (0, 0))
    ran = office.run("fetch", "--json")
    assert (ran.code, ran.record["new"]) == (0, 1)
    assert ran.channels["hooks"]["broken"] == 1
    places = office.rows("select place, reason from dead_letter")
    assert places == [
        (f"{broken.name} line 1", "a record that does not end, or is larger than 4 MB")
    ]
    assert office.run("fetch", "--json").channels["hooks"]["broken"] == 0


def test_killed_whenever_it_touches_the_spool_each_file_is_stored_once(
    office: Office, tmp_path: Path
) -> None:
    """Each run is killed one touch later than the last: listing, opening, reading, moving."""
    spool = tmp_path / "spool"
    spool.mkdir()
    office.configure(CONFIG.format(spool))
    wanted: list[str] = []
    killed = 0
    for moment in range(1, 9):
        for number in range(2):
            wanted.append(f"Acme lost parcel {moment:02}-{number}")
            (spool / f"{moment:02}-{number}.json").write_text(json.dumps({"text": wanted[-1]}))
        command = [sys.executable, "-c", KILLED_AT, str(spool), str(moment)]
        ran = subprocess.run(command, env=office.environ, capture_output=True, check=False)
        killed += ran.returncode == -signal.SIGKILL
    assert killed > 5
    while [path for path in spool.iterdir() if path.is_file()]:
        assert office.run("fetch").code == 0
    stored = [text for (text,) in office.rows("select text from mention order by text")]
    assert stored == wanted
    moved = [json.loads(path.read_bytes())["text"] for path in spool.rglob("*.json*")]
    assert sorted(moved) == wanted


def test_a_channel_is_added_in_one_word(office: Office, receiver: Receiver) -> None:
    office.configure('[brand]\nname = "Acme"\n')
    receiver.post({"text": "Acme, where is my parcel?", "author": "@ana"})
    ran = office.run("channel", "add", f"webhook:{receiver.spool}")
    assert ran.code == 0, ran.err
    assert "Acme, where is my parcel?" in ran.out
    assert f'spool = "{receiver.spool}"' in office.config.read_text()
    assert len(receiver.files) == 1
    assert office.run("fetch", "--json").record["new"] == 1


def test_the_settings_that_the_readme_shows_are_settings(office: Office, tmp_path: Path) -> None:
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    spool = tmp_path / "spool"
    spool.mkdir()
    assert '"/var/spool/socialcare"' in shown
    office.configure(shown.replace("/var/spool/socialcare", str(spool)))
    (record,) = re.findall(r'^ *(\{"text".*\})$', text, re.MULTILINE)
    (spool / "1.json").write_text(record)
    assert office.run("fetch", "--json").record["new"] == 1


def test_a_spool_that_is_not_there_is_told_with_its_remedy(office: Office, tmp_path: Path) -> None:
    office.configure(CONFIG.format(tmp_path / "nowhere"))
    ran = office.run("fetch")
    assert ran.code == 1
    assert "nowhere cannot be read: No such file or directory" in ran.out + ran.err
    assert f"make it: mkdir -p {tmp_path / 'nowhere'}" in ran.out + ran.err

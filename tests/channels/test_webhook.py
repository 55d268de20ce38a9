"""A spool: whatever is dropped is read once, nothing is lost, and nothing is moved too early."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import Checkpoint, Page, Setup
from socialcare.channels.spool import MAX_FILE
from socialcare.channels.webhook import Webhook
from socialcare.clock import FixedClock
from socialcare.errors import ChannelError, ConfigError, UsageError
from socialcare.models import Mention

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=5)


class Short(Webhook):
    """With pages as small as the tests need them."""

    files = 3


def no_network(**_: object) -> NoReturn:
    raise AssertionError("a folder needs no network")


@dataclass
class Box:
    """A spool and its channel; every run makes the channel anew, as the program does."""

    path: Path
    options: dict[str, object] = field(default_factory=dict)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    checkpoint: Checkpoint | None = None

    def channel(self) -> Webhook:
        options = {"spool": str(self.path), **self.options}
        return Short(Setup("hooks", options, no_network, self.clock))

    def drop(self, name: str, content: object, at: datetime = LONG_AGO) -> Path:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        path = self.path / name
        path.write_bytes(body)
        os.utime(path, (at.timestamp(), at.timestamp()))
        return path

    def run(self, pages: int | None = None) -> list[Page]:
        """One run of at most so many pages; what they tell to go on from is kept as JSON."""
        got = list(islice(self.channel().pages(self.checkpoint, NOW), pages))
        for page in got:
            if page.checkpoint is not None:
                self.checkpoint = json.loads(json.dumps(page.checkpoint))
        return got

    def names(self) -> list[str]:
        """Files of the spool, those in ``done`` with their folders."""
        return sorted(
            str(path.relative_to(self.path)) for path in self.path.rglob("*") if not path.is_dir()
        )


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def record(number: int) -> dict[str, object]:
    return {"text": f"Acme lost parcel {number}", "external_id": str(number)}


def mentions(pages: list[Page]) -> list[Mention]:
    return [one for page in pages for one in page.mentions]


def ids(pages: list[Page]) -> list[str]:
    return [one.external_id for one in mentions(pages)]


def broken(pages: list[Page]) -> list[tuple[str, str]]:
    return [(one.where, one.reason) for page in pages for one in page.broken]


def test_it_is_a_channel_type() -> None:
    assert load("webhook") is Webhook
    assert REGISTRY["webhook"].secrets == ""


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "one", "external_id": "1"}\n{"text": "two", "external_id": "2"}\n',
        b'[{"text": "one", "external_id": "1"}, {"text": "two", "external_id": "2"}]',
        b'{"text": "one", "external_id": "1"}{\n "text": "two",\n "external_id": "2"}',
        '\ufeff{"text": "one", "external_id": 1}\r\n\r\n{"text": "two", "id": 2}'.encode("utf-16"),
    ],
    ids=["lines", "array", "laid out", "UTF-16"],
)
def test_a_file_holds_records_in_any_layout(box: Box, body: bytes) -> None:
    box.drop("a.json", body)
    found = mentions(box.run())
    assert [(one.external_id, one.text) for one in found] == [("1", "one"), ("2", "two")]
    assert {one.source for one in found} == {"webhook:hooks"}


def test_a_record_is_read_as_import_reads_it(box: Box) -> None:
    full = {
        "text": "Slow",
        "author": "@ana",
        "followers": "1.2K",
        "rating": "2/5",
        "created_at": "2026-11-20T08:00:00+01:00",
        "kind": "review",
        "direct": "yes",
        "channel": "elsewhere",
        "source": "mastodon:mas.to",
        "url": "example.org/r/1",
    }
    box.drop("a.json", full)
    (one,) = mentions(box.run())
    assert (one.channel, one.source) == ("hooks", "webhook:hooks")
    assert (one.author.followers, one.rating, one.kind, one.direct) == (1200, 2.0, "review", True)
    assert one.created_at == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert one.url == "https://example.org/r/1"
    box.drop("b.json", full)
    assert ids(box.run()) == [one.external_id]


def test_files_are_read_in_the_order_of_their_names(box: Box) -> None:
    for number in (3, 1, 2, 5, 4):
        box.drop(f"{number}.json", record(number))
    assert ids(box.run()) == ["1", "2", "3", "4", "5"]


def test_files_stay_until_their_rows_are_stored_and_are_moved_by_the_run_after(box: Box) -> None:
    box.drop("1.json", record(1))
    assert ids(box.run()) == ["1"]
    assert box.names() == ["1.json"]
    box.drop("2.json", record(2))
    assert ids(box.run()) == ["2"]
    assert box.names() == ["2.json", "done/2026-11-21/1.json"]
    assert ids(box.run()) == []
    assert box.names() == ["done/2026-11-21/1.json", "done/2026-11-21/2.json"]
    assert box.run() == []


def test_a_run_that_stores_nothing_moves_nothing(box: Box) -> None:
    """As ``channel test`` does, and a run that was killed before its first page."""
    box.drop("1.json", record(1))
    for _ in range(3):
        assert ids(list(box.channel().pages(None, NOW))) == ["1"]
    assert box.names() == ["1.json"]


@pytest.mark.parametrize("stop", range(6))
def test_killed_after_any_page_nothing_is_lost_and_nothing_doubled(box: Box, stop: int) -> None:
    for number in range(10):
        box.drop(f"{number}.json", record(number))
    before = box.run(stop)
    moved = box.run(1)
    assert len([name for name in box.names() if "done" in name]) == min(3 * stop, 10)
    after = [*moved, *box.run()]
    assert sorted(ids(before) + ids(after)) == [str(number) for number in range(10)]
    box.run()
    assert len(box.names()) == 10
    assert all(name.startswith("done/") for name in box.names())


def test_a_late_file_with_an_early_name_is_read(box: Box) -> None:
    box.drop("5.json", record(5))
    box.run()
    box.drop("1.json", record(1))
    assert ids(box.run()) == ["1"]
    assert box.names() == ["1.json", "done/2026-11-21/5.json"]


def test_a_file_that_was_written_anew_before_it_was_moved_is_read_again(box: Box) -> None:
    box.drop("1.json", record(1))
    box.run()
    box.drop("1.json", record(11))
    assert ids(box.run()) == ["11"]
    assert box.names() == ["1.json"]
    box.run()
    box.drop("1.json", record(111))
    assert ids(box.run()) == ["111"]
    box.run()
    assert box.names() == ["done/2026-11-21/1.json", "done/2026-11-21/1.json.2"]


def test_a_large_file_comes_in_pages_and_counts_as_read_with_its_last(box: Box) -> None:
    box.drop("0.json", record(0))
    box.drop("1.jsonl", b"".join(json.dumps(record(n)).encode() + b"\n" for n in range(1, 1200)))
    box.drop("2.json", record(1200))
    pages = box.run()
    assert ids(pages) == [str(n) for n in range(1201)]
    assert max(len(page.mentions) for page in pages) == 500
    assert [page.checkpoint is not None for page in pages] == [False, False, True]
    assert ids(list(islice(box.channel().pages(None, NOW), 1))) == [str(n) for n in range(500)]


def test_a_thousand_files(box: Box) -> None:
    for number in range(1000):
        box.drop(f"{number:04}.json", record(number))
    got: list[str] = []
    for _ in range(1000):
        pages = box.run(20)
        got += ids(pages)
        if not pages:
            break
    assert got == [str(number) for number in range(1000)]
    assert len(list((box.path / "done/2026-11-21").iterdir())) == 1000


# ── still being written ──


def test_names_of_what_is_being_written_are_left_alone(box: Box) -> None:
    box.drop(".1.json", record(1))
    box.drop("2.json.tmp", record(2))
    (box.path / "3.json").mkdir()
    assert box.run() == []
    (box.path / ".1.json").rename(box.path / "1.json")
    (box.path / "2.json.tmp").rename(box.path / "2.json")
    assert ids(box.run()) == ["1", "2"]


@pytest.mark.parametrize("half", [b"", b'{"text": "Where is', b'{"text": "one"}\n{"te'], ids=len)
def test_half_a_file_waits_a_second(box: Box, half: bytes) -> None:
    box.drop("1.json", half, at=NOW - timedelta(seconds=0.5))
    box.drop("2.json", record(2))
    pages = box.run()
    assert (ids(pages), broken(pages)) == (["2"], [])
    box.clock.elapsed = 2
    box.drop("1.json", record(1), at=NOW + timedelta(seconds=1.9))
    assert ids(box.run()) == ["1"]


def test_a_whole_file_waits_for_nothing(box: Box) -> None:
    box.drop("1.json", record(1), at=NOW)
    assert ids(box.run()) == ["1"]


@pytest.mark.parametrize("age", [1.0, 3600.0, -3600.0, -4e9])
def test_half_a_file_that_nobody_writes_is_a_dead_letter(box: Box, age: float) -> None:
    box.drop("1.json", b'{"text": "Where is', at=NOW - timedelta(seconds=age))
    assert broken(box.run()) == [
        ("1.json line 1", "a record that does not end, or is larger than 4 MB")
    ]


def test_a_slow_writer_is_read_again_when_it_is_done(box: Box) -> None:
    box.drop("1.json", b'{"text": "Where is', at=LONG_AGO)
    assert len(broken(box.run())) == 1
    box.drop("1.json", record(1), at=NOW)
    assert ids(box.run()) == ["1"]
    assert box.names() == ["1.json"]


# ── broken, refused, out of reach ──


def test_what_is_broken_is_named_and_stops_nothing(box: Box) -> None:
    box.drop("1.json", b"\x89PNG\r\n\x1a\n0000")
    box.drop("2.json", b"[1, 2")
    box.drop("3.jsonl", b'{"text": "a"}\n{"no": "text"}\n{"text": "b", "rating": 9}\n{"text": "c"}')
    box.drop("4.json", b"[" * 100_000)
    box.drop("5.json", b"")
    box.drop("6\x1b[31m\n.json", b"<html>")
    box.drop("7.json", record(7))
    pages = box.run()
    assert [one.text for one in mentions(pages)] == ["a", "c", "Acme lost parcel 7"]
    found = dict(broken(pages))
    assert "picture" in found.pop("1.json")
    assert found == {
        "2.json line 1": "no record: a record begins with {",
        "3.jsonl line 2": "text: missing",
        "3.jsonl line 3": "rating: no rating of 1 to 5: '9'",
        "5.json": "it is empty",
        "6^[[31m .json line 1": "no record: a record begins with {",
    }
    box.run()
    assert len(box.names()) == 7
    assert all(name.startswith("done/") for name in box.names())


def test_links_pipes_and_huge_files_are_refused_unread(box: Box, tmp_path_factory: Any) -> None:
    secret = tmp_path_factory.mktemp("home") / "secret.json"
    secret.write_text(json.dumps({"text": "s3cret"}))
    (box.path / "1.json").symlink_to(secret)
    (box.path / "2.json").symlink_to(box.path / "nowhere")
    os.mkfifo(box.path / "3.json")
    with box.drop("4.json", b"").open("wb") as huge:
        huge.truncate(MAX_FILE + 1)
    os.utime(box.path / "4.json", (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    pages = box.run()
    assert mentions(pages) == []
    assert broken(pages) == [
        ("1.json", "a link to another file is not read"),
        ("2.json", "a link to another file is not read"),
        ("3.json", "no plain file"),
        ("4.json", "larger than 8 MB: read it with socialcare import"),
    ]
    assert len({one.raw for page in pages for one in page.broken}) == 4
    assert "s3cret" not in str(pages)
    box.run()
    assert secret.exists()
    assert (box.path / "done/2026-11-21/1.json").is_symlink()


def test_a_file_of_the_largest_size_is_read(box: Box) -> None:
    box.drop("1.json", b'{"text": "one"}'.ljust(MAX_FILE, b"\n"))
    assert [one.text for one in mentions(box.run())] == ["one"]


def test_paths_inside_a_file_and_in_a_checkpoint_lead_nowhere(
    box: Box, tmp_path_factory: Any
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.json"
    outside.write_text("{}")
    status = outside.stat()
    stamp = f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
    box.checkpoint = {"read": {str(outside): stamp, f"../{outside.parent.name}/x.json": stamp}}
    box.drop("1.json", {**record(1), "file": str(outside), "spool": "/etc", "name": "../../x"})
    box.run()
    box.run()
    assert outside.exists()
    assert box.names() == ["done/2026-11-21/1.json"]


def test_a_name_that_is_no_utf_8(box: Box) -> None:
    name = os.fsdecode(b"caf\xe9.json")
    box.drop(name, record(1))
    box.drop("z.json", b"?")
    assert ids(box.run()) == ["1"]
    box.run()
    assert (box.path / "done/2026-11-21" / name).exists()


def test_a_file_that_may_not_be_read_stays_and_is_told(box: Box) -> None:
    box.drop("1.json", record(1)).chmod(0)
    box.drop("2.json", record(2))
    skip_for_whom_nothing_is_locked(box.path / "1.json")
    pages = box.run()
    assert ids(pages) == ["2"]
    assert pages[-1].notice == "1 file of the spool cannot be read: Permission denied"
    (box.path / "1.json").chmod(0o600)
    assert ids(box.run()) == ["1"]


def test_a_spool_that_cannot_be_read_says_what_to_do(box: Box) -> None:
    box.path = box.path / "my spool"
    with pytest.raises(ChannelError) as caught:
        box.run()
    assert "my spool cannot be read: No such file or directory" in caught.value.message
    assert caught.value.hint == f"make it: mkdir -p '{box.path}'"
    box.path.write_text("")
    with pytest.raises(ChannelError, match="Not a directory") as caught:
        box.run()
    assert "socialcare config edit" in caught.value.hint


def test_a_spool_that_may_not_be_read_says_what_to_do(box: Box) -> None:
    box.path = box.path / "spool"
    box.path.mkdir(mode=0)
    skip_for_whom_nothing_is_locked(box.path)
    with pytest.raises(ChannelError, match="Permission denied") as caught:
        box.run()
    assert f"ls -ld {box.path}" in caught.value.hint


def test_a_spool_that_may_not_be_written_is_read_once(box: Box) -> None:
    box.drop("1.json", record(1))
    box.path.chmod(0o500)
    skip_for_whom_nothing_is_locked(box.path, os.W_OK)
    assert ids(box.run()) == ["1"]
    pages = box.run()
    assert ids(pages) == []
    assert "let whoever runs this write there" in (pages[-1].notice or "")
    box.path.chmod(0o700)
    assert [page.notice for page in box.run()] == [None]
    assert box.names() == ["done/2026-11-21/1.json"]


def skip_for_whom_nothing_is_locked(path: Path, way: int = os.R_OK) -> None:
    if os.access(path, way):
        pytest.skip("this user, such as root, may read and write everything")


def nothing_can_be_moved(box: Box) -> None:
    """Also for root: where the folder should be made, there is a file."""
    (box.path / "done").write_text("")


def test_what_cannot_be_moved_is_not_read_again(box: Box) -> None:
    box.drop("1.json", record(1))
    box.run()
    nothing_can_be_moved(box)
    box.drop("2.json", record(2))
    pages = box.run()
    assert "1.json" in box.names()
    assert ids(pages)[-1:] == ["2"]
    assert "1" not in ids(pages)
    assert pages[-1].notice
    assert pages[-1].notice.startswith("1 file of the spool were read and cannot be moved to done/")


def test_a_link_in_the_place_of_done_is_not_followed(box: Box, tmp_path_factory: Any) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "2020-01-01").mkdir()
    (box.path / "done").symlink_to(elsewhere)
    box.drop("1.json", record(1))
    box.run()
    pages = box.run()
    assert pages[-1].notice
    assert sorted(path.name for path in elsewhere.rglob("*")) == ["2020-01-01"]


# ── how long it is kept ──


def test_what_was_read_is_kept_for_some_days(box: Box) -> None:
    box.options["keep_days"] = 2
    for day in range(5):
        box.drop(f"{day}.json", record(day))
        box.run()
        box.run()
        box.clock.elapsed += 86_400
    (box.path / "done/notes").mkdir()
    (box.path / "done/notes/mine.txt").write_text("")
    box.run()
    kept = ["2026-11-24/3.json", "2026-11-25/4.json", "notes/mine.txt"]
    assert box.names() == [f"done/{name}" for name in kept]


def test_with_no_days_nothing_is_kept(box: Box) -> None:
    box.options["keep_days"] = 0
    box.drop("1.json", record(1))
    box.run()
    assert box.names() == ["1.json"]
    box.run()
    assert box.names() == []


# ── several at once ──


def test_two_runs_at_once_lose_nothing(box: Box) -> None:
    """Both begin where the last one stopped; what one of them moves the other does without."""
    for number in range(60):
        box.drop(f"{number:02}.json", record(number))
    first = ids(box.run(10))
    found: list[list[str]] = [[], []]
    start = threading.Barrier(2)

    def run(place: int) -> None:
        channel = box.channel()
        start.wait()
        found[place] = ids(list(channel.pages(box.checkpoint, NOW)))

    threads = [threading.Thread(target=run, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in found:
        assert sorted(first + one) == sorted(str(number) for number in range(60))


def test_a_file_that_vanishes_between_listing_and_reading_is_no_loss(box: Box) -> None:
    for number in range(8):
        box.drop(f"{number}.json", record(number))
    walk = box.channel().pages(None, NOW)
    got = ids([next(walk)])
    (box.path / "5.json").unlink()
    assert got + ids(list(walk)) == ["0", "1", "2", "3", "4", "6", "7"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["drop", "early", "run", "stop", "again"]), max_size=25))
def test_in_whatever_order_files_come_and_runs_stop_each_row_is_stored(
    tmp_path_factory: Any, steps: list[str]
) -> None:
    box = Box(tmp_path_factory.mktemp("spool"))
    stored: dict[str, str] = {}
    wanted: dict[str, str] = {}
    for number, step in enumerate([*steps, "run", "run"]):
        if step in {"drop", "early", "again"}:
            name = {"drop": f"m{number:03}", "early": f"a{999 - number}", "again": "same"}[step]
            wanted[str(number)] = f"Acme lost parcel {number}"
            if step != "again" or not (box.path / "same").exists():
                box.drop(name, record(number), at=LONG_AGO + timedelta(seconds=number))
            else:
                del wanted[str(number)]
        else:
            pages = box.run(1 if step == "stop" else None)
            stored |= {one.external_id: one.text for one in mentions(pages)}
    assert stored == wanted
    assert not [name for name in box.names() if "/" not in name and box.checkpoint is None]


# ── options ──


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "spool"),
        ({"spool": "spool"}, "spool"),
        ({"spool": 7}, "spool"),
        ({"spool": "/x", "layout": "xml"}, "layout"),
        ({"spool": "/x", "keep_days": -1}, "keep_days"),
        ({"spool": "/x", "keep_days": True}, "keep_days"),
        ({"spool": "/x", "keep_days": "9"}, "keep_days"),
        ({"spool": "/x", "team": "yes"}, "team"),
        ({"spool": "/x", "pull_requests": 1}, "pull_requests"),
    ],
    ids=str,
)
def test_options_that_are_none_are_errors_of_the_config(
    options: Mapping[str, object], key: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"[channels.hooks] {key}: ")) as caught:
        Webhook(Setup("hooks", options, no_network, FixedClock(NOW)))
    assert caught.value.hint


def test_home_is_where_it_begins(box: Box, monkeypatch: Any) -> None:
    monkeypatch.setenv("HOME", str(box.path.parent))
    box.drop("1.json", record(1))
    box.path = Path("~") / box.path.name
    assert ids(box.run()) == ["1"]


def test_a_spec_is_a_folder(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    spool = {"spool": "/var/spool/socialcare"}
    assert Webhook.from_spec("webhook", "/var/spool/socialcare") == spool
    assert Webhook.from_spec("webhook", "here") == {"spool": str(tmp_path / "here")}
    with pytest.raises(UsageError) as caught:
        Webhook.from_spec("webhook", "")
    assert "webhook:/var/spool/socialcare" in caught.value.hint


@pytest.fixture(autouse=True)
def _no_locked_folders(tmp_path: Path) -> Iterator[None]:
    yield
    for path in tmp_path.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(tmp_path, ignore_errors=True)

"""One channel that fails, hangs or is written wrongly never stops the others."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import ExitStack

import pytest

from socialcare.clock import SystemClock
from socialcare.testing import Item
from tests.channels.cases.hackernews import Algolia
from tests.channels.servers import Line, Server
from tests.workflow.office import Office, ended
from tests.workflow.wrong import ENTRY_POINTS, Stubborn

SEARCH = "/api/v1/search_by_date"
FINE = """\
[brand]
name = "Acme"
[channels.fine]
type = "hackernews"
base_url = "{url}"
"""


class LeapingClock(SystemClock):
    """Once the stubborn channel hangs, an hour is gone for the one who waits for it."""

    def monotonic(self) -> float:
        waits = threading.current_thread() is threading.main_thread()
        return super().monotonic() + (3600 if waits and Stubborn.hangs.is_set() else 0)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def fine(office):
    """A channel that works, at the head of the config."""
    service = Algolia()
    service.items = [Item(f"fine-{n}", office.clock.now()) for n in range(3)]
    with service.running() as url:
        office.configure(FINE.format(url=url))
        yield service


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The channels of ``wrong``, as pip would register them."""
    info = tmp_path / "site" / "wrong_channels-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wrong-channels\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(info.parent)


def add(office, *names, more=""):
    for name in names:
        office.configure(office.config.read_text() + f"[channels.{name}]\n{more}\n")


def forbid(line: Line) -> None:
    line.answer(b"{}", status="403 Forbidden")


def test_one_refuses_one_hangs_one_is_fine(office, fine):
    """The whole run keeps to the three seconds of the one that hangs, and not to the minute."""
    with ExitStack() as running:
        for name, answer in (("refusing", forbid), ("hanging", Line.silence)):
            server = running.enter_context(Server({SEARCH: answer}).running())
            more = f'type = "hackernews"\nbase_url = "{server.url}"\nseconds = 3'
            add(office, name, more=more)
        began = time.monotonic()
        ran = office.process("fetch")
        assert time.monotonic() - began < 30
    assert ran.code == 5
    assert ran.out == (
        "fine      3 new\nrefusing  failed\nhanging   failed\n"
        "3 new. Next: socialcare inbox is:new\n"
    )
    refused, hint, hung, advice = ran.err.splitlines()
    assert refused.startswith("error: refusing does not let us read")
    assert "socialcare channel test refusing" in hint
    assert hung.startswith("error: hanging is too slow")
    assert "socialcare fetch hanging" in advice
    assert office.value("select count(*) from mention") == 3
    assert office.rows("select channel, failures from channel_health order by 1") == [
        ("fine", 0),
        ("hanging", 1),
        ("refusing", 1),
    ]


def test_whoever_stops_a_fetch_stops_it_at_once(office):
    with Server({SEARCH: Line.silence}).running() as server:
        office.configure(FINE.format(url=server.url))
        process = office.start("fetch")
        while not server.asked:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        ran = ended(process)
        assert time.monotonic() - began < 20
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "")


def test_a_defect_stays_with_its_channel_and_goes_to_the_log(office, fine, installed):
    add(office, "defective", "unbuildable")
    ran = office.run("fetch")
    assert ran.code == 5
    assert ran.out.splitlines() == [
        "fine         3 new",
        "defective    1 new, then it failed",
        "unbuildable  failed",
        "4 new. Next: socialcare inbox is:new",
    ]
    error, hint = ran.err.splitlines()[:2]
    assert error == "error: defective failed in a way I did not expect (KeyError)."
    log = office.home / ".local/state/socialcare/log"
    assert str(log) in hint
    assert "socialcare channel test defective" in hint
    written = log.read_text()
    assert "KeyError: '[bold]cards" in written
    assert "TypeError: no way" in written
    assert "\x1b" not in written


def test_a_channel_that_does_not_come_back_is_left_behind(office, fine, installed):
    add(office, "stubborn")
    try:
        ran = office.run("fetch", clock=LeapingClock())
    finally:
        Stubborn.over.set()
    assert ran.code == 5
    assert ran.out.splitlines()[:2] == ["fine      3 new", "stubborn  1 new, then it failed"]
    assert "stubborn did not end in its time" in ran.err


def test_a_slow_channel_stops_while_there_is_time_and_goes_on_with_the_next_run(
    office, fine, installed
):
    add(office, "slow")
    for new in (2, 2, 2):
        ran = office.run("fetch", "slow", "--json")
        assert (ran.code, ran.err) == (0, "")
        assert (ran.channels["slow"]["new"], ran.channels["slow"]["more"]) == (new, True)
    ran = office.run("fetch", "slow", "--json")
    assert (ran.channels["slow"]["new"], ran.channels["slow"]["more"]) == (1, False)


def test_the_time_of_the_run_is_shared(office, fine, installed):
    """A run of 30 seconds is over after one page, whatever the channel may take."""
    add(office, "slow")
    ran = office.run("fetch", "slow", "--max-seconds", "30", "--json")
    assert (ran.channels["slow"]["new"], ran.channels["slow"]["more"]) == (1, True)


def test_a_page_that_cannot_be_stored_ends_its_channel_and_leaves_no_gap(office, fine, installed):
    add(office, "poison")
    ran = office.run("fetch")
    assert ran.code == 5
    assert ran.out.splitlines()[:2] == ["fine    3 new", "poison  1 new, then it failed"]
    assert "poison failed in a way I did not expect" in ran.err
    assert office.value("select value from checkpoint where channel = 'poison'") == '{"after": 1}'

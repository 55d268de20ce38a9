"""Real servers behind a line that fails: named by cause, in time, and made up for afterwards.

All runs go through the program: what counts is what is in the inbox in the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from socialcare.clock import SystemClock
from tests.channels.bluesky_server import database
from tests.channels.bluesky_server import running as bluesky_running
from tests.channels.fault_proxy import (
    BLACKHOLE,
    Fault,
    FaultProxy,
    latency,
    refuse_after,
    reset_after,
    slow,
    truncate_after,
)
from tests.channels.mail_server import PASSWORD, USER
from tests.channels.mastodon_server import BRAND
from tests.workflow.office import Office, Ran

pytestmark = [pytest.mark.live, pytest.mark.slow]

BRAND_TABLE = '[brand]\nname = "Acme"\n[answer_by]\ntimezone = "UTC"\n[channels.live]\n'
UNAVAILABLE = {"unavailable", "time_out", "out_of_time"}
"""The codes of ``UnavailableError``."""
SECONDS = 1
"""What a channel is given where a fault takes time."""
ENDLESS = 15.0
"""A run that takes so many seconds kept to no deadline."""


@dataclass
class HurriedClock(SystemClock):
    """Real time for deadlines, but what somebody wants to wait is over at once."""

    slept: float = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.slept)

    def monotonic(self) -> float:
        return super().monotonic() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@dataclass
class Place:
    """A server with something to read on it, and the line to it."""

    proxy: FaultProxy
    config: str
    environ: dict[str, Any]
    tries_again: bool = True
    """Whether a connection that broke once is made again within the same run."""
    whole: dict[Any, Any] = field(default_factory=dict)
    """What the inbox holds after a run that nothing disturbed."""
    size: int = 0
    """Bytes of answers in such a run."""

    def office(self, home: Any, more: str = "") -> Office:
        office = Office(home)
        office.configure(BRAND_TABLE + self.config + more)
        return office

    def fetch(self, office: Office) -> Ran:
        return office.run("fetch", clock=HurriedClock(), **self.environ)


def on_mastodon(request: pytest.FixtureRequest) -> Iterator[Place]:
    server = request.getfixturevalue("mastodon_process")
    server.empty()
    for number in range(100):
        server.post(f"@brand parcel {number} is late")
    host = urlsplit(server.url)
    with FaultProxy((host.hostname, host.port)).running() as proxy:
        config = f'type = "mastodon"\nserver = "{server.url}"\nbase_url = "{proxy.url}"\n'
        yield Place(proxy, f'{config}token = {{ env = "TOKEN" }}\n', {"TOKEN": BRAND})


def on_imap(server: str) -> Callable[[pytest.FixtureRequest], Iterator[Place]]:
    def place(request: pytest.FixtureRequest) -> Iterator[Place]:
        mailbox = request.getfixturevalue(server)
        mailbox.empty()
        now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        mailbox.deliver(*(letter(number, now) for number in range(60)), at=now)
        with FaultProxy(("127.0.0.1", mailbox.port)).running() as proxy:
            config = (
                'type = "email"\naddress = "care@acme.example"\nsecurity = "none"\n'
                f'user = "{USER}"\nserver = "127.0.0.1:{proxy.port}"\nsmtp = "127.0.0.1"\n'
                'password = { env = "PASSWORD" }\n'
            )
            yield Place(proxy, config, {"PASSWORD": PASSWORD}, tries_again=False)

    return place


def letter(number: int, at: datetime) -> bytes:
    head = (
        f"From: Person {number} <p{number}@example.org>\r\nTo: care@acme.example\r\n"
        f"Subject: Parcel {number}\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <m{number}@example.org>\r\n\r\n"
    )
    return f"{head}My parcel {number} is late.\r\n".encode()


def on_nginx(request: pytest.FixtureRequest) -> Iterator[Place]:
    server = request.getfixturevalue("nginx")
    server.forget()
    with FaultProxy(("127.0.0.1", server.port)).running() as proxy:
        urls = [server.put(name, range(60)) for name in ("news", "blog", "shop")]
        urls = [url.replace(server.url, proxy.url) for url in urls]
        yield Place(proxy, f'type = "feed"\nurls = {urls}\n', {})


def on_bluesky(request: pytest.FixtureRequest) -> Iterator[Place]:
    log = request.getfixturevalue("tmp_path_factory").mktemp("bluesky") / "log"
    with bluesky_running(log, POSTGRES_URL=database()) as network:
        brand, fan = network.person("brand"), network.person("fan")
        for number in range(60):
            fan.naming(brand, f"parcel {number} is late")
        network.settle()
        host = urlsplit(network.url)
        assert host.hostname
        assert host.port
        with FaultProxy((host.hostname, host.port)).running() as proxy:
            config = (
                'type = "bluesky"\nidentifier = "brand.test"\nquery = []\n'
                f'base_url = "{proxy.url}"\npassword = {{ env = "PASSWORD" }}\n'
            )
            yield Place(proxy, config, {"PASSWORD": brand.app_password()})


PLACES = {
    "mastodon": on_mastodon,
    "pymap": on_imap("pymap"),
    "dovecot": on_imap("dovecot"),
    "nginx": on_nginx,
    "bluesky": on_bluesky,
}


@pytest.fixture(scope="module", params=PLACES)
def place(request, tmp_path_factory) -> Iterator[Place]:
    for place in PLACES[request.param](request):
        office = place.office(tmp_path_factory.mktemp("whole"))
        ran = place.fetch(office)
        assert (ran.code, ran.err) == (0, "")
        place.whole, place.size = office.contents(), place.proxy.answered
        yield place


@pytest.fixture
def line(place):
    """The line to the server, sound before and after."""
    place.proxy.heal()
    yield place.proxy
    place.proxy.heal()


def test_a_line_that_is_only_late_loses_nothing(place, line, tmp_path):
    office = place.office(tmp_path)
    line.spoil(latency(0.05))
    ran = place.fetch(office)
    assert (ran.code, ran.err) == (0, "")
    assert office.contents() == place.whole


BREAKS: dict[str, Callable[[int], Fault]] = {
    "reset at once": lambda _size: reset_after(0),
    "reset near the end": lambda size: reset_after(size * 9 // 10),
    "ended early": lambda size: truncate_after(size // 10),
    "ended in the middle": lambda size: truncate_after(size // 2),
    "refused": lambda _size: refuse_after(0),
}
WAITS: dict[str, Callable[[int], Fault]] = {
    "slow": lambda size: slow(max(1, size // 20)),
    "silent": lambda _size: BLACKHOLE,
}


@pytest.mark.parametrize("fault", BREAKS)
def test_a_line_that_breaks_is_told_and_made_up_for(place, line, tmp_path, fault):
    office = place.office(tmp_path)
    line.spoil(BREAKS[fault](place.size))
    ran = place.fetch(office)
    assert_unavailable(office, ran)
    line.heal()
    assert place.fetch(office).code == 0
    assert office.contents() == place.whole
    assert office.value("select failures from channel_health") == 0


@pytest.mark.parametrize("fault", WAITS)
def test_a_line_that_hangs_costs_the_time_of_the_channel_and_no_more(place, line, tmp_path, fault):
    office = place.office(tmp_path, f"seconds = {SECONDS}\n")
    line.spoil(WAITS[fault](place.size))
    started = time.monotonic()
    ran = place.fetch(office)
    assert time.monotonic() - started < ENDLESS
    assert "left behind" not in ran.err
    assert_unavailable(office, ran)
    line.heal()
    office.configure(BRAND_TABLE + place.config)
    assert place.fetch(office).code == 0
    assert office.contents() == place.whole


@pytest.mark.parametrize("cut", [reset_after, truncate_after])
def test_a_line_that_breaks_once_is_tried_again(place, line, tmp_path, cut):
    office = place.office(tmp_path)
    line.spoil(cut(place.size // 2, once=True))
    ran = place.fetch(office)
    assert line.fault == Fault()
    if place.tries_again:
        assert (ran.code, ran.err) == (0, "")
    else:
        assert_unavailable(office, ran)
        assert place.fetch(office).code == 0
    assert office.contents() == place.whole


def assert_unavailable(office: Office, ran: Ran) -> None:
    assert (ran.code, ran.out) == (1, "")
    error, hint = ran.err.splitlines()[-2:]
    assert "live: live" not in ran.err
    assert error.startswith("error: live")
    assert hint.startswith("hint:  ")
    [(code, failures)] = office.rows("select error_code, failures from channel_health")
    assert code in UNAVAILABLE
    assert failures == 1

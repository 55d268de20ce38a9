"""The recorded list of bad behaviours, asked through a real session.

Rows about feeds, replies and endless paging are judged where those are built; here are
all rows that the way to the network and the decoder decide.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec
import pytest

from socialcare.channels.decode import decode_items
from socialcare.channels.http import Http, Session, host_and_port
from socialcare.clock import FixedClock, SystemClock, parse_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    RateLimitError,
    RefusedError,
    UnavailableError,
)

JUDGED = {"gzip", "body", "head", "type", "redirect", "status", "json", "slow"}
PAGES = {
    *("link-self", "link-offhost", "link-file", "link-garbage", "cursor-huge", "cursor-hostile"),
    *("same-cursor", "cycle", "mid-429", "mid-fail", "empty-then-items", "dup-in-page"),
}
NOT_MET = {
    "/status/401-once": "a token is refreshed by the channel that owns one, not by the session",
    "/gzip/br-bomb": "the server has no such coding where brotli is not installed",
    "/gzip/zstd-bomb": "the server has no such coding where zstandard is not installed",
}
KINDS: dict[str, type[ChannelError]] = {
    "/gzip/bomb": RefusedError,
    "/gzip/bomb-nested": RefusedError,
    "/gzip/truncated": BadAnswerError,
    "/gzip/truncated-valid-prefix": BadAnswerError,
    "/body/huge": RefusedError,
    "/body/endless": RefusedError,
    "/body/cl-huge-lie": RefusedError,
    "/body/short": UnavailableError,
    "/body/reset-mid": UnavailableError,
    "/body/close-before-headers": UnavailableError,
    "/head/huge": UnavailableError,
    "/head/status-999": BadAnswerError,
    "/type/html-200": BadAnswerError,
    "/redirect/other-port": RefusedError,
    "/redirect/private-ip": RefusedError,
    "/redirect/file": RefusedError,
    "/redirect/loop": RefusedError,
    "/status/429-huge": RateLimitError,
    "/status/429-forever": RateLimitError,
    "/status/503-forever": UnavailableError,
    "/status/401-always": AuthError,
    "/status/404": GoneError,
    "/status/410": GoneError,
    "/status/200-error": BadAnswerError,
    "/status/206": BadAnswerError,
    "/json/deep-array": BadAnswerError,
    "/json/trailing": BadAnswerError,
    "/slow/drip": UnavailableError,
    "/slow/1xx-flood": UnavailableError,
}
"""What kind of failure some rows must be; for all others any ``ChannelError`` will do."""


class Account(msgspec.Struct):
    acct: str = ""


class Status(msgspec.Struct):
    """What is needed of an item. Dates are the business of the channel."""

    id: str | int
    content: str
    account: Account | None = None
    created_at: Any = None


@dataclass(frozen=True)
class BadServer:
    a: str
    b: str

    def control(self, path: str, *, post: bool = False) -> Any:
        with urlopen(Request(self.a + path, data=b"" if post else None)) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def bad(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadServer]:
    ready = tmp_path_factory.mktemp("bad") / "ready"
    command = [sys.executable, str(shared / "hostile" / "badserver.py")]
    process = subprocess.Popen(
        [*command, "--ready-file", str(ready), "--max-seconds", "300"], stdout=subprocess.DEVNULL
    )
    try:
        while not (ready.exists() and ready.read_text().endswith("}")):
            assert process.poll() is None, "the server did not start"
            time.sleep(0.02)
        info = json.loads(ready.read_text())
        yield BadServer(info["a"], info["b"])
    finally:
        process.kill()
        process.wait()


def rows(shared: Path) -> list[dict[str, Any]]:
    manifest = json.loads((shared / "hostile" / "manifest.json").read_text())
    return [row for row in manifest["behaviours"] if is_judged(row)]


def is_judged(row: dict[str, Any]) -> bool:
    _, category, name = row["path"].split("/")
    return category in JUDGED or (category == "page" and name in PAGES)


def walk(session: Session) -> Iterator[list[msgspec.Raw]]:
    """Page after page by ``Link``, until an address comes again."""
    url, seen = "", set[str]()
    while url not in seen:
        seen.add(url)
        answer = session.get(url, allow={204, 304})
        if answer.status == 200:
            yield answer.decode(list[msgspec.Raw])
        if "next" not in answer.links:
            return
        url = answer.links["next"]


def fetch(http: Http, base_url: str) -> tuple[int, int, ChannelError | None]:
    """How many ids came, how many items were broken, and the error that ended it."""
    ids: set[str] = set()
    lost = 0
    session = http.session("bad", base_url=base_url, follow=True)
    try:
        for raws in walk(session):
            good, broken = decode_items(raws, Status)
            ids |= {str(one.id) for one in good}
            lost += len(broken)
    except ChannelError as error:
        return len(ids), lost, error
    return len(ids), lost, None


def misses(
    row: dict[str, Any], stored: int, broken: int, error: ChannelError | None
) -> Iterator[str]:
    path, expected = row["path"], row["stored"]
    if row["outcome"] == "ok" and error:
        yield f"failed: {error.message}"
    if row["outcome"] in {"fail", "retry"} and error is None and not broken:
        yield "went well"
    if path in KINDS and type(error) is not KINDS[path]:
        yield f"is {error!r}"
    if isinstance(expected, int) and stored != expected:
        yield f"stored {stored} of {expected}"
    if isinstance(expected, str) and stored < int(expected.removeprefix(">=")):
        yield f"stored {stored} of {expected}"
    if error and not (error.message.isprintable() and error.hint):
        yield f"says {error.message!r}"


def traffic(server: BadServer, row: dict[str, Any]) -> Iterator[str]:
    asked, stolen = server.control("/__seen"), server.control("/__seen_b")
    if row["max_requests"] is not None and len(asked) > row["max_requests"]:
        yield f"asked {len(asked)} times"
    if row["b_requests"] is not None and len(stolen) > row["b_requests"]:
        yield f"reached the other server: {stolen}"


@pytest.mark.shared
@pytest.mark.slow
def test_bad_behaviours_end_as_they_should(shared: Path, bad: BadServer) -> None:
    met, missed = 0, {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock = FixedClock(parse_time("2026-11-21T12:00:00Z"))
    with Http(clock, allowed=[host_and_port(bad.a)]) as http:
        for row in rows(shared):
            if row["category"] == "slow":
                continue
            bad.control("/__reset", post=True)
            wrong = [*misses(row, *fetch(http, bad.a + row["path"])), *traffic(bad, row)]
            met += not wrong
            if wrong:
                missed[row["path"]] = wrong
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{met} rows met, {len(missed)} missed, {grown:.0f} MiB more")
    assert set(missed) <= set(NOT_MET), missed
    assert met >= 130
    assert grown < 128


@pytest.mark.shared
@pytest.mark.slow
def test_slow_behaviours_end_as_they_should(shared: Path, bad: BadServer) -> None:
    def judge(row: dict[str, Any]) -> list[str]:
        with Http(SystemClock(), allowed=[host_and_port(bad.a)]) as http:
            return list(misses(row, *fetch(http, bad.a + row["path"])))

    slow = [row for row in rows(shared) if row["category"] == "slow"]
    with ThreadPoolExecutor(len(slow)) as pool:
        judged = dict(zip([row["path"] for row in slow], pool.map(judge, slow), strict=True))
    print(f"{sum(not wrong for wrong in judged.values())} of {len(slow)} slow rows met")
    assert not any(judged.values()), judged

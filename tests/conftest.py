"""Fixtures for every room."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.channels.mail_server import Mailbox
    from tests.channels.mastodon_server import Server as MastodonServer
    from tests.channels.nginx_server import Nginx

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
"""Recorded answers and labelled sets that are not ours to ship."""


def pytest_configure() -> None:
    """A program that is started at a terminal heeds its signals, whoever starts the tests.

    What ``nohup`` or a background shell ignores would be ignored by what the tests start as
    well; what is caught here is not, and goes on without effect on the tests themselves.
    """
    for name in ("SIGHUP", "SIGINT", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            with contextlib.suppress(ValueError):  # a worker may configure in another thread
                signal.signal(number, lambda *_: None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded data beside the checkout; the test skips where there is none."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: recorded data is not part of the project")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test of recorded data must not skip where the data is there."""
    report = yield
    if report.skipped and SHARED.is_dir() and "shared" in getattr(item, "fixturenames", ()):
        report.outcome = "failed"
        report.longrepr = "skipped although ../shared is here"
    return report


# Real servers take seconds to start: there is one of each for all tests of a process.


@pytest.fixture(scope="session")
def mastodon_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonServer]:
    from tests.channels.mastodon_server import running

    with running(tmp_path_factory.mktemp("mastodon")) as server:
        yield server


@pytest.fixture(scope="session")
def pymap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    from tests.channels.mail_server import running

    with running(tmp_path_factory.mktemp("pymap")) as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Mailbox]:
    from tests.channels.dovecot_server import running

    with running() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    from tests.channels.nginx_server import running

    with running(tmp_path_factory.mktemp("nginx")) as server:
        yield server

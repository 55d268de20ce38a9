"""Cron as it is: no terminal, no locale, no keyring, nearly no environment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from socialcare.testing import Fault
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import PROGRAM, Office, Ran

SAID = "Grüße aus Zürich, #acme 👢"


@pytest.fixture
def crowd():
    crowd = Crowd(20)
    crowd.statuses[3]["content"] = f"<p>{SAID}</p>"
    return crowd


@pytest.fixture
def office(tmp_path, crowd):
    office = Office(tmp_path)
    with crowd.running() as url:
        office.configure(CONFIG.format(url=url))
        yield office


def as_cron(office, *words):
    """Start the program as cron does: a shell without a terminal, and four variables."""
    line = " ".join([str(PROGRAM), *words])
    ran = subprocess.run(
        ["/usr/bin/env", "-i", f"HOME={office.home}", "PATH=/usr/bin:/bin", "/bin/sh", "-c", line],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
        timeout=100,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def test_a_good_run_is_silent_and_fills_the_inbox(office):
    assert as_cron(office, "fetch", "--quiet") == Ran(0, "", "")
    assert len(office.contents()) == 20
    assert (SAID,) in office.rows("select text from mention")
    assert as_cron(office, "fetch", "--quiet") == Ran(0, "", "")
    assert oct(office.database.stat().st_mode)[-3:] == "600"


def test_the_third_failure_in_a_row_is_one_line(office, crowd):
    crowd.faults = [Fault(404, b"{}")] * 3
    said = [as_cron(office, "fetch", "--quiet") for _ in range(3)]
    assert said[:2] == [Ran(1, "", "")] * 2
    assert (said[2].code, said[2].out) == (1, "")
    assert said[2].err.count("\n") == 1
    assert "3 failures in a row" in said[2].err
    assert as_cron(office, "fetch", "--quiet") == Ran(0, "", "")


def test_words_that_no_locale_can_show_do_not_stop_the_inbox(office):
    as_cron(office, "fetch", "--quiet")
    ran = as_cron(office, "inbox", "Zürich")
    assert (ran.code, ran.err) == (0, "")
    assert "aus" in ran.out


def test_without_a_home_in_the_environment_the_home_of_the_user_counts(office):
    ran = subprocess.run(
        [PROGRAM, "fetch", "--config", office.config, "--db", office.home / "x.db", "--quiet"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert (office.home / "x.db").exists()


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_cron_of_the_system_runs_it(office, tmp_path):
    """Our own cron with a table of our own, in front; it looks at it once a minute."""
    cron = shutil.which("cron", path="/usr/sbin:/usr/bin")
    if cron is None or sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("there is no cron here that we may start: apt-get install cron, as root")
    if shutil.which("crontab") is None or has_crontab():
        pytest.skip("this user has a crontab already: it stays as it is")
    said = tmp_path / "said"
    line = (
        f"* * * * * HOME={office.home} {PROGRAM} fetch --quiet > {said} 2>&1; echo $? >> {said}\n"
    )
    subprocess.run(["crontab", "-"], input=line, text=True, check=True)
    process = subprocess.Popen([cron, "-f"])
    try:
        for _ in range(1_500):
            if said.exists() and said.read_text():
                break
            time.sleep(0.1)
        assert said.read_text() == "0\n"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        subprocess.run(["crontab", "-r"], check=True)
    assert len(office.contents()) == 20


def has_crontab():
    return subprocess.run(["crontab", "-l"], capture_output=True, check=False).returncode == 0

"""A real web server with feeds, in a process of its own, as the user who runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.channels.loopback import free_port, wait_for

CONFIG = """\
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
    log_format short '$status $uri $sent_http_content_encoding';
    access_log access.log short;
    client_body_temp_path spare; proxy_temp_path spare; fastcgi_temp_path spare;
    uwsgi_temp_path spare; scgi_temp_path spare;
    types {{ application/rss+xml xml; }}
    gzip on;
    gzip_types application/rss+xml;
    limit_req_zone $uri zone=seldom:1m rate=1r/m;
    limit_req_status 429;
    server {{
        listen 127.0.0.1:{port};
        root www;
        location = /old.xml {{ return 301 /new.xml; }}
        location = /aside.xml {{ return 302 /new.xml; }}
        location = /gone.xml {{ return 410; }}
        location = /members.xml {{ return 401; }}
        location = /seldom.xml {{ limit_req zone=seldom; }}
        location = /plain.xml {{ gzip off; }}
    }}
}}
"""
FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Blog</title><link>https://blog.example/</link>{}</channel></rss>
"""
ENTRY = """<item><guid isPermaLink="false">urn:entry:{name}:{number}</guid>
<title>Acme parcel {number} {said}, says {name}</title>
<link>https://blog.example/{name}/{number}</link><pubDate>{at}</pubDate></item>
"""


class Nginx:
    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._www, self._log = folder / "www", folder / "access.log"
        self._start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        self._read = 0

    def put(
        self,
        path: str,
        numbers: Sequence[int],
        changed: timedelta = timedelta(),
        said: str = "is late again",
        name: str | None = None,
    ) -> str:
        """A feed, newest entry first. ``changed``: how much later than at first it was written."""
        entries = (
            ENTRY.format(
                name=name or path,
                number=n,
                said=said,
                at=format_datetime(self._start + timedelta(minutes=n)),
            )
            for n in reversed(numbers)
        )
        file = self._www / f"{path}.xml"
        file.write_text(FEED.format("".join(entries)))
        # What nginx gives as ETag is made of the length and of this, in seconds.
        at = (self._start + changed).timestamp()
        os.utime(file, (at, at))
        return f"{self.url}/{path}.xml"

    def forget(self) -> None:
        for path in self._www.iterdir():
            path.unlink()
        self.answered()

    def answered(self, count: int = 0) -> list[str]:
        """Status, path and coding of what was answered since the last time: at least so many."""
        for _ in range(200):
            lines = self._log.read_text().splitlines()[self._read :]
            if len(lines) >= count:
                break
            time.sleep(0.02)
        self._read += len(lines)
        return lines


def program() -> str:
    """The path of the server; the test skips where there is none."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("there is no nginx here: apt-get install nginx-light")
    return found


@contextmanager
def running(folder: Path) -> Iterator[Nginx]:
    port = free_port()
    for name in ("www", "spare"):
        (folder / name).mkdir()
    (folder / "nginx.conf").write_text(CONFIG.format(port=port))
    words = ["-p", f"{folder}/", "-c", "nginx.conf", "-e", "error.log"]
    with (folder / "nginx.log").open("wb") as out:
        process = subprocess.Popen([program(), *words], stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_for(port, process, folder / "nginx.log")
            yield Nginx(port, folder)
        finally:
            process.terminate()
            process.wait(20)

"""A real Mastodon-like server in a process of its own.

It is a program of somebody else, installed apart from ours: ``SOCIALCARE_MASTODON_MOCK``
holds the path of its executable. Accounts: ``brand`` and ``fan``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

from tests.channels.loopback import free_port

PROGRAM = "SOCIALCARE_MASTODON_MOCK"
BRAND, FAN = "token-of-brand", "token-of-fan"
CONFIG = """\
domain = "127.0.0.1:{port}"
url_scheme = "http"
[server]
host = "127.0.0.1"
port = {port}
[database]
path = ":memory:"
[[seed.accounts]]
username = "brand"
access_token = "{brand}"
[[seed.accounts]]
username = "fan"
display_name = "A fan"
access_token = "{fan}"
"""


class Server:
    """What a person, or the fault plane, does to the server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, token: str = FAN, **fields: Any) -> Any:
        request = Request(
            self.url + path,
            method=method,
            data=urlencode(fields).encode() if fields else None,
            headers={"Authorization": f"Bearer {token}"},
        )
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def post(self, text: str, token: str = FAN, **fields: Any) -> str:
        """The id of a new post."""
        return str(self.call("POST", "/api/v1/statuses", token, status=text, **fields)["id"])

    def edit(self, post: str, text: str) -> None:
        self.call("PUT", f"/api/v1/statuses/{quote(post)}", status=text)

    def delete(self, post: str) -> None:
        self.call("DELETE", f"/api/v1/statuses/{quote(post)}")

    def answers(self, post: str) -> list[str]:
        """The ids of the posts that answer a post, seen by who wrote it."""
        below = self.call("GET", f"/api/v1/statuses/{quote(post)}/context")["descendants"]
        return [str(one["id"]) for one in below]

    def withdraw(self, token: str) -> None:
        body = urlencode({"token": token}).encode()
        with urlopen(Request(f"{self.url}/oauth/revoke", data=body), timeout=20):
            pass

    def sign_in(self, name: str) -> str:
        """A new token, as somebody gets it who signs in again."""
        body = urlencode({"username": name}).encode()
        with urlopen(Request(f"{self.url}/oauth/authorize", data=body), timeout=20) as page:
            code = re.search(rb"code: ([^<]+)<", page.read())
        assert code
        fields = {"grant_type": "authorization_code", "code": code[1].decode()}
        return str(self.call("POST", "/oauth/token", **fields)["access_token"])

    def fault(self, path: str, count: int | None = None, **effect: Any) -> None:
        """Spoil the next ``count`` answers, or all from now on."""
        rule = {"match": {"path": path}, "effect": effect, "count": count}
        body = json.dumps(rule).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self.url + "/api/v1/_mock/faults", data=body, headers=headers)
        with urlopen(request, timeout=20):
            pass

    def heal(self) -> None:
        self.call("DELETE", "/api/v1/_mock/faults")

    def empty(self) -> None:
        """No fault, and no post."""
        self.heal()
        self.call("POST", "/api/v1/_mock/reset")


def program() -> str:
    """The path of the server's executable; the test skips where it is not told."""
    path = os.environ.get(PROGRAM)
    if not path:
        pytest.skip(f"{PROGRAM} is not set: pip install mastodon-mock into a venv of its own")
    return path


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    port = free_port()
    config = folder / "mastodon.toml"
    config.write_text(CONFIG.format(port=port, brand=BRAND, fan=FAN))
    log = folder / "mastodon.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program(), "serve", "--config", str(config), "--log-level", "warning"],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        try:
            server = Server(f"http://127.0.0.1:{port}")
            _wait(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urlopen(server.url + "/health", timeout=5):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()[-2000:]}")

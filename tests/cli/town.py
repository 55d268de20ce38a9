"""A Mastodon-API server on loopback with our account on it, and a shop that posts there."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from socialcare.clock import FixedClock, format_time
from tests.channels.servers import Line, Server
from tests.cli.acme import NOW
from tests.cli.runner import Home

US = {"id": "99", "acct": "acme", "url": "https://mas.to/@acme"}
CONFIG = """\
[brand]
name = "Acme"
handles = ["@acme@127.0.0.1"]

[channels.town]
type = "mastodon"
server = "http://127.0.0.1:{port}"
notifications = true
token = {{ env = "TOWN_TOKEN" }}

[channels.news]
type = "hackernews"
query = ["acme"]
enabled = false
{more}
"""


@dataclass
class Town:
    """``statuses`` is everything that was posted there, the newest first."""

    server: Server
    clock: FixedClock
    statuses: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    loses: bool = False
    """The answer to a post is lost on its way."""

    def __post_init__(self) -> None:
        server = self.server
        server["/api/v1/accounts/verify_credentials"] = _says(lambda: US)
        server["/api/v1/accounts/99/statuses"] = _says(self._ours)
        server["/api/v2/instance"] = _says(lambda: {"version": "4.4.1"})
        server["/api/v1/notifications"] = _says(lambda: self.notes)
        server["/api/v1/statuses"] = self._post

    def _ours(self) -> list[dict[str, Any]]:
        return [one for one in self.statuses if one["account"] == US]

    def _post(self, to: Line) -> None:
        form = {name: values[0] for name, values in parse_qs(to.request.body.decode()).items()}
        if to.request.method == "POST":
            made = self.add(US, form["status"], form.get("in_reply_to_id"), form["visibility"])
            if self.loses:
                to.reset()
                return
            to.answer(json.dumps(made).encode())
            return
        wanted = parse_qs(to.request.target.partition("?")[2]).get("id[]", [])
        found = [one for one in self.statuses if one["id"] in wanted]
        to.answer(json.dumps(found).encode())

    def add(
        self, who: dict[str, str], text: str, above: str | None = None, visibility: str = "public"
    ) -> dict[str, Any]:
        number = str(100 + len(self.statuses))
        status = {
            "id": number,
            "created_at": format_time(self.clock.now()),
            "account": who,
            "content": f"<p>{text}</p>",
            "in_reply_to_id": above,
            "url": f"https://mas.to/@{who['acct']}/{number}",
            "uri": f"https://mas.to/users/{who['acct']}/statuses/{number}",
            "visibility": visibility,
        }
        self.statuses.insert(0, status)
        return status

    def asks(self, acct: str, text: str, **who: str) -> None:
        """Somebody speaks to us."""
        account = {"id": f"1{zlib.crc32(acct.encode())}", "acct": acct, **who}
        status = self.add(account, f"@acme {text}")
        self.notes.insert(
            0,
            {
                "id": status["id"],
                "type": "mention",
                "created_at": status["created_at"],
                "account": account,
                "status": status,
            },
        )

    @property
    def posted(self) -> list[tuple[str, str | None]]:
        """What we posted, and what it answers; the oldest first."""
        ours = reversed(self._ours())
        return [(one["content"][3:-4], one["in_reply_to_id"]) for one in ours]


def _says(what: Any) -> Any:
    return lambda to: to.answer(json.dumps(_page(what(), to.request.target)).encode())


def _page(found: Any, target: str) -> Any:
    """What is behind the ids of the request."""
    asked = parse_qs(target.partition("?")[2])
    if not isinstance(found, list):
        return found
    low = max((int(asked[name][0]) for name in ("min_id", "since_id") if name in asked), default=0)
    high = int(asked["max_id"][0]) if "max_id" in asked else sys.maxsize
    return [one for one in found if low < int(one["id"]) < high]


@dataclass
class Shop(Home):
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    later: float = 0.0
    """Seconds from then on at which somebody sits down at a terminal."""

    def run(self, *words: str, **more: Any) -> Any:
        return super().run(*words, **{"clock": self.clock, **more})

    def wait(self, span: timedelta) -> None:
        self.clock.sleep(span.total_seconds())


@contextmanager
def opened(path: Path, more: str = "") -> Iterator[tuple[Shop, Town]]:
    clock = FixedClock(NOW)
    with Server().running() as server:
        shop = Shop(path, {"TOWN_TOKEN": "t0ken-of-acme"}, clock)
        shop.configure(CONFIG.format(port=server.port, more=more))
        yield shop, Town(server, clock)

"""A server that speaks as much of Mastodon's API as an answer needs, and goes wrong on demand.

``mainline`` keeps the ``Idempotency-Key`` for an hour, as Mastodon does. ``other`` ignores it,
and shows its own account's posts late. Every post is written into a file when it is made: that
file is what the tests believe.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from socialcare.clock import Clock, SystemClock, format_time, parse_time

Dialect = Literal["mainline", "other"]
VERSIONS: Mapping[Dialect, str] = {
    "mainline": "4.4.1",
    "other": "2.7.2 (compatible; Otherverse 1.0)",
}
KEYS_KEPT = timedelta(hours=1)
ACME, MIA, OLA = "1", "2", "3"
NAMES = {ACME: "acme", MIA: "mia", OLA: "ola"}
TOKEN = "token-of-acme"
POST = "/api/v1/statuses"
ARRIVES_LATE = timedelta(seconds=30)

AFTER = {"killed after", "silent after", "500 after", "half an answer after", "redirect after"}
"""Faults of a request whose work was done all the same."""
BEFORE = {"killed before", "silent before", "502 before", "redirect before", "429", "401"}
LATE = {"killed, and arrives late"}
"""The work is done, but only half a minute after the line was cut."""
FAULTS = sorted({*AFTER, *BEFORE, *LATE})


@dataclass(frozen=True)
class Made:
    """A post as the file has it."""

    id: str
    text: str
    visibility: str
    in_reply_to_id: str | None
    at: datetime
    named: tuple[str, ...]
    """Whom it reaches besides those who see what is public."""


@dataclass
class Fediverse:
    """``spoil`` is what happens to the next requests to post, one each; ``down`` are paths that
    answer 503. ``on_post`` is called with ``asked``, ``done`` and ``told`` of each of them.
    """

    ledger: Path
    dialect: Dialect = "mainline"
    shows_after: timedelta = timedelta()
    clock: Clock = field(default_factory=SystemClock)
    spoil: list[str] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    on_post: Callable[[str], object] = lambda _moment: None
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._statuses: dict[int, dict[str, Any]] = {}
        self._keys: dict[str, tuple[int, datetime]] = {}
        self._coming: list[tuple[datetime, Mapping[str, str], str]] = []
        self._over = threading.Event()
        self._next = 1_000

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[Fediverse]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            server.shutdown()
            server.server_close()
            thread.join()

    # What people do and see.

    def ask(self, text: str, who: str = MIA, above: str | None = None) -> str:
        """Somebody speaks to us; the id of their post."""
        with self._lock:
            return str(self._make(who, f"@acme {text}", "public", above)["id"])

    def answer_by_hand(self, text: str, above: str) -> str:
        """We answer in the app."""
        with self._lock:
            made = self._make(ACME, text, "public", above)
            self._note(made)
            return str(made["id"])

    def remove(self, post: str) -> None:
        with self._lock:
            self._statuses.pop(int(post), None)

    def made(self) -> list[Made]:
        """All that we have posted, as it was written down."""
        if not self.ledger.exists():
            return []
        rows = [json.loads(line) for line in self.ledger.read_text().splitlines()]
        return [
            Made(**row | {"at": parse_time(row["at"]), "named": tuple(row["named"])})
            for row in rows
        ]

    def created_at(self, post: str) -> datetime:
        return parse_time(self._statuses[int(post)]["created_at"])

    # What the API does.

    def post(self, form: Mapping[str, str], key: str) -> dict[str, Any]:
        with self._lock:
            known = self._keys.get(key) if self.dialect == "mainline" else None
            if known is not None and self.clock.now() - known[1] < KEYS_KEPT:
                return self._statuses[known[0]]
            made = self._make(
                ACME, form["status"], form["visibility"], form.get("in_reply_to_id") or None
            )
            self._keys[key] = int(made["id"]), self.clock.now()
            self._note(made)
            return made

    def post_late(self, form: Mapping[str, str], key: str) -> None:
        self._coming.append((self.clock.now() + ARRIVES_LATE, form, key))

    def arrive(self) -> None:
        """What was on its way and is due by now."""
        with self._lock:
            due = [one for one in self._coming if one[0] <= self.clock.now()]
            self._coming = [one for one in self._coming if one not in due]
            for _, form, key in due:
                self.post(form, key)

    def _make(self, who: str, text: str, visibility: str, above: str | None) -> dict[str, Any]:
        self._next += 1
        named = [id_ for id_, name in NAMES.items() if f"@{name}" in text and id_ != who]
        made = {
            "id": str(self._next),
            "created_at": format_time(self.clock.now()),
            "account": _account(who),
            "content": f"<p>{text}</p>".replace("\n", "<br>"),
            "visibility": visibility,
            "in_reply_to_id": above,
            "url": f"{self.url}/@{NAMES[who]}/{self._next}",
            "uri": f"{self.url}/users/{NAMES[who]}/statuses/{self._next}",
            "mentions": [{"id": id_, "acct": NAMES[id_], "url": None} for id_ in named],
            "language": "en",
        }
        self._statuses[self._next] = made
        return made

    def _note(self, made: Mapping[str, Any]) -> None:
        row = {
            "id": made["id"],
            "text": made["content"].removeprefix("<p>").removesuffix("</p>"),
            "visibility": made["visibility"],
            "in_reply_to_id": made["in_reply_to_id"],
            "at": made["created_at"],
            "named": [one["acct"] for one in made["mentions"]],
        }
        with self.ledger.open("a") as file:
            file.write(json.dumps(row) + "\n")

    def own(self, params: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        late = timedelta() if self.dialect == "mainline" else self.shows_after
        now = self.clock.now()
        shown = [
            one
            for one in self._statuses.values()
            if one["account"]["id"] == ACME and now - parse_time(one["created_at"]) >= late
        ]
        return _page(shown, params)

    def notifications(self, params: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        notes = [
            {"id": one["id"], "type": "mention", "created_at": one["created_at"], "status": one}
            for one in self._statuses.values()
            if any(each["id"] == ACME for each in one["mentions"])
        ]
        return _page(notes, params)

    def several(self, ids: list[str]) -> list[dict[str, Any]]:
        return [
            self._statuses[int(id_)]
            for id_ in ids
            if id_.isdecimal() and int(id_) in self._statuses
        ]

    def one(self, id_: str) -> dict[str, Any] | None:
        return self._statuses.get(int(id_)) if id_.isdecimal() else None

    def read(self, path: str, params: Mapping[str, list[str]]) -> Any:
        """The answer to a GET; None is a 404."""
        self.arrive()
        with self._lock:
            if path == "/api/v2/instance":
                return {"version": VERSIONS[self.dialect]}
            if path == "/api/v1/accounts/verify_credentials":
                return _account(ACME)
            if path == f"/api/v1/accounts/{ACME}/statuses":
                return self.own(params)
            if path == "/api/v1/notifications":
                return self.notifications(params)
            if path == POST:
                return self.several(params.get("id[]", []))
            return self.one(path.rpartition("/")[2]) if path.startswith(f"{POST}/") else None

    def wait(self) -> None:
        """Say nothing until the test is over."""
        self._over.wait(60)


def _account(id_: str) -> dict[str, Any]:
    name = NAMES[id_]
    return {"id": id_, "acct": name, "username": name, "display_name": name.title(), "url": None}


def _page(items: list[dict[str, Any]], params: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Newest first; after ``min_id`` those that follow it at once."""
    limit = int(params.get("limit", ["20"])[0])
    items = sorted(items, key=lambda one: int(one["id"]))
    if "max_id" in params:
        items = [one for one in items if int(one["id"]) < int(params["max_id"][0])]
    if "min_id" in params:
        items = [one for one in items if int(one["id"]) > int(params["min_id"][0])]
        return items[:limit][::-1]
    return items[-limit:][::-1]


def _handler(owner: Fediverse) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - its name there
            """Nobody reads it."""

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            owner.asked.append(f"GET {parts.path}")
            if parts.path in owner.down:
                return self.say(503, {"error": "down"})
            found = owner.read(parts.path, parse_qs(parts.query))
            return self.say(404, {"error": "nothing"}) if found is None else self.say(200, found)

        def do_POST(self) -> None:
            owner.arrive()
            size = int(self.headers.get("Content-Length") or 0)
            form = {name: one[0] for name, one in parse_qs(self.rfile.read(size).decode()).items()}
            owner.asked.append(f"POST {self.path}")
            if self.path != POST:
                self.say(404, {"error": "nothing"})
                return
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.say(401, {"error": "The access token is invalid"})
                return
            owner.on_post("asked")
            fault = owner.spoil.pop(0) if owner.spoil else ""
            made: dict[str, Any] | None = None
            if fault in AFTER or not fault:
                made = owner.post(form, self.headers.get("Idempotency-Key") or "")
                owner.on_post("done")
            elif fault in LATE:
                owner.post_late(form, self.headers.get("Idempotency-Key") or "")
            self.end(fault, made)
            owner.on_post("told")

        def do_DELETE(self) -> None:
            owner.asked.append(f"DELETE {self.path}")
            owner.remove(self.path.rpartition("/")[2])
            self.say(200, {})

        def end(self, fault: str, made: dict[str, Any] | None) -> None:
            if fault.startswith("killed"):
                self.cut()
            elif fault.startswith("silent"):
                owner.wait()
                self.cut()
            elif fault.startswith("half"):
                self.say(200, made, cut=True)
            elif fault.startswith("redirect"):
                self.say(303 if made else 307, {}, {"Location": f"{owner.url}/elsewhere"})
            elif fault == "429":
                until = format_time(owner.clock.now() + timedelta(minutes=5))
                self.say(429, {"error": "Too many requests"}, {"X-RateLimit-Reset": until})
            elif fault == "401":
                self.say(401, {"error": "The access token was revoked"})
            elif fault:
                self.say(int(fault[:3]), {"error": "out of order"})
            else:
                self.say(200, made)

        def say(
            self,
            status: int,
            what: Any,
            headers: Mapping[str, str] | None = None,
            *,
            cut: bool = False,
        ) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            if cut:
                self.cut()

        def date_time_string(self, timestamp: float | None = None) -> str:
            """The clock of the server, which the tests set."""
            moment = owner.clock.now() if timestamp is None else None
            return super().date_time_string(moment.timestamp() if moment else timestamp)

        def cut(self) -> None:
            """End the line with a reset."""
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

    return Handler

"""A real Bluesky network in a process of its own.

It is made of programs of somebody else, installed apart from ours: ``SOCIALCARE_BLUESKY``
holds the folder where ``npm install @atproto/dev-env`` was run, and
``SOCIALCARE_BLUESKY_POSTGRES`` the address of a PostgreSQL database for search and
notifications. Without the database there are accounts and records only.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

FOLDER, POSTGRES = "SOCIALCARE_BLUESKY", "SOCIALCARE_BLUESKY_POSTGRES"
SCRIPT = Path(__file__).with_name("bluesky_network.cjs")
START_S = 90.0


@dataclass
class Person:
    """An account, and what it does with the app."""

    network: Network
    name: str
    did: str
    token: str = field(repr=False)

    @property
    def handle(self) -> str:
        return f"{self.name}.test"

    def call(self, nsid: str, **fields: Any) -> Any:
        return self.network.call(nsid, fields, self.token)

    def post(self, text: str, **more: Any) -> dict[str, str]:
        """``uri`` and ``cid`` of a new post."""
        return dict(self._create(text, more))

    def _create(self, text: str, more: Mapping[str, Any]) -> Mapping[str, str]:
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": _now(), **more}
        made: Mapping[str, str] = self.call(
            "com.atproto.repo.createRecord",
            repo=self.did,
            collection="app.bsky.feed.post",
            record=record,
        )
        return {"uri": made["uri"], "cid": made["cid"]}

    def naming(self, other: Person, text: str = "") -> dict[str, str]:
        """A post that begins with a handle."""
        words = f"@{other.handle} {text}"
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": other.did}
        index = {"byteStart": 0, "byteEnd": len(other.handle) + 1}
        return self.post(words, facets=[{"index": index, "features": [feature]}])

    def answering(self, above: Mapping[str, str], text: str) -> dict[str, str]:
        return self.post(text, reply={"root": above, "parent": above})

    def delete(self, uri: str) -> None:
        self.call(
            "com.atproto.repo.deleteRecord",
            repo=self.did,
            collection="app.bsky.feed.post",
            rkey=uri.rpartition("/")[2],
        )

    def edit(self, uri: str, text: str) -> None:
        self.call(
            "com.atproto.repo.putRecord",
            repo=self.did,
            collection="app.bsky.feed.post",
            rkey=uri.rpartition("/")[2],
            record={"$type": "app.bsky.feed.post", "text": text, "createdAt": _now()},
        )

    def app_password(self, *, privileged: bool = False) -> str:
        made = self.call(
            "com.atproto.server.createAppPassword",
            name=f"socialcare {privileged}",
            privileged=privileged,
        )
        return str(made["password"])

    def revoke(self, *, privileged: bool = False) -> None:
        name = f"socialcare {privileged}"
        self.call("com.atproto.server.revokeAppPassword", name=name)

    def records(self) -> list[dict[str, Any]]:
        query = f"?repo={self.did}&collection=app.bsky.feed.post&limit=100"
        found: list[dict[str, Any]] = self.network.call(f"com.atproto.repo.listRecords{query}")[
            "records"
        ]
        return found


class Network:
    def __init__(self, url: str, process: subprocess.Popen[bytes], lines: queue.Queue[bytes]):
        self.url = url
        self._process = process
        self._lines = lines

    def call(self, nsid: str, fields: Mapping[str, Any] | None = None, token: str = "") -> Any:
        """GET without fields, POST with them."""
        headers = {"Content-Type": "application/json"} if fields is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = None if fields is None else json.dumps(fields).encode()
        request = Request(f"{self.url}/xrpc/{nsid}", data=body, headers=headers)
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def person(self, name: str) -> Person:
        account = {"handle": f"{name}.test", "email": f"{name}@mail.test", "password": f"{name}-pw"}
        made = self.call("com.atproto.server.createAccount", account)
        return Person(self, name, made["did"], made["accessJwt"])

    def settle(self) -> None:
        """Wait until everything that was written can be found."""
        assert self._process.stdin
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self._lines.get(timeout=60)


def folder() -> str:
    """Where the network is installed; the test skips where it is not told."""
    path = os.environ.get(FOLDER)
    if not path:
        pytest.skip(f"{FOLDER} is not set: run npm install @atproto/dev-env in a folder of its own")
    return path


def database() -> str:
    """The address of the database; the test skips where it is not told."""
    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(f"{POSTGRES} is not set: search and notifications need a PostgreSQL")
    return url


@contextmanager
def running(log: Path, **environ: str) -> Iterator[Network]:
    with log.open("wb") as errors:
        process = subprocess.Popen(
            ["node", str(SCRIPT), folder()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environ},
        )
    lines: queue.Queue[bytes] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines))
    reader.start()
    try:
        first = lines.get(timeout=START_S)
        assert first, f"the network did not start: {log.read_text()[-2000:]}"
        yield Network(json.loads(first)["pds"], process, lines)
    finally:
        process.kill()
        process.wait(20)
        reader.join()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def _read(process: subprocess.Popen[bytes], lines: queue.Queue[bytes]) -> None:
    """Every line of JSON; an empty one at the end."""
    assert process.stdout
    for line in process.stdout:
        if line.startswith((b"{", b'"')):
            lines.put(line)
    lines.put(b"")


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

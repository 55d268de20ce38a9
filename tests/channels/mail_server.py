"""A real IMAP server in a process of its own, with a mailbox that starts empty.

It is a program of somebody else, installed apart from ours: ``SOCIALCARE_PYMAP`` holds the
path of its executable.
"""

from __future__ import annotations

import imaplib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.channels.loopback import free_port, wait_for

PROGRAM = "SOCIALCARE_PYMAP"
USER, PASSWORD = "care", "hunter2"


class Mailbox:
    """What arrives, and what a person sees in their mail program."""

    def __init__(self, port: int) -> None:
        self.port = port

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, *mails: bytes, at: datetime, folder: str = "INBOX") -> None:
        with self.opened() as client:
            for raw in mails:
                code, words = client.append(folder, "", imaplib.Time2Internaldate(at), raw)
                assert code == "OK", words

    def unread(self, folder: str = "INBOX") -> int:
        with self.opened() as client:
            client.select(folder, readonly=True)
            return len(client.search(None, "UNSEEN")[1][0].split())

    def make(self, folder: str) -> None:
        with self.opened() as client:
            client.create(folder)

    def empty(self, folder: str = "INBOX") -> None:
        with self.opened() as client:
            _, [count] = client.select(folder)
            if count != b"0":
                client.store("1:*", "+FLAGS", r"(\Deleted)")
                client.expunge()


def program() -> str:
    """The path of the server's executable; the test skips where it is not told."""
    path = os.environ.get(PROGRAM)
    if not path:
        pytest.skip(f"{PROGRAM} is not set: pip install pymap into a venv of its own")
    return path


@contextmanager
def running(folder: Path) -> Iterator[Mailbox]:
    port = free_port()
    log = folder / "pymap.log"
    words = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    user = ["--demo-user", USER, "--demo-password", PASSWORD]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program(), *words, *user], stdout=out, stderr=subprocess.STDOUT, cwd=folder
        )
        try:
            wait_for(port, process, log)
            yield Mailbox(port)
        finally:
            process.terminate()
            process.wait(20)

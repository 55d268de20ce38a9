#!/usr/bin/env python3
"""Receives GitHub's webhooks and drops each one as a file. Usage: receiver.py FOLDER [PORT]"""

import hashlib
import hmac
import os
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECRET = os.environ.get("WEBHOOK_SECRET", "").encode()
MOST = 8 << 20  # bytes: larger files are not read


class Receiver(BaseHTTPRequestHandler):
    timeout = 10  # seconds that nobody may hold a connection in silence

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST:
            return self.send_error(413)
        body = self.rfile.read(int(length))
        wanted = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        told = self.headers.get("X-Hub-Signature-256", "")
        if not hmac.compare_digest(wanted.encode(), told.encode("utf-8", "replace")):
            return self.send_error(403)
        drop(Path(sys.argv[1]), body)
        self.send_response(204)
        self.end_headers()
        return None


def drop(folder: Path, body: bytes) -> None:
    """Nobody ever sees half a file: it gets its name when it is whole and on disk."""
    name = f"{time.time_ns()}-{secrets.token_hex(4)}.json"
    with (folder / f".{name}").open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    (folder / f".{name}").rename(folder / name)


if __name__ == "__main__":
    if not SECRET or len(sys.argv) < 2:
        sys.exit("usage: WEBHOOK_SECRET=... receiver.py FOLDER [PORT]")
    os.umask(0o007)  # for its user and group, and nobody else
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 8321
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()

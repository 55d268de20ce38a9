"""Services that do the worst with a secret that they were given: they say it back, in every way.

For each channel type there is a way to be sent there. Whoever adds a type with secrets adds
one line to :data:`OPTIONS`; until then the test of leaks fails for it.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler
from typing import Any, ClassVar
from urllib.parse import quote

from tests.channels.lines import serving
from tests.channels.servers import Answer, Line, Server, head
from tests.channels.smtp_server import SmtpServer

FIRST = "issued-canary-of-access-00112233445566778899"
SECOND = "issued-canary-of-refresh-99887766554433221100"
ISSUED = (FIRST, SECOND)
"""Tokens that the service hands out for the secret: no less secret."""
_TOKENS = {
    "accessJwt": FIRST,
    "refreshJwt": SECOND,
    "access_token": FIRST,
    "refresh_token": SECOND,
    "expires_in": 3_600,
    "did": "did:plc:acme",
    "handle": "brand.test",
}

_FIELDS = {"id": "id", "text": "text", "author": "author", "created_at": "at"}
_MAPPED = {"items": "items", "fields": _FIELDS}
OPTIONS: dict[str, Mapping[str, Any]] = {
    "appstore": {"app": "123456789", "key_id": "ABCD1234EF", "issuer": "0" * 36},
    "bluesky": {"identifier": "brand.test", "query": ["acme"]},
    "discourse": {"server": "https://forum.example", "posts": True, "user": "acme"},
    "facebook": {"page": "1234567"},
    "feed": {"preset": "reddit-search", "query": ["acme"], "user": "acme"},
    "github": {"repos": ["acme/app"]},
    "googleplay": {"package": "com.acme.app"},
    "http": {**_MAPPED, "url": "/list", "auth": "header X-Api-Key"},
    "http/url": {**_MAPPED, "url": "/bot{token}/list", "auth": "url"},
    "instagram": {"account": "1234567"},
    "mastodon": {"server": "https://mas.example", "hashtags": ["acme"]},
    "reddit": {"client_id": "id-of-the-app", "user": "acme_care", "subreddits": ["acme"]},
    "stackexchange": {"query": ["acme"]},
    "x": {"user": "@acme", "budget_per_day": 100},
    "x/app": {"user": "@acme", "budget_per_day": 100, "client_id": "id-of-the-app"},
    "youtube": {"channel": "@acme"},
}
"""What the config needs so that the service is asked, by type, or by type and way to sign in.

``base_url`` comes on top.
"""


def echo(to: Line) -> str:
    """All that was sent: first the secret headers, as a complaint would have them."""
    asked = to.request
    named = [value for key, value in asked.headers.items() if key not in {"host", "user-agent"}]
    said = " ".join([*named, asked.target, asked.body.decode("utf-8", "replace")])
    return f"{said} {quote(said, safe='')}"


def complaint(status: str, *headers: str) -> Answer:
    def answer(to: Line) -> None:
        said = {key: echo(to) for key in ("error", "message", "error_description", "detail")}
        errors = [{"reason": echo(to), "message": echo(to), "title": echo(to)}]
        body = json.dumps({**said, "errors": errors, "error_message": echo(to)}).encode()
        to.answer(body, *headers, status=status)

    return answer


def nested_complaint(to: Line) -> None:
    inner = {"message": echo(to), "type": echo(to), "code": 190, "status": "UNAUTHENTICATED"}
    to.answer(json.dumps({"error": inner}).encode(), status="400 Bad Request")


def broken_json(to: Line) -> None:
    to.answer(b'{"items": [{"id": "' + echo(to).encode())


def web_page(to: Line) -> None:
    to.answer(f"<html><title>{echo(to)}</title></html>".encode(), "Content-Type: text/html")


def odd_items(to: Line) -> None:
    item = {"id": echo(to), "text": echo(to), "token": echo(to)}
    lists = ("items", "data", "hits", "results", "posts", "statuses", "feed", "reviews", "entry")
    to.answer(json.dumps({key: [item, 7] for key in lists}).encode())


def odd_list(to: Line) -> None:
    to.answer(json.dumps([{"id": echo(to), "type": echo(to)}, echo(to)]).encode())


def garbled(to: Line) -> None:
    to.send(f"HTTP/1.1 200 OK\r\nX\x00: {echo(to)}\r\n\r\n".encode())
    to.close()


def cut(to: Line) -> None:
    to.send(head("HTTP/1.1 200 OK", "Content-Length: 100000") + echo(to).encode())
    to.reset()


def issued_and_refused(to: Line) -> None:
    """A sign-in that works, and tokens that do not."""
    if to.request.method == "POST":
        to.answer(json.dumps(_TOKENS).encode())
    else:
        complaint("401 Unauthorized")(to)


MODES: dict[str, Answer] = {
    "refused": complaint("401 Unauthorized"),
    "forbidden": complaint("403 Forbidden"),
    "bad request": complaint("400 Bad Request"),
    "nested": nested_complaint,
    "missing": complaint("404 Not Found"),
    "out of order": complaint("500 Oops"),
    "broken": broken_json,
    "a web page": web_page,
    "odd items": odd_items,
    "odd list": odd_list,
    "garbled": garbled,
    "cut": cut,
    "issued": issued_and_refused,
    "limited": complaint("429 Slow Down", "Retry-After: 300"),
}


@dataclass
class Hostile:
    """One service, and what a channel of its type needs in the config to be sent to it."""

    kind: str
    options: Mapping[str, Any]
    other: Server
    """Where it would send us."""
    behave: Callable[[str], None]
    heard: Callable[[], bytes]
    """What it was told."""
    modes: Sequence[str] = (*MODES, "elsewhere")

    @property
    def config(self) -> str:
        lines = "".join(f"{key} = {_toml(value)}\n" for key, value in self.options.items())
        return f'[channels.canary]\ntype = "{self.kind}"\n{lines}'


class _Always(dict[str, Answer]):
    """The same answer at every address."""

    answer: Answer = staticmethod(MODES["refused"])

    def get(self, path: str, default: Any = None) -> Any:
        del path, default
        return self.answer


@contextmanager
def hostile(way: str, folder: Path) -> Iterator[Hostile]:
    """``way`` is a key of :data:`OPTIONS`, ``email`` or ``exec``."""
    with ExitStack() as stack:
        other = stack.enter_context(Server().running())
        other.answers = elsewhere = _Always()
        elsewhere.answer = lambda to: to.answer(b"[]")
        start = {"email": _mail, "exec": _program}.get(way, _web)
        yield start(way, folder, other, stack)


def _web(way: str, _folder: Path, other: Server, stack: ExitStack) -> Hostile:
    server = stack.enter_context(Server().running())
    server.answers = always = _Always()

    def elsewhere(to: Line) -> None:
        links = f'Link: <{other.url}/next>; rel="next"'
        to.answer(b"", f"Location: {other.url}/there", links, status="302 Found")

    def behave(mode: str) -> None:
        always.answer = elsewhere if mode == "elsewhere" else MODES[mode]

    kind = way.partition("/")[0]
    return Hostile(
        kind,
        {**OPTIONS[way], "base_url": server.url},
        other,
        behave,
        lambda: repr(server.asked).encode(),
    )


def _mail(kind: str, _folder: Path, other: Server, stack: ExitStack) -> Hostile:
    mail = _Mail()
    port = stack.enter_context(serving(mail.handler()))
    smtp = stack.enter_context(SmtpServer().running())
    smtp.before = lambda line: f"535 5.7.8 {line} {_decoded(line)}\r\n".encode() if line.startswith("AUTH") else None  # fmt: skip
    options = {
        "address": "care@acme.example", "user": "care", "security": "none",
        "server": f"127.0.0.1:{port}", "smtp": f"127.0.0.1:{smtp.port}",
    }  # fmt: skip
    return Hostile(kind, options, other, mail.behave, lambda: bytes(mail.heard), _Mail.modes)


@dataclass
class _Mail:
    """An IMAP server that says back how somebody signed in: at once, or when it is asked more."""

    modes: ClassVar[Sequence[str]] = ("refused", "limited", "odd", "cut", "smtp")
    mode: str = "refused"
    heard: bytearray = field(default_factory=bytearray)

    def behave(self, mode: str) -> None:
        self.mode = mode

    def handler(self) -> type[StreamRequestHandler]:
        mail = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                said = b""
                self.wfile.write(b"* OK here\r\n")
                while line := self.rfile.readline():
                    mail.heard += line
                    tag, _, command = line.strip().partition(b" ")
                    if command.startswith(b"AUTHENTICATE"):
                        self.wfile.write(b"+ \r\n")
                        blob = self.rfile.readline().strip()
                        mail.heard += blob
                        said = b" ".join((command, blob, _decoded(blob.decode()).encode()))
                    answer = mail.answer(tag, command, said)
                    self.wfile.write(answer)
                    if answer.startswith(b"* BYE"):
                        return

        return Handler

    def answer(self, tag: bytes, command: bytes, said: bytes) -> bytes:
        if command.startswith(b"AUTHENTICATE") and self.mode in {"refused", "limited"}:
            code = b"LIMIT" if self.mode == "limited" else b"AUTHENTICATIONFAILED"
            return b"%s NO [%s] %s\r\n" % (tag, code, said)
        if command.startswith((b"SELECT", b"EXAMINE")) and self.mode == "odd":
            return b"* %s\r\n%s NO %s\r\n" % (said, tag, said)
        if command.startswith((b"SELECT", b"EXAMINE")) and self.mode == "cut":
            return b"* BYE %s\r\n" % said
        about = {
            b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2\r\n",
            b"EXAMINE": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n",
        }
        return about.get(command.split(b" ")[0], b"") + tag + b" OK done\r\n"


def _decoded(line: str) -> str:
    try:
        return base64.b64decode(line.rsplit(maxsplit=1)[-1], validate=True).decode(
            "utf-8", "replace"
        )
    except ValueError:
        return ""


def _program(kind: str, folder: Path, other: Server, _stack: ExitStack) -> Hostile:
    """A program that prints its token, in a line that is none, and as its last words."""
    script, mode_file = folder / "prints.py", folder / "mode"
    heard = folder.with_name(f"{folder.name}-heard")
    script.write_text(
        "import json, os, sys\nfrom pathlib import Path\n"
        f"mode = Path({str(mode_file)!r}).read_text()\n"
        "token = os.environ.get('SOCIALCARE_TOKEN', '')\n"
        f"Path({str(heard)!r}).write_text(token)\n"
        "if 'odd' in mode or 'broken' in mode:\n"
        "    print(json.dumps({'id': token, 'token': token}))\n"
        "    print('{' + token)\n"
        "else:\n    sys.exit('I was told ' + token)\n"
    )

    def behave(mode: str) -> None:
        mode_file.write_text(mode)

    options = {"command": f"{sys.executable} {script}"}
    return Hostile(kind, options, other, behave, heard.read_bytes, ("refused", "odd items"))


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)

"""An account server of our own on loopback, strict about tokens: a refresh token serves once."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.base import Outgoing, Setup, TokenCache, TokensInMemory
from socialcare.channels.bluesky import Bluesky
from socialcare.channels.bluesky.posts import Place, read_posts, to_mention
from socialcare.channels.http import Http
from socialcare.clock import Clock
from socialcare.settings import Brand
from tests.channels.cases.bluesky import BRAND, author, profiles
from tests.channels.servers import Line, Server

PASSWORD = "abcd-efgh-ijkl-mnop"
ASKED = "at://did:plc:ana/app.bsky.feed.post/3maaa"
ROOT = "at://did:plc:zoe/app.bsky.feed.post/3mroot"
Params = Mapping[str, Sequence[str]]


class Refuse(Exception):
    def __init__(self, error: str, message: str = "", status: int = 400) -> None:
        self.body = json.dumps({"error": error, "message": message or error}).encode()
        self.status = status


@dataclass
class Fake:
    """``scope`` is what the tokens say that they may; ``chat`` answers calls to the chat."""

    server: Server
    scope: str = "com.atproto.appPass"
    handles: dict[str, str] = field(default_factory=lambda: {"ana.test": "did:plc:ana"})
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    can_chat: bool = True
    home: str = ""
    """The server that the account lives on, if that is another one."""
    logins: int = 0
    replayed: int = 0
    serial: int = 0
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    faults: dict[str, Callable[[Line], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._guard = threading.Lock()
        self.posts[ASKED] = view(ASKED, "did:plc:ana", "Where is my kettle?")
        calls: dict[str, Callable[[Params, Any], object]] = {
            "app.bsky.feed.getPosts": self._get_posts,
            "app.bsky.feed.getPostThread": self._thread,
            "app.bsky.actor.getProfiles": lambda params, _: profiles(dict(params)),  # type: ignore[arg-type]
            "app.bsky.notification.listNotifications": lambda *_: {"notifications": []},
            "app.bsky.feed.getAuthorFeed": lambda *_: {"feed": []},
            "com.atproto.server.getSession": lambda *_: author(BRAND),
            "com.atproto.identity.resolveHandle": self._resolve,
            "com.atproto.repo.putRecord": self._put,
            "com.atproto.repo.getRecord": self._get,
            "com.atproto.repo.deleteRecord": self._delete,
        }
        chat = {
            "getConvoAvailability": lambda *_: {"canChat": self.can_chat, "convo": {"id": "c1"}},
            "getConvoForMembers": lambda *_: {"convo": {"id": "c1"}},
            "sendMessage": self._message,
            "getMessages": lambda *_: {"messages": self.messages[::-1]},
        }
        calls |= {f"chat.bsky.convo.{name}": call for name, call in chat.items()}
        for nsid, call in calls.items():
            self.server[f"/xrpc/{nsid}"] = partial(self._signed_in, nsid, call)
        self.server["/xrpc/com.atproto.server.createSession"] = partial(self._plain, self._login)
        self.server["/xrpc/com.atproto.server.refreshSession"] = partial(self._plain, self._again)

    def expire(self) -> None:
        """All access tokens are over; refresh tokens are not."""
        self.access.clear()

    def asked(self, nsid: str) -> int:
        return sum(one.path == f"/xrpc/{nsid}" for one in self.server.asked)

    def _plain(self, call: Callable[[Line], object], to: Line) -> None:
        try:
            with self._guard:
                body = json.dumps(call(to)).encode()
        except Refuse as refusal:
            to.answer(refusal.body, status=f"{refusal.status} Refused")
        else:
            to.answer(body)

    def _signed_in(self, nsid: str, call: Callable[[Params, Any], object], to: Line) -> None:
        fault = self.faults.get(nsid)
        if fault:
            fault(to)
            return

        def answer(line: Line) -> object:
            if _bearer(line) not in self.access:
                raise Refuse("ExpiredToken", "Token has expired")
            if nsid.startswith("chat."):
                assert line.request.headers["atproto-proxy"] == "did:web:api.bsky.chat#bsky_chat"
                if "Privileged" not in self.scope and "access" not in self.scope:
                    raise Refuse("InvalidToken", "Bad token method")
            body = line.request.body
            return call(parse_qs(urlsplit(line.request.target).query), json.loads(body or b"null"))

        self._plain(answer, to)

    def _login(self, to: Line) -> object:
        self.logins += 1
        given = json.loads(to.request.body)
        if given != {"identifier": "brand.test", "password": PASSWORD}:
            message = f"Invalid identifier or password {given['password']}"
            raise Refuse("AuthenticationRequired", message, 401)
        return self._tokens()

    def _again(self, to: Line) -> object:
        token = _bearer(to)
        self.replayed += token in self.used
        if token not in self.refresh:
            raise Refuse("ExpiredToken", "Token has been revoked")
        self.refresh.discard(token)
        self.used.add(token)
        return self._tokens()

    def _tokens(self) -> object:
        self.serial += 1
        access, refresh = jwt(self.serial, self.scope), jwt(self.serial, "com.atproto.refresh")
        self.access.add(access)
        self.refresh.add(refresh)
        document = {"service": [{"id": "#atproto_pds", "serviceEndpoint": self.home}]}
        return {
            "accessJwt": access, "refreshJwt": refresh, "did": BRAND, "handle": "brand.test",
            "didDoc": document,
        }  # fmt: skip

    def _get_posts(self, params: Params, _: Any) -> object:
        wanted = params["uris"]
        return {"posts": [self.posts[uri] for uri in wanted if uri in self.posts]}

    def _thread(self, params: Params, _: Any) -> object:
        uri = params["uri"][0]
        if uri.endswith("hidden"):
            return {"thread": {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri}}
        if uri.endswith("gone"):
            return {"thread": {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri}}
        raise Refuse("NotFound", f"Post not found: {uri}")

    def _resolve(self, params: Params, _: Any) -> object:
        did = self.handles.get(params["handle"][0])
        if did is None:
            raise Refuse("InvalidRequest", "Unable to resolve handle")
        return {"did": did}

    def _put(self, _: Params, given: Any) -> object:
        assert given["repo"] == BRAND
        if given["rkey"] in self.records:
            assert given["swapRecord"] is None
            raise Refuse("InvalidSwap", "Record was at bafy")
        self.records[given["rkey"]] = given["record"]
        return {"uri": ours(given["rkey"]), "cid": "bafynew"}

    def _get(self, params: Params, _: Any) -> object:
        rkey = params["rkey"][0]
        if rkey not in self.records:
            raise Refuse("RecordNotFound", f"Could not locate record: {ours(rkey)}")
        return {"uri": ours(rkey), "cid": "bafynew", "value": self.records[rkey]}

    def _delete(self, _: Params, given: Any) -> object:
        self.records.pop(given["rkey"], None)
        return {}

    def _message(self, _: Params, given: Any) -> object:
        message = {
            "id": f"m{len(self.messages)}",
            "text": given["message"]["text"],
            "sender": {"did": BRAND},
            "sentAt": "2026-11-21T12:00:00.000Z",
        }
        self.messages.append(message)
        return message


def _bearer(to: Line) -> str:
    return to.request.headers.get("authorization", "").removeprefix("Bearer ")


def jwt(serial: int, scope: str) -> str:
    claims = json.dumps({"scope": scope, "jti": serial}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.signature-of-{serial:05d}"


def ours(rkey: str) -> str:
    return f"at://{BRAND}/app.bsky.feed.post/{rkey}"


def view(uri: str, did: str, text: str, **more: Any) -> dict[str, Any]:
    at = "2026-11-21T11:00:00.000Z"
    record = {"text": text, "createdAt": at, **more.pop("record", {})}
    return {
        "uri": uri, "cid": f"bafy{uri[-4:]}", "author": author(did), "record": record,
        "indexedAt": at, **more,
    }  # fmt: skip


def channel(
    fake: Fake,
    http: Http,
    clock: Clock,
    tokens: TokenCache | None = None,
    password: str | None = PASSWORD,
    **options: object,
) -> Bluesky:
    """A fresh channel, as every run of the program makes one."""
    setup = Setup(
        "sky",
        {"identifier": "@brand.test", "server": fake.server.url, **options},
        partial(http.session, "sky"),
        clock,
        Brand("Acme"),
        {"password": password}.get,
    )
    return Bluesky(replace(setup, tokens=tokens) if tokens is not None else setup)


def reply(text: str = "We are on it", key: str = "reply-1", *, private: bool = False) -> Outgoing:
    import msgspec

    raw = msgspec.Raw(json.dumps(view(ASKED, "did:plc:ana", "Where is my kettle?")).encode())
    [post], _ = read_posts([raw])
    return Outgoing(to_mention(post, Place("sky")), text, key, private)


class Watched(TokensInMemory):
    """Tokens in memory that note what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[Mapping[str, str]] = []
        self._lock = threading.RLock()

    def locked(self) -> AbstractContextManager[Any]:
        return self._lock

    def write(self, tokens: Mapping[str, str]) -> None:
        super().write(tokens)
        self.writes.append(tokens)

"""The ways on which somebody is told: a program, a webhook, a mail. One try each.

Webhooks are signed as https://github.com/standard-webhooks/standard-webhooks says: HMAC-SHA256
of id, time and body, so that a receiver can tell that it is from us, fresh, and new.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from socialcare.channels.call import Content
from socialcare.channels.process import Ended, Program, run
from socialcare.clock import Clock

if TYPE_CHECKING:
    from socialcare.channels.http import Http

_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to post; with ``hidden``, the address itself is a secret."""

    name: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    hidden: bool = False


def run_program(program: Program, clock: Clock) -> None:
    """Hand it its standard input and wait for its end; what it prints is not kept.

    Raises
    ------
    ChannelError
        It cannot be started, does not end in its time, or ends with another status than 0.

    """
    for one in run(program, clock):
        if isinstance(one, Ended) and one.error is not None:
            raise one.error


def post(
    http: Http, hook: Hook, id_: str, record: Mapping[str, object], clock: Clock, seconds: float
) -> None:
    """Post a record once. A redirect is not followed.

    Raises
    ------
    ChannelError
        It was not taken, or nobody knows: the same ``id_`` tells a receiver that it comes again.

    """
    from socialcare.channels.http import Budget

    body = Content("POST", record).body or b""
    session = http.session(
        hook.name,
        base_url=hook.url,
        budget=Budget(clock, seconds),
        hidden=(hook.url,) if hook.hidden else (),
    )
    stamp = str(int(clock.now().timestamp()))
    headers = {"webhook-id": id_, "webhook-timestamp": stamp}
    if hook.secret is not None:
        headers["webhook-signature"] = signature(hook.secret, id_, stamp, body)
    session.send("POST", hook.url, record, headers=headers)


def signature(secret: str, id_: str, stamp: str, body: bytes) -> str:
    signed = hmac.new(_key(secret), f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def _key(secret: str) -> bytes:
    """``whsec_`` and base 64, or the bytes of any other text."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()

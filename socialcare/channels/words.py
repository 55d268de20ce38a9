"""The words of an error: what the service says about it, and no secret in them."""

from __future__ import annotations

import json
from collections.abc import Collection
from urllib.parse import quote

import httpcore
import httpx

from socialcare.channels.body import BodyBrokenError, BodyRefusedError, read_body
from socialcare.errors import ChannelError
from socialcare.text import for_screen

MAX_WORDS = 65_536
"""Bytes of a failure's body that are read."""
MAX_SHOWN = 200
SHORTEST_SECRET = 7
"""Shorter ones are words that may stand anywhere ("Bearer")."""


def own_words(response: httpx.Response, secrets: Collection[str]) -> str:
    """What a failure says about itself, as ``: text``; empty where that costs too much."""
    if not 400 <= response.status_code < 500:
        return ""
    try:
        limits = {"max_wire": MAX_WORDS, "max_decoded": MAX_WORDS}
        said = _message(read_body(response.iter_raw(), response.headers.get, **limits))
    except (
        BodyBrokenError,
        BodyRefusedError,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.TimeoutException,
    ):
        return ""
    said = redacted(said, secrets)[:MAX_SHOWN]  # first, or half a secret is cut off unseen
    return f": {said}" if said else ""


def fit_to_show(error: ChannelError, secrets: Collection[str]) -> None:
    """The last net: no control character and no known secret leaves in an error's text."""
    error.message = for_screen(redacted(error.message, secrets), one_line=True, limit=1_000)
    error.hint = for_screen(redacted(error.hint, secrets), one_line=True, limit=1_000)
    error.args = (error.message,)


def redacted(text: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        for part in (secret, *secret.split()):
            if len(part) >= SHORTEST_SECRET:
                text = text.replace(part, "***").replace(quote(part, safe=""), "***")
    return text


def _message(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if isinstance(said, dict):
        for key in ("error_description", "message", "error", "detail"):
            if isinstance(said.get(key), str):
                return str(said[key]).strip()
    return ""

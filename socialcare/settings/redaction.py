"""The last net for secrets: what this run has had in its hands is in nothing that it writes.

Channels clean their own messages. This is for what nobody thought of: the words of a
defect, and the raw bytes of what a service or a program sent back.
"""

from __future__ import annotations

import re

SHORTEST = 7
"""Shorter ones are words that may stand anywhere."""
INSTEAD = "***"
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
"""What is secret in a key file; the rest of it is layout."""
_KEY_FILE = ("-----BEGIN ", "{")

_forms: set[str] = set()


def remember(secret: str | None) -> str | None:
    """Take it out of everything from now on, and hand it back."""
    if secret and len(secret) >= SHORTEST and secret not in _forms:
        parts = _LONG_RUN.findall(secret) if secret.startswith(_KEY_FILE) else []
        for part in (secret, *parts):
            _forms.update(_all_forms(part))
    return secret


def forget_all() -> None:
    """A new run begins, and has no secrets yet."""
    _forms.clear()


def redacted(text: str) -> str:
    for form in _longest_first():
        text = text.replace(form, INSTEAD)
    return text


def redacted_bytes(raw: bytes) -> bytes:
    for form in _longest_first():
        raw = raw.replace(form.encode("utf-8", "replace"), INSTEAD.encode())
    return raw


def _longest_first() -> list[str]:
    return sorted(_forms, key=len, reverse=True) if _forms else []


def _all_forms(secret: str) -> set[str]:
    """As it is, in a URL, in JSON and in a repr, and inside of base 64."""
    import base64
    import json
    from urllib.parse import quote, quote_plus

    raw = secret.encode("utf-8", "replace")
    found = {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    found |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw).decode()
        # Its first and last letters depend on what stands around it.
        found.add(coded[4 if before else 0 : -4])
    return {form for form in found if len(form) >= SHORTEST}

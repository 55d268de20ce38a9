"""What a check says of a text, in as few words as a test needs."""

from __future__ import annotations

from typing import Any

from socialcare.checks import Context, Finding, check


def finding(name: str, text: str, **known: Any) -> Finding:
    context = Context(**{"length": len(text), "lang": "en", **known})
    return next(one for one in check(text, context) if one.check == name)


def level(name: str, text: str, **known: Any) -> str:
    return finding(name, text, **known).level

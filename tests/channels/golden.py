"""Answers and the mentions they become, as pairs of files: ``NAME.json``, ``NAME.mentions.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from socialcare.channels.base import Broken
from socialcare.clock import format_time
from socialcare.models import Mention

PAYLOADS = Path(__file__).parent / "payloads"


def payload(channel: str, name: str) -> bytes:
    return (PAYLOADS / channel / f"{name}.json").read_bytes()


def wanted(channel: str, name: str) -> Any:
    return json.loads((PAYLOADS / channel / f"{name}.mentions.json").read_bytes())


def shown(mentions: Sequence[Mention], broken: Sequence[Broken]) -> dict[str, Any]:
    """All that is not left at its default, as JSON."""
    return {
        "mentions": [_plain(mention) for mention in mentions],
        "broken": [f"{one.where} {one.reason}" for one in broken],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != field.default
        }
    return value

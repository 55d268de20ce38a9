"""From bytes to typed values, with the JSON path of the trouble in the message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from socialcare.channels.base import Broken
from socialcare.errors import BadAnswerError

T = TypeVar("T")


def decode(body: bytes, into: type[T], *, what: str = "the answer") -> T:
    """Decode JSON into a msgspec type.

    Raises
    ------
    BadAnswerError
        Not JSON, or not of that shape; the message names the path.

    """
    try:
        return msgspec.json.decode(body, type=into, strict=False)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadAnswerError(f"{what} is not what was expected: {error}") from None


def decode_items(
    raws: Sequence[msgspec.Raw], into: type[T], *, where: str = "$"
) -> tuple[list[T], list[Broken]]:
    """Decode each item by itself: one broken item never kills its page."""
    good: list[T] = []
    broken: list[Broken] = []
    for index, raw in enumerate(raws):
        try:
            good.append(msgspec.json.decode(raw, type=into, strict=False))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            broken.append(Broken(f"{where}[{index}]", str(error), bytes(raw)))
    return good, broken

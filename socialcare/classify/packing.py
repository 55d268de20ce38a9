"""Four numbers in one, so that adding two of them adds all four at once."""

from __future__ import annotations

from collections.abc import Sequence

_BITS = 32
_MASK = (1 << _BITS) - 1
_HALF = 1 << (_BITS - 1)
_LEVEL = sum(_HALF << (_BITS * at) for at in range(4))


def pack(four: Sequence[int]) -> int:
    """Each number, and each sum of them, may be up to two thousand million either way."""
    first, second, third, fourth = four
    return first + (second << _BITS) + (third << 2 * _BITS) + (fourth << 3 * _BITS)


def unpack(packed: int) -> list[int]:
    level = packed + _LEVEL
    return [
        (level & _MASK) - _HALF,
        ((level >> _BITS) & _MASK) - _HALF,
        ((level >> 2 * _BITS) & _MASK) - _HALF,
        (level >> 3 * _BITS) - _HALF,
    ]

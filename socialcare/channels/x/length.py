"""How X counts: signs of few scripts are one, others two, addresses 23, an emoji two.

https://docs.x.com/fundamentals/counting-characters
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

LONGEST = 280
URL = 23
_LIGHT = ((0, 4_351), (8_192, 8_205), (8_208, 8_223), (8_242, 8_247))
"""Code points that count one."""
_LABEL = r"[\p{L}\p{N}\p{M}\p{So}](?:[\p{L}\p{N}\p{M}\p{So}_-]{0,250}[\p{L}\p{N}\p{M}\p{So}])?"
_TLD = r"(?:xn--[a-z0-9-]{1,59}|\p{L}{2,24})"
_PLAIN_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|name|pro|app|dev|shop|store|online|site|blog|"
    r"xyz|news|tech|[a-z]{2})"
)
_PATH = r"(?:[/?#][\p{Latin}\p{Cyrillic}\p{Nd}!*';:=+,.$/%#?\[\]\-_~@|&()\u2013]*)?"


@functools.cache
def _addresses() -> regex.Pattern[str]:
    """With a scheme any host; without one only what is surely taken for an address."""
    import regex  # with tables of its own: 70 ms that only who posts has to pay

    with_scheme = (
        rf"https?://(?:{_LABEL}\.)+{_TLD}(?![\p{{Latin}}\p{{N}}_@-])(?::\d{{1,5}})?{_PATH}"
    )
    bare = rf"(?<![@\p{{Latin}}\p{{N}}_./+-])(?:[\p{{Latin}}0-9](?:[\p{{Latin}}0-9-]{{0,61}}[\p{{Latin}}0-9])?\.)+{_PLAIN_TLD}(?![\p{{Latin}}\p{{N}}_@+-])(?!\.[a-z0-9]){_PATH}"  # fmt: skip
    return regex.compile(f"(?:{with_scheme}|{bare})", regex.IGNORECASE)


def weighted(text: str) -> int:
    """In the units of which a post may have 280."""
    text = unicodedata.normalize("NFC", text)
    total = at = 0
    for start, end in spans(text):
        total += _signs(text[at:start]) + URL
        at = end
    return total + _signs(text[at:])


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses are."""
    for match in _addresses().finditer(text):
        address = match[0]
        end = match.start() + len(address) - _trailing(address)
        if _is_host(address):
            yield match.start(), end


def _trailing(address: str) -> int:
    """Signs at the end that belong to the sentence."""
    kept = address.rstrip(".,:;!?'*")
    if kept.endswith(")") and kept.count("(") < kept.count(")"):
        kept = kept[:-1]
    return len(address) - len(kept)


def _is_host(address: str) -> bool:
    """Labels of a host are at most 63 signs, as they travel."""
    host = address.partition("://")[2] or address
    for sign in "/?#:":
        host = host.partition(sign)[0]
    try:
        return all(0 < len(one.encode("idna")) <= 63 for one in host.split("."))
    except UnicodeError:
        return all(one.isascii() and len(one) <= 63 for one in host.split("."))


def _signs(text: str) -> int:
    if text.isascii():
        return len(text)
    import regex

    return sum(_sign(cluster) for cluster in regex.findall(r"\X", text))


def _sign(cluster: str) -> int:
    """What is drawn as one emoji is two, however many code points it has."""
    import regex

    if len(cluster) > 1 and regex.search(
        r"\p{Emoji_Presentation}|\p{Extended_Pictographic}|\uFE0F|\u20E3|\p{Regional_Indicator}",
        cluster,
    ):
        return 2
    return sum(1 if _is_light(ord(sign)) else 2 for sign in cluster)


def _is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in _LIGHT)

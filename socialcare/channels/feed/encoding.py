"""From the bytes of a feed to its text, whatever its headers and prolog claim.

What goes on from here is always UTF-8, so that no parser decodes again by itself and
sees another document than the one that was checked.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PROLOG = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_KNOWN = re.compile(
    r"(iso|latin|windows|cp|koi8|mac|tis|euc|big5|gb|hz|shift|s?jis|ks_c|johab|us-ascii)"
    r"[\w.:-]*",
    re.IGNORECASE,
)
"""Encodings that people write feeds in. Others (utf-7, unicode_escape) only hide things."""
_SEVEN_BIT = re.compile(r"(iso-?2022|hz)[\w.-]*", re.IGNORECASE)
"""Valid as UTF-8 by accident, so that the claim must be believed."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def decode_text(body: bytes, content_type: str) -> str:
    """Decode by byte order mark, by being UTF-8, by header, by prolog, else as best can be.

    Characters that XML forbids become U+FFFD: one of them would end a strict parser.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _NOT_XML.sub("\ufffd", body.decode(name, "replace").lstrip("\ufeff"))
    return _NOT_XML.sub("\ufffd", _decode_unmarked(body, content_type))


def _decode_unmarked(body: bytes, content_type: str) -> str:
    claims = [
        claim
        for claim in (
            *_CHARSET.findall(content_type)[:1],
            *(name.decode("ascii", "replace") for name in _PROLOG.findall(body[:1_000])[:1]),
        )
        if _KNOWN.fullmatch(claim)
    ]
    believed = [claim for claim in claims if _SEVEN_BIT.fullmatch(claim)]
    for name in (*believed, "utf-8", *claims):
        text = _decode_strictly(body, name)
        if text is not None:
            return text
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if damaged * 4 < sum(not char.isascii() for char in text):
        return text
    return body.decode("windows-1252", "replace")


def _decode_strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None

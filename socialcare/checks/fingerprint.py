"""The words of a reply without what is personal in it: the same to many looks like a machine."""

from __future__ import annotations

import re

from socialcare.checks.plain import straight

LEAST_WORDS = 6
"""Fewer words left have no fingerprint: "Thank you so much!" is said to many, and may be."""
_PERSONAL = re.compile(r"(?i)(?:https?://|www\.)\S+|(?<![\w.])@[\w.@-]+|#?\d[\d.,:/-]*")
_GREETING = re.compile(
    r"(?i)\s*(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening|day)|hallo|hej|moin|servus"
    r"|liebe[rs]?|guten (?:tag|morgen|abend)|sehr geehrter?|grüß gott)\b"
)
_TO_SIGN = re.compile(r"[^,!.:;\n–—]{0,40}(?:[,!.:;\n–—]|\s-\s)")
_NAMES = re.compile(r"(?:\s+(?:[^\W\d_]*[A-ZÄÖÜ][\w'-]{0,30}\.?|there|all|again)){1,4}")
_MOST_NAMES = 3
_VOCATIVE = re.compile(r",\s[^\W\d_][\w'-]{1,30}(?: [A-Z][\w'-]{1,30})?(?=\s*[.!?\n]|\s*$)")
_OPENING = re.compile(r"\s*[^\W\d_][\w'-]{0,30}(?: [^\W\d_][\w'-]{0,30}){0,2}[,!]\s")
_SIGNED = re.compile(r"(?:\s[-–—~/]|\s?\^)\s?[^\W\d_][\w.]{0,20}(?: [^\W\d_][\w.]{0,20})?\s*$")
_TAIL = 60
_WORD = re.compile(r"[^\W\d_]+")


def fingerprint(text: str) -> str:
    """Two replies with the same one differ in names, handles, numbers and links alone.

    Empty where fewer than :data:`LEAST_WORDS` words are left.
    """
    plain = _PERSONAL.sub(" ", straight(text)).strip()
    plain = plain[:-_TAIL] + _SIGNED.sub("", plain[-_TAIL:])
    plain = _VOCATIVE.sub(" ", _without_opening(plain))
    words = _WORD.findall(plain.casefold())
    return " ".join(words) if len(words) >= LEAST_WORDS else ""


def _without_opening(plain: str) -> str:
    """Without ``Hi Mia,`` or ``Sorry Mia,``: up to the first sign, or the names that follow."""
    greeting = _GREETING.match(plain)
    if not greeting:
        opening = _OPENING.match(plain)
        return plain[opening.end() :] if opening else plain
    names = _NAMES.match(plain, greeting.end())
    if names:
        return plain[names.end() :]
    sign = _TO_SIGN.match(plain, greeting.end())
    named = sign is not None and len(sign[0].split()) <= _MOST_NAMES
    return plain[sign.end() if sign and named else greeting.end() :]

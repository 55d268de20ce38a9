"""The words of a reply without what is personal in it: the same to many looks like a machine."""

from __future__ import annotations

import re

_PERSONAL = re.compile(r"https?://\S+|(?<![\w.])@[\w.@-]+|#?\d[\d.,:/-]*")
_GREETING = re.compile(r"^(?:hi|hello|hey|dear|hallo|liebe[r]?|guten tag)\s+[^\s,!.]+\s*[,!.]\s*")
_WORD = re.compile(r"[^\W\d_]+")


def fingerprint(text: str) -> str:
    """Two replies with the same one differ in names, handles and numbers alone."""
    plain = _PERSONAL.sub(" ", text.casefold()).strip()
    return " ".join(_WORD.findall(_GREETING.sub("", plain)))

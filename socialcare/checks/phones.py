"""Phone numbers, as people of some twenty countries write them.

E.164 and the national plans: how many digits follow the country code. Free and shared-cost
numbers (0800, 0180, +1 800 …) belong to no private person and are left alone.
"""

from __future__ import annotations

import re

from socialcare.checks.found import Sheet, before

KIND = "a phone number"
_PLANS = {
    "1": (10, 10), "7": (10, 10), "27": (9, 9), "30": (10, 10), "31": (9, 9), "32": (8, 9),
    "33": (9, 9), "34": (9, 9), "36": (8, 9), "39": (8, 11), "40": (9, 9), "41": (9, 9),
    "43": (7, 13), "44": (9, 10), "45": (8, 8), "46": (7, 10), "47": (8, 8), "48": (9, 9),
    "49": (7, 12), "61": (9, 9), "64": (8, 10), "81": (9, 10), "91": (10, 10),
    "351": (9, 9), "352": (6, 9), "353": (7, 9), "354": (7, 7), "358": (6, 11), "420": (9, 9),
}  # fmt: skip
"""Digits behind the country code, fewest and most."""
_OTHERS = (7, 12)
_INTERNATIONAL = re.compile(
    r"(?<![\w+])(?:\+|(?<!\d )00(?=[ (./-]?[1-9]))[ ]?\(?\d(?:[ ()./-]{0,3}\d){6,16}(?!\d)",
    re.ASCII,
)
_TRUNK = re.compile(
    r"(?<![\w.,+/-])(?<!\d\d )\(?0(?=[ ()./-]{0,3}[1-9])(?:[ ()./-]{0,3}\d){8,11}(?![\w]|[,/]\d)",
    re.ASCII,
)
_NANP = re.compile(
    r"(?<![\w.+])(?:1[ .-]?)?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?![\w]|\.\d)",
    re.ASCII,
)
_GROUPED = re.compile(
    r"(?<![\w.,+-])(?:[5-9]\d\d([ -])\d{3}\1\d{3}|[5-9]\d\d(?: \d\d){3}"  # ES PL PT CZ
    r"|[489]\d\d \d\d \d{3}|[2-9]\d(?: \d\d){3}"  # NO DK
    r"|3[2-9]\d[ -]\d{3}[ -]?\d{3,4})(?![\w]|[ .,-]?\d)",  # IT
    re.ASCII,
)
_CUE = re.compile(
    r"(?i)\b(?=[^\W\d])(?:tel|phone|telephone|mobile|cell|cellphone|call|called|calling|ring|rang|text(?:ed)?|sms"
    r"|whatsapp|fax|telefon\w*|handy\w*|mobil\w*|rufnummer|rufen|angerufen|anrufen|erreichbar)"
    r"\b\.?[^\d\n.!?]{0,24}$"
)
_SEVEN = re.compile(r"(?<![\w.,:+/-])\d(?:[ /-]?\d){6,11}(?![\w]|[.,:]\d)", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_FREE_TRUNK = ("0800", "0808", "0300", "0303", "0330", "0333", "0343", "0344", "0345", "0370", "0371", "0500", "0842", "0843", "0844", "0845", "0870", "0871", "0872", "0180", "0181", "0900", "0137", "0116", "0810", "0820", "0821", "0825", "0840", "0848", "0890", "0891", "0892")  # fmt: skip
_FREE_NANP = ("800", "888", "877", "866", "855", "844", "833", "822", "900")
_FREE_PLANS = ("800", "808", "44800", "44808", "44330", "44333", "44345", "443", "49800", "49180", "49900", "43800", "43810", "43820", "41800", "41840", "41848", "338", "31800", "34900", "34902", "39800", "4780", "4580", "4620", "47815", "353180", "611300", "611800")  # fmt: skip


def find_phones(sheet: Sheet) -> None:
    text = sheet.bare
    for match in _INTERNATIONAL.finditer(text):
        if _is_international(match[0]):
            sheet.take(KIND, *match.span())
    for pattern in (_NANP, _TRUNK, _GROUPED):
        for match in pattern.finditer(text):
            if not _is_free(match[0]):
                sheet.take(KIND, *match.span())
    for match in _SEVEN.finditer(text):
        if _CUE.search(before(text, match.start(), 40)) and not _is_free(match[0]):
            sheet.take(KIND, *match.span())


def digits_of(number: str) -> str:
    """``+44 (0)20 …`` and ``0044 20 …`` are the same."""
    plain = number.replace("(0)", "") if number.lstrip().startswith(("+", "00")) else number
    return "".join(_DIGITS.findall(plain))


def _is_international(number: str) -> bool:
    digits = digits_of(number)
    if number.startswith("00"):
        digits = digits.removeprefix("00")
    if digits.startswith("0") or len(digits) > 15 or digits.startswith(_FREE_PLANS):
        return False
    if digits[0] == "1" and digits[1:4] in _FREE_NANP:
        return False
    code = next((digits[:size] for size in (1, 2, 3) if digits[:size] in _PLANS), "")
    least, most = _PLANS.get(code, _OTHERS)
    return least <= len(digits) - (len(code) or 2) <= most


def _is_free(number: str) -> bool:
    digits = digits_of(number)
    if digits.startswith("0"):
        return digits.startswith(_FREE_TRUNK)
    if len(digits) in (10, 11):
        return digits.removeprefix("1")[:3] in _FREE_NANP
    return digits.startswith(("800", "810", "815")) and len(digits) <= 9

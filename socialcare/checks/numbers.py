"""Numbers that carry their own proof: check digits of cards, accounts and parcels.

Cards: ISO/IEC 7812 (Luhn). Accounts: ISO 13616 (mod 97-10) and the lengths of the SWIFT
registry. Parcels: UPU S10, GS1 (SSCC, USPS), and what UPS, FedEx and DHL Express print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_IBAN = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27"
    " DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28"
    " IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22"
    " MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24"
    " SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBAN.split()}
_CARDS: tuple[tuple[int, int, Sequence[int]], ...] = (
    (4, 4, (16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (6011, 6011, range(16, 20)),  # Discover
    (644, 649, range(16, 20)),
    (65, 65, range(16, 20)),
    (300, 305, range(14, 20)),  # Diners Club
    (36, 36, range(14, 20)),
    (38, 39, range(14, 20)),
    (3528, 3589, range(16, 20)),  # JCB
    (62, 62, range(16, 20)),  # UnionPay
    (81, 82, (16,)),
    (2200, 2204, range(16, 20)),  # Mir
    (5018, 5018, range(16, 20)),  # Maestro
    (5020, 5020, range(16, 20)),
    (5038, 5038, range(16, 20)),
    (5893, 5893, range(16, 20)),
    (6304, 6304, range(16, 20)),
    (6759, 6763, range(16, 20)),
    (9792, 9792, (16,)),  # Troy
)


_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice a digit, with the digits of that added up."""


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before."""
    signs = digits[-1::-2] + digits[-2::-2].translate(_DOUBLED)
    return (sum(signs.encode("ascii")) - ord("0") * len(signs)) % 10 == 0


def is_card(digits: str) -> bool:
    """A number that an issuer gives out, with its check digit."""
    return len(digits) in card_sizes(digits[:4]) and luhn(digits) and len(set(digits)) > 1


@cache
def card_sizes(beginning: str) -> frozenset[int]:
    """How long the cards may be that begin with these four digits."""
    return frozenset(
        size
        for least, most, sizes in _CARDS
        if least <= int(beginning[: len(str(least))]) <= most
        for size in sizes
    )


def is_iban(signs: str) -> bool:
    """Capital letters and digits only, as long as the country says, and 1 modulo 97."""
    if len(signs) != IBAN_LENGTHS.get(signs[:2]) or not signs[2:4].isdigit():
        return False
    turned = signs[4:] + signs[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def is_ups(signs: str) -> bool:
    """``1Z`` and 16 signs; letters count 2 for A, 3 for B and on, modulo 10."""
    if not re.fullmatch(r"1Z[0-9A-Z]{15}\d", signs, re.ASCII):
        return False
    values = [int(s) if s.isdigit() else (ord(s) - 63) % 10 for s in signs[2:-1]]
    total = sum(values[::2]) + 2 * sum(values[1::2])
    return -total % 10 == int(signs[-1])


def is_s10(signs: str) -> bool:
    """A postal item: two letters, eight digits and their check digit, a country."""
    if not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", signs, re.ASCII):
        return False
    total = sum(int(d) * w for d, w in zip(signs[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(signs[10])


def is_gs1(digits: str) -> bool:
    """Weights 3 and 1 from the right: SSCC of European parcels, USPS, barcodes."""
    total = 3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[-3::-2]))
    return -total % 10 == int(digits[-1])


def is_fedex(digits: str) -> bool:
    """12 digits (weights 3 1 7, modulo 11) or 15 (as GS1)."""
    if len(digits) == 15:
        return is_gs1(digits)
    weights = (3, 1, 7) * 4
    total = sum(int(d) * w for d, w in zip(digits[:11], weights, strict=False))
    return len(digits) == 12 and total % 11 % 10 == int(digits[11])


def is_dhl_express(digits: str) -> bool:
    """A waybill of 10 digits, modulo 7."""
    return len(digits) == 10 and int(digits[:9]) % 7 == int(digits[9])


def is_parcel(digits: str) -> bool:
    """Digits alone that a carrier would know."""
    size = len(digits)
    if size in (18, 20, 22) and (digits.startswith("00") or digits[0] == "9" or size == 18):
        return is_gs1(digits)
    return is_fedex(digits) or is_dhl_express(digits)

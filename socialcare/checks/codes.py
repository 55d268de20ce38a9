"""Numbers that belong to one customer: passwords, cards, accounts, parcels, orders, bookings."""

from __future__ import annotations

import re

from socialcare.checks.found import Sheet, before, groups
from socialcare.checks.numbers import (
    IBAN_LENGTHS,
    card_sizes,
    is_card,
    is_iban,
    is_parcel,
    is_s10,
    is_ups,
)

CARD = "a card number"
ORDER = "customer data"
_PARCEL = "a tracking number"
_SECRET = re.compile(
    r"(?i)\b(?=[^\W\d])(?:passwords?|passcode|passphrase|pin|otp|tan|cvv2?|cvc2?|puk"
    r"|(?:one[- ]time|verification|security|login|log-in|access|confirmation|activation|unlock|door)"
    r"[ -](?:code|pin|password)"
    r"|passwort|kennwort|einmal(?:code|passwort)|(?:sicherheits|bestätigungs|zugangs|aktivierungs)code)"
    r"(?:[ -](?:no|nr|number|code|nummer)\b\.?)?"
    r"(?P<link>[ ]?[:=][ ]?|[ ](?:is|to|was|as|ist|lautet|war|auf)(?:[ ](?:now|jetzt|nun))?:?[ ]|[ ])"
    r"(?P<quote>[\"'“«(]?)(?P<token>[^\s\"”»]{3,40})(?P<more>[ ]\d{3,4}\b)?"
)
_RUN = re.compile(r"\d(?:[ ._/-]{0,2}\d){13,}", re.ASCII)
_IBAN_START = re.compile(r"(?i)(?<![a-z0-9])[a-z]{2}[ .-]?\d{2}", re.ASCII)
_CALLED = re.compile(r"(?i)\biban\W{0,3}$")
_UPS = re.compile(r"(?i)\b1z(?:[ -]?[0-9a-z]){16}\b", re.ASCII)
_S10 = re.compile(r"\b[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}\b", re.ASCII)
_PREFIXED = re.compile(
    r"(?i)\b(?:tba\d{12}|jjd\d{14,18}|jvgl\d{16,20}|jd\d{16,18}|[ht]0[0-9a-z]{14}|h\d{13,19})\b",
    re.ASCII,
)
_LONG = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){8,33}(?![\w-]|\.\d)", re.ASCII)
_MARKET = re.compile(r"(?<![\w-])\d{3}-\d{7}-\d{7}(?![\w-])", re.ASCII)
_NOT_CUSTOMER = re.compile(
    r"(?i)\b(?:ean|gtin|isbn|issn|upc|asin|sku|part|model|article|item|art|artikel\w*|modell\w*"
    r"|teile\w*|hrb|vat|ust\w*|steuer\w*|company|register\w*|charity)"
    r"[ .:-]{0,3}(?:(?:no|nr|number|nummer|id)\b)?[ .:#-]{0,3}$"
)
MEASURE = re.compile(
    r"(?i)[ ]?(?:bytes?|bits?|[kmg]i?b|rows?|records|users|hz|ms|ns|times|people|views|%|kunden|nutzer|euros?|items|orders|customers)\b"
)
YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)


def find_secrets(sheet: Sheet) -> None:
    """Passwords and one-time codes."""
    for match in _SECRET.finditer(sheet.text):
        token, link = match["token"].rstrip(".,;:!?)'"), match["link"].strip()
        whole = token + (match["more"] or "").replace(" ", "")
        if _is_secret(whole, said=bool(link) or bool(match["quote"])):
            sheet.take("a password or code", match.start(), match.end(), "a password or code")


def _is_secret(token: str, *, said: bool) -> bool:
    """``said``: what stands before announces it, as ``is`` or a colon does."""
    if token.isdigit():
        return 4 <= len(token) <= 10 and (said or not YEAR.fullmatch(token))
    digit = any(sign.isdigit() for sign in token)
    letter = any(sign.isalpha() for sign in token)
    return digit and letter and len(token) >= (5 if said else 6)


def find_cards(sheet: Sheet) -> None:
    for run in _RUN.finditer(sheet.bare):
        if sheet.enough(CARD):
            return
        spans = list(groups(sheet.bare, *run.span()))
        digits = "".join(sheet.bare[start:end] for start, end in spans)
        ends, place = {}, 0
        for start, end in spans:
            place += end - start
            ends[place] = end
        place = 0
        for start, end in spans:
            _card_from(sheet, digits[place : place + 19], start, (place, ends))
            place += end - start


def _card_from(sheet: Sheet, digits: str, start: int, told: tuple[int, dict[int, int]]) -> None:
    """``told``: how many digits stand before, and after how many of all a group ends where."""
    before_it, ends = told
    for size in sorted(card_sizes(digits[:4])):
        end = ends.get(before_it + size)
        if end is not None and is_card(digits[:size]):
            sheet.take(CARD, start, end, f"the card number ending {digits[size - 4 : size]}")
            return


def find_accounts(sheet: Sheet) -> None:
    """IBANs, in groups or in one."""
    kind = "an account number"
    for match in _IBAN_START.finditer(sheet.text):
        if sheet.enough(kind):
            return
        country = match[0][:2].upper()
        end, signs = _signs(sheet.text, match.start(), IBAN_LENGTHS.get(country, 0))
        called = signs and _CALLED.search(before(sheet.text, match.start()))
        if called or is_iban(signs):  # with a slip of a digit it is still theirs
            shown = f"the IBAN {signs[:4]}…{signs[-4:]}"
            sheet.take(kind, match.start(), end, shown)


def _signs(text: str, start: int, size: int) -> tuple[int, str]:
    """So many letters and digits, whatever cuts them into groups; nothing where there are more."""
    signs, place = "", start
    for place in range(start, min(len(text), start + 2 * size)):
        sign = text[place]
        if sign.isascii() and sign.isalnum():
            signs += sign.upper()
        elif sign not in " .-":
            return place, ""
        if len(signs) == size:
            break
    end = place + 1
    return end, "" if text[end : end + 1].isalnum() else signs


def find_parcels(sheet: Sheet) -> None:
    text = sheet.bare
    for pattern, proof in ((_UPS, is_ups), (_S10, is_s10)):
        for match in pattern.finditer(text):
            if proof(re.sub("[ -]", "", match[0]).upper()):
                sheet.take(_PARCEL, *match.span())
    for pattern in (_PREFIXED, _MARKET):
        for match in pattern.finditer(text):
            sheet.take(ORDER if pattern is _MARKET else _PARCEL, *match.span())


def find_long_numbers(sheet: Sheet) -> None:
    """Nine digits and more in a row are somebody's, unless a product's."""
    text = sheet.bare
    for match in _LONG.finditer(text):
        digits = re.sub("[ -]", "", match[0])
        plain = match[0].isdigit()
        if _NOT_CUSTOMER.search(before(text, match.start())) or MEASURE.match(text, match.end()):
            continue
        if is_parcel(digits) and (plain or len(digits) >= 18):
            sheet.take(_PARCEL, *match.span())
        elif plain:
            sheet.take(ORDER, *match.span())

"""Private data: what only the person and we should read does not stand in a public reply."""

from __future__ import annotations

import re
from collections.abc import Iterable

from socialcare.checks.addresses import find_births, find_mails, find_streets
from socialcare.checks.codes import (
    CARD,
    ORDER,
    find_accounts,
    find_cards,
    find_long_numbers,
    find_parcels,
    find_secrets,
)
from socialcare.checks.found import Found, Sheet, blanked, key
from socialcare.checks.model import Context, Told
from socialcare.checks.phones import KIND as PHONE
from socialcare.checks.phones import digits_of, find_phones
from socialcare.checks.plain import straight
from socialcare.checks.references import find_orders
from socialcare.text import MAX_TEXT

_DIGIT = re.compile("[0-9]")
_ADDRESS = re.compile(r"(?i)\b(?:https?://|www\.)[^\s<>\"]+")
_HANDLE = re.compile(r"(?<![\w.+%-])@[\w.@-]+")
_IN_ADDRESS = re.compile(
    r"(?i)[?&/#;](?:orders?|order_?(?:id|no|number)|track(?:ing)?|parcel|shipment|booking|invoice"
    r"|customer|account|bestellung|sendung|phone|tel|mobile)(?:_?(?:id|no|nr|number|code))?[=/]"
    r"([\w+-]{4,60})"
)
_DATES = (
    re.compile(
        r"(?<!\d)(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
        r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z?)?(?!\d)"
    ),
    re.compile(
        r"(?<![\d./-])(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)?\d\d)?"
        r"(?![\d]|[./-]\d)"
    ),
    re.compile(
        r"(?<![\d./-])(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)?\d\d(?![\d/-])"
    ),
    re.compile(r"(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:])"),
)
_MONEY = (
    r"(?:[€$£¥₹]|\b(?:EUR|USD|GBP|NOK|SEK|DKK|CHF|PLN|euros?|dollars?|pounds?|Franken|Kronen|kr)\b)"
)
_COUNTS = (
    re.compile(rf"(?i){_MONEY}[ ]?\d[\d.,']*"),
    re.compile(rf"(?i)(?<![\d.,'])\d[\d.,']*[ ]?{_MONEY}"),
    re.compile(r"(?<![\d.,'#])\d{1,3}(?:[,']\d{3})+(?:\.\d+)?(?![.,']?\d)"),
    re.compile(r"(?<![\d.,'#])[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?(?![.,']?\d)"),
    re.compile(
        r"(?i)(?<![\w.])v?(?:(?:19|20)\d\d(?:\.\d{1,2}){1,3}|(?:0|[1-9]\d{0,2})(?:\.\d{1,3}){2,3})"
        r"(?![\d]|\.\d)(?:[-+][a-z][\w.]{0,20})?"
    ),
)
_TELLING = 2_000
"""Characters of the mention in which the same is looked for."""


def private_data(text: str, context: Context) -> Told:
    found = find(text, context)
    if not found and len(text) > MAX_TEXT:
        return "look", f"only the first {MAX_TEXT:,} characters were read"
    if not found:
        return "ok", "none found"
    if context.private:
        cards = [one for one in found if one.kind == CARD]
        if cards:
            return "look", f"{_named(cards[0])}: a full card number is too much even in private"
        return "ok", f"{_several(found)}: fine in private"
    theirs = key(straight(context.mention_text[:_TELLING]))
    told = _in_public(found)
    if len(found[0].exact) > 3 and found[0].exact in theirs:
        told += ": they wrote it themselves, we do not repeat it"
    return "stop", told


def find(text: str, context: Context) -> list[Found]:
    """What is private in a text, the worst first."""
    plain = straight(text[:MAX_TEXT])
    mine = (*context.our_handles, *context.ours)
    if not _DIGIT.search(plain):  # mail addresses are all that has none
        sheet = Sheet(plain, plain)
        find_mails(sheet, (*mine, *context.author_handles), context.links)
        return _without(sheet.found, mine, context.author_handles)
    sheet = Sheet(plain, blanked(plain, _ADDRESS, _HANDLE, *_DATES, *_COUNTS))
    find_secrets(sheet)
    find_cards(sheet)
    find_accounts(sheet)
    find_mails(sheet, (*mine, *context.author_handles), context.links)
    find_parcels(sheet)
    find_orders(sheet, context.order_pattern)
    _find_in_addresses(sheet)
    find_births(sheet)
    find_phones(sheet)
    find_streets(sheet)
    find_long_numbers(sheet)
    return _without(sheet.found, mine, context.author_handles)


def _find_in_addresses(sheet: Sheet) -> None:
    for address in _ADDRESS.finditer(sheet.text):
        for match in _IN_ADDRESS.finditer(sheet.text, *address.span()):
            if any(sign.isdigit() for sign in match[1]):
                sheet.take(ORDER, *match.span(1))


def _without(found: list[Found], ours: Iterable[str], theirs: Iterable[str]) -> list[Found]:
    """What is ours may be read by everybody, and a handle is no secret of its owner."""
    known = [straight(one) for one in ours]
    keys = {key(one) for one in (*known, *map(straight, theirs))}
    lines = [one for one in map(key, known) if one]
    phones = [digits_of(one)[-8:] for one in known if len(digits_of(one)) >= 8]
    return [
        one
        for one in found
        if one.exact not in keys
        and not (len(one.exact) > 5 and any(one.exact in line for line in lines))
        and not (one.kind == PHONE and any(one.exact.endswith(end) for end in phones))
    ]


def _in_public(found: list[Found]) -> str:
    first, more = found[0], len(found) > 1
    if first.masked:
        return f"{_several(found)} {'do' if more else 'does'} not belong in a public reply"
    return f"{_several(found)} look{'' if more else 's'} like {first.kind} in a public reply"


def _several(found: list[Found]) -> str:
    more = len(found) - 1
    return f"{_named(found[0])} and {more} more" if more else _named(found[0])


def _named(one: Found) -> str:
    return one.shown if one.masked else f'"{one.shown}"'

"""Numbers that a word before them tells: orders, bookings, invoices, tickets, claims."""

from __future__ import annotations

import re

from socialcare.checks.codes import MEASURE, ORDER, YEAR
from socialcare.checks.found import Sheet, before

_NAMED = (
    r"(?P<named>\.?[ -]?(?:no|nr|num|number|id|code|ref|reference|nummer|kennung|zeichen)\b\.?)?"
)
_FOLLOWS = (
    r"(?:[ ]?(?:is|under|ist|lautet|unter|[=:#-]))?[ ]?[#\"'(]?"
    r"(?:\b|(?=\d))(?P<token>[a-z0-9][a-z0-9/-]{3,30})(?![\w-])"
)
_CUED = re.compile(
    r"(?i)\b(?=[^\W\d])(?:orders?|purchase|tracking|track|parcel|package|shipment|consignment|waybill|delivery"
    r"|booking|reservation|confirmation|itinerary|pnr|invoice|receipt|customer|client|account"
    r"|member(?:ship)?|contract|policy|loyalty|serial|imei|meter|patient|claim|bestell\w*|auftrag\w*"
    r"|sendung\w*|paket\w*|lieferung|buchung\w*|reservierung\w*|rechnung\w*|kunden\w*|konto\w*"
    r"|vertrag\w*|versicherung\w*|mitglied\w*|zähler\w*|serien\w*)" + _NAMED + _FOLLOWS
)
_FILED = re.compile(
    r"(?i)\b(?=[^\d\n]{2,45}\d)(?=[^\W\d])(?P<cue>(?P<ref>ref(?:s|erences?|erenz\w*)?|akten?zeichen|rma|vin|fin|iccid|kd|kdn|best|re|rg"
    r"|auftr|vers|vertr|vorg|mitgl)|cases?|tickets?|returns?|refunds?|(?<!pull )(?<!merge )requests?"
    r"|enquiry|inquiry|query|complaint|incident|dispute|transaction|transfer|payment|txn|payout|mandate"
    r"|job|visit|appointment|repair|quote|quotation|application|subscription|licen[cs]e|registration"
    r"|passport|flyer|card|docket|file|locator|sim|dossier|statement|deposit|voucher|warranty|rental"
    r"|vorg[aä]ng\w*|fall|fall-?(?:nummer|nr)|antrag\w*|retoure\w*|rücksende\w*|rückgabe\w*|anfrage\w*"
    r"|reklamation\w*|beschwerde\w*|überweisung\w*|zahlung\w*|transaktion\w*|ticket-?(?:nummer|nr)"
    r"|störung\w*|schaden\w*|schadens?\w*|police|policen\w*|meldung\w*|gutschrift\w*|mandat\w*|beleg\w*"
    r"|fahrgestell\w*|ausweis\w*|reisepass\w*|termin\w*|reparatur\w*|angebot\w*|abo\w*|karten?\w*|storno\w*)"
    + _NAMED
    + _FOLLOWS
)
"""Words that are often said of other numbers, too: what follows must look more like a reference."""
_YEARS = re.compile(r"(?:19|20)\d\d[/-](?:19|20)?\d\d", re.ASCII)
_NUMBER = ("nummer", "nr", "kennung", "zeichen")
_ENDING = re.compile(
    r"(?i)\b(?:card|account|iban|phone|number|karte|konto|nummer|kontonummer)\b[^.\n\d]{0,20}\b"
    r"(?:ending|ends|endend\w*|endet|endziffern?)\b(?: (?:in|with|on|auf|mit))? ?(?P<token>\d{3,4})\b",
    re.ASCII,
)
_NOT_ORDER = re.compile(
    r"(?i)(?:\b(?:issues?|prs?|pull requests?|merge requests?|bugs?|discussions?|commit|release|build"
    r"|ticket|flights?|trains?|booth|stand|model|rfc|pep|cve|room|gate|top|number) ?|[\w/])$"
)
_MOST_OF_AN_ISSUE = 5
"""More digits has no number of a bug or a ticket that everybody can read."""


def find_orders(sheet: Sheet, pattern: str) -> None:
    """What the pattern of the shop finds, and numbers that a word before them tells."""
    text = sheet.bare
    for match in re.finditer(pattern, text):
        issue = match[0].lstrip().startswith("#") and _NOT_ORDER.search(before(text, match.start()))
        if not issue and match[0].strip():
            hash_at = max(0, match[0].find("#"))
            sheet.take(ORDER, match.start() + hash_at, match.end())
    for match in _CUED.finditer(text):
        if _is_reference(match["token"], named=bool(match["named"])):
            sheet.take(ORDER, *match.span("token"))
    for match in _FILED.finditer(text):
        if _is_filed(match) and not MEASURE.match(text, match.end()):
            sheet.take(ORDER, *match.span("token"))
    for match in _ENDING.finditer(text):
        sheet.take(ORDER, *match.span("token"))


def _is_reference(token: str, *, named: bool) -> bool:
    """A number, or capitals and digits; six capitals only where it is called a reference."""
    digits = sum(sign.isdigit() for sign in token)
    if token.isdigit():
        return digits >= 4 and (named or not YEAR.fullmatch(token))
    if digits >= 4:
        return True
    capitals = token.upper() == token
    return capitals and (digits > 0 or (named and len(token) == 6 and token.isalpha()))


def _is_filed(match: re.Match[str]) -> bool:
    token = match["token"]
    digits = 0 if _YEARS.fullmatch(token) else sum(sign.isdigit() for sign in token)
    if digits > _MOST_OF_AN_ISSUE:
        return True
    if not (match["named"] or match["ref"] or match["cue"].casefold().endswith(_NUMBER)):
        return False
    mixed = token.upper() == token and not token.isdigit() and len(token) > _MOST_OF_AN_ISSUE
    return digits >= _MOST_OF_AN_ISSUE or (mixed and digits > 1)

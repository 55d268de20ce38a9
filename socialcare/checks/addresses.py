"""Where somebody lives and how they are reached: mail, streets, towns, days of birth."""

from __future__ import annotations

import re
from collections.abc import Iterable

from socialcare.checks.found import Sheet, before

MAIL = "a mail address"
_MAIL = re.compile(
    r"(?<![\w.+@%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])",
)
_SPOKEN_MAIL = re.compile(
    r"(?i)(?<![\w.+-])[\w.+-]{1,64} ?[(\[{] ?(?:at|ät) ?[)\]}] ?"
    r"[\w-]{1,63}(?: ?(?:\.|[(\[{] ?(?:dot|punkt) ?[)\]}]) ?[\w-]{1,63}){1,4}"
)
_ANYBODY = frozenset({"you", "name", "your.name", "yourname", "user", "username", "firstname.lastname", "vorname.nachname"})  # fmt: skip
_STREET_WORD = (
    r"(?:street|road|avenue|boulevard|lane|ave|blvd|rd|"
    r"(?-i:St|Ln|Dr|Drive|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Close|Crescent|Cres|Gardens|Grove"
    r"|Hill|Row|Walk|Mews|Parkway|Pkwy|Highway|Hwy|Quay|Circle))"
)
_NAME_WORD = r"(?=[^\W\d_])(?!(?:in|on|the|a|an|of|at|to|and|for|your|our|this|per|hours?|days?|minutes?|miles?|km|m|metres?|meters?|people|shops?|stores?|weeks?|am|pm|from|more|other|new|main|by|off|down|with)\b)(?:St\.|[^\W\d_][\w'-]{0,30})"  # fmt: skip
_STREET_EN = re.compile(
    rf"(?i)(?<![\w.,:#/€$£-])(?!(?:19|20)\d\d )\d{{1,5}}(?-i:[a-hA-C])?,? (?:[nsew]\.? )?(?:{_NAME_WORD} ){{1,3}}{_STREET_WORD}\b"
)
_STREET_DE = re.compile(
    r"\b(?:[^\W\d_][\w-]{1,40}[- ])?"
    r"(?:[^\W\d_][\w.-]{1,40}(?:straße|strasse|str\.)|[A-ZÄÖÜ][\w.-]{2,40}(?:weg|platz|allee|gasse|ring|damm|ufer|chaussee"
    r"|steig|pfad|markt|hof|gürtel|kai)|(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer"
    r"|Markt|Chaussee))"
    r" \d{1,4} ?[a-h]?\b(?! ?(?:%|€|Uhr|Tag|Stunde|Minute|Euro|Prozent|km\b|m\b|Stück|Jahr))"
)
_NO_STREET = re.compile(
    r"(?i)(?:sitz|stell|park|arbeits|steh|lager|speicher|um|aus|unter|super|flohm|bau|wochen)"
    r"(?:platz|weg|markt|hof)|unterwegs"
)
_UK = re.compile(r"\b(?:GIR|[A-Z]{1,2}\d[A-Z\d]?) \d[ABD-HJLNP-UW-Z]{2}\b", re.ASCII)
_STATES = "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"  # fmt: skip
_US = re.compile(rf"\b[A-Z][\w.'-]{{1,30}},? (?:{_STATES}),? \d{{5}}(?:-\d{{4}})?\b")
_TOWN_DE = re.compile(
    r"(?<![\w.,#-])(?:D-?)?(?!\d\d000)\d{5} (?P<town>[A-ZÄÖÜ][a-zäöüß]{2,30})|(?<![\w-])(?:A|CH|L)-\d{4} [A-ZÄÖÜ][a-zäöüß]{2,30}"
)
_TOWN_NL = re.compile(
    r"(?<![\w.,#-])(?!20[0-3]\d)\d{4} ?(?!MB|GB|TB|KB|UK|EU|US|HD|KM|KG|ML|CM|MM|AM|PM|PS)[A-Z]{2},? [A-Z][a-z]{3,30}"
)
_COUNTED_WORDS = (
    "kunden kundinnen bestellungen euro punkte punkten haushalte haushalten menschen nutzer"
    " nutzern nutzerinnen stück mitarbeiter schritte follower pakete paketen einwohner meter"
    " kilometer personen fans mitglieder artikel produkte franken kronen stunden tage seiten"
    " wörter zeichen zeilen anfragen fahrgäste gäste besucher people orders customers users"
    " homes miles steps points watt lumen bäume teile umdrehungen"
)
_COUNTED = frozenset(_COUNTED_WORDS.split())
_BIRTH = re.compile(
    r"(?i)\b(?:born|date of birth|birth ?date|birthday|d\.?o\.?b\.?|geboren|geburtsdatum|geburtstag|geb\.)"
)
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,6}\.?"
_DAY = re.compile(
    rf"(?i)\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}",
    re.ASCII,
)
_SPOT = 40
"""So far behind the word the day of birth may stand."""


def find_mails(sheet: Sheet, ours: Iterable[str], domains: Iterable[str]) -> None:
    """Mail addresses but our own, by address or by domain."""
    known = {address.casefold().lstrip("@") for address in ours}
    homes = tuple(domain.casefold() for domain in domains)
    for pattern in (_MAIL, _SPOKEN_MAIL):
        for match in pattern.finditer(sheet.text):
            local, _, home = match[0].casefold().partition("@")
            at_home = any(home == one or home.endswith(f".{one}") for one in homes)
            user = before(sheet.text, match.start(), 2) == "//"  # of a link, not of a mail
            if not (at_home or user or local in _ANYBODY or match[0].casefold() in known):
                sheet.take(MAIL, *match.span())


def find_births(sheet: Sheet) -> None:
    for cue in _BIRTH.finditer(sheet.text):
        day = _DAY.search(sheet.text, cue.end(), cue.end() + _SPOT)
        if day:
            sheet.take("a date of birth", *day.span())


def find_streets(sheet: Sheet) -> None:
    kind = "a street address"
    for match in _STREET_EN.finditer(sheet.bare):
        sheet.take(kind, *match.span())
    for match in _STREET_DE.finditer(sheet.bare):
        if not _NO_STREET.search(match[0]):
            sheet.take(kind, *match.span())
    for pattern in (_UK, _US, _TOWN_NL):
        for match in pattern.finditer(sheet.bare):
            sheet.take(kind, *match.span())
    for match in _TOWN_DE.finditer(sheet.bare):
        town = match["town"]
        if town is None or town.casefold() not in _COUNTED:
            sheet.take(kind, *match.span())

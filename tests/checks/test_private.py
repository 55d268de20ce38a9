from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.checks.numbers import is_card, is_fedex, is_iban, is_s10, is_ups, luhn
from socialcare.text import MAX_TEXT
from tests.checks.desk import finding, level

CARD = "4242 4242 4242 4242"

STOPPED = [
    # cards: issuer, length and check digit
    CARD, "4242424242424242", "4242-4242-4242-4242", "4242.4242.4242.4242", "3782 822463 10005",
    "5555 5555 5555 4444", "2223 0031 2200 3222", "6011 1111 1111 1117", "3530 1113 3330 0000",
    "12 4242 4242 4242 4242 34",
    # accounts
    "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "GB82 WEST 1234 5698 7654 32",
    "NO93 8601 1117 947", "FR14 2004 1010 0505 0001 3M02 606", "CH93-0076-2011-6238-5295-7", "IBAN DE89 3704 0044 0532 0130 01",
    # phones of many countries
    "+44 20 7946 0958", "+44 (0)20 7946 0958", "0044 20 7946 0958", "020 7946 0958",
    "07700 900123", "(212) 555-0142", "212-555-0142", "212.555.0142", "+1 212 555 0142",
    "1-212-555-0142", "+49 171 3920012", "0171/3920012", "030 23125 123", "06 39 98 12 34",
    "06.39.98.12.34", "+33 6 39 98 12 34", "+31 6 12345678", "+32 470 12 34 56", "+43 660 1234567",
    "+41 44 668 18 00", "044 668 18 00", "+46 70 174 06 05", "070-174 06 05", "+47 912 34 567",
    "912 34 567", "+45 20 12 34 56", "20 12 34 56", "+358 50 123 4567", "+34 612 345 678",
    "612 345 678", "+39 347 123 4567", "+351 912 345 678", "+48 501 234 567", "+353 85 123 4567",
    "+61 491 570 156", "0491 570 156", "+91 98765 43210", "call me on 555 0142", "Tel. 2312512",
    # mail
    "mia.berg@example.net", "mia+shop@mail.example.co.uk", "mia (at) example (dot) net",
    "mia[at]example.net", "https://acme.example/track?mail=mia@example.net",
    # streets and towns
    "12 Market Street", "221B Baker Street", "350 Fifth Avenue", "7 rose lane", "48 Elm Dr",
    "SW1A 1AA", "Leeds, NY 10118", "Hauptstraße 12", "hauptstr. 12a", "Am Markt 5", "Berliner Allee 7",
    "Musterweg 3", "50667 Köln", "D-50667 Köln", "A-1010 Wien", "1012 AB Amsterdam",
    # orders, parcels, bookings, accounts
    "#4411", "order 4411", "Order no. 20391844", "112-4857390-2219034", "1Z999AA10123456784",
    "1Z 999 AA1 01 2345 6784", "RR473124829GB", "RR 473 124 829 GB", "TBA305112847000",
    "JJD000390007827362514", "9400 1118 9922 3197 4280 91", "986578788855", "00340434161094042557",
    "booking reference QX7P2L", "reservation no. HT-449201", "invoice 2026-118204",
    "Kundennummer 4711028", "account number 30481276", "Vertragsnummer: 88-1204",
    "https://acme.example/orders/20391844", "tracking code ABC12345",
    # born, secret
    "born 4 July 1991", "date of birth is 12/03/1984", "DOB: 1984-03-12", "geboren am 12.03.1984",
    "your password is Sunny-Day42", "PIN: 4821", "one-time code 493 021", "Passwort lautet Sonne2026!",
    "verification code is 12345",
]  # fmt: skip

LEFT_ALONE = [
    # dates, times, prices, versions, counts, measures
    "on 12/11/2026 at 14:30", "12.11.", "2026-11-21 12:48:00", "2026-11-21T12:48:00Z", "11/21/2026",
    "€1,299.00", "1.299,00 €", "12000 EUR", "NOK 24 990", "version 3.2.1", "v10.12.3-beta.2",
    "1,200,000 people", "1.200.000 Leute", "10,000 mm", "12000 Haushalte", "120 x 80 x 74 cm",
    "14 of 48 servers", "24/7", "in 2026", "2019-2026", "50%", "1080p", "192.168.4.20", "3-5 days",
    "9-18", "10 000 homes", "1073741824 bytes",
    # free and shared-cost numbers are ours or another desk's
    "0800 123 4567", "0800 1234567", "+800 1234 5678", "1-800-555-0142", "(888) 555-0142", "0180 5123456",
    # a card or account that is none
    "4242 4242 4242 4243", "1234 5678 9012 3456", "0000 0000 0000 0000", "DE89 3704 0044 0532 0130 01",
    # what looks like a number of somebody and is one of a thing
    "issue #4411", "PR #10233", "acme/app#2048", "flight #1422", "EAN 4006381333931", "ISBN 9783161484100",
    "Part no. 8012345", "@mia48210394", "https://t.example/status/1234567890123456",
    # words that stand before numbers without telling one
    "your password has been reset", "use a password of 12 signs", "orders over 50 EUR", "the code is 4 digits long",
    "order in 2026", "2 days on the way", "24 hours a day on the road", "5 shops in the street",
    "your parcel will be there", "confirmation by mail", "Sitzplatz 12", "Parkplatz 3", "unterwegs 3 Tage",
    "you@example.net", "born in Leeds", "@leo@mas.to",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPPED)
def test_it_does_not_stand_in_public(text: str):
    assert level("private data", f"Sorry, {text} it is.") == "stop"
    assert level("private data", text) == "stop"


@pytest.mark.parametrize("text", STOPPED)
def test_in_private_it_may_stand(text: str):
    told = finding("private data", f"Sorry, {text} it is.", private=True)
    assert told.level == ("look" if "card number" in told.text else "ok")
    assert told.text != "none found"


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_it_belongs_to_nobody(text: str):
    told = finding("private data", f"Sorry, {text} it is.")
    assert told.level == "ok", told.text


def test_a_full_card_number_is_too_much_even_in_private():
    told = finding("private data", f"You paid with {CARD}.", private=True)
    assert told.level == "look"
    assert "ending 4242" in told.text
    assert "4242 4242" not in told.text


@pytest.mark.parametrize(
    ("text", "secret"),
    [(CARD, "4242 4242"), ("IBAN DE89 3704 0044 0532 0130 00", "3704"), ("PIN: 4821", "4821")],
)
def test_the_worst_is_not_told_again_in_full(text: str, secret: str):
    told = finding("private data", f"It is {text}")
    assert told.level == "stop"
    assert secret not in told.text


def test_what_they_posted_themselves_is_not_repeated():
    told = finding("private data", "Thanks, order #88120 is there.", mention_text="order # 88120!!")
    assert told.level == "stop"
    assert "wrote it themselves" in told.text
    assert "themselves" not in finding("private data", "order #88120", mention_text="hi").text


def test_the_handle_of_the_person_gives_nothing_away():
    assert level("private data", "Hi @mia.berg@mas.to, sorry") == "ok"
    mail = "mia.berg@example.net"
    assert level("private data", f"Hi {mail}", author_handles=(mail,)) == "ok"
    assert level("private data", f"Hi {mail}", author_handles=("leo@example.net",)) == "stop"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Write to help@acme.example", {"links": ("acme.example",)}),
        ("Write to help@mail.acme.example", {"links": ("acme.example",)}),
        ("Write to team@gmx.example", {"our_handles": ("team@gmx.example",)}),
        ("Ring us: +44 20 7946 0958", {"ours": ("020 7946 0958",)}),
        ("Ring us: 020 7946 0958", {"our_handles": ("+44 20 7946 0958",)}),
        ("Come to 12 Market Street, Leeds", {"ours": ("12 Market Street, Leeds LS1 4AB",)}),
    ],
)
def test_what_is_ours_everybody_may_read(text: str, known: dict[str, tuple[str, ...]]):
    assert level("private data", text) == "stop"
    assert level("private data", text, **known) == "ok"


def test_a_domain_that_only_ends_like_ours_is_not_ours():
    assert level("private data", "mia@notacme.example", links=("acme.example",)) == "stop"


def test_the_pattern_of_the_shop_decides_what_an_order_is():
    assert level("private data", "A-77 is there") == "ok"
    assert level("private data", "A-77 is there", order_pattern=r"A-\d+") == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "４２４２ ４２４２ ４２４２ ４２４２",
        "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
        "4\u200b2\u200b4\u200b2 4242 4242 4242",
        "4242\u00a04242\u20094242\u202f4242",
        "4242‐4242‑4242–4242",
        "4242․4242․4242․4242",
        "mia@example。net",
        "mia＠example．net",
        "𝟎𝟕𝟕𝟎𝟎 𝟗𝟎𝟎𝟏𝟐𝟑",
        "4\ufe0f\u20e32\ufe0f\u20e34\ufe0f\u20e32\ufe0f\u20e3 4242 4242 4242",
        "＃４４１１",
    ],
)
def test_disguises_are_seen_through(text: str):
    assert level("private data", f"Sorry, {text} it is.") == "stop"


def test_what_was_not_read_is_told():
    long = "a b " * (MAX_TEXT // 4)
    assert level("private data", long) == "ok"
    assert level("private data", long + " and more") == "look"
    assert level("private data", "#4411 " + long) == "stop"


def test_several_are_counted():
    told = finding("private data", "#4411, #4412 and mia@example.net")
    assert told.text == '"mia@example.net" and 2 more look like a mail address in a public reply'


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_one_wrong_digit_is_always_noticed(number: int):
    digits = next(f"4{number:014}{last}" for last in range(10) if luhn(f"4{number:014}{last}"))
    assert is_card(digits)
    for place in range(16):
        wrong = str((int(digits[place]) + 1) % 10)
        assert not luhn(digits[:place] + wrong + digits[place + 1 :])


@given(st.text(alphabet="0123456789", min_size=18, max_size=18))
def test_one_account_in_97_is_one(digits: str):
    proofs = [f"{n:02}" for n in range(2, 99) if is_iban(f"DE{n:02}{digits}")]
    assert len(proofs) == 1


@pytest.mark.parametrize(
    ("proof", "right", "wrong"),
    [
        (is_ups, "1Z999AA10123456784", "1Z999AA10123456785"),
        (is_s10, "RR473124829GB", "RR473124828GB"),
        (is_fedex, "986578788855", "986578788854"),
        (is_iban, "NL91ABNA0417164300", "NL91ABNA041716430"),
        (is_iban, "DE89370400440532013000", "XX89370400440532013000"),
    ],
)
def test_check_digits(proof, right: str, wrong: str):
    assert proof(right)
    assert not proof(wrong)


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str):
    assert level("private data", text) in {"ok", "stop"}


@pytest.mark.parametrize(
    "text",
    [
        "Case 7731200 is open.",
        "Your ref AB12CD34 is with us.",
        "Ticket no. 33412 is open.",
        "RMA 5500712 came back.",
        "Kd.-Nr. 440231 ist frei.",
        "Vorgangsnummer: 88211-A",
        "The card ending in 4411 was charged.",
    ],
)
def test_what_we_filed_something_under_is_theirs(text: str):
    assert level("private data", text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "In this case 4500 people were hit.",
        "It is in pull request 123456.",
        "Ticket PROJ-12345 has the details.",
        "The statement 2024/2025 comes in March.",
        "Ticket #311 is the bug.",
        "A return of 250,000 parcels.",
    ],
)
def test_other_numbers_behind_the_same_words_are_nobodys(text: str):
    assert level("private data", text) == "ok"

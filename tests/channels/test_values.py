"""Single values of an input record: numbers, ratings, addresses, media and times."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.dates import month_comes_first, read_time
from socialcare.channels.records import BadRecord, mention_from_record
from socialcare.models import Media, Mention
from socialcare.text import MAX_TEXT

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def read(**record: object) -> Mention:
    return mention_from_record({"text": "Acme is late", **record}, channel="import", now=NOW)


def refusal(**record: object) -> str:
    with pytest.raises(BadRecord) as caught:
        read(**record)
    return str(caught.value)


# Values


@pytest.mark.parametrize(
    "value", [True, False, 1.5, 2**63, -(2**63) - 1, 10**29, 9007199254740993.0]
)
def test_an_id_that_is_no_exact_number_is_refused(value: object) -> None:
    assert refusal(external_id=value).startswith("external_id: ")


def test_the_largest_number_of_64_bits_is_an_id() -> None:
    assert read(id=2**63 - 1).external_id == "9223372036854775807"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (12, 12),
        (12.0, 12),
        ("12", 12),
        (" 12 ", 12),
        ("12.0", 12),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1 234 567", 1_234_567),
        ("1'234", 1234),
        ("1\u202f234", 1234),
        ("1.2K", 1200),
        ("1,2k", 1200),
        ("3 M", 3_000_000),
        ("0", 0),
        ("-3", -3),
        ("", None),
        ("N/A", None),
        ("–", None),
        (None, None),
        ({}, None),
        ([1], None),
    ],
    ids=repr,
)
def test_counts_as_tools_write_them(value: object, number: int | None) -> None:
    assert read(likes=value).likes == number


@pytest.mark.parametrize(
    "value",
    [True, 1.5, "many", "1.2.3", "²", "٣", 2**63, float("nan"), float("inf"), "1,23,4"],
    ids=repr,
)
def test_counts_that_are_none(value: object) -> None:
    assert refusal(likes=value).startswith("likes: ")


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        (4, 4.0),
        (4.37, 4.37),
        ("4,5", 4.5),
        ("4/5", 4.0),
        ("8/10", 4.0),
        ("3 out of 5", 3.0),
        ("2 stars", 2.0),
        ("FIVE", 5.0),
        ("★★★★☆", 4.0),
        (0, None),
        ("", None),
    ],
    ids=repr,
)
def test_ratings_as_shops_write_them(value: object, rating: float | None) -> None:
    assert read(rating=value).rating == rating


@pytest.mark.parametrize("value", [6, -1, True, "good", float("nan"), float("inf"), "5/0", "99/5"])
def test_ratings_that_are_none(value: object) -> None:
    assert refusal(rating=value).startswith("rating: no rating of 1 to 5")


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("HTTP://A.EXAMPLE", "HTTP://A.EXAMPLE"),
        ("www.acme.example/p", "https://www.acme.example/p"),
        ("-", None),
        ("", None),
        ([], None),
    ],
    ids=repr,
)
def test_addresses(value: object, url: str | None) -> None:
    assert read(url=value).url == url


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "file:///etc/passwd", 0, True, "see below"]
)
def test_an_address_that_is_no_web_page_is_refused(value: object) -> None:
    assert refusal(url=value).startswith("url: ")


def test_words_from_a_short_list() -> None:
    assert read(kind="REVIEW").kind == "review"
    assert refusal(kind="tweet") == "kind: 'tweet' is not one of post, comment, reply, dm, review"
    assert refusal(role="boss").startswith("role: 'boss'")
    assert read(direct="TRUE", automated=0).direct
    assert refusal(direct="perhaps") == "direct: neither true nor false: 'perhaps'"


def test_what_cannot_be_stored_is_repaired_and_what_is_huge_is_cut() -> None:
    mention = read(
        text="a\ud800b\x00c", external_id="r\udfff", author="\x00", author_name="x" * 99_999
    )
    assert mention.text == "a\ufffdb\ufffdc"
    assert (mention.external_id, mention.author.handle) == ("r\ufffd", "\ufffd")
    assert len(mention.author.name or "") == 2_000
    assert len(read(text="Acme " * 1_000_000).text) == MAX_TEXT


def test_a_refusal_is_harmless_on_a_screen() -> None:
    assert "\x1b" not in refusal(likes="\x1b[2J")
    assert len(refusal(likes="9" * 5_000)) < 100
    assert "\x1b" not in refusal(created_at="\x1b]0;owned\x07")


def test_media_as_lists_as_objects_and_from_one_cell() -> None:
    flat = read(
        media=["https://a.example/1.png", None],
        media_type=["image", "video"],
        media_alt=[None, "a wet boot"],
    )
    assert flat.media == (
        Media("image", "https://a.example/1.png"),
        Media("video", None, "a wet boot"),
    )
    objects = [{"type": "image", "url": "https://a.example/1.png", "alt": "boot"}]
    assert read(media=objects).media == (Media("image", "https://a.example/1.png", "boot"),)
    cell = read(media="https://a.example/1.png https://a.example/2.png")
    assert [item.url for item in cell.media] == [
        "https://a.example/1.png",
        "https://a.example/2.png",
    ]
    assert read(media='["https://a.example/1.png"]').media == (
        Media("image", "https://a.example/1.png"),
    )
    assert refusal(media="[broken").startswith("media: no list")


# Times


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2017-10-31T22:10:47Z", "2017-10-31T22:10:47+00:00"),
        ("2017-10-31T22:10:47.250+02:00", "2017-10-31T20:10:47.250000+00:00"),
        ("2017-10-31 22:10:47", "2017-10-31T22:10:47+00:00"),
        ("2017-10-31 22:10:47 UTC", "2017-10-31T22:10:47+00:00"),
        ("2017-10-31 22:10:47 +0100", "2017-10-31T21:10:47+00:00"),
        ("2017-10-31", "2017-10-31T00:00:00+00:00"),
        ("2017/10/31 22:10", "2017-10-31T22:10:00+00:00"),
        ("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47+00:00"),
        ("Tue Oct 31 22:10:47 EDT 2017", "2017-11-01T02:10:47+00:00"),
        ("Tue, 31 Oct 2017 22:10:47 GMT", "2017-10-31T22:10:47+00:00"),
        ("Thu, 01 Jan 26 00:00:00 EST", "2026-01-01T05:00:00+00:00"),
        ("31 October 2017", "2017-10-31T00:00:00+00:00"),
        ("31-Oct-2017 9:05", "2017-10-31T09:05:00+00:00"),
        ("Oct 31, 2017 10:10 PM", "2017-10-31T22:10:00+00:00"),
        ("October 31st, 2017 at 12:05 a.m.", "2017-10-31T00:05:00+00:00"),
        ("31/10/2017", "2017-10-31T00:00:00+00:00"),
        ("10/31/2017 12:00 PM", "2017-10-31T12:00:00+00:00"),
        ("04/05/2017", "2017-05-04T00:00:00+00:00"),
        ("4.5.17 08:00", "2017-05-04T08:00:00+00:00"),
        ("1.2.2026", "2026-02-01T00:00:00+00:00"),
        (1509487847, "2017-10-31T22:10:47+00:00"),
        (1509487847.5, "2017-10-31T22:10:47.500000+00:00"),
        (1509487847000, "2017-10-31T22:10:47+00:00"),
        ("1509487847", "2017-10-31T22:10:47+00:00"),
        ("1509487847000", "2017-10-31T22:10:47+00:00"),
    ],
    ids=repr,
)
def test_times_as_people_and_programs_write_them(value: object, moment: str) -> None:
    assert read(created_at=value).created_at.isoformat() == moment


@pytest.mark.parametrize(
    "value",
    [
        "yesterdayish", "now", "2026-13-45T99:99:99Z", "0000-00-00", "10000-01-01T00:00:00Z",
        "-0001-01-01", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "31/31/2017",
        "2026-01-01T00:00:00+99:99", "٢٠٢٦-01-01", "13:61", "31 Foo 2017", "1/2/201", "0 Oct 2017",
        "Oct 31, 2017 13:10 PM", "31 Oct 2017 10:00 IST", "1" * 5_000, "2017-W", True, -1, 1e300,
        -1e300, float("nan"), float("inf"), 10**400,
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_and_the_field_is_named(value: object) -> None:
    assert refusal(created_at=value).startswith("created_at: ")


def test_the_message_shows_the_value() -> None:
    assert refusal(created_at="yesterdayish") == "created_at: no time: 'yesterdayish'"


@pytest.mark.parametrize("value", [None, "", "  ", [], {}])
def test_no_time_means_now(value: object) -> None:
    assert read(created_at=value).created_at == NOW


def test_the_order_of_day_and_month_comes_from_the_other_dates() -> None:
    assert month_comes_first(["04/05/2017", "10/31/2017 9:00 AM"])
    assert not month_comes_first(["04/05/2017", "31/10/2017"])
    assert not month_comes_first(["04/05/2017", "", "soon", "31.12.2017", "2017/12/31"])
    assert read_time("04/05/2017", month_first=True) == datetime(2017, 4, 5, tzinfo=UTC)
    assert read_time("31/10/2017", month_first=True) == datetime(2017, 10, 31, tzinfo=UTC)
    assert read_time("04.05.2017", month_first=True) == datetime(2017, 5, 4, tzinfo=UTC)


@given(st.text(alphabet=string.ascii_letters + string.digits + " :/.-+,", max_size=40) | st.text())
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        moment = read_time(text)
    except ValueError:
        return
    assert moment.tzinfo is UTC
    assert 1970 <= moment.year <= 9999

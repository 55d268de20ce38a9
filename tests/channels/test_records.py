"""The input record: what it may hold, and that an export comes back as it was."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Broken
from socialcare.channels.dates import month_comes_first, read_time
from socialcare.channels.records import (
    FIELDS,
    BadRecord,
    Row,
    in_pages,
    mention_from_record,
    record_from_mention,
    to_mention,
)
from socialcare.models import KINDS, Author, Media, Mention
from socialcare.text import MAX_TEXT, at_door

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def read(**record: object) -> Mention:
    return mention_from_record({"text": "Acme is late", **record}, channel="import", now=NOW)


def refusal(**record: object) -> str:
    with pytest.raises(BadRecord) as caught:
        read(**record)
    return str(caught.value)


# What a record must and may hold


def test_a_text_alone_is_a_mention() -> None:
    mention = read()
    assert (mention.channel, mention.source) == ("import", "import:import")
    assert mention.created_at == NOW
    assert (mention.kind, mention.role, mention.media) == ("post", "mention", ())
    assert mention.author.handle == ""


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "text: missing"),
        ({"text": None}, "text: missing"),
        ({"text": " \n"}, "text: empty"),
        ({"text": 5}, "text: not a text"),
        ({"text": ["x"]}, "text: not a text"),
        ({"text": True}, "text: not a text"),
    ],
)
def test_without_a_text_there_is_no_mention(record: dict[str, object], reason: str) -> None:
    with pytest.raises(BadRecord, match=reason):
        mention_from_record(record, channel="import", now=NOW)


@pytest.mark.parametrize(
    "shows", [{"media": ["https://a.example/x.png"]}, {"rating": 1}, {"external_id": "7"}]
)
def test_a_text_may_be_empty_where_there_is_something_else_to_see(shows: dict[str, object]) -> None:
    assert read(text="", **shows).text == ""


def test_what_people_decided_and_what_nobody_knows_is_not_read() -> None:
    plain = read(external_id="1")
    assert plain == read(
        external_id="1", label="praise", status="closed", owner="root", v=1, rowid=3, deep=[[[1]]]
    )


def test_our_own_id_is_no_identity_but_a_strange_id_is() -> None:
    assert read(id=41, external_id="113045").external_id == "113045"
    assert read(id="abc").external_id == "abc"
    assert read(id=3.0).external_id == "3"
    assert read(id="3.0").external_id == "3.0"


def test_without_an_id_the_same_record_is_the_same_mention_whenever_it_is_read() -> None:
    record = {"text": "no parcel", "url": "https://a.example/1", "author": "mia"}
    first = mention_from_record(record, channel="a", now=NOW)
    again = mention_from_record(record, channel="a", now=NOW + timedelta(days=3))
    assert first.external_id == again.external_id
    for change in (
        {"text": "no parcels"},
        {"url": "https://a.example/2"},
        {"author": "leo"},
        {"created_at": "2026-01-01"},
    ):
        other = mention_from_record({**record, **change}, channel="a", now=NOW)
        assert other.external_id != first.external_id, change
    assert mention_from_record(record, channel="b", now=NOW).external_id != first.external_id


def test_the_caller_can_decide_where_a_record_belongs() -> None:
    claims = {"text": "x", "channel": "mastodon", "source": "mastodon:mas.to"}
    free = mention_from_record(claims, channel="import", now=NOW)
    held = mention_from_record(claims, channel="tool", now=NOW, source="exec:tool")
    assert (free.channel, free.source) == ("mastodon", "mastodon:mas.to")
    assert (held.channel, held.source) == ("tool", "exec:tool")


def test_two_records_without_an_author_are_not_of_one_person() -> None:
    assert read(text="a").author.external_id != read(text="b").author.external_id
    assert read(author="mia").author.external_id == "mia"
    assert read(author_name="Mia M").author.handle == "Mia M"
    assert read(author=115712).author == Author("115712", "115712")


def test_our_own_answers_are_by_us() -> None:
    assert read(role="answer").author.is_us
    assert not read(role="mention").author.is_us
    assert read(is_us=True).author.is_us


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


# Laws

_words = st.text(min_size=1, max_size=30).map(at_door).filter(lambda text: not text.isspace())
_moments = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
_counts = st.none() | st.integers(0, 2**63 - 1)
_urls = st.none() | _words.map(lambda text: f"https://acme.example/x{text}")
_authors = st.builds(
    Author,
    external_id=_words,
    handle=_words,
    name=st.none() | _words,
    url=_urls,
    followers=_counts,
    is_us=st.booleans(),
)
mentions = st.builds(
    Mention,
    channel=_words,
    source=_words,
    external_id=_words,
    author=_authors,
    text=st.text(max_size=60).map(at_door),
    created_at=_moments,
    kind=st.sampled_from(KINDS),
    role=st.sampled_from(["mention", "answer", "repost"]),
    url=_urls,
    uri=st.none() | _words,
    thread=st.none() | _words,
    in_reply_to=st.none() | _words,
    repost_of=st.none() | _words,
    lang=st.none() | _words,
    direct=st.booleans(),
    automated=st.booleans(),
    rating=st.none() | st.floats(1, 5),
    likes=_counts,
    reposts=_counts,
    replies=_counts,
    media=st.lists(
        st.builds(Media, type=_words, url=st.none() | _words, alt=st.none() | _words), max_size=3
    ).map(tuple),
    edited_at=st.none() | _moments,
    fetched_at=st.none() | _moments,
)


@given(mentions)
def test_a_mention_written_as_json_and_read_again_is_the_same(mention: Mention) -> None:
    line = json.dumps(record_from_mention(mention), allow_nan=False)
    assert mention_from_record(json.loads(line), channel="import", now=NOW) == mention


def test_all_facts_are_fields() -> None:
    mention = replace(read(), media=(Media("image", None),))
    assert tuple(record_from_mention(mention)) == FIELDS


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "id"]), _json))
def test_any_record_is_a_mention_that_can_be_stored_or_a_dead_letter(
    record: dict[str, object],
) -> None:
    read = to_mention(Row(7, record, "raw"), channel="import", now=NOW)
    if isinstance(read, Broken):
        assert (read.where, read.raw) == ("line 7", b"raw")
        assert read.reason.partition(":")[0] in (*FIELDS, "id")
        return
    facts = json.dumps(record_from_mention(read), ensure_ascii=False, allow_nan=False)
    assert "\x00" not in facts.encode().decode()
    numbers = (read.likes, read.reposts, read.replies, read.author.followers)
    assert all(number is None or abs(number) < 2**63 for number in numbers)


def test_pages_hold_everything_in_order_and_no_checkpoint() -> None:
    items = [read(external_id=str(n)) if n % 3 else Broken(f"line {n}", "x") for n in range(7)]
    pages = list(in_pages(items, size=3))
    assert [len(page.mentions) + len(page.broken) for page in pages] == [3, 3, 1]
    assert [m.external_id for page in pages for m in page.mentions] == ["1", "2", "4", "5"]
    assert all(page.checkpoint is None for page in pages)


@pytest.mark.shared
@pytest.mark.parametrize("corpus", ["types", "format", "time", "size"])
def test_the_hostile_corpus_is_read_or_refused_by_field(shared: Path, corpus: str) -> None:
    lines = (shared / "hostile" / f"mentions-{corpus}.jsonl").read_text("ascii").splitlines()
    records = [case["mention"] for line in lines if "mention" in (case := json.loads(line))]
    assert len(records) > 20
    for record in records:
        read = to_mention(Row(1, {**record, **(record.get("counts") or {})}), channel="x", now=NOW)
        assert isinstance(read, Mention) or read.reason.partition(":")[0] in (*FIELDS, "id")

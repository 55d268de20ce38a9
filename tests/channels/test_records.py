"""The input record: what it may hold, and that an export comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Broken
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
from socialcare.text import at_door

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

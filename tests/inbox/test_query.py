"""The query language against a slow reference in plain Python, and its mistakes word for word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox.query import Query, Reader
from socialcare.inbox.reading import chosen_ids, header, records
from socialcare.inbox.search import SOON, all_ids, count, find_ids
from socialcare.inbox.when import parse_when
from socialcare.models import Judged
from tests.inbox.house import AUTHORS, NOW, judged_mentions, keep, label, mention, new_inbox

LAW = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
READ = Reader(NOW)
ME = "mia"

OPEN = ("open", True)
CONDITIONS = {
    "is:open": lambda r: r["_open"],
    "is:new": lambda r: r["_open"] and r["new"],
    "is:late": lambda r: r["late"],
    "is:soon": lambda r: r["_open"] and not r["late"] and r["due_at"] <= _text(NOW + SOON),
    "is:pending": lambda r: r["status"] == "pending",
    "is:closed": lambda r: r["status"] == "closed",
    "is:filtered": lambda r: r["status"] == "filtered",
    "is:any": lambda _r: True,
    "is:mine": lambda r: r["_open"] and r["owner"] == ME,
    "is:open,filtered": lambda r: r["_open"] or r["status"] == "filtered",
    "label:complaint": lambda r: r["label"] == "complaint",
    "label:question,praise": lambda r: r["label"] in ("question", "praise"),
    "not label:complaint": lambda r: r["label"] != "complaint",
    "priority:high": lambda r: r["priority"] == "high",
    "priority:urgent,low": lambda r: r["priority"] in ("urgent", "low"),
    "sentiment:neutral": lambda r: r["sentiment"] == "neutral",
    "sentiment:negative": lambda r: r["sentiment"] == "negative",
    "channel:mastodon": lambda r: r["channel"] == "mastodon",
    "channel:feeds": lambda r: r["channel"] == "feeds",
    "author:@p1": lambda r: r["author"] == "@p1@mas.to",
    "author:@p1@mas.to": lambda r: r["author"] == "@p1@mas.to",
    "not author:p2": lambda r: r["author"] != "@p2@mas.to",
    "owner:me": lambda r: r["owner"] == ME,
    "owner:none": lambda r: r["owner"] is None,
    "owner:leo,none": lambda r: r["owner"] in (None, "leo"),
    "tag:vip": lambda r: "vip" in r["tags"],
    "not tag:vip": lambda r: "vip" not in r["tags"],
    "topic:delivery": lambda r: "delivery" in r["topics"],
    "since:3m": lambda r: r["created_at"] >= _text(NOW - timedelta(minutes=3)),
    "before:2m": lambda r: r["created_at"] < _text(NOW - timedelta(minutes=2)),
    "text:3": lambda r: "3" in r["text"].split(),
    "text": lambda r: "text" in r["text"].split(),
    '"text 2"': lambda r: r["text"] == "text 2",
    "not text:4": lambda r: "4" not in r["text"].split(),
}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _words(conditions):
    return [
        word
        for name in conditions
        for word in (name.split(" ") if name.startswith("not ") else [name])
    ]


def _dress(db, items):
    """Owners, tags and topics on every third row, so that filters have something to find."""
    keep(db, items)
    with db.write() as tx:
        tx.execute("update triage set owner = 'mia' where mention_id % 3 = 1")
        tx.execute("update triage set owner = 'leo', seen_at = 'x' where mention_id % 3 = 2")
        tx.execute("insert into tag select mention_id, 'vip' from triage where mention_id % 2 = 1")
        tx.execute("update label set topics = '[\"delivery\"]' where mention_id % 3 = 0")
        tx.execute("update label set sentiment = 'negative' where mention_id % 4 = 0")


@LAW
@given(judged_mentions(), st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=3, unique=True))
def test_filters_find_what_a_slow_reference_finds(items, conditions):
    with TemporaryDirectory() as folder:
        db = new_inbox(Path(folder))
        _dress(db, items)
        everything = records(db, list(all_ids(db, READ.read(["is:any"]), NOW, ME)), NOW)
        for row in everything:
            row["_open"] = row["waiting"]
        scoped = any(c.startswith("is:") for c in conditions)
        wanted = {
            row["id"]
            for row in everything
            if (scoped or row["_open"]) and all(CONDITIONS[c](row) for c in conditions)
        }
        query = READ.read(_words(conditions))
        assert set(all_ids(db, query, NOW, ME)) == wanted
        assert count(db, query, NOW, ME) == len(wanted)
        db.close()


@LAW
@given(judged_mentions(20), st.sampled_from(["priority", "due", "new", "old"]), st.integers(1, 7))
def test_pages_concatenate_to_the_whole(items, sort, size):
    with TemporaryDirectory() as folder:
        db = new_inbox(Path(folder))
        keep(db, items)
        query = READ.read(["is:any", f"sort:{sort}"])
        whole = list(all_ids(db, query, NOW, ME))
        pages, after = [], None
        while True:
            ids, after = find_ids(db, query, NOW, ME, limit=size, after=after)
            pages += ids
            if after is None:
                break
        assert pages == whole
        assert len(set(whole)) == db.value("select count(*) from triage")
        db.close()


@settings(max_examples=500, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4))
def test_no_words_raise_anything_but_a_usage_error(words):
    with TemporaryDirectory() as folder:
        db = _shared_inbox(folder)
        try:
            choice = READ.choose(words)
            chosen_ids(db, choice, NOW, ME)
        except (UsageError, NotFoundError):
            pass


_INBOX: dict[str, Any] = {}


def _shared_inbox(folder):
    if not _INBOX:
        home = TemporaryDirectory()
        _INBOX["home"] = home
        _INBOX["db"] = new_inbox(Path(home.name))
        keep(_INBOX["db"], [Judged(mention(1), label("complaint"))])
    return _INBOX["db"]


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    yield inbox
    inbox.close()


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["sorce:reddit"], 'I do not know the filter "sorce:".', "Filters: is:, channel:, author:"),
        (["chanel:reddit"], 'I do not know the filter "chanel:".', "did you mean channel:reddit ?"),
        (["is:lte"], '"is:lte" is not something a mention can be.', "did you mean is:late ?"),
        (
            ["label:angry"],
            '"label:angry" is not a value of label:.',
            "use label:complaint, label:question",
        ),
        (["since:soonish"], '"since:soonish" is no time I know.', "since:2d"),
        (["tag:"], '"tag:" needs a value.', "tag:WORD"),
        (["41", "refund"], "ids and query words cannot be mixed.", "text:41"),
        (["44-41"], "44-41 runs backwards.", "write it as 41-44"),
        (["refund", "not"], '"not" needs a word after it.', "not tag:vip"),
        (["is:la\x1b[2Jte"], '"is:la^[[2Jte" is not something a mention can be.', "did you mean"),
    ],
)
def test_mistakes_are_told_with_a_way_out(words, message, hint):
    with pytest.raises(UsageError) as caught:
        READ.choose(words)
    assert caught.value.message == message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


def test_an_unknown_channel_is_an_error_and_not_an_empty_list():
    reader = Reader(NOW, channels=frozenset({"mastodon", "feeds"}))
    with pytest.raises(UsageError) as caught:
        reader.choose(["channel:mastodn"])
    assert caught.value.message == 'there is no channel "mastodn".'
    assert (
        caught.value.hint == "did you mean channel:mastodon ?  use channel:feeds, channel:mastodon"
    )


def test_ids_ranges_addresses_and_next(db):
    keep(db, [Judged(mention(n, AUTHORS[0]), label("complaint")) for n in range(1, 6)])
    assert chosen_ids(db, READ.choose(["2", "4-5", "2"]), NOW, ME) == [2, 4, 5]
    assert chosen_ids(db, READ.choose(["https://mas.to/1"]), NOW, ME) == [5]
    assert chosen_ids(db, READ.choose(["next"]), NOW, ME) == list(all_ids(db, Query(), NOW, ME))[:1]
    with pytest.raises(NotFoundError) as caught:
        chosen_ids(db, READ.choose(["999"]), NOW, ME)
    assert caught.value.message == "there is no mention 999."
    assert caught.value.hint == "ids here run from 1 to 5; list them with: socialcare inbox is:any"


def test_words_that_are_no_words_to_an_index_are_found_in_the_text(db):
    texts = ["так плохо", "注文が届かない", "😡😡", "naïve café", "order #4411 is late"]
    keep(db, [Judged(mention(n, text=t), label("complaint")) for n, t in enumerate(texts)])
    for word, text in [
        ("плохо", 0),
        ("届", 1),
        ("😡", 2),
        ("cafe", 3),
        ("#4411", 4),
        ("4411 is", 4),
    ]:
        ids = all_ids(db, READ.read([f"text:{word}"]), NOW, ME)
        assert [r["text"] for r in records(db, list(ids), NOW)] == [texts[text]]


def test_the_header_counts_and_knows_the_rhythm(db):
    keep(db, [Judged(mention(n), label("complaint")) for n in range(3)])
    with db.write() as tx:
        for minutes in (20, 15, 10, 5):
            at = _text(NOW - timedelta(minutes=minutes))
            tx.execute(
                "insert into run (started_at, ended_at, new, ok, channels) values (?, ?, 0, 1, 1)",
                (at, at),
            )
        tx.execute("insert into channel_health (channel, failures) values ('a', 0), ('b', 2)")
    found = header(db, NOW)
    assert (found.open, found.late, found.late_capped) == (3, 0, False)
    assert (found.channels_ok, found.channels) == (1, 2)
    assert found.last_fetch == NOW - timedelta(minutes=5)
    assert found.usual_interval == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2d", datetime(2026, 11, 19, 14, tzinfo=UTC)),
        ("90m", datetime(2026, 11, 21, 12, 30, tzinfo=UTC)),
        ("today", datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("monday", datetime(2026, 11, 15, 23, tzinfo=UTC)),
        ("sat", datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-11-01T10:00:00Z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
    ],
)
def test_points_in_time_are_read_in_the_zone(text, expected):
    assert parse_when(text, NOW, ZoneInfo("Europe/Oslo")) == expected


@pytest.mark.parametrize(
    ("words", "filters"),
    [
        (["is:late -tag:vip"], [("is", "late", False), ("tag", "vip", True)]),
        (['is:any "never again"'], [("is", "any", False), ("text", "never again", False)]),
        (["never again"], [("text", "never again", False)]),
        (["text:never again"], [("text", "never again", False)]),
        (["text:never is:any"], [("text", "never", False), ("is", "any", False)]),
        (["author:Outdoor Weekly"], [("author", "Outdoor Weekly", False)]),
        (["author:@mia refund"], [("author", "@mia", False), ("text", "refund", False)]),
        (
            ['is:any author:"Outdoor Weekly"'],
            [("is", "any", False), ("author", "Outdoor Weekly", False)],
        ),
        (
            ['-tag:"to do" author:"Outdoor Weekly" late'],
            [("tag", "to do", True), ("author", "Outdoor Weekly", False), ("text", "late", False)],
        ),
        (["see https://acme.example/x now"], [("text", "see https://acme.example/x now", False)]),
    ],
)
def test_words_quoted_together_are_filters_or_a_phrase(words, filters):
    query = READ.read(words)
    assert [(f.name, f.values[0], f.negated) for f in query.filters] == filters


def test_a_channel_that_left_the_config_is_not_counted(db):
    with db.write() as tx:
        tx.execute("insert into channel_health (channel, failures) values ('a', 0), ('old', 9)")
    found = header(db, NOW, ["a", "never asked"])
    assert (found.channels_ok, found.channels) == (1, 1)

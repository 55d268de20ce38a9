"""What is unusual in an inbox: incidents are told once, history and old news are not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from socialcare.clock import format_time
from socialcare.inbox.reach import note
from socialcare.settings import Brand, Settings
from socialcare.workflow.spikes import spikes
from tests.inbox.history import WORDS, Said, add, ordinary, watched
from tests.inbox.house import new_inbox

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SETTINGS = Settings(brand=Brand(name="Acme"))


@pytest.fixture
def db(tmp_path):
    db = new_inbox(tmp_path)
    yield db
    db.close()


@pytest.fixture
def shop(db):
    """Watched for six weeks, with twenty mentions a day."""
    add(db, ordinary(NOW - 2 * HOUR, 42, 20))
    watched(db, NOW - 41 * DAY, NOW)
    return db


def complaints(count, span, text="the checkout of Acme fails, order {n} is stuck", **more):
    return [
        Said(NOW - span + span * n / count, text.format(n=n * 7919), **more) for n in range(count)
    ]


def test_an_ordinary_day_is_nothing(shop):
    assert spikes(shop, SETTINGS, NOW) == []


def test_more_complaints_than_usual_are_told_with_their_word_and_three_of_them(shop):
    ids = add(
        shop,
        [
            replace(said, text=f"{said.text} {'my card was charged' if n % 2 else 'on the phone'}")
            for n, said in enumerate(complaints(14, 110 * MINUTE))
        ],
    )
    loudest = ids[9]
    shop.conn.execute("update mention set reposts = 40 where id = ?", (loudest,))
    (spike,) = spikes(shop, SETTINGS, NOW)
    assert (spike.counted, spike.word and spike.word.term) == ("complaints", "checkout")
    assert spike.count >= 14 > 3 * spike.usual[1]
    assert spike.ids[:2] == (loudest, ids[0])
    assert set(spike.ids) <= set(ids) and len(spike.ids) == 3
    assert NOW - 3 * HOUR < spike.since <= NOW - 110 * MINUTE


def test_the_name_of_the_brand_is_no_news(shop):
    add(shop, complaints(14, 110 * MINUTE, "acme {n}"))
    (spike,) = spikes(shop, SETTINGS, NOW)
    assert spike.word is None


def test_off_is_off_and_a_stronger_rise_can_be_asked_for(shop):
    add(shop, complaints(7, 110 * MINUTE))
    found = {
        strength: len(spikes(shop, replace(SETTINGS, spike=strength), NOW))
        for strength in ("2x", "3x", "5x", "off")
    }
    assert found["off"] == 0
    assert found["2x"] == found["3x"] == 1
    add(shop, complaints(40, 110 * MINUTE))
    assert spikes(shop, replace(SETTINGS, spike="off"), NOW) == []
    assert len(spikes(shop, replace(SETTINGS, spike="5x"), NOW)) == 1


def test_ten_thousand_in_ten_minutes_are_one_incident(shop):
    rng = random.Random(2)
    ids = add(
        shop,
        [
            replace(said, text=f"checkout {' '.join(rng.choices(WORDS, k=11))}")
            for said in complaints(10_000, 10 * MINUTE)
        ],
    )
    shop.conn.execute("update mention set reposts = 900 where id = ?", (ids[5_000],))
    (spike,) = spikes(shop, SETTINGS, NOW)
    assert spike.count >= 10_000
    assert (spike.word and spike.word.term, spike.copies) == ("checkout", False)
    assert spike.ids[:2] == (ids[5_000], ids[0])
    assert len(set(spike.ids)) == 3
    assert spike.since == NOW - 10 * MINUTE


def test_ten_thousand_copies_are_one_incident_too(shop):
    text = "RT @mia: Acme took my money twice and nobody answers https://t.example/{n}"
    ids = add(shop, complaints(10_000, 10 * MINUTE, text))
    (spike,) = spikes(shop, SETTINGS, NOW)
    assert spike.count >= 10_000
    assert spike.copies
    assert ids[0] in spike.ids


def test_copies_of_one_text_are_one_incident(shop):
    add(
        shop,
        complaints(
            30,
            50 * MINUTE,
            "RT @mia: Acme took my money twice and nobody answers https://t.example/{n}",
        ),
    )
    (spike,) = spikes(shop, SETTINGS, NOW)
    assert spike.copies
    assert spike.count >= 30


def test_a_burst_among_copies_is_told_as_itself(shop):
    """Copies count as one; the rest of the spike is judged by itself."""
    add(
        shop,
        complaints(
            30,
            50 * MINUTE,
            "RT @mia: Acme took my money twice and nobody answers https://t.example/{n}",
        ),
    )
    add(shop, ordinary(NOW, 1, 60, seed=3))
    add(
        shop,
        [
            replace(said, label="complaint")
            for said in ordinary(NOW, 1, 200, seed=4)
            if said.at > NOW - 2 * HOUR
        ],
    )
    found = spikes(shop, SETTINGS, NOW)
    assert [spike.counted for spike in found] == ["complaints", "copies"]
    assert not found[0].copies
    assert found[1].count == 30


def test_what_the_first_fetch_brings_is_history(db):
    add(db, complaints(400, 110 * MINUTE, "the checkout fails {n}"))
    add(db, [Said(NOW - HOUR, "it spreads", reposts=400)])
    watched(db, NOW, NOW)
    with db.write() as tx:
        note(tx, range(1, 402), format_time(NOW))
    assert spikes(db, SETTINGS, NOW) == []
    assert spikes(db, SETTINGS, NOW + 10 * MINUTE) == []


def test_a_channel_read_since_yesterday_has_plain_rules(db):
    add(db, ordinary(NOW - DAY, 20, 20))
    add(db, ordinary(NOW - HOUR, 1, 20, seed=2))
    watched(db, NOW - DAY, NOW)
    assert spikes(db, SETTINGS, NOW) == []
    add(db, complaints(20, 50 * MINUTE))
    (spike,) = spikes(db, SETTINGS, NOW)
    assert spike.counted == "complaints"


def test_a_channel_that_is_new_beside_old_ones_is_no_spike(shop):
    """Its hundred a day would be six times what the others bring."""
    add(shop, [replace(said, channel="new") for said in ordinary(NOW, 2, 100, seed=5)])
    watched(shop, NOW - 2 * DAY, NOW, "new")
    assert spikes(shop, SETTINGS, NOW) == []


def test_a_complaint_passed_on_again_and_again_is_told_within_the_hour(shop):
    (id_,) = add(shop, [Said(NOW - 50 * MINUTE, "Acme let me down", reposts=0)])
    told = []
    for minutes in range(5, 55, 5):
        at = NOW - 50 * MINUTE + minutes * MINUTE
        shop.conn.execute("update mention set reposts = ? where id = ?", (25 * minutes // 60, id_))
        with shop.write() as tx:
            note(tx, [id_], format_time(at))
            tx.execute("update run set ended_at = ?", (format_time(at),))
        told.append([spike.ids for spike in spikes(shop, SETTINGS, at)])
    assert told[0] == []
    assert told[-1] == [(id_,)]


def test_reposts_with_times_of_their_own_count_as_well(shop):
    (id_,) = add(shop, [Said(NOW - 5 * DAY, "Acme let me down")])
    with shop.write() as tx:
        for n in range(25):
            tx.execute(
                "insert into mention (source, external_id, channel, kind, role, author_id, text,"
                " created_at, fetched_at, repost_of) values ('mastodon:mas.to', ?, 'mastodon',"
                " 'post', 'repost', 1, '', ?, ?, ?)",
                (f"r{n}", *[format_time(NOW - n * 2 * MINUTE)] * 2, f"https://mas.to/s{id_}"),
            )
    (spike,) = spikes(shop, SETTINGS, NOW)
    assert (spike.counted, spike.count, spike.ids) == ("reposts", 25, (id_,))


def test_an_old_post_that_was_always_popular_is_no_news(shop):
    (id_,) = add(shop, [Said(NOW - 30 * DAY, "Acme let me down", reposts=5_000)])
    with shop.write() as tx:
        note(tx, [id_], format_time(NOW))
    assert spikes(shop, SETTINGS, NOW) == []


def test_what_nobody_could_see_is_not_counted_as_quiet(shop):
    """Hours after the last fetch are expected in vain; what it saw is no news the day after."""
    add(shop, complaints(14, 110 * MINUTE))
    assert len(spikes(shop, SETTINGS, NOW)) == 1
    assert len(spikes(shop, SETTINGS, NOW + 5 * HOUR)) == 1
    assert spikes(shop, SETTINGS, NOW + DAY) == []


def test_without_a_database_and_without_channels_there_is_nothing(db):
    assert spikes(None, SETTINGS, NOW) == []
    add(db, complaints(50, HOUR))
    assert spikes(db, SETTINGS, NOW) == []

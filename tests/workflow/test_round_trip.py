"""An export, read by an import into an empty inbox, gives the same mentions."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.channels.records import record_from_mention
from socialcare.channels.tables import read_mentions
from socialcare.clock import FixedClock
from socialcare.inbox.export import FIELDS, LISTS, every_id, export_records
from socialcare.models import Author, Judged, Media
from socialcare.output.formats import write_records
from socialcare.output.screen import Screen
from socialcare.output.streams import Streams
from socialcare.workflow.importing import import_mentions
from tests.inbox.house import NOW, SETTINGS, judged_mentions, keep, label, mention, new_inbox
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import Office

LAW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
FACTS = tuple(record_from_mention(mention(1)))
"""What a channel said of a post: all that an import reads."""
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
SEEN = st.text(
    st.characters(categories=["L", "N", "P", "S"]) | st.sampled_from("=+-@' "), max_size=9
)
"""What a screen shows as it is, formulas among it."""


def exported(db, form, raw):
    """The bytes that ``export`` writes."""
    out = io.StringIO(newline="")
    screen = Screen(Streams(io.StringIO(), out, io.StringIO()))
    names = [name for name in FIELDS if name not in LISTS] if form == "csv" else FIELDS
    write_records(screen, export_records(db, every_id(db), NOW), form, fields=names, raw=raw)
    return out.getvalue().encode()


def imported(db, data):
    items = read_mentions(io.BytesIO(data), name="export", now=NOW + timedelta(days=1))
    report = import_mentions(
        db, items, SETTINGS, FixedClock(NOW + timedelta(days=1)), channel="import", actor="leo"
    )
    assert report.broken == []
    return report


def facts(db):
    """The facts of every mention by identity, also the moment it was fetched."""
    return {
        (record["source"], record["external_id"]): {name: record[name] for name in FACTS}
        for record in export_records(db, every_id(db), NOW)
    }


def goes_round(items, form, raw=False):
    with TemporaryDirectory() as folder:
        here, there = new_inbox(Path(folder), "a.db"), new_inbox(Path(folder), "b.db")
        keep(here, items)
        data = exported(here, form, raw)
        first = imported(there, data)
        again = imported(there, data)
        there_now, here_now = facts(there), facts(here)
        here.close()
        there.close()
    assert there_now == here_now
    assert first.rows == len(here_now)
    assert (again.stored.new_ids, again.stored.updated) == ([], 0)


@LAW
@given(judged_mentions())
@pytest.mark.parametrize("form", ["jsonl", "csv", "json"])
def test_people_answers_and_reposts_go_round(form, items):
    goes_round(items, form)


@st.composite
def odd_mentions(draw, words):
    """Mentions with every field filled, or not."""
    number = draw(st.integers(1, 9))
    author = Author(
        f"a{number}",
        draw(words).strip() or "nobody",
        draw(st.none() | words.map(str.strip).filter(bool)),
        draw(st.none() | st.just("https://mas.to/@a")),
        draw(st.none() | st.integers(0, 10**9)),
    )
    media = st.builds(
        Media,
        st.sampled_from(["image", "video"]),
        st.none() | st.just("https://a.example/1.png"),
        st.none() | words.map(str.strip).filter(bool),
    )
    return mention(
        number,
        author,
        text=draw(words) + "x",
        created_at=NOW - timedelta(milliseconds=draw(st.integers(0, 10**10))),
        edited_at=draw(st.none() | st.just(NOW)),
        kind=draw(st.sampled_from(["post", "comment", "reply", "dm", "review"])),
        lang=draw(st.none() | st.just("en")),
        thread=draw(st.none() | st.just("t1")),
        url=draw(st.none() | st.just("https://mas.to/@a/1")),
        rating=draw(st.none() | st.sampled_from([1.0, 2.5, 5.0])),
        direct=draw(st.booleans()),
        automated=draw(st.booleans()),
        likes=draw(st.none() | st.integers(0, 99)),
        media=tuple(draw(st.lists(media, max_size=3))),
    )


@LAW
@given(odd_mentions(ODD))
@pytest.mark.parametrize(("form", "raw"), [("jsonl", False), ("csv", True)])
def test_whatever_a_field_holds_goes_round(form, raw, odd):
    goes_round([Judged(odd, label("other"))], form, raw)


@LAW
@given(odd_mentions(SEEN))
def test_a_table_for_spreadsheets_goes_round_where_nothing_is_unseen(odd):
    goes_round([Judged(odd, label("other"))], "csv")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_the_commands_go_round_too(tmp_path, form):
    crowd = Crowd(60)
    here, there = Office(tmp_path / "here"), Office(tmp_path / "there")
    with crowd.running() as url:
        here.configure(CONFIG.format(url=url))
        assert here.run("fetch").code == 0
    file = tmp_path / f"all.{form}"
    assert here.run("export", "-o", str(file)).code == 0
    ran = there.run("import", str(file), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.record == {
        "v": 1, "rows": 60, "new": 52, "answers": 4, "reposts": 4, "updated": 0, "unreadable": 0,
        "assigned": [],
    }  # fmt: skip
    made, kept = there.contents(), here.contents()
    assert made.keys() == kept.keys()
    for name in ("text", "author", "role", "status", "label", "priority", "reposts", "url"):
        assert {k: r[name] for k, r in made.items()} == {k: r[name] for k, r in kept.items()}, name
    assert json.loads(there.run("export", "--format", "json").out)

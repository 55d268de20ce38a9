"""Feeds on a real web server: asked again without being read again, moved, gone, packed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.workflow.office import Office, Ran

pytestmark = pytest.mark.live

HOUR = timedelta(hours=1)


@pytest.fixture
def server(nginx):
    nginx.forget()
    return nginx


@dataclass
class Reader:
    """Fetches feeds into the inbox of one test."""

    office: Office

    def __call__(self, *urls: str) -> Ran:
        self.office.configure(
            '[brand]\nname = "Acme"\n[answer_by]\ntimezone = "UTC"\n'
            f'[channels.news]\ntype = "feed"\nurls = {list(urls)}\n'
        )
        return self.office.run("fetch")


@pytest.fixture
def read(tmp_path, server):
    office = Office(tmp_path)
    office.clock.at = datetime.now(UTC)
    return Reader(office)


def texts(read):
    return sorted(row[0] for row in read.office.rows("select text from mention"))


def test_what_is_unchanged_is_not_sent_again_and_nothing_is_there_twice(server, read):
    url = server.put("news", range(5))
    assert read(url).out.splitlines()[0] == "news  5 new"
    assert server.answered(1) == ["200 /news.xml gzip"]
    before = read.office.contents()
    for _ in range(3):
        assert read(url).out == "news  0 new\n0 new.\n"
    assert server.answered(3) == ["304 /news.xml -"] * 3
    assert read.office.contents() == before


def test_an_entry_more_is_one_row_more(server, read):
    url = server.put("news", range(5))
    read(url)
    server.put("news", range(1, 7), changed=HOUR)
    ran = read(url)
    assert (ran.code, ran.err, ran.out.splitlines()[0]) == (0, "", "news  2 new")
    assert server.answered(2) == ["200 /news.xml gzip"] * 2
    assert len(texts(read)) == 7


def test_an_entry_that_was_written_anew_is_an_edit(server, read):
    url = server.put("news", range(3))
    read(url)
    server.put("news", range(3), changed=HOUR, said="is here, thank you")
    assert read(url).out.splitlines()[0] == "news  0 new, 3 edited"
    assert len(texts(read)) == 3
    assert all("thank you" in text for text in texts(read))
    assert "late again" in read.office.value("select text from revision")


def test_packed_or_not_it_is_the_same(server, read, tmp_path):
    packed, plain = server.put("news", range(40)), server.put("plain", range(40), name="news")
    read(packed)
    other = Office(tmp_path / "other", read.office.clock)
    other.configure(read.office.config.read_text().replace(packed, plain))
    assert other.run("fetch").code == 0
    assert server.answered(2) == ["200 /news.xml gzip", "200 /plain.xml -"]
    sql = "select external_id, text, created_at, kind from mention order by external_id"
    assert other.rows(sql) == read.office.rows(sql)
    assert len(other.rows(sql)) == 40


def test_a_feed_that_moved_for_good_is_told_once_and_asked_there(server, read):
    server.put("new", range(4))
    old = f"{server.url}/old.xml"
    ran = read(old)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "news  4 new")
    assert f"the feed {old} moved for good to {server.url}/new.xml" in ran.err
    assert server.answered(2) == ["301 /old.xml -", "200 /new.xml gzip"]
    again = read(old)
    assert (again.code, again.err, again.out) == (0, "", "news  0 new\n0 new.\n")
    assert server.answered(1) == ["304 /new.xml -"]
    told = read(f"{server.url}/new.xml")
    assert (told.code, told.err, told.out) == (0, "", "news  0 new\n0 new.\n")


def test_a_detour_is_taken_every_time(server, read):
    server.put("new", range(4))
    for new in (4, 0):
        ran = read(f"{server.url}/aside.xml")
        assert (ran.code, ran.err, ran.out.splitlines()[0]) == (0, "", f"news  {new} new")
    assert [line.split()[1] for line in server.answered(4)] == ["/aside.xml", "/new.xml"] * 2


@pytest.mark.parametrize(
    ("name", "code", "kind", "said"),
    [
        ("gone", 1, "gone", "gone for good"),
        ("nothing", 1, "gone", "404"),
        ("members", 4, "sign_in", "wants a sign-in"),
    ],
)
def test_a_feed_that_cannot_be_had_is_told_and_the_others_are_read(
    server, read, name, code, kind, said
):
    url = server.put("news", range(3))
    ran = read(url, f"{server.url}/{name}.xml")
    assert ran.code == code
    assert said in ran.err
    assert "hint:  " in ran.err
    assert read.office.value("select error_code from channel_health") == kind
    assert len(texts(read)) == 3


def test_who_asks_too_often_is_told_and_waits(server, read):
    url = server.put("seldom", range(3))
    assert read(url).out.splitlines()[0] == "news  3 new"
    ran = read(url)
    assert ran.code == 1
    assert "asks us to slow down (429)" in ran.err
    until = read.office.value("select not_before from channel_health")
    asked = len(server.answered(2))
    assert asked > 1
    ran = read(url)
    assert (ran.code, ran.err) == (5, "")
    assert server.answered() == []
    assert read.office.value("select not_before from channel_health") == until

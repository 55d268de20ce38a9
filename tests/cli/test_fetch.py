"""``fetch`` on the screen: what came, what failed, what to do, and when to keep silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from socialcare.output.schema import schema
from socialcare.testing import Fault, Item
from tests.channels.cases.hackernews import Algolia
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import Office, Ran

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
LIMITED = Fault(429, b"{}", {"Retry-After": "900"})
BRAND = """\
[brand]
name = "Acme"
ignore = ["acme corporation"]
[answer_by]
timezone = "UTC"
"""


class Board:
    """An office with channels that are searches on services of their own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.services: dict[str, Algolia] = {}
        self._text = BRAND
        self._running = ExitStack()

    def add(self, name: str, count: int = 0, more: str = "") -> Algolia:
        service = self.services[name] = Algolia()
        service.items = posts(name, count)
        url = self._running.enter_context(service.running())
        self._text += f'[channels.{name}]\ntype = "hackernews"\nbase_url = "{url}"\n{more}\n'
        self.office.configure(self._text)
        return service

    def close(self) -> None:
        self._running.close()


def posts(name: str, count: int, first: int = 0) -> list[Item]:
    return [
        Item(f"{name}-{first + n}", NOW - MINUTE * (first + n + 1), f"Where is my Acme parcel {n}?")
        for n in range(count)
    ]


@pytest.fixture
def office(tmp_path):
    found = Office(tmp_path)
    found.clock.at = NOW
    return found


@pytest.fixture
def board(office) -> Iterator[Board]:
    found = Board(office)
    yield found
    found.close()


def test_each_channel_has_its_line_and_the_last_one_says_what_next(office, board):
    board.add("hackernews", 2)
    other = board.add("forum", 1)
    other.items += [Item("x", NOW - MINUTE, "The Acme Corporation and its coyote")]
    other.items += [Item("y", NOW - MINUTE, broken=True)]
    ran = office.run("fetch")
    assert ran.out == (
        "hackernews  2 new\n"
        "forum       1 new, 1 filtered, 1 unreadable (socialcare doctor)\n"
        "3 new. Next: socialcare inbox is:new\n"
    )
    assert (ran.code, ran.err) == (0, "")
    letters = office.rows("select channel, place, raw <> '' from dead_letter")
    assert letters == [("forum", "$.hits[2]", 1)]


def test_what_cannot_be_read_is_kept_once_however_often_it_comes(office, board):
    service = board.add("forum", 1)
    service.items += [Item("y", NOW - MINUTE, broken=True)]
    assert office.run("fetch").out.splitlines()[0] == (
        "forum  1 new, 1 unreadable (socialcare doctor)"
    )
    service.items += posts("forum", 2, 50)
    service.items += [Item("z", NOW - MINUTE, broken=True)]
    assert office.run("fetch").out.splitlines()[0] == (
        "forum  2 new, 1 unreadable (socialcare doctor)"
    )
    office.run("fetch")
    assert office.value("select count(*) from dead_letter") == 2


def test_twice_is_once(office, board):
    board.add("hackernews", 3)
    office.run("fetch")
    before = office.contents()
    ran = office.run("fetch")
    assert (ran.code, ran.out, ran.err) == (0, "hackernews  0 new\n0 new.\n", "")
    assert office.contents() == before
    assert office.value("select count(*) from event") == 0


def test_a_part_can_be_named(office, board):
    board.add("hackernews", 1)
    board.add("forum", 1)
    assert office.run("fetch", "forum").out.splitlines()[0] == "forum  1 new"
    assert board.services["hackernews"].asked == []
    unknown = office.run("fetch", "forun")
    assert unknown.code == 3
    assert unknown.err == (
        'error: there is no channel "forun".\n'
        "hint:  channels: hackernews, forum; add one: socialcare channel add SPEC\n"
    )


def test_json_has_every_channel_and_keeps_its_schema(office, board):
    board.add("hackernews", 2)
    board.add("forum").faults = [Fault(403, b"{}")]
    ran = office.run("fetch", "--json")
    jsonschema.validate(ran.record, schema("fetch"))
    assert ran.code == 5
    assert ran.record["new"] == 2
    assert ran.channels["hackernews"]["ok"] is True
    assert ran.channels["forum"]["ok"] is False
    assert "403" in ran.channels["forum"]["error"]
    [told] = [json.loads(line) for line in ran.err.splitlines()]
    jsonschema.validate(told, schema("error"))


def test_a_failure_is_named_with_what_to_do_and_the_rest_is_stored(office, board):
    board.add("forum").faults = [Fault(403, b"{}")]
    board.add("hackernews", 2)
    ran = office.run("fetch")
    assert ran.code == 5
    assert ran.out == (
        "forum       failed\nhackernews  2 new\n2 new. Next: socialcare inbox is:new\n"
    )
    error, hint = ran.err.splitlines()
    assert error.startswith("error: forum")
    assert "403" in error
    assert "socialcare channel" in hint
    assert hint.endswith("the other channel is up to date")
    assert office.value("select count(*) from mention") == 2


def test_only_failures_are_a_failure(office, board):
    board.add("forum").faults = [Fault(403, b"{}")]
    ran = office.run("fetch")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 2
    assert "up to date" not in ran.err


def test_asked_to_slow_down_a_channel_is_left_alone_until_then(office, board):
    board.add("hackernews", 1)
    board.add("forum", 1).faults = [LIMITED]
    ran = office.run("fetch")
    assert ran.code == 5
    assert ran.out == (
        "hackernews  1 new\n"
        "forum       not now: asked to slow down, trying again after 14:15\n"
        "1 new. Next: socialcare inbox is:new\n"
    )
    assert ran.err.startswith("error: forum")
    asked = len(board.services["forum"].asked)
    office.later(minutes=10)
    ran = office.run("fetch")
    assert (ran.code, ran.err) == (5, "")
    assert ran.out == (
        "hackernews  0 new\n"
        "forum       not now: asked to slow down, trying again after 14:15\n"
        "0 new.\n"
    )
    assert office.run("fetch", "--json").channels["forum"]["not_before"] == (
        "2026-11-21T14:15:00.000Z"
    )
    assert len(board.services["forum"].asked) == asked
    office.later(minutes=6)
    ran = office.run("fetch")
    assert (ran.code, ran.out.splitlines()[1]) == (0, "forum       1 new")


def test_a_wait_until_tomorrow_names_the_day(office, board):
    board.add("forum", 1).faults = [Fault(429, b"{}", {"Retry-After": "50000"})]
    ran = office.run("fetch")
    assert ran.out == ""
    assert ran.err.splitlines()[0].endswith("trying again after 03:53 on 22 Nov")


def test_a_wait_noted_by_a_clock_that_was_wrong_is_none(office, board):
    service = board.add("forum", 1)
    service.faults = [LIMITED]
    office.clock.at = NOW + timedelta(days=900)
    assert office.run("fetch").code == 1
    office.clock.at = NOW
    assert office.run("fetch").out.splitlines()[0] == "forum  1 new"


def test_what_came_before_the_limit_is_kept(office, board):
    service = board.add("hackernews", 4)
    service.page_size = 2
    respond = service.respond

    def twice(url):
        if len(service.asked) == 1:
            service.asked.append(url)
            raise LIMITED
        return respond(url)

    service.respond = twice
    ran = office.run("fetch")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[:2] == [
        "hackernews  2 new, then not now: asked to slow down, trying again after 14:15",
        "2 new. Next: socialcare inbox is:new",
    ]
    office.later(minutes=20)
    assert office.run("fetch").out.splitlines()[0] == "hackernews  2 new"


def test_a_quiet_run_tells_of_the_third_failure_in_a_row_and_of_no_other(office, board):
    board.add("hackernews", 1)
    forum = board.add("forum", 1)
    said = []
    for _run in range(4):
        forum.faults = [Fault(404, b"{}")]
        ran = office.run("fetch", "--quiet")
        assert (ran.code, ran.out) == (5, "")
        said.append(ran.err)
    assert said[:2] == ["", ""]
    assert said[2].count("\n") == 1
    assert said[2].startswith("forum: there is nothing")
    assert "404" in said[2]
    assert "3 failures in a row" in said[2]
    assert "socialcare channel test forum" in said[2]
    assert "4 failures in a row" in said[3]
    forum.faults = []
    assert office.run("fetch", "--quiet") == Ran(0, "", "")
    forum.faults = [Fault(404, b"{}")]
    assert office.run("fetch", "--quiet").err == ""


def test_a_dry_run_asks_and_stores_nothing(office, board):
    board.add("hackernews", 2)
    ran = office.run("fetch", "--dry-run")
    assert ran.out == "hackernews  2 new\n2 new; nothing was stored (--dry-run).\n"
    assert not office.database.parent.exists()
    office.run("fetch")
    board.services["hackernews"].items += posts("hackernews", 1, 5)
    before = office.files()
    assert office.run("fetch", "--dry-run").out.splitlines()[0] == "hackernews  1 new"
    assert office.files() == before


def test_since_reads_again_and_leaves_the_place_where_it_was(office, board):
    service = board.add("hackernews", 1)
    office.run("fetch")
    place = office.rows("select * from checkpoint")
    service.items += [Item("old", NOW - timedelta(days=20), "Acme boots")]
    assert office.run("fetch").out.splitlines()[-1] == "0 new."
    assert office.run("fetch", "--since", "25d").out.splitlines()[0] == "hackernews  1 new"
    assert office.rows("select * from checkpoint") == place
    wrong = office.run("fetch", "--since", "blursday")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.count("\n") == 2


def test_own_posts_are_answers_and_boosts_are_no_rows(office):
    crowd = Crowd(60)
    office.clock.at = datetime.now(UTC)
    with crowd.running() as url:
        office.configure(CONFIG.format(url=url))
        ran = office.run("fetch")
        assert ran.out.splitlines()[0] == "mastodon  52 new, 4 of your own answers, 4 passed on"
    answered = office.rows(
        "select a.external_id, t.status from mention a join mention m"
        " on m.external_id = a.in_reply_to join triage t on t.mention_id = m.id"
        " where a.role = 'answer' and t.first_answer_at = a.created_at"
    )
    assert [status for _, status in answered] == ["pending"] * 4
    assert office.value("select count(*) from triage") == 52


def test_nothing_to_fetch_from_is_told(office):
    office.configure(BRAND)
    ran = office.run("fetch")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: there is no channel to fetch from yet.\n"
        "hint:  set up your brand: socialcare init   or add one: "
        "socialcare channel add feed:URL\n"
    )


def test_all_channels_turned_off_is_told(office, board):
    board.add("hackernews", 1, more="enabled = false")
    ran = office.run("fetch")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: all channels are turned off.\n")
    assert office.run("fetch", "hackernews").out.splitlines()[0] == "hackernews  1 new"


def test_what_was_snoozed_is_woken_and_told(office, board):
    board.add("hackernews", 3)
    office.run("fetch")
    # One person in one thread: the three are put off together, and are one row.
    office.run("set", "1", "--snooze", "2h")
    office.later(minutes=119)
    assert office.run("fetch", "--json").record["woken"] == []
    office.later(minutes=1)
    assert office.run("fetch").out == "hackernews  0 new\n1 snoozed one is back.\n0 new.\n"
    assert office.run("inbox", "is:snoozed").out == ""
    sql = (
        "select actor, command, mention_id, before, after from events"
        " where field = 'status' and actor <> 'leo' order by mention_id"
    )
    assert office.run("sql", sql, "--format", "tsv").out == "".join(
        f'fetch\tfetch\t{id_}\t"snoozed"\t"open"\n' for id_ in (1, 2, 3)
    )


def test_what_was_woken_stands_in_the_json(office, board):
    board.add("hackernews")
    for author in ("@ana", "@tom"):
        office.run("import", "--text", "Is it late?", "--author", author, "--channel", "phone")
    office.run("set", "1", "2", "--snooze", "2h")
    office.later(hours=2)
    told = office.run("fetch", "--json").record
    jsonschema.validate(told, schema("fetch"))
    assert told["woken"] == [1, 2]
    office.run("set", "1", "2", "--snooze", "2h")
    office.later(hours=2)
    assert "\n2 snoozed ones are back.\n" in office.run("fetch").out
    assert office.run("fetch", "--json").record["woken"] == []


def test_a_quiet_fetch_wakes_without_a_word(office, board):
    board.add("hackernews", 1)
    office.run("fetch")
    office.run("set", "1", "--snooze", "2h")
    office.later(hours=2)
    assert office.run("fetch", "--quiet").out == ""
    assert office.run("inbox", "--format", "ids").out == "1\n"
    office.run("set", "1", "--snooze", "2h")
    office.later(hours=2)
    office.run("fetch", "--dry-run")
    assert office.run("inbox", "is:snoozed", "--format", "ids").out == "1\n"
    assert office.run("fetch").out == "hackernews  0 new\n1 snoozed one is back.\n0 new.\n"

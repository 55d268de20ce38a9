"""A day of 200 answers with approval, through the commands alone, against a server that stamps
its own times: the report's first response times are those of the server.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from socialcare.channels import REGISTRY
from socialcare.clock import FixedClock, parse_time
from socialcare.inbox.database import open_reader
from socialcare.settings.load import load_settings
from socialcare.settings.paths import Paths
from tests.inbox.replay import rebuilt, state
from tests.sending.fediverse import MIA, OLA, TOKEN, Fediverse
from tests.workflow.office import Office

EIGHT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ANSWERS = 200
WRITERS, APPROVER = ("leo", "eva", "kim"), "ana"
CONFIG = """\
[brand]
name = "Acme"
[reply]
approval = "all"
approvers = ["ana"]
[channels.fedi]
type = "mastodon"
server = "{url}"
notifications = true
token = {{ env = "TOKEN" }}
"""
ASKED = (
    "where is my parcel number {n}? Never again.",
    "do you ship size {n} to Norway?",
    "my boots number {n} fell apart after a week",
    "thank you for sending boots {n} so quickly",
)


class Day:
    def __init__(self, office: Office, server: Fediverse, seed: int) -> None:
        self.office, self.server, self.draw = office, server, random.Random(seed)
        self.asked: dict[str, datetime] = {}

    def run(self, who: str, *words: str, codes: tuple[int, ...] = (0,)):
        ran = self.office.run(*words, SOCIALCARE_USER=who, TOKEN=TOKEN)
        assert ran.code in codes, (words, ran)
        return ran

    def people_write(self, number: int) -> None:
        for _ in range(number):
            n = len(self.asked)
            text = ASKED[n % len(ASKED)].format(n=n)
            post = self.server.ask(text, who=self.draw.choice((MIA, OLA)))
            self.asked[post] = self.server.created_at(post)
            self.office.later(seconds=self.draw.randint(20, 90))

    def colleagues_answer(self) -> None:
        """Whatever is open; each with words of its own."""
        for one in json.loads(self.run("leo", "inbox", "--json", "--limit", "500").out):
            who = self.draw.choice(WRITERS)
            way = self.draw.choice(("--send", "--approve"))
            text = f"Hello! We look into {one['id']} today and write again by 17:00, thank you."
            self.run(who, "reply", str(one["id"]), "-b", text, way, codes=(6,))
            self.office.later(seconds=self.draw.randint(5, 40))

    def approver_looks(self) -> None:
        """A few come back with a note, a few go at once, the others together."""
        waiting = json.loads(self.run(APPROVER, "inbox", "is:waiting", "--json").out)
        for one in waiting:
            deed = self.draw.random()
            if deed < 0.1:
                self.run(APPROVER, "reply", str(one["id"]), "--back", "thank them first")
            elif deed < 0.3:
                # 5: the server has asked to slow down, and it goes later.
                self.run(APPROVER, "reply", str(one["id"]), "--send", codes=(0, 5))
            self.office.later(seconds=self.draw.randint(5, 30))
        self.run(APPROVER, "reply", "is:waiting", "--approve", "--yes")
        for one in json.loads(self.run("leo", "inbox", "is:draft", "--json").out):
            text = f"Thank you! We look into {one['id']} at once and write again by 18:00."
            self.run("leo", "reply", str(one["id"]), "-b", text, "--send", codes=(6,))

    def later_fetch(self) -> None:
        self.run("cron", "fetch", codes=(0, 5))
        self.office.later(minutes=5)


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def day():
    # Half a thousand commands write to the disk a few times each: memory is quicker.
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        yield from played(Path(folder))


def played(folder):
    office = Office(folder / "home", FixedClock(EIGHT))
    server = Fediverse(folder / "posts.jsonl", clock=office.clock)
    with server.running():
        office.configure(CONFIG.format(url=server.url))
        made = Day(office, server, 6)
        made.run("cron", "fetch")
        while len(made.asked) < ANSWERS:
            made.people_write(min(20, ANSWERS - len(made.asked)))
            made.later_fetch()
            made.colleagues_answer()
            if made.draw.random() < 0.3:
                server.spoil.extend(["429"])
            made.approver_looks()
            made.later_fetch()
        for _ in range(12):
            made.approver_looks()
            made.office.later(minutes=20)
            made.later_fetch()
        yield made


def by_hand(day):
    """Seconds from each post to our first answer below it, by the server's own times."""
    answers: dict[str, Any] = {}
    for one in day.server.made():
        above = one.in_reply_to_id
        answers[above] = min(answers.get(above, one.at), one.at)
    return {post: (answers[post] - at).total_seconds() for post, at in day.asked.items()}


def test_everybody_got_one_answer(day):
    made = day.server.made()
    assert len(made) == ANSWERS
    assert {one.in_reply_to_id for one in made} == set(day.asked)
    assert day.office.value("select count(*) from reply where state <> 'sent'") == 0
    assert day.office.value("select count(*) from mentions") == ANSWERS


def test_first_response_times_are_those_of_the_server(day):
    sql = "select external_id, created_at, first_answer_at from mentions"
    told = json.loads(day.run("ana", "sql", sql, "--json").out)
    ours = {
        one["external_id"]: (
            parse_time(one["first_answer_at"]) - parse_time(one["created_at"])
        ).total_seconds()
        for one in told
    }
    assert ours == by_hand(day)
    assert len(set(ours.values())) > ANSWERS / 4


def test_our_answers_are_there_at_the_times_of_the_server(day):
    sql = "select url, created_at from replies"
    told = json.loads(day.run("ana", "sql", sql, "--json").out)
    there = {one.id: one.at for one in day.server.made()}
    assert {one["url"].rpartition("/")[2]: parse_time(one["created_at"]) for one in told} == there


def test_the_report_of_the_day_says_who_answered(day):
    told = json.loads(day.run("ana", "report", "--brief", "--since", "2d", "--json").out)
    rows = day.office.rows(
        "select r.author, count(distinct m.conversation_id) from reply r"
        " join mentions m on m.id = r.mention_id group by 1"
    )
    by = {one["who"]: one["conversations"] for one in told["answered"]["by"]}
    assert by == dict(rows)
    assert told["replies"] == []


def test_who_wrote_and_who_approved_is_on_record(day):
    rows = day.office.rows("select author, approved_by, count(*) from reply group by 1, 2")
    assert {author for author, _, _ in rows} == set(WRITERS)
    assert {approver for _, approver, _ in rows} == {APPROVER}
    assert sum(number for *_, number in rows) == ANSWERS


def test_the_history_leads_to_the_same_inbox(day, tmp_path):
    paths = Paths.find(day.office.environ)
    settings = load_settings(paths, REGISTRY)
    db = open_reader(day.office.database)
    try:
        now = state(db)
    finally:
        db.close()
    assert rebuilt(day.office.database, tmp_path, settings) == now


def test_a_day_later_nothing_is_left_to_send(day):
    day.office.later(days=1)
    before = len(day.server.made())
    day.run("cron", "fetch", codes=(0, 5))
    assert len(day.server.made()) == before

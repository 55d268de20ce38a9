"""A day of two people on one inbox, through the commands alone: the history says it all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialcare.channels import REGISTRY
from socialcare.clock import FixedClock, parse_time
from socialcare.inbox.database import open_reader
from socialcare.settings import Settings
from socialcare.settings.load import load_settings
from tests.inbox.replay import rebuilt, state
from tests.workflow.crowd import CONFIG, SAID, Crowd, account
from tests.workflow.office import Office

EIGHT = datetime(2026, 11, 20, 8, tzinfo=UTC)
MADE = 500
PEOPLE = ("mia", "leo")
REFUSED = 6
"""A colleague has it, or changed it since: told, and nothing happened."""
MORE = """
[answer_by]
timezone = "UTC"
hours = "Mon-Fri 07:00-19:00"

[[rule]]
when = "topic:delivery is:any"
set = { tag = "courier", priority = "high" }
[[rule]]
when = "label:complaint not topic:delivery"
set = { owner = "mia" }
[[duty]]
person = "leo"
hours = "Mon-Fri 08:00-13:00"
[[duty]]
person = "eva"
"""


ROUTED = (
    "rule rule 1",
    "rule rule 2",
    "duty on duty",
    "duty not touched by leo in half its time",
)
"""Who did it, and why: each of it happens in the day."""


class Town(Crowd):
    """What people wrote around the clock: every fourth post goes on with an earlier one.

    It is the parent's only once the clock has come to it.
    """

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(0)
        self.clock = clock
        self.all = [
            _post(n, EIGHT - timedelta(hours=12) + n * timedelta(minutes=3)) for n in range(MADE)
        ]
        self.at = [parse_time(post["created_at"]) for post in self.all]

    def respond(self, url: str) -> bytes:
        now = self.clock.now()
        self.statuses = [p for p, at in zip(self.all, self.at, strict=True) if at <= now]
        self._ids = [post["id"] for post in self.statuses]
        return super().respond(url)


def _post(number: int, at: datetime) -> dict[str, Any]:
    """Every twelfth is our answer to the one before it; every fourth writes again to itself."""
    ours = number % 12 == 11
    again = number % 4 == 2 and number > 40
    parent = number - 1 if ours else number - 40 if again else None
    who = "acme" if ours else f"p{number % 40}@far.example"
    return {
        "id": f"{number:08d}",
        "uri": f"https://mas.to/statuses/{number}",
        "url": f"https://mas.to/@p/{number}",
        "created_at": at.isoformat(),
        "account": account(who),
        "visibility": "public",
        "content": f"<p>{SAID[number % len(SAID)]}</p>",
        "in_reply_to_id": None if parent is None else f"{parent:08d}",
        "in_reply_to_account_id": None if parent is None else f"9-{who}",
        "reblogs_count": number % 7,
        "favourites_count": number % 3,
    }


class Day:
    """Two people at their desks. What they do is drawn from a seed."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.draw = office, random.Random(seed)
        self.done: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self.soon = "10m"
        """What is put off for so long comes back within the day."""

    def run(self, who: str, *words: str) -> Any:
        ran = self.office.run(*words, SOCIALCARE_USER=who)
        assert ran.code in (0, 5, REFUSED), (words, ran)
        assert "did not expect" not in ran.err
        told = self.refused if ran.code == REFUSED else self.done
        told[words[0]] = told.get(words[0], 0) + 1
        self.office.later(seconds=self.draw.choice((20, 50, 140)))
        return ran

    def work(self, steps: int, *, answers: bool = True) -> None:
        for _ in range(steps):
            deed = self.draw.choice(
                (self.sets, self.sets, self.corrects, self.closes, self.drafts, self.undoes)
                + ((self.answers,) if answers else ())
            )
            deed(self.draw.choice(PEOPLE))

    def ids(self, most: int = 4) -> list[str]:
        known = [str(row[0]) for row in self.office.rows("select id from mentions")]
        return self.draw.sample(known, self.draw.randint(1, most))

    def sets(self, who: str) -> None:
        some = self.draw.choice(
            (
                ("--owner", self.draw.choice(("me", "mia", "leo", "none"))),
                ("--tag", self.draw.choice(("vip", "courier"))),
                ("--untag", self.draw.choice(("vip", "courier")), "--note", "looked"),
                ("--note", f"note {self.draw.randint(1, 9)}"),
                ("--status", self.draw.choice(("open", "pending")), "--owner", "me"),
                ("--snooze", self.draw.choice((self.soon, "2d", "reply"))),
            )
        )
        self.run(who, "set", *self.ids(), *some)

    def corrects(self, who: str) -> None:
        some = self.draw.choice(
            (
                ("--label", self.draw.choice(("complaint", "praise", "question"))),
                ("--priority", self.draw.choice(("urgent", "low"))),
                ("--topic", "delivery", "--needs-answer"),
                ("--no-answer-needed",),
            )
        )
        self.run(who, "set", *self.ids(), *some)

    def closes(self, who: str) -> None:
        reason = self.draw.choice(("answered", "no-answer-needed", "not-us", "spam", "double"))
        if self.draw.random() < 0.1:
            query = (f"author:@p{self.draw.randint(0, 39)}@far.example", "is:open")
            self.run(who, "close", *query, "--yes", "--reason", reason)
        else:
            self.run(who, "close", *self.ids(2), "--reason", reason)

    def drafts(self, who: str) -> None:
        (id_,) = self.ids(1)
        self.run(who, "reply", id_, "--body", f"Sorry! {self.draw.randint(1, 99)}")
        if self.draw.random() < 0.3:
            self.run(who, "reply", id_, "--discard")

    def answers(self, who: str) -> None:
        self.run(who, "reply", *self.ids(1), "--record", "--body", "Sorry, on its way.")

    def undoes(self, who: str) -> None:
        number = self.draw.choice([a["id"] for a in self.actions()][:12])
        self.run(who, "undo", *self.draw.choice(((), (), (str(number),))))

    def people(self, who: str) -> None:
        one, other = self.draw.sample([f"@p{n}@far.example" for n in range(40) if n % 12 != 11], 2)
        self.run(who, "customer", "link", one, other)
        self.run(who, "customer", "mute", other)

    def actions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.office.run("undo", "--list", "--json").record
        return found


@pytest.fixture
def day(tmp_path) -> Iterator[Day]:
    office = Office(tmp_path / "home", FixedClock(EIGHT))
    with Town(office.clock).running() as url:
        office.configure(CONFIG.format(url=url) + MORE)
        yield Day(office, 4)


def config(day: Day) -> Settings:
    return load_settings(day.office.config, REGISTRY)


def live(day: Day) -> dict[str, Any]:
    with closing(open_reader(day.office.database)) as db:
        return state(db)


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What the two do not share, by table: a whole inbox is no message."""
    return {
        name: (sorted(set(one[name]) - set(other[name])), sorted(set(other[name]) - set(one[name])))
        for name in one
        if one[name] != other[name]
    }


def test_the_inbox_rebuilt_from_its_events_is_the_live_one_and_the_morning_comes_back(
    day, tmp_path
):
    office = day.office
    assert office.run("fetch").code == 0
    for _ in range(3):
        day.work(18)
        day.people("mia")
        office.clock.elapsed = max(office.clock.elapsed, 0) + 2.5 * 3600
        assert office.run("fetch").code == 0
    office.clock.elapsed += 24 * 3600
    assert office.run("fetch").code == 0
    assert office.value("select count(*) from mention") == MADE
    assert office.value("select count(*) from mentions where messages > 1") > 50
    assert office.value("select count(*) from run") == 5
    done = dict(office.rows("select actor || coalesce(' ' || e.why, ''), count(*) from action a"
        " join event e on e.action_id = a.id where a.actor in ('rule', 'duty') group by 1"))  # fmt: skip
    assert min(done[name] for name in ROUTED) >= 3
    assert differences(rebuilt(office.database, tmp_path, config(day)), live(day)) == {}

    day.soon = "1d"
    before, first = live(day), day.actions()[0]["id"]
    day.work(45, answers=False)
    day.people("leo")
    assert {"triage", "correction", "note", "account"} <= set(differences(before, live(day)))
    for action in [a for a in day.actions() if a["id"] > first]:
        ran = day.run(day.draw.choice(PEOPLE), "undo", str(action["id"]))
        assert ran.code == 0, (ran, action)
    assert differences(before, live(day)) == {}
    assert differences(rebuilt(office.database, tmp_path, config(day)), before) == {}
    assert min(day.done[name] for name in ("set", "close", "reply", "undo", "customer")) >= 5

"""Rules and duty through fetch: what is told, and that a wrong rule stops nothing."""

from __future__ import annotations

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import Office

RULE = """
[[rule]]
name = "abroad"
when = "norway"
set = { owner = "mia", priority = "urgent", tag = "abroad" }
"""
DUTY = '[[duty]]\nperson = "leo"\ntopics = ["delivery"]\n[[duty]]\nperson = "eva"\n'
BROKEN = '[[rule]]\nwhen = "topc:x"\nset = { owner = "nobody" }\n'


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path / "home")


def fetch(office, more, *words):
    with Crowd(5).running() as url:
        office.configure(CONFIG.format(url=url) + more)
        return office.run("fetch", *words)


def test_what_was_given_to_whom_is_listed(office):
    ran = fetch(office, RULE + DUTY, "--json")
    assert (ran.code, ran.err) == (0, "")
    jsonschema.Draft202012Validator(schema("fetch")).validate(ran.record)
    given = {one["id"]: one["owner"] for one in ran.record["assigned"]}
    owners = dict(office.rows("select id, owner from inbox"))
    assert set(owners.values()) == {"mia", "leo", "eva"}
    assert given == {id_: name for id_, name in owners.items() if name != "mia"}
    assert fetch(office, RULE + DUTY, "--json").record["assigned"] == []


def test_on_a_screen_a_line_says_so_and_what_a_rule_made_urgent_is_counted(office):
    ran = fetch(office, RULE + DUTY)
    assert dict(office.rows("select owner, priority from inbox"))["mia"] == "urgent"
    assert ran.out.splitlines()[-2:] == [
        "Given to who is on duty: 1 to leo, 2 to eva.",
        "5 new (1 urgent). Next: socialcare inbox is:new",
    ]


def test_a_wrong_rule_is_told_with_its_line_and_everything_is_stored(office):
    ran = fetch(office, BROKEN + RULE)
    line = CONFIG.count("\n") + 2
    assert ran.code == 0
    assert ran.err.startswith(
        f'config.toml line {line}: rule 1: I do not know the filter "topc:". It was left out.'
    )
    assert office.value("select count(*) from mention") == 5
    assert office.rows("select distinct owner from inbox order by 1") == [(None,), ("mia",)]

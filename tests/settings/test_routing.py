"""Rules, duties and saved queries of the config: read as written, mistakes told with their line."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from socialcare.settings import Duty, RoutingRule, SavedQuery, Settings
from socialcare.settings.sample import sample_text

Load = Callable[[str], Settings]
Refused = Callable[[str], tuple[str, str]]

RULES = """\
[[rule]]
when = "topic:delivery"
set = { owner = "mia", tag = "courier", priority = "high" }

[[rule]]
name = "press"
when = "author:Outdoor is:any"
[rule.set]
tag = ["press", "vip", "press"]
topic = "media"
"""


def test_rules_in_their_order_with_name_and_line(load: Load) -> None:
    assert load(RULES).rules == (
        RoutingRule("1", "topic:delivery", "mia", "high", ("courier",), line=2),
        RoutingRule("press", "author:Outdoor is:any", None, None, ("press", "vip"), ("media",), 7),
    )


def test_duties_with_hours_like_those_of_answering(load: Load) -> None:
    text = """\
    [[duty]]
    person = "mia"
    hours = "Mon-Tue 08:00-12:00 13:00-16:00"
    topics = ["delivery"]
    [[duty]]
    person = "leo"
    """
    day = ((480, 720), (780, 960))
    week = (day, day, (), (), (), (), ())
    assert load(dedent(text)).duties == (Duty("mia", week, ("delivery",)), Duty("leo"))


def test_saved_queries_may_use_another(load: Load) -> None:
    queries = load('[queries]\nlate = "is:late not @vip"\nvip = "tag:vip"\n').queries
    assert queries == {
        "late": SavedQuery("is:late not @vip", 2),
        "vip": SavedQuery("tag:vip", 3),
    }


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            '[rule]\nwhen = "x"',
            "line 1: [[rule]] must be a section in double brackets, not a table.",
            "write [[rule]] above each one",
        ),
        (
            '[[rule]]\nset = { owner = "mia" }',
            "line 1: [[rule]] needs when.",
            'write for example: when = "topic:delivery"',
        ),
        ('[[rule]]\nwhen = "parcel"', "line 1: [[rule]] sets nothing.", None),
        (
            '[[rule]]\nwhen = "a"\nset = { owner = "a" }\n[[rule]]\nwhen = "b"\nset = { ower = "b" }',
            'line 6: I do not know [[rule]] set "ower".',
            "did you mean owner?",
        ),
        (
            '[[rule]]\nwhen = "a"\nset = { priority = "hgih" }',
            'line 3: [[rule]] set priority cannot be "hgih".',
            "did you mean high?",
        ),
        ('[[rule]]\nwhen = "a"\nset = { owner = "me" }', 'line 3: [[rule]] set owner: "me" is no name.', None),
        (
            '[[rule]]\nwhen = "a"\nset = { tag = ["two words"] }',
            'line 3: [[rule]] set tag: "two words" is not one word.',
            None,
        ),
        (
            '[[rule]]\nname = "a"\nwhen = "a"\nset = { tag = "a" }\n' * 2,
            'line 6: [[rule]] name: there is a rule "a" already.',
            None,
        ),
        ('[[duty]]\nhours = "Mon 09:00-17:00"', "line 1: [[duty]] needs person.", None),
        (
            '[[duty]]\nperson = "mia"\nhours = "Mno 09:00-17:00"',
            'line 3: [[duty]] hours: "Mno" is no day of the week.',
            "did you mean Mon?",
        ),
        (
            '[[duty]]\nperson = "mia"\ntopic = ["a"]',
            'line 3: I do not know [[duty]] "topic".',
            "did you mean topics?",
        ),
        ('[queries]\nlate = ""', "line 2: [queries] needs late.", None),
        ('[queries]\n"a b" = "x"', 'line 2: [queries] "a b" cannot be a name.', None),
        (
            '[queries]\na = "@b"\nb = "-@c"\nc = "x not @a"',
            "line 2: [queries] a: it uses itself, by @a.",
            "write out what it means",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    refused: Refused, text: str, message: str, hint: str | None
) -> None:
    told, what_to_do = refused(text)
    assert told == f"config.toml {message}"
    assert hint is None or what_to_do == hint


def test_a_phrase_that_looks_like_a_saved_query_is_none(load: Load) -> None:
    assert load("[queries]\na = 'text:\"not @a\"'\n").queries["a"].words == 'text:"not @a"'


def test_what_the_sample_tells_of_them_loads(load: Load) -> None:
    block = sample_text().split("[queries]\n")[1].split("[alerts]")[0]
    code = [
        line.removeprefix("#   ") for line in block.splitlines() if " = " in line or "[[" in line
    ]
    settings = load("[queries]\n" + "\n".join(code))
    assert list(settings.queries) == ["refunds"]
    assert [rule.owner for rule in settings.rules] == ["mia"]
    assert settings.duties[0].topics == ("delivery",)

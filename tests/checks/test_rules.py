from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from socialcare.checks import NAMES, Context, check, name_of
from tests.checks.desk import finding, level

ORDER = (
    "length",
    "private data",
    "placeholders",
    "already answered",
    "same text",
    "thanks",
    "not defensive",
    "next step",
    "shouting",
    "links",
    "house words",
)


def test_every_check_speaks_once_in_the_order_of_the_table():
    assert NAMES == ORDER
    told = check("", Context(length=0))
    assert tuple(one.check for one in told) == ORDER
    assert all(one.text for one in told)


def test_the_reply_of_the_manual():
    text = "As we said, order #4411 is with the courier. You should have received {date}."
    told = {one.check: one for one in check(text, Context(length=77, max_length=500, lang="en"))}
    assert [(name, one.level, one.text) for name, one in told.items() if one.level != "ok"] == [
        ("private data", "stop", '"#4411" looks like customer data in a public reply'),
        ("placeholders", "stop", "{date} is not filled in"),
        ("thanks", "look", "no thanks or sorry found"),
        ("not defensive", "look", '"As we said" can sound defensive'),
        ("next step", "look", "no next step: say what happens next and when"),
    ]
    assert told["length"].text == "77 of 500 characters"


@pytest.mark.parametrize(
    ("length", "limit", "expected"),
    [(499, 500, "ok"), (500, 500, "ok"), (501, 500, "stop"), (0, 0, "ok"), (9_999, None, "ok")],
)
def test_length_at_its_edge(length: int, limit: int | None, expected: str):
    assert level("length", "x", length=length, max_length=limit) == expected


def test_what_the_channel_refuses_is_told_in_its_words():
    told = finding("length", "x", refused="no links here")
    assert (told.level, told.text) == ("stop", "no links here")


@pytest.mark.parametrize(("others", "expected"), [(0, "ok"), (1, "ok"), (2, "stop"), (3, "stop")])
def test_the_third_person_with_the_same_words_is_one_too_many(others: int, expected: str):
    assert level("same text", "x", same_to=others) == expected
    assert level("same text", "x", same_to=others, statement=True) == "ok"


def test_a_colleague_was_quicker():
    assert finding("already answered", "x", answered_by="leo").text.startswith("leo ")
    assert level("already answered", "x", answered_by="leo") == "stop"
    assert level("already answered", "x") == "ok"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("private-data", "private data"), ("NOT_defensive", "not defensive"), ("nonsense", None)],
)
def test_the_name_that_is_typed(typed: str, meant: str | None):
    assert name_of(typed) == meant


def test_the_same_text_is_judged_the_same():
    context = Context(length=3, lang="en")
    text = "Sorry! We'll call +44 20 7946 0958 today."
    assert check(text, context) == check(text, replace(context))


def test_nothing_heavy_is_imported():
    script = (
        "import sys\nimport socialcare.checks\nfrom socialcare.checks import Context, check\n"
        "assert 'tomllib' not in sys.modules\n"
        "check('Hallo, danke! Wir melden uns morgen.', Context(length=1))\n"
        "heavy = {'httpx', 'sqlite3', 'sqlite_utils', 'vaderSentiment', 'rich', 'msgspec',\n"
        "         'asyncio', 'importlib.metadata', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

"""Hostile texts end soon, however long; what is not needed is not loaded."""

import subprocess
import sys
import time

import pytest

from socialcare.classify import Classifier
from socialcare.classify.straight import MAX_READ
from socialcare.classify.vader import compound
from socialcare.settings import Brand

LONG = 20_000
HANG = 2.0
"""Seconds: forty times what a text may take. No timing decides a test, a hang does."""
UNITS = (
    "x", "x ", "great and bad ", "but ", "not happy? ", "@", "@a: ", '"@a: ', "😡", "😡👍",
    "#" , "#neveragain", "how do i ", "still no ", "no one has ", "a.b@", "https://", "&amp;",
    "&", "&#", "> q\n", "'", "x'", ":(", ":", "ﷺ", "\u0301", "\u200b", "I ", "1,", "1 week ",
    "WHY ", "why?! ", "thanks for ", "RT @a: ", "\n", "\t", "\x00", "é", "好", "<b>", "{link}",
)  # fmt: skip


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(Brand(name="Acme", watch=("acme outdoor",)), {})


@pytest.mark.parametrize("unit", UNITS)
def test_a_long_text_does_not_hang(classifier: Classifier, unit: str):
    text = unit * (LONG // len(unit))
    start = time.monotonic()
    result = classifier.classify(text)
    assert time.monotonic() - start < HANG
    assert sum(result.scores.values()) == pytest.approx(1)


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_behind_the_part_that_is_read_changes_anything(classifier: Classifier, unit: str):
    text = (unit * MAX_READ)[:MAX_READ]
    assert classifier.classify(text + unit * 500) == classifier.classify(text)


def test_a_label_needs_neither_network_nor_the_database():
    script = (
        "import sys\n"
        "from socialcare.classify import Classifier\n"
        "from socialcare.settings import Brand\n"
        "Classifier(Brand(), {})\n"
        "heavy = {'vaderSentiment', 'httpx', 'sqlite_utils', 'pydantic', 'asyncio',\n"
        "         'importlib.metadata', 'rich', 'msgspec'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "sign"), [("I love it", 1), ("I hate it", -1), ("the table", 0), ("", 0)]
)
def test_vader(text: str, sign: int):
    score = compound(text)
    assert (score > 0) - (score < 0) == sign

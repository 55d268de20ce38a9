"""The rows that people read: sound, enough of them, and others' texts are not in the project."""

from collections import Counter
from pathlib import Path

import pytest

from socialcare.classify.decision import DECIDED
from socialcare.models import TOPICS
from tests.classify import gold_rows

ROWS = [row for name in gold_rows.FILES for row in gold_rows.stored(name)]


def test_there_are_enough_of_every_label():
    labels = Counter(row["label"] for row in ROWS)
    assert labels.total() >= 1_500
    assert all(labels[label] >= 200 for label in DECIDED)


def test_rows_use_the_words_of_the_guideline():
    for row in ROWS:
        assert row["label"] in DECIDED
        assert row["alt"] in {None, *DECIDED} - {row["label"]}
        assert isinstance(row["urgent"], bool)
        assert set(row["topics"]) <= set(TOPICS)


def test_no_row_is_there_twice():
    names = Counter((row.get("set", gold_rows.OWN), row["id"]) for row in ROWS)
    assert max(names.values()) == 1


def test_only_texts_of_our_own_are_stored():
    assert all(("text" in row) != ("sha256" in row) for row in ROWS)
    assert all("set" not in row for row in ROWS if "text" in row)
    assert len(gold_rows.read(None)) == sum("text" in row for row in ROWS)


@pytest.mark.shared
def test_others_texts_are_still_the_ones_that_were_read(shared: Path):
    assert len(gold_rows.read(shared)) == len(ROWS)

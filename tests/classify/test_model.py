"""What was learnt: sound data, sums that no order changes, the same answer in every process."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.classify import Classifier, lexicon, model
from socialcare.classify.cues import cues_of
from socialcare.classify.decision import DECIDED
from socialcare.classify.packing import pack, unpack
from socialcare.settings import Brand
from tests.benchmarks.minimise import minimise

FILE = lexicon.FOLDER / "en.model"
FOURS = st.lists(st.integers(-100_000, 100_000), min_size=4, max_size=4)
LICENCES = ("Apache 2.0", "BSD", "CC BY 4.0", "CC BY 3.0", "MIT")


def written(tmp_path: Path, *lines: str) -> model.Model:
    path = tmp_path / "xx.model"
    path.write_text("// note\nscale\tall\t1000\nbias\tall\t0 0 0 0\n" + "\n".join(lines) + "\n")
    return model.load(path)


@given(st.lists(FOURS, max_size=20))
def test_four_sums_are_made_at_once(fours: list[list[int]]):
    sums = [sum(column) for column in zip(*fours, strict=True)] or [0, 0, 0, 0]
    assert unpack(sum(map(pack, fours))) == sums


def test_quiet_words_are_summed_and_loud_ones_are_named(tmp_path: Path):
    words = written(
        tmp_path, "word\tlate\t900 0 -100 0", "word\tso late\t10 20 30 40", "word\tthe\t1 1 1 1"
    ).words
    said = ["^", "the", "bus", "so", "late", "so", "late"]
    quiet, loud = words.said_in(said, set(said))
    assert unpack(quiet) == [11, 21, 30 - 100 + 1, 41]
    assert [(label, weight, reason.cue) for _, label, weight, reason in loud] == [
        (0, 900, 'word "late"')
    ]


@pytest.mark.parametrize(
    ("gram", "expected"),
    [("refund", 'word "refund"'), ("so late", 'words "so late"'), ("^ still", 'beginning "still"')],
)
def test_a_reason_is_readable(gram: str, expected: str):
    assert model.shown(gram) == expected


def test_a_language_may_do_without(tmp_path: Path):
    assert model.load(tmp_path / "none.model") == model.NOTHING


def test_the_file_says_what_it_was_fitted_on_and_stays_small():
    text = FILE.read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines() if line.startswith("//"))
    assert all(licence in head for licence in LICENCES)
    assert len(text) < 300_000


def test_every_line_is_about_something_that_is_there():
    learnt = model.load(FILE)
    with (lexicon.FOLDER / "en.toml").open("rb") as file:
        data = tomllib.load(file)
    cues = {f"{label}.{name}" for label in DECIDED for name in data[label]}
    assert learnt.cues.keys() <= cues
    assert learnt.signals.keys() <= data["signals"].keys()


def test_no_cue_speaks_against_its_own_label(tmp_path: Path):
    learnt = written(tmp_path, "cue\tcomplaint.late\t-5000 0 0 0")
    table = {"late": {"weight": 1.6, "any": ["late"]}}
    [(cue, _)] = cues_of("complaint", table, 0, learnt)
    assert 0 < cue.said < 1600


def test_the_answer_depends_on_no_order_of_sets_or_dictionaries():
    script = (
        "from socialcare.classify import Classifier\n"
        "from tests.classify.test_sentences import BRAND, CASES\n"
        "classifier = Classifier(BRAND, {})\n"
        "for text, _ in CASES:\n"
        "    print(classifier.classify(text))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert runs[0].count(b"Classification(") > 100


def test_reasons_stay_few():
    result = Classifier(Brand(), {}).classify("I ordered a kettle two weeks ago and it never came")
    assert result.label == "complaint"
    assert len(result.reasons) <= 12


def test_a_minimum_is_found():
    def bowl(at: list[float]) -> tuple[float, list[float]]:
        x, y = at
        return (x - 3) ** 2 + 10 * (y + 1) ** 2 + (x * y) ** 2 / 100, [
            2 * (x - 3) + x * y * y / 50,
            20 * (y + 1) + x * x * y / 50,
        ]

    at = minimise(bowl, [0.0, 0.0], precision=1e-14)
    assert bowl(at)[1] == pytest.approx([0, 0], abs=1e-4)

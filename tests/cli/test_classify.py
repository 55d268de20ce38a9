"""`socialcare classify`: one text, a stream, the inbox again, and against a gold set."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest
from rich.cells import cell_len

from socialcare.output.schema import schema
from tests.cli.acme import ANA, HOUR, MINUTE, QUESTION, Acme, judged, mention

SARCASM = "Great, another week without my parcel. Love it."
CONFIG = '[brand]\nname = "Acme"\nwatch = ["acme boots"]\n'


@pytest.fixture
def acme(tmp_path):
    return Acme(tmp_path)


@pytest.fixture
def mislabelled(tmp_path):
    """1 is really a complaint and 2 really praise; 3 is what it says; 4 was filtered."""
    shop = Acme(tmp_path)
    thanks = "Thank you so much, the boots are wonderful and your team is lovely!"
    shop.fill(
        [judged(mention(1, ANA, SARCASM, HOUR), "other")],
        [judged(mention(2, ANA, thanks, 2 * HOUR), "complaint")],
        [QUESTION],
        [judged(mention(4, ANA, "Where is my parcel?", MINUTE), "other", filtered="not you")],
    )
    return shop


def valid(record):
    jsonschema.Draft202012Validator(schema("classify")).validate(record)
    return record


def test_a_text_on_a_terminal(acme):
    ran = acme.run("classify", SARCASM, tty=True)
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert lines[0].startswith("complaint  0.")
    assert "   sentiment +0.64   topic delivery   urgency normal   English" in lines[0]
    assert lines[1].startswith("  for complaint  ")
    assert any(line.startswith("  for praise     VADER compound +0.64 ") for line in lines)
    assert all(line.rstrip()[-4] in "+-" and len(line) == 80 for line in lines[1:])


def test_words_need_no_quotes(acme):
    ran = acme.run("classify", "Where", "is", "my", "parcel?")
    assert ran.out == acme.run("classify", "Where is my parcel?").out


def test_a_pipe_gets_one_line(acme):
    ran = acme.run("classify", SARCASM)
    label, confidence, sentiment, topics, urgent, lang = ran.out.rstrip("\n").split("\t")
    assert (label, sentiment, topics, urgent, lang) == (
        "complaint",
        "0.6369",
        "delivery",
        "false",
        "en",
    )
    assert 0.5 < float(confidence) <= 1


def test_json_is_the_record_of_the_schema(acme):
    ran = acme.run("classify", SARCASM, "--json")
    record = valid(json.loads(ran.out))
    assert (record["v"], record["text"], record["label"]) == (1, SARCASM, "complaint")
    assert sum(record["scores"].values()) == pytest.approx(1, abs=0.001)
    assert record["reasons"][0]["label"] == "complaint"


def test_what_is_not_english_or_no_text_is_unsure_with_the_reason(acme):
    for text in ("Моя посылка так и не пришла, это ужасно", "12345", "..."):
        record = valid(json.loads(acme.run("classify", text, "--json").out))
        assert record["label"] == "unsure"
        assert record["reasons"]


def test_why_says_whether_it_is_about_the_brand(acme, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    words = ("classify", "--config", str(config), "--why")
    ours = acme.run(*words, "My acme boots fell apart", tty=True)
    assert "\nabout you: " in ours.out
    other = acme.run(*words, "My sandals fell apart", "--json")
    record = valid(json.loads(other.out))
    assert record["about"] == "not_ours"
    assert record["about_why"]
    piped = acme.run(*words, "My acme boots fell apart")
    assert piped.out.split("\t")[6] == "ours"
    unset = acme.run("classify", "--why", "My boots", tty=True)
    assert "no brand is set; see socialcare init" in unset.out


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize(
    "text", [SARCASM, "漢字" * 40 + " parcel is late", "مرحبا " * 30, "x" * 9000]
)
def test_no_line_is_wider_than_the_screen(acme, width, text):
    ran = acme.run("classify", text, "--why", tty=True, width=width)
    assert ran.code == 0
    assert all(cell_len(line) <= max(width, 28) for line in ran.out.splitlines())


def test_a_stream_passes_other_fields_through(acme):
    lines = [
        '{"text": "Where is my parcel?", "id": 7, "tags": ["a"], "label": "old"}',
        "",
        "Thank you so much, lovely boots!",
        '{"text": "", "media": ["https://a.example/1.png"]}',
        '[{"text": "Broken again."},',
        '{"text": "Broken again."}]',
    ]
    ran = acme.run("classify", "-", stdin="\n".join(lines))
    records = [valid(json.loads(line)) for line in ran.out.splitlines()]
    assert (ran.code, ran.err, len(records)) == (0, "", 5)
    assert (records[0]["id"], records[0]["tags"], records[0]["label"]) == (7, ["a"], "complaint")
    assert records[1]["label"] == "praise"
    assert records[2]["label"] == "unsure"
    assert records[3]["scores"] == records[4]["scores"]


def test_what_the_inbox_prints_can_be_labelled(mislabelled):
    for form in (["--json"], ["--format", "jsonl"]):
        listed = mislabelled.run("inbox", "is:any", *form).out
        ran = mislabelled.run("classify", "-", stdin=listed)
        labels = {json.loads(x)["id"]: json.loads(x)["label"] for x in ran.out.splitlines()}
        assert (ran.code, ran.err) == (0, "")
        assert set(labels) == {1, 2, 3, 4}
        assert (labels[1], labels[2]) == ("complaint", "praise")


def test_bad_lines_are_told_with_their_number_and_the_rest_is_done(acme):
    lines = [
        '{"text": "Where is it?"}',
        "{broken",
        '{"words": "no text"}',
        '{"text": 7}',
        '{"text": "x", "n": NaN}',
        '{"text": "x", "n": 1e999}',
        '{"text": ' + "[" * 100_000,
        '{"text": "x", "rating": ' + "9" * 4000 + "}",
        '{"text": "Where?", "rating": true, "lang": 7}',
    ]
    ran = acme.run("classify", "-", stdin="\n".join(lines))
    assert ran.code == 5
    assert [line.split(":")[0] for line in ran.err.splitlines()] == [
        f"line {n}" for n in range(2, 8)
    ]
    assert 'line 3: no "text" in it' in ran.err
    assert "line 6: not JSON: 1e999 is no number in JSON" in ran.err
    assert [valid(json.loads(line))["text"] for line in ran.out.splitlines()] == [
        "Where is it?",
        "x",
        "Where?",
    ]


def test_a_stream_answers_before_it_ends(acme):
    command = subprocess.Popen(
        [sys.executable, "-m", "socialcare", "classify", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"HOME": str(acme.home), "PYTHONUTF8": "1"},
    )
    assert command.stdin is not None
    assert command.stdout is not None
    for text in (b"Where is it?", b"\xff\xfe broken bytes"):
        command.stdin.write(text + b"\n")
        command.stdin.flush()
        assert json.loads(command.stdout.readline())["v"] == 1
    command.stdin.close()
    assert command.stdout.read() == b""
    command.stdout.close()
    assert command.wait(60) == 0


def test_a_dry_run_shows_what_would_flip_and_changes_nothing(mislabelled):
    before = mislabelled.path.read_bytes()
    piped = mislabelled.run("classify", "--inbox", "--dry-run")
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in piped.out.splitlines()}
    assert rows["1"] == ["other", "complaint", SARCASM]
    assert rows["2"][:2] == ["complaint", "praise"]
    assert "3" not in rows
    table = mislabelled.run("classify", "--inbox", "1-3", "--dry-run", tty=True, width=40)
    assert table.out.splitlines()[0].split() == ["id", "before", "after", "text"]
    assert all(len(line) <= 40 for line in table.out.splitlines())
    assert table.err == "2 of 3 would get another label.\n"
    as_json = mislabelled.run("classify", "--inbox", "1-3", "-n", "--json")
    flips = json.loads(as_json.out)
    jsonschema.validate(flips, schema("relabel"))
    assert [flip["id"] for flip in flips] == [1, 2]
    assert mislabelled.path.read_bytes() == before


def test_labelling_again_asks_and_leaves_events(mislabelled):
    ran = mislabelled.run("classify", "--inbox")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: this would change 4 mentions and nobody is here to ask.\n")
    no = mislabelled.run("classify", "--inbox", "is:open", tty=True, stdin="n\n")
    assert no.err.endswith("Label 3 again? [y/N] Nothing was changed.\n")
    done = mislabelled.run("classify", "--inbox", "is:open", "--yes")
    assert (done.code, done.out) == (0, "2 of 3 got another label.\n")
    events = mislabelled.value(
        "select json_group_array(mention_id || field || before || after || why || actor)"
        " from events where command = 'classify --inbox'"
    )
    assert json.loads(events) == [
        '1classified"other""complaint"labelled againclassify',
        '2classified"complaint""praise"labelled againclassify',
    ]
    assert mislabelled.value("select priority from mentions where id = 2") == "low"
    again = mislabelled.run("classify", "--inbox", "is:open", "--yes")
    assert again.out == "0 of 3 got another label.\n"


def test_corrections_stay_when_labelling_again(mislabelled):
    mislabelled.run("set", "1", "--label", "question")
    ran = mislabelled.run("classify", "--inbox", "1", "2", "--json")
    assert [flip["id"] for flip in json.loads(ran.out)] == [2]
    assert mislabelled.value("select label from mentions where id = 1") == "question"


def test_without_a_database_none_is_made(acme, tmp_path):
    for words in (["--dry-run"], ["--yes"], ["--json", "--yes"]):
        ran = acme.run("classify", "--inbox", *words)
        assert (ran.code, ran.err) == (0, "")
    assert acme.run("classify", "--inbox", "41").code == 3
    assert list(tmp_path.iterdir()) == []


GOLD = [
    {"text": SARCASM, "label": "complaint"},
    {"text": "Where is my parcel? Do you know?", "label": "question"},
    {"text": "Thank you so much, lovely boots!", "label": "praise"},
    {"text": "Acme opens a shop in Oslo\u2028today", "label": "other"},
    {"text": "not one of the four", "label": "unsure"},
]


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in GOLD))
    return str(path)


def test_against_a_gold_set(acme, gold):
    ran = acme.run("classify", "--evaluate", gold)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("4 texts   macro-F1 ")
    assert [line.split()[0] for line in lines if line and line[0] in "cqpo"] == 2 * [
        *("complaint", "question", "praise", "other")
    ]
    record = json.loads(acme.run("classify", "--evaluate", gold, "--json").out)
    jsonschema.validate(record, schema("evaluate"))
    assert record["texts"] == 4
    assert record["labels"]["complaint"]["texts"] == 1
    with open(gold, encoding="utf-8") as file:
        assert acme.run("classify", "--evaluate", "-", stdin=file.read()).out == ran.out


@pytest.mark.parametrize("width", [40, 80, 120])
def test_scores_fit_the_screen(acme, gold, width):
    ran = acme.run("classify", "--evaluate", gold, tty=True, width=width)
    assert all(len(line) <= width for line in ran.out.splitlines())


def test_below_the_least_f1_it_fails(acme, tmp_path):
    path = tmp_path / "wrong.jsonl"
    path.write_text('{"text": "Thank you so much, lovely boots!", "label": "complaint"}\n')
    ran = acme.run("classify", "--evaluate", str(path), "--min-f1", "0.8")
    assert (ran.code, ran.err) == (1, "macro-F1 0.000 is below 0.8.\n")
    assert ran.out.startswith("1 text ")
    assert acme.run("classify", "--evaluate", str(path), "--min-f1", "0").code == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has no text with a label to compare with."),
        (b'{"text": "x", "label": "unsure"}', "has no text with a label to compare with."),
        (b'{"text": "x"}', "has no text with a label to compare with."),
        (b"plain words", "is no gold set: line 1: not JSON."),
        (b'{"label": "praise"}', 'is no gold set: line 1: no "text" in it.'),
        (b'\n{"text": \n', "is no gold set: line 2: not JSON: "),
        (b"\xff\xfe\x00", "is no gold set: "),
    ],
)
def test_a_file_that_is_no_gold_set(acme, tmp_path, content, reason):
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    ran = acme.run("classify", "--evaluate", str(path))
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert first.startswith(f"error: {path} {reason}")
    assert second.startswith("hint:  JSON Lines like ")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "classify needs a text."),
        ([""], 2, "classify needs a text."),
        (["--min-f1", "0.5", "x"], 2, "--min-f1 goes with --evaluate."),
        (
            ["--evaluate", "nowhere.jsonl"],
            1,
            "nowhere.jsonl is no gold set: No such file or directory.",
        ),
        (["--evaluate", "/"], 1, "/ is no gold set: Is a directory."),
        (["--inbox", "999"], 3, "there are no mentions yet."),
        (["--inbox", "sorce:x"], 2, 'I do not know the filter "sorce:".'),
    ],
)
def test_wrong_use(acme, words, code, message):
    ran = acme.run("classify", *words)
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out, first) == (code, "", f"error: {message}")
    assert second.startswith("hint:  ")


def test_a_text_is_made_whole_before_it_is_labelled(acme):
    ran = acme.run("classify", "Where is it?\ud800", "--json")
    assert valid(json.loads(ran.out))["text"] == "Where is it?\ufffd"
    long = acme.run("classify", "late " * 9000, "--json")
    assert len(json.loads(long.out)["text"]) == 20_000

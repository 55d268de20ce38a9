"""`export @handle` is the answer to a request for access; `--conversations` has one row for each."""

from __future__ import annotations

import csv
import io
import json
import stat

import jsonschema
import pytest

from socialcare.inbox.conversation_rows import FIELDS as ROW
from socialcare.inbox.export import FIELDS, LISTS
from socialcare.models import Author, Judged
from socialcare.output.schema import schema
from tests.cli.acme import (
    ANA,
    DAY,
    HOUR,
    LATE,
    LEO,
    MIA,
    MINUTE,
    NOT_OURS,
    PAST,
    Acme,
    judged,
    mention,
)

US = Author("99", "@acme@mas.to", "Acme", is_us=True)
ANSWER = Judged(
    mention(110, US, "So sorry, Mia.", 30 * MINUTE, role="answer", in_reply_to="101", kind="reply"),
    None,
)
FILTERED = judged(mention(111, MIA, "Acme the cartoon", 3 * DAY), "other", filtered="not you")
AGAIN = judged(
    mention(112, MIA, "And now?", 10 * MINUTE, thread="100", in_reply_to="110"), "complaint"
)
OTHER = judged(mention(113, ANA, "I am with @mia@mas.to on this", HOUR), "other")


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([PAST], [FILTERED], [NOT_OURS], [LATE], [OTHER], [ANSWER], [AGAIN])
    shop.run("set", "1", "--note", "call her", "--owner", "leo")
    shop.change(
        "insert into orders values ('4411', '{\"status\": \"sent\"}', '2026-11-01T00:00:00.000Z')"
    )
    shop.change("insert into orders values ('9999', '{}', '2026-11-01T00:00:00.000Z')")
    shop.run("customer", "mute", "@mia@mas.to", "--reason", "asked us to")
    return shop


def test_all_that_is_theirs_and_nothing_of_others(acme):
    first, *rest = [json.loads(line) for line in acme.run("export", "@mia@mas.to").out.splitlines()]
    jsonschema.Draft202012Validator(schema("person")).validate(first)
    assert first["record"] == "person"
    assert [account["handle"] for account in first["accounts"]] == ["@mia@mas.to"]
    assert [order["number"] for order in first["orders"]] == ["4411"]
    assert first["history"]
    for record in rest:
        assert list(record) == list(FIELDS)
        jsonschema.Draft202012Validator(schema("export")).validate(record)
    assert {record["text"] for record in rest} == {
        PAST.mention.text, FILTERED.mention.text, LATE.mention.text, "So sorry, Mia.", "And now?",
    }  # fmt: skip
    assert [note["text"] for note in rest[0]["notes"]] == ["call her"]


def test_it_is_what_forget_erases(acme):
    lines = acme.run("export", "@mia@mas.to").out.splitlines()[1:]
    exported = {json.loads(line)["id"] for line in lines}
    acme.run("forget", "@mia@mas.to", "--confirm", "@mia@mas.to")
    erased = json.loads(acme.value("select json_group_array(id) from mention where erased_at > ''"))
    assert exported == set(erased)
    assert acme.value("select group_concat(number) from orders") == "9999"
    assert acme.run("export", "@mia@mas.to").code == 3


def test_json_is_one_object_and_csv_has_the_mentions(acme):
    lines = [json.loads(line) for line in acme.run("export", "@mia@mas.to").out.splitlines()]
    whole = json.loads(acme.run("export", "@mia@mas.to", "--format", "json").out)
    assert whole == {**lines[0], "mentions": lines[1:]}
    rows = list(
        csv.DictReader(io.StringIO(acme.run("export", "@mia@mas.to", "--format", "csv").out))
    )
    assert list(rows[0]) == [name for name in FIELDS if name not in LISTS]
    assert [int(row["id"]) for row in rows] == [line["id"] for line in lines[1:]]
    some = acme.run("export", "@mia@mas.to", "--fields", "id").out.splitlines()
    assert [json.loads(line) for line in some] == [{"id": line["id"]} for line in lines[1:]]


def test_the_file_is_private_and_counted(acme, tmp_path):
    path = tmp_path / "mia.jsonl"
    ran = acme.run("export", "@mia@mas.to", "-o", str(path), tty=True)
    assert (ran.code, ran.err) == (0, f"{path}: 5 mentions.\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert acme.run("export", "@nobody").code == 3
    assert acme.run("export", "1", "--channel", "mastodon").code == 2
    assert acme.run("export", "@mia@mas.to", "--channel", "phone").code == 3


def rows(acme, *words):
    lines = acme.run("export", "--conversations", *words).out.splitlines()
    for line in lines:
        jsonschema.Draft202012Validator(schema("conversation")).validate(json.loads(line))
    return [json.loads(line) for line in lines]


def test_a_conversation_is_one_row(acme):
    found = rows(acme)
    assert [list(row) for row in found] == [list(ROW)] * len(found)
    assert sum(row["messages"] for row in found) == acme.value("select count(*) from mentions")
    (talk,) = [row for row in found if row["messages"] == 2]
    assert (talk["author"], talk["first_text"], talk["newest_text"]) == (
        "@mia@mas.to",
        LATE.mention.text,
        "And now?",
    )
    assert (talk["answers"], talk["first_answer_at"]) == (1, "2026-11-21T13:30:00.000Z")
    assert talk["first_at"] < talk["newest_at"]
    assert talk["closed_at"] is None


def test_any_message_names_its_conversation(acme):
    (talk,) = [row for row in rows(acme) if row["messages"] == 2]
    assert rows(acme, str(talk["newest_id"])) == [talk]
    assert rows(acme, str(talk["id"]), str(talk["newest_id"])) == [talk]
    acme.run("close", "5", "--reason", "spam")
    (closed,) = rows(acme, "5")
    assert (closed["status"], closed["closed_at"]) == ("closed", "2026-11-21T14:00:00.000Z")


def test_csv_has_a_header_and_is_safe(acme):
    text = acme.run("export", "--conversations", "--format", "csv").out
    found = list(csv.DictReader(io.StringIO(text)))
    assert list(found[0]) == list(ROW)
    assert "'@mia@mas.to" in {row["author"] for row in found}
    ran = acme.run("export", "--conversations", "--fields", "id,prio")
    assert (ran.code, ran.out) == (2, "")


def test_the_view_says_the_same(acme):
    told = acme.run("sql", "select id, messages, answers from conversations order by id").out
    assert told == "".join(f"{r['id']}\t{r['messages']}\t{r['answers']}\n" for r in rows(acme))


def test_nobody_else_is_in_it(acme):
    assert LEO.handle not in acme.run("export", "@mia@mas.to").out

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.errors import UsageError
from socialcare.output.jsontext import error_json
from socialcare.output.records import MENTION_FIELDS
from socialcare.output.schema import schema, schema_names
from tests.output.samples import FOUR, mention


def check(name, instance):
    jsonschema.Draft202012Validator(schema(name)).validate(instance)


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_is_one_and_complete_in_itself(name):
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    with pytest.raises(jsonschema.ValidationError):
        check(name, 1)


def test_an_unknown_schema_is_a_key_error():
    with pytest.raises(KeyError):
        schema("../../settings/model")


def test_the_schema_knows_every_field_of_a_mention_in_order():
    assert tuple(schema("mention")["properties"]) == MENTION_FIELDS
    assert schema("mention")["required"] == list(MENTION_FIELDS)


def test_the_sample_records_keep_to_it():
    check("inbox", FOUR)
    check("inbox", [])
    check("mention", mention(rating=2, media=["https://a.example/1"], media_alt=[None]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "41"},
        {"created_at": "2026-11-21T11:48:00Z"},
        {"late": 1},
        {"label": "Complaint"},
        {"topics": None},
        {"why": [{"reason": "base"}]},
        {"v": 2},
    ],
)
def test_a_wrong_field_is_seen_in_a_list_too(wrong):
    with pytest.raises(jsonschema.ValidationError):
        check("inbox", [mention(**wrong)])


def test_a_missing_field_is_seen():
    record = mention()
    del record["rating"]
    with pytest.raises(jsonschema.ValidationError):
        check("mention", record)


def test_show_is_a_mention_with_lists():
    names = ("cues", "conversation", "before", "notes", "answers", "edits", "orders")
    lists: dict[str, object] = {name: [] for name in names}
    lists |= {"filtered_why": None, "close_reason": "spam"}
    check("show", {**mention(), **lists})
    with pytest.raises(jsonschema.ValidationError):
        check("show", mention())
    with pytest.raises(jsonschema.ValidationError):
        check("show", lists)


def test_errors_and_changes_keep_to_theirs():
    check("error", json.loads(error_json(UsageError("no.", "see", code="unknown_field"))))
    check("change", {"v": 1, "action": 17, "changed": [41, 42, 43], "skipped": []})

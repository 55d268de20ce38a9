"""What Google documents of reviews: there is no recording, only the schema and an example.

Nothing here was answered by the live service.
"""

from __future__ import annotations

import json

import msgspec
import pytest

from socialcare.channels.decode import decode
from socialcare.channels.googleplay import wire
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

SCHEMA = "discovery_androidpublisher_reviews"
OF: dict[str, type[msgspec.Struct]] = {
    "Review": wire.Review,
    "UserComment": wire.UserComment,
    "DeveloperComment": wire.DeveloperComment,
    "Comment": wire.Comment,
    "Timestamp": wire.Timestamp,
    "TokenPagination": wire.Pagination,
    "ReviewsListResponse": wire.Reviews,
    "ReviewsReplyResponse": wire.Replied,
    "ReviewReplyResult": wire.Applied,
}


@pytest.fixture
def schema(shared):
    return (shared / "payloads" / "googleplay" / f"{SCHEMA}.json").read_bytes()


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "googleplay").glob("*.json")}
    assert found == {SCHEMA}


@pytest.mark.parametrize("name", OF)
def test_every_field_that_is_read_is_documented(schema, name):
    documented = json.loads(schema)["schemas"][name]["properties"].keys()
    assert {field.encode_name for field in msgspec.structs.fields(OF[name])} <= documented


def test_what_is_asked_for_is_documented(schema):
    methods = json.loads(schema)["resources"]["reviews"]["methods"]
    assert {"maxResults", "token", "translationLanguage"} <= methods["list"]["parameters"].keys()
    assert methods["reply"]["path"].endswith("/reviews/{reviewId}:reply")
    assert methods["get"]["path"].endswith("/reviews/{reviewId}")
    assert "350 characters" in json.loads(schema)["schemas"]["ReviewsReplyRequest"]["properties"]["replyText"]["description"]  # fmt: skip


def test_the_schema_itself_is_no_review(schema):
    with pytest.raises(BadAnswerError, match="missing required field `reviewId`"):
        decode(schema, wire.Review)

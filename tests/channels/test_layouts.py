"""Tables with a layout of their own: our export, and the public support tweets."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest

from socialcare.channels.base import Broken
from socialcare.channels.records import record_from_mention
from socialcare.channels.tables import read_mentions
from socialcare.models import Mention
from socialcare.output.formats import csv_cell
from tests.channels.reading import NOW, mentions, records

# Our own export


def exported(mention: Mention, *, raw: bool) -> str:
    record = record_from_mention(mention)
    lines = (
        ",".join(csv_cell(cell, raw=raw) for cell in line) for line in (record, record.values())
    )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("raw", [False, True])
def test_our_own_csv_is_read_back_also_where_cells_were_guarded(raw: bool) -> None:
    (mention,) = mentions(
        json.dumps(
            {
                "text": '=HYPERLINK("https://a.example") and\n"more"',
                "external_id": "-7",
                "source": "mastodon:mas.to",
                "channel": "mastodon",
                "author": "@mia@mas.to",
                "author_id": "+4711",
                "media": ["https://a.example/1.png", None],
                "media_alt": ["a wet boot", "@home"],
                "likes": 3,
                "rating": 2.5,
                "created_at": "2026-11-20T09:30:00.125Z",
                "edited_at": "2026-11-20T09:31:00Z",
                "direct": True,
            }
        )
    )
    assert mentions(exported(mention, raw=raw)) == [mention]


def test_our_own_columns_are_not_guessed() -> None:
    data = "external_id,text,points,likes,title\n1,,75,,x\n"
    assert records(data) == [{"text": "", "external_id": "1"}]


# The public support tweets

TWCS = (
    "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    '1,AcmeHelp,False,Fri Nov 20 09:30:00 +0000 2026,"@9 we will look\rnow &gt; soon &amp;lt;",2,3\n'
    '3,9,True,Fri Nov 20 09:20:00 +0000 2026,"@AcmeHelp no parcel,\nagain",1,\n'
)
TWCS_AGAIN = (
    ",tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    '0,1.0,AcmeHelp,FALSE,Fri Nov 20 09:30:00 +0000 2026,"@9 we will look\rnow &gt; soon &amp;lt;",2,3.0\n'
    '1,3.0,9,true,Fri Nov 20 09:20:00 +0000 2026,"@AcmeHelp no parcel,\nagain",1.0,\n'
)


def test_the_support_tweets_are_known_by_their_header() -> None:
    answer, mention = mentions(TWCS)
    assert (answer.role, answer.kind, answer.author.is_us) == ("answer", "reply", True)
    assert (answer.in_reply_to, answer.text) == ("3", "@9 we will look\rnow > soon &lt;")
    assert (mention.role, mention.kind, mention.author.is_us) == ("mention", "post", False)
    assert (mention.author.handle, mention.author.external_id) == ("@9", "9")
    assert (mention.direct, mention.in_reply_to, mention.thread) == (True, None, None)
    assert {answer.source, mention.source} == {"import:twcs"}


def test_a_copy_saved_by_pandas_gives_the_same_mentions() -> None:
    assert mentions(TWCS_AGAIN) == mentions(TWCS)


def test_whose_tweet_it_is_must_be_said() -> None:
    read = list(
        read_mentions(io.BytesIO(TWCS.replace("True", "perhaps").encode()), name="x", now=NOW)
    )
    assert [(b.where, b.reason) for b in read if isinstance(b, Broken)] == [
        ("line 3", "role: 'perhaps' is not one of mention, answer, repost, own")
    ]


@pytest.mark.shared
def test_both_public_samples_are_the_same_600_tweets(shared: Path) -> None:
    found = []
    for name in ("twcs_kaggle_layout.csv", "twcs_pandas_index_floats.csv"):
        with (shared / "payloads" / "files" / name).open("rb") as stream:
            found.append(list(read_mentions(stream, name=name, now=NOW)))
    kaggle, pandas = found
    assert kaggle == pandas
    read = [item for item in kaggle if isinstance(item, Mention)]
    assert Counter(item.role for item in read) == {"mention": 321, "answer": 279}
    assert len({(item.source, item.external_id) for item in read}) == 600
    assert all(item.author.is_us == (item.role == "answer") for item in read)
    assert not any("&gt;" in item.text or "&amp;" in item.text for item in read)

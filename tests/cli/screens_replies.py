"""A shop whose answers stand in every state, for the screens."""

from __future__ import annotations

from tests.cli.acme import HOUR, MINUTE
from tests.cli.screens_posting import MASTODON
from tests.cli.screens_shop import Shop

MENTIONS = {"6": "waiting", "8": "stopped", "11": "failed", "12": "unknown", "13": "approved"}
WAITING, STOPPED, FAILED, UNKNOWN, APPROVED = MENTIONS
GOOD = "Sorry for the wait. I am asking the courier now and write again by 17:00."
BAD = "As we said, order #4411 is with {courier}. YOU SHOULD HAVE RECEIVED IT!!!"
SORRY = "Sorry to hear that. We look into the watches today, and you hear from us tomorrow."
CUSTOMS = "Sorry that it is late: customs has it. We ask them today and write by Monday."
THANKS = "Thank you, that makes our day! We pass it on to the whole team this afternoon."
PRIVATE = "It is order #4411, and the courier has your phone number."


def may_reply(shop: Shop) -> None:
    config = shop.home / "acme.toml"
    config.write_text(config.read_text() + MASTODON)
    shop.environ["ACME_TOKEN"] = "t0ken-of-acme"


def with_replies(shop: Shop) -> None:
    """By mia who approves, and leo who is new; what a service says is put there by hand."""
    may_reply(shop)
    shop.did("reply", WAITING, "-b", GOOD, "--follow-up", "Is it #4411?", "--steal", ago=3 * HOUR)
    shop.did("reply", WAITING, "--send", ago=2 * HOUR, code=6)
    shop.did("reply", STOPPED, "-b", BAD, ago=HOUR, by="mia", code=6)
    for id_, text in ((FAILED, SORRY), (UNKNOWN, CUSTOMS), (APPROVED, THANKS)):
        shop.did("reply", id_, "-b", text, "--approve", ago=30 * MINUTE, by="mia")
    _fate(shop, FAILED, "failed", "the answer to 11 was not sent: it was deleted by its author.")
    _fate(shop, UNKNOWN, "unknown", "mastodon gave no answer, and shows no such post.")


def _fate(shop: Shop, id_: str, state: str, why: str) -> None:
    sql = "update reply set state = ?, error = ? where mention_id = ? and state <> 'sent'"
    shop.change(sql, state, why, id_)

"""Whom `forget` takes with a person, what stays away afterwards, and how it looks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from socialcare.inbox.database import open_writer
from socialcare.inbox.doomed import older_than
from socialcare.inbox.store import Incoming, store
from socialcare.models import Author
from socialcare.settings import Settings
from tests.cli.acme import DAY, HOUR, LEO, MIA, NOW, Acme, judged, mention

KJELL = Author("77", "kjell", "Kjell Strand")
BY_MIA = judged(
    mention(1, MIA, "Where is order #4411? It was promised for Monday", 2 * DAY,
            uri="https://mas.to/p/1"),
    "complaint",
)  # fmt: skip
BY_KJELL = judged(
    replace(mention(2, KJELL, "Acme ships late and says nothing", DAY), source="hackernews"),
    "complaint",
)
BY_LEO = judged(mention(3, LEO, "Order #4411 of @mia@mas.to is not mine", HOUR), "other")
WIDE = judged(mention(4, MIA, "A long one. " * 40, HOUR), "question")


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([BY_MIA], [BY_KJELL], [BY_LEO], [WIDE])
    return shop


def stored(shop, *items):
    db = open_writer(shop.path)
    try:
        return store(db, Incoming("other", "mastodon:other", items), Settings(), NOW)
    finally:
        db.close()


def test_all_accounts_of_a_customer_go_together(acme):
    assert acme.run("customer", "link", "@mia@mas.to", "kjell").code == 0
    ran = acme.run("forget", "@mia@mas.to", "--confirm", "mia@mas.to", "--json")
    told = json.loads(ran.out)
    assert (told["accounts"], told["mentions"]) == (2, 3)
    assert acme.value("select count(*) from customer") == 0
    data = acme.path.read_bytes().lower()
    assert [word for word in (b"kjell", b"strand", b"ships late") if word in data] == []
    assert acme.value("select text from mentions where id = 3") == BY_LEO.mention.text


def test_an_account_that_was_taken_out_again_stays(acme):
    acme.run("customer", "link", "@mia@mas.to", "kjell")
    acme.run("customer", "unlink", "kjell")
    acme.run("forget", "@mia@mas.to", "--confirm", "@mia@mas.to")
    assert acme.value("select text from mentions where id = 2") == BY_KJELL.mention.text


def test_the_same_post_through_another_channel_stays_away(acme):
    acme.run("forget", "1", "--confirm", "1")
    elsewhere = replace(BY_MIA.mention, source="mastodon:other", external_id="x9")
    found = stored(acme, judged(elsewhere, "complaint"))
    assert (found.new, found.erased) == (0, 1)
    again = replace(elsewhere, uri="https://other.example/1", external_id="x10")
    assert stored(acme, judged(again, "complaint")).erased == 1
    assert stored(acme, replace(BY_LEO, mention=replace(BY_LEO.mention, source="o"))).new == 1


def test_only_what_was_named_stays_away(acme):
    acme.run("forget", "1", "--confirm", "1")
    late = judged(mention(9, MIA, "An older one of mine", 5 * DAY), "other")
    assert stored(acme, late).new == 1


def test_their_orders_go_and_the_next_order_file_does_not_bring_them(acme):
    table = "number,name,status\n4411,Mia Berg,sent\n5522,Ana Lund,sent\n"
    assert acme.run("import", "-", "--orders", stdin=table).code == 0
    acme.run("forget", "2", "--confirm", "1")
    assert acme.value("select count(*) from orders") == 2
    acme.run("forget", "@mia@mas.to", "--confirm", "@mia@mas.to")
    assert acme.value("select group_concat(number) from orders") == "5522"
    assert acme.run("import", "-", "--orders", stdin=table).code == 0
    assert acme.value("select group_concat(number) from orders") == "5522"
    assert b"Berg" not in acme.path.read_bytes()


def test_who_was_muted_is_muted_no_more_and_the_reason_is_gone(acme):
    acme.run("customer", "mute", "@mia@mas.to", "--reason", "xylophones")
    acme.run("forget", "@mia@mas.to", "--confirm", "@mia@mas.to")
    assert b"xylophones" not in acme.path.read_bytes()
    assert acme.value("select count(*) from author where muted_at is not null") == 0


NARROW = """\
This erases @mia@mas.to (Mia) on
mastodon, for good:
  2 mentions
  4  @mia@mas.to  A long one. A long on…
  1  @mia@mas.to  Where is order #4411?…
Labels, times and counts stay. It cannot
be undone.
1 mention by other people names them;
that stays.
"""


def test_it_fits_a_narrow_screen(acme):
    assert acme.run("forget", "@mia@mas.to", "-n", tty=True, width=40).out == NARROW


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("accessible", ["0", "1"])
def test_no_line_is_longer_than_the_screen(acme, width, accessible):
    words = ("forget", "@mia@mas.to")
    plan = acme.run(*words, "-n", tty=True, width=width, SOCIALCARE_ACCESSIBLE=accessible)
    done = acme.run(
        *words, tty=True, width=width, stdin="@mia@mas.to\n", SOCIALCARE_ACCESSIBLE=accessible
    )
    assert (plan.code, done.code) == (0, 0)
    assert max(map(len, (plan.out + done.out).splitlines())) <= width
    assert "\x1b" not in plan.out + done.out + done.err


def test_what_is_old_is_found_by_an_index(acme):
    db = open_writer(acme.path)
    steps: list[str] = []
    db.conn.set_trace_callback(steps.append)
    older_than(db, "2026-01-01T00:00:00.000Z", limit=5)
    db.conn.set_trace_callback(None)
    plan = [row["detail"] for row in db.rows(f"explain query plan {steps[0]}")]
    db.close()
    assert any("mention_kept" in step for step in plan)

"""`socialcare forget`: nothing of it is left in any file, nothing brings it back, counts stay."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from socialcare.inbox.database import open_writer
from socialcare.inbox.store import DeadLetter, Incoming, store
from socialcare.settings import Settings
from tests.cli.acme import ANA, DAY, HOUR, NOW, Acme, judged, mention
from tests.cli.runner import Home

HANDLE = "@Zelmira@mas.to"
WORDS = ("zelmira", "quokkaboots", "brambleford", "xanthippe", "wombatnote", "gherkindraft")
"""Words that stand nowhere but in what is erased, its history and our answers to it."""
CONFIG = """
[brand]
name = "Acme"
handles = ["@acme@mas.to"]
[channels.form]
type = "exec"
command = "/bin/cat {posts}"
match = false
[keep]
days = {days}
"""


def post(number: int, author: str, text: str, age: timedelta = HOUR, **facts: object) -> str:
    """A line of a program, or of a file to import."""
    made = {
        "external_id": f"https://mas.to/{author}/{number}",
        "uri": f"https://mas.to/users/{author}/{number}",
        "url": f"https://mas.to/{author}/{number}",
        "author": author,
        "author_name": "Zelmira Quokkaboots" if author == HANDLE else None,
        "text": text,
        "created_at": (NOW - age).isoformat(),
    }
    return json.dumps(made | facts)


FIRST = "Acme ruined my quokkaboots in Brambleford, I am very angry"
LONG = "Xanthippe said no. " * 900
"""On pages of its own, which are free afterwards."""
PAGE = (
    post(1, HANDLE, FIRST, 3 * DAY),
    post(2, HANDLE, LONG, 2 * DAY),
    post(3, "@acme@mas.to", f"{HANDLE} so sorry about the quokkaboots", DAY,
         in_reply_to=f"https://mas.to/{HANDLE}/1"),
    post(4, "@leo@mas.to", FIRST, DAY, role="repost", repost_of=f"https://mas.to/users/{HANDLE}/1"),
    post(5, "@leo@mas.to", "Do you ship to Norway, Acme?", HOUR),
    post(6, "@ana@mas.to", "Acme tent is great", HOUR / 2, in_reply_to=f"https://mas.to/{HANDLE}/1",
         thread=f"https://mas.to/{HANDLE}/1"),
    post(7, "@ben@mas.to", "Same here with Acme", HOUR / 3, thread=f"https://mas.to/{HANDLE}/77",
         in_reply_to=f"https://mas.to/{HANDLE}/77"),
)  # fmt: skip


def fetched(home: Home, *lines: str, days: int = 0) -> str:
    posts = home.path / "posts.jsonl"
    posts.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    home.configure(CONFIG.format(posts=posts, days=days))
    ran = home.run("fetch", "--since", "90d")
    assert ran.code in (0, 5), ran.err
    posts.unlink()
    return ran.out


def lived_in(home: Home) -> None:
    """What people did with her mentions, and what the program noted on the way."""
    fetched(home, *PAGE, post(1, HANDLE, f"{FIRST}, and the laces", 3 * DAY, author_name="Z"))
    fetched(home, *PAGE, '{"text": 5, "author": "@Zelmira@mas.to"}')
    for words in (
        ("set", "1", "--note", "wombatnote: call her", "--tag", "zelmira-case", "--owner", "mia"),
        ("set", "1", "--tag", "vip", "--label", "complaint"),
        ("set", "1", "--untag", "zelmira-case"),
        ("reply", "1", "--body", "Dear Zelmira, gherkindraft"),
        ("reply", "2", "--record", "https://mas.to/@acme/9", "--body", "Dear Zelmira, sorry"),
        ("set", "5", "--note", "ask the courier"),
        ("config", "backup"),
    ):
        ran = home.run(*words)
        assert ran.code == 0, ran.err
    log = home.path / ".local/state/socialcare/log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("KeyError: zelmira\n")
    copy = home.database.with_name("socialcare.db.before-schema-2")
    copy.write_bytes(home.database.read_bytes())


def left_in(home: Home, words: tuple[str, ...]) -> dict[str, list[str]]:
    """Files with one of these words in them, however it is encoded."""
    found: dict[str, list[str]] = {}
    for name, data in home.files().items():
        low = data.lower()
        hits = [w for w in words if any(w.encode(e) in low for e in ("utf-8", "utf-16-le"))]
        if hits and name != ".config/socialcare/config.toml":
            found[name] = hits
    return found


COUNTED = (
    "select json_array((select count(*) from mentions), (select count(*) from replies where state is not 'draft'),"
    " (select count(*) from people), (select json_group_array(json_array(day, channel, label,"
    " mentions)) from daily))"
)


@pytest.fixture
def erased(home):
    lived_in(home)
    assert set(left_in(home, WORDS)[".local/share/socialcare/socialcare.db"]) == set(WORDS)
    before = home.value(COUNTED)
    ran = home.run("forget", HANDLE, "--confirm", HANDLE)
    assert ran.code == 0, ran.err
    assert home.value(COUNTED) == before
    return home


def test_no_byte_of_the_words_or_the_handle_is_left_in_any_file(erased):
    assert left_in(erased, WORDS) == {}
    assert not list((erased.data / "backups").glob("*"))
    with sqlite3.connect(erased.database) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma foreign_key_check").fetchall() == []
        db.execute("insert into mention_fts (mention_fts, rank) values ('integrity-check', 1)")
        assert db.execute("pragma freelist_count").fetchone() == (0,)


def test_labels_times_owners_and_states_stay(erased):
    row = json.loads(
        erased.value(
            "select json_array(author, author_name, text, url, label, owner, status, tags, created_at)"
            " from mentions where id = 1"
        )
    )
    made = (NOW - 3 * DAY).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert row[1:] == [None, "", None, "complaint", "mia", "closed", ["vip"], made]
    assert row[0].startswith("erased-")
    assert erased.value("select count(*) from events where mention_id = 1 and field = 'note'") == 1
    assert erased.value("select count(*) from events where field = 'erased'") == 2
    assert erased.value("select count(*) from inbox where text = ''") == 0
    reasons = "select group_concat(reasons) from mentions where text"
    assert (erased.value(f"{reasons} = ''"), "cue" in erased.value(f"{reasons} <> ''")) == (
        "[],[]",
        True,
    )


def test_what_others_wrote_stays_and_goes_on_hanging_together(erased):
    told = "select json_array(text, author) from mentions where id = "
    assert json.loads(erased.value(told + "5")) == ["Do you ship to Norway, Acme?", "@leo@mas.to"]
    assert json.loads(erased.value(told + "6")) == ["Acme tent is great", "@ana@mas.to"]
    threads = "select thread = in_reply_to from mentions where text = 'Same here with Acme'"
    assert erased.value(threads) == 1
    parents = "select in_reply_to = (select external_id from mentions where id = 1) from mentions"
    assert erased.value(f"{parents} where id = 6") == 1


def test_the_next_fetch_brings_nothing_back(erased):
    before = erased.value("select group_concat(id || text) from mentions")
    letters = erased.value("select count(*) from sqlite_schema where name = 'dead_letter'")
    assert letters == 1
    edited = post(2, HANDLE, "Edited: Xanthippe called me back", 2 * DAY, author_name=HANDLE)
    again = post(10, "@kim@mas.to", FIRST, HOUR, role="repost",
                 repost_of=f"https://mas.to/users/{HANDLE}/1")  # fmt: skip
    older = post(8, HANDLE, "An old one that was never fetched: quokkaboots", 20 * DAY)
    answer = post(9, "@acme@mas.to", f"{HANDLE} more to come", HOUR,
                  in_reply_to=f"https://mas.to/{HANDLE}/2")  # fmt: skip
    broken = '{"text": 5, "author": "@Zelmira@mas.to"}'
    out = fetched(erased, *PAGE, edited, again, older, answer, broken)
    assert out.splitlines()[-1] == "0 new."
    assert erased.value("select group_concat(id || text) from mentions") == before
    assert left_in(erased, WORDS) == {}


def test_a_later_import_brings_nothing_back(home):
    lived_in(home)
    everything = home.run("export").out
    home.run("forget", HANDLE, "--confirm", HANDLE)
    rows = home.value("select count(*) from mentions")
    ran = home.run("import", "-", stdin=everything, tty=True, stdin_tty=False)
    assert ran.code == 0, ran.err
    assert "0 new" in ran.out
    assert ran.err.endswith("rows left out: erased before and kept away.\n")
    by_hand = f'text,author,created_at\n"Some other words of mine",{HANDLE},2026-11-20T10:00:00Z\n'
    assert "0 new" in home.run("import", "-", "--format", "csv", stdin=by_hand).out
    dry = home.run("import", "-", "--dry-run", "--json", stdin=everything)
    assert json.loads(dry.out)["new"] == 0
    assert home.value("select count(*) from mentions") == rows
    assert left_in(home, WORDS) == {}


def test_what_they_write_afterwards_is_new(erased):
    new = post(20, HANDLE, "Hello again Acme", -DAY)
    assert "1 new" in fetched(erased, *PAGE, new)
    assert erased.value(f"select count(*) from mentions where author = '{HANDLE}'") == 1


def test_once_more_says_that_it_is_done(erased):
    ran = erased.run("forget", HANDLE)
    assert (ran.code, ran.out) == (
        0,
        f"{HANDLE} was erased on 21 Nov; nothing of theirs is here.\n",
    )
    assert erased.run("forget", "1", "2", "--confirm", "0").out == (
        "Nothing to erase. 2 were erased before.\n"
    )
    assert erased.run("forget", "--finish").out == "Nothing is left to finish.\n"


def test_it_never_comes_back_into_the_inbox(erased):
    waiting = erased.run("inbox", "--format", "ids").out
    erased.run("set", "1", "2", "--status", "open")
    assert erased.run("inbox", "--format", "ids").out == waiting
    labels = "select group_concat(label) from mentions"
    before = erased.value(labels)
    assert erased.run("classify", "--inbox", "is:any", "--yes").code == 0
    assert erased.value(labels) == before


def test_what_is_erased_is_nobodys_to_change(erased):
    id_ = str(erased.value("select min(id) from mention where erased_at is not null"))
    for words in (
        ("set", id_, "--owner", "leo"),
        ("close", id_),
        ("reply", id_, "--body", "Hello?"),
        ("reply", id_, "--record"),
    ):
        ran = erased.run(*words)
        assert (ran.code, ran.out) == (3, ""), words
        assert ran.err.startswith(f"error: {id_} was erased; only its counts are left.\nhint:  ")
    before = erased.value("select count(*) from event")
    assert erased.run("set", "is:any", "--tag", "later", "--yes").code == 0
    marked = (
        "select count(*) from tag join mention m on m.id = mention_id"
        " where tag = 'later' and erased_at is not null"
    )
    assert erased.value(marked) == 0
    assert erased.value("select count(*) from event") >= before


def test_it_cannot_be_undone(erased):
    number = erased.value("select max(action) from events")
    assert erased.run("undo", str(number)).code == 6


# ── killed on the way ──


def test_a_run_that_was_killed_after_its_transaction_is_ended_by_the_next(home):
    lived_in(home)
    home.run("forget", HANDLE, "--confirm", HANDLE)
    (home.data / "backups").mkdir(exist_ok=True)
    left = home.data / "backups/socialcare-2026-11-21-140000.db"
    left.write_text("zelmira")
    home.change("insert into meta values ('erasure_due', '2026-11-21T14:00:00.000Z')")
    assert "forget --finish" in home.run("doctor", "--offline").out
    ran = home.run("forget", "--finish")
    assert (ran.code, ran.out) == (0, "Finished: nothing of what was erased is left in the file.\n")
    assert not left.exists()
    assert "forget --finish" not in home.run("doctor", "--offline").out


def test_a_run_killed_at_any_moment_can_be_run_again(home):
    lived_in(home)
    whole = home.database.read_bytes()
    for milliseconds in (0, 150, 250, 300, 350, 400, 600):
        home.database.write_bytes(whole)
        command = subprocess.Popen(
            [sys.executable, "-m", "socialcare", "forget", HANDLE, "--confirm", HANDLE],
            env={"HOME": str(home.path), "SOCIALCARE_USER": "mia"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with suppress(subprocess.TimeoutExpired):
            command.wait(milliseconds / 1000)
        command.kill()
        command.wait()
        again = home.run("forget", HANDLE, "--confirm", HANDLE)
        assert (again.code, again.err) == (0, "") or "Deleted" in again.err
        assert left_in(home, WORDS) == {}


def test_without_room_nothing_is_erased(home):
    lived_in(home)
    # As large as all that is free; the hole at its end takes no room, and SQLite does not look there.
    os.truncate(home.database, shutil.disk_usage(home.data).free)
    ran = home.run("forget", HANDLE, "--confirm", HANDLE)
    assert (ran.code, ran.out) == (1, "")
    first, hint = ran.err.splitlines()
    assert first.startswith("error: erasing writes the file anew and needs ")
    assert first.endswith(" MB are free. Nothing was erased.")
    assert hint.startswith("hint:  make room and run it again")
    assert home.run("show", HANDLE).code == 0


def test_one_name_on_two_networks_is_not_one_person(home):
    for channel in ("phone", "reviews"):
        home.configure(CONFIG.format(posts="none", days=0))
        line = json.dumps({"text": f"Acme on {channel}", "author": "kjell", "source": channel})
        assert home.run("import", "-", "--channel", channel, stdin=line).code == 0
    ran = home.run("forget", "@kjell", "--confirm", "kjell")
    assert ran.code == 2
    assert ran.err == (
        "error: kjell is on phone, reviews: these may be different people.\n"
        "hint:  say which: socialcare forget @kjell --channel phone\n"
    )
    assert home.run("forget", "@kjell", "--channel", "phone", "--confirm", "kjell").code == 0
    assert home.value("select text from mentions where channel = 'reviews'") == "Acme on reviews"
    older = {"text": "Acme in spring", "author": "kjell", "created_at": "2026-04-01T10:00:00Z"}
    for source, new in (("phone", 0), ("reviews", 1)):
        line = json.dumps(older | {"source": source})
        assert home.json("import", "-", "--channel", source, stdin=line)["new"] == new


def test_unreadable_items_go_with_the_person_and_no_others(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(101, ANA, "Where is my parcel?", HOUR), "complaint")])
    letters = [
        DeadLetter("1", "no text", b'{"by": "\\u0061na@example.org"}'),
        DeadLetter("2", "no text", b'{"by": "joanna@example.org"}'),
    ]
    db = open_writer(shop.path)
    store(db, Incoming("mastodon", "mastodon:mas.to", dead=letters), Settings(), NOW)
    db.close()
    shop.run("forget", "@ana@example.org", "--confirm", "ana@example.org")
    db = open_writer(shop.path)
    assert [row["place"] for row in db.rows("select place from dead_letter")] == ["2"]
    assert (
        store(db, Incoming("mastodon", "mastodon:mas.to", dead=letters), Settings(), NOW).broken
        == 0
    )
    db.close()


# ── [keep] ──


def test_fetch_erases_what_is_older_than_the_config_allows(home):
    old = post(1, HANDLE, FIRST, 80 * DAY)
    waits = post(2, "@ana@mas.to", "Acme, why is my parcel late? Please answer!", 80 * DAY)
    fetched(home, old, waits)
    home.run("close", "1", "--reason", "spam") if home.value(
        "select author from mentions where id = 1"
    ) == HANDLE else home.run("close", "2", "--reason", "spam")
    out = fetched(home, days=60)
    assert "1 older than 60 days erased" in out
    texts = json.loads(home.value("select json_group_array(text) from mentions"))
    assert sorted(texts) == ["", "Acme, why is my parcel late? Please answer!"]
    assert left_in(home, WORDS) == {}
    assert "erased" not in fetched(home, old, waits, days=60)


def test_a_file_of_the_user_s_is_named_and_left(home, tmp_path):
    lived_in(home)
    elsewhere = tmp_path / "elsewhere.db"
    assert home.run("config", "backup", str(elsewhere)).code == 0
    assert home.run("export", "-o", str(tmp_path / "all.jsonl")).code == 0
    ran = home.run("forget", HANDLE, "--confirm", HANDLE)
    assert Path(elsewhere).exists()
    lines = ran.err.splitlines()
    at = lines.index("These may hold the same, and are yours to delete:")
    assert lines[at + 1 :] == [f"  {elsewhere}", f"  {tmp_path / 'all.jsonl'}"]

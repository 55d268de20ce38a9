"""A newcomer's first command: a filled inbox from nothing, and nothing else touched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import jsonschema
import pytest

from socialcare.cli.commands import COMMANDS
from socialcare.clock import FixedClock
from socialcare.inbox.database import open_reader
from socialcare.inbox.rebuild import rebuilt
from socialcare.output.schema import schema
from tests.cli.acme import Acme, Ran


class Newcomer(Acme):
    """Nobody named a database: the usual places in an empty home."""

    def run(self, *words: str, **how) -> Ran:
        return super().run(*words, **{"SOCIALCARE_DB": ""} | how)

    @property
    def data(self):
        return self.home / ".local/share/socialcare"

    def json(self, *words: str):
        return json.loads(self.run(*words, "--json").out)

    def configure(self, text: str = '[brand]\nname = "Own"\n') -> None:
        folder = self.home / ".config/socialcare"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(text)


@pytest.fixture
def newcomer(tmp_path):
    return Newcomer(tmp_path)


@pytest.fixture
def made(newcomer):
    assert newcomer.run("demo").code == 0
    return newcomer


def test_it_ends_in_a_filled_inbox_with_the_late_ones_on_top(newcomer):
    ran = newcomer.run("demo")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert lines[:3] == [
        "Made 60 mentions for a shop called Acme. Nothing here is real, nothing is sent.",
        "",
        "Inbox  9 open   3 late    demo data",
    ]
    assert [" late " in line for line in lines[4:]] == [True] * 3 + [False] * 6
    assert "1h12 late  complaint  @mia@mas.to  Third email about order #4411" in lines[4]
    assert all(label in ran.out for label in ("complaint", "question", "praise", "unsure"))


def test_what_it_says_to_try_exists_and_works(newcomer):
    ran = newcomer.run("demo", tty=True)
    tried = re.findall(r"socialcare (.+?)(?:   |$)", ran.err, re.MULTILINE)
    assert len(tried) >= 3
    assert {words.split()[0] for words in tried} <= set(COMMANDS)
    for words in tried:
        if words not in ("init", "triage"):  # they ask a person
            more = ["--body", "Sorry!"] if words.startswith("reply") else []
            assert newcomer.run(*words.split(), *more).code == 0


def test_running_it_again_starts_anew(made):
    first = made.json("inbox", "is:any")
    made.run("close", "is:any", "--yes")
    assert made.json("inbox") == []
    (made.data / "demo-snippets/mine.md").write_text("x")
    made.run("demo")
    assert made.json("inbox", "is:any") == first
    assert not (made.data / "demo-snippets/mine.md").exists()
    assert sorted(path.name for path in made.data.iterdir()) == ["demo-snippets", "demo.db"]


def test_it_is_as_old_as_today_whenever_it_is_made(newcomer):
    screens = []
    for year in (2026, 2031):
        clock = FixedClock(datetime(year, 3, 29, 1, 30, tzinfo=UTC))
        screens.append(newcomer.run("demo", clock=clock).out)
    assert screens[0] == screens[1]


def test_records_say_that_they_are_made_up(made):
    told = made.json("demo")
    assert told == {"v": 1, "mentions": 60, "database": str(made.data / "demo.db"), "demo": True}
    jsonschema.validate(told, schema("demo"))
    records = made.json("inbox", "is:any")
    assert len(records) == 60
    assert all(record["demo"] for record in records)


def test_quiet_it_says_nothing(newcomer):
    ran = newcomer.run("demo", "--quiet", tty=True)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert len(newcomer.json("inbox")) == 9


def test_the_data_of_somebody_who_is_set_up_stays_as_it_is(newcomer):
    newcomer.configure()
    newcomer.run("import", "--text", "A real one")
    real = newcomer.data / "socialcare.db"
    before = real.read_bytes()
    ran = newcomer.run("demo", tty=True)
    assert "Inbox  9 open" in ran.out
    assert re.search(r"socialcare show \d+ --demo ", ran.err)
    assert real.read_bytes() == before
    assert [record["text"] for record in newcomer.json("inbox")] == ["A real one"]
    assert len(newcomer.json("inbox", "--demo")) == 9


def test_a_named_database_is_not_touched_either(newcomer):
    own = newcomer.home / "own.db"
    own.write_bytes(b"not even a database")
    assert newcomer.run("demo", "--db", str(own)).code == 0
    assert own.read_bytes() == b"not even a database"
    assert (newcomer.data / "demo.db").exists()


def test_a_wrong_config_is_told_before_anything_is_made(newcomer):
    newcomer.configure("[brnad]\n")
    assert newcomer.run("demo").code == 2
    assert not newcomer.data.exists()


def test_a_damaged_demo_with_a_journal_left_behind_is_replaced(made):
    demo = made.data / "demo.db"
    demo.write_bytes(b"rubbish")
    for suffix in ("-journal", "-wal", "-shm"):
        demo.with_name(f"demo.db{suffix}").write_bytes(b"left by a killed program")
    assert made.run("demo").code == 0
    assert len(made.json("inbox")) == 9


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(newcomer):
    (newcomer.data / "demo.db").mkdir(parents=True)
    ran = newcomer.run("demo")
    assert ran.code == 1
    assert ran.err.startswith("error: ")
    assert "\nhint:  " in ran.err
    assert [path.name for path in newcomer.data.iterdir()] == ["demo.db"]


def test_a_rebuild_that_fails_on_the_way_leaves_the_old_file(made):
    demo = made.data / "demo.db"
    before = demo.read_bytes()
    with pytest.raises(RuntimeError), rebuilt(demo, demo=True) as db, db.write() as tx:
        tx.execute("insert into meta values ('half', 'done')")
        raise RuntimeError
    assert demo.read_bytes() == before
    assert sorted(path.name for path in made.data.iterdir()) == ["demo-snippets", "demo.db"]


def test_only_its_owner_may_read_it(made):
    assert (made.data / "demo.db").stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """All records of the demo, and its database for what records do not say."""
    newcomer = Newcomer(tmp_path_factory.mktemp("home"))
    newcomer.run("demo")
    db = open_reader(newcomer.data / "demo.db")
    yield newcomer.json("inbox", "is:any", "sort:old"), db
    db.close()


def test_it_spans_a_month_and_every_channel(month):
    records, _ = month
    days = {record["created_at"][:10] for record in records}
    assert len(days) > 20
    assert {record["channel"] for record in records} == {
        *("mastodon", "bluesky", "hackernews", "feeds", "email", "reviews", "phone")
    }


def test_it_has_somebody_who_complained_before_and_was_answered(month):
    records, db = month
    top = next(record for record in records if record["author"] == "@mia@mas.to" and record["late"])
    assert {"reason": "complained before", "points": 15} in top["why"]
    assert top["previous_contacts"] == 3
    answered = "select count(*) from triage where first_answer_at is not null"
    assert db.value(answered) > 30
    assert db.value("select count(*) from replies where recorded = 'channel'") > 15
    assert db.value("select count(*) from replies where recorded = 'here'") > 15


def test_it_has_what_is_not_for_us_with_the_reason(month):
    records, db = month
    filtered = [record for record in records if record["status"] == "filtered"]
    assert len(filtered) == 2
    assert all("Wile E. Coyote" in record["text"] for record in filtered)
    assert db.value("select count(*) from triage where filtered_why like '%acme rocket%'") == 2


def test_it_has_stars_pictures_edits_deletions_reposts_and_other_languages(month):
    records, db = month
    assert {record["rating"] for record in records} >= {1, 2, 3, 4, 5}
    pictures = next(record for record in records if not record["text"])
    assert (pictures["label"], pictures["media_alt"][0]) == (
        "unsure",
        "Close-up of a worn Acme boot heel",
    )
    assert sum(record["edited_at"] is not None for record in records) == 1
    assert db.value("select text from revision").endswith("basket. Really?")
    assert sum(record["gone_at"] is not None for record in records) == 1
    assert db.value("select count(*) from mention where role = 'repost'") == 2
    foreign = [record for record in records if record["lang"] in ("no", "de", "nl")]
    assert [record["label"] for record in foreign] == ["unsure"] * 3


def test_nothing_happens_before_it_was_written_or_after_now(month):
    _, db = month
    early = "select count(*) from events e join mention m on m.id = e.mention_id where e.at < m.created_at"
    assert db.value(early) == 0
    assert db.value("select max(at) from events") < "2026-11-21T14:00"


def test_an_answer_to_it_stays_here(made):
    top = made.json("inbox")[0]["id"]
    ran = made.run("reply", str(top), "--body", "Sorry, Mia.", "--record")
    assert ran.code == 0
    assert made.json("inbox")[0]["id"] != top


def test_it_needs_neither_network_nor_terminal_nor_locale(tmp_path):
    """As a container would run it; what cannot be imported cannot call anybody."""
    script = (
        "import sys; from socialcare.cli import main; code = main(['demo']);"
        " print({'httpx', 'httpcore', 'ssl'} & set(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "set()\n")
    assert "Inbox  9 open   3 late    demo data" in ran.stdout

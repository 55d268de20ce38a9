"""`socialcare doctor`: what is wrong, what to do, and nothing is ever changed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import jsonschema
import pytest

from socialcare.clock import format_time
from socialcare.errors import ExitCode
from socialcare.inbox.database import open_writer
from socialcare.inbox.store import Incoming, store
from socialcare.output.schema import schema
from socialcare.settings import Settings
from socialcare.settings.paths import Paths
from socialcare.workflow.schedule import schedule_line
from tests.cli.acme import DAY, HOUR, LATE, MIA, MINUTE, NOT_OURS, NOW, judged, mention
from tests.cli.runner import feed
from tests.inbox.test_interrupted import DIE_WRITING

CONFIG = """
[brand]
name = "Acme"

[channels.blog]
type = "feed"
urls = ["{url}/feed"]
"""
HEALTH = (
    "replace into channel_health (channel, last_attempt_at, last_success_at, failures, error_code,"
    " error, hint, not_before, possibly_missed) values ('blog', ?, ?, ?, ?, ?, ?, ?, ?)"
)


@pytest.fixture
def well(home, web):
    """Everything as it should be."""
    web["/feed"] = lambda line: line.answer(feed("Acme"))
    home.configure(CONFIG.format(url=web.url))
    at = format_time(NOW - 3 * MINUTE)
    home.change(HEALTH, at, at, 0, None, None, None, None, None)
    home.fetched(3 * MINUTE, 8 * MINUTE, 13 * MINUTE, 18 * MINUTE)
    return home


def found(home, *words, **more):
    """Checks by name; several of one name in a row are kept."""
    records = home.json("doctor", *words, **more)
    jsonschema.Draft202012Validator(schema("doctor")).validate(records)
    return [(r["level"], r["name"], r["message"], r["fix"]) for r in records]


def only(checks, name):
    (check,) = [check for check in checks if check[1] == name]
    return check


def test_all_is_well(well):
    ran = well.run("doctor", tty=True)
    assert ran.code == ExitCode.OK
    lines = ran.out.splitlines()
    assert lines[0] == "ok    config    ~/.config/socialcare/config.toml"
    assert lines[1].startswith("ok    database  ~/.local/share/socialcare/socialcare.db, ")
    assert lines[-3:] == [
        "ok    schedule  last fetch 3 min ago, usually every 5 min",
        "ok    blog      answered in 0.0 s",
        "All is well.",
    ]


def test_nothing_is_changed(well):
    before = well.files()
    assert well.run("doctor").code == 0
    assert well.run("doctor", "--offline").code == 0
    assert well.files() == before


def test_the_file_itself_is_described(well):
    _, _, message, _ = only(found(well), "database")
    assert f"SQLite {sqlite3.sqlite_version}" in message
    assert "schema 5" in message
    assert "journal " in message
    assert "expat " in message


def test_without_anything_it_says_where_to_begin(home):
    ran = home.run("doctor")
    assert ran.code == ExitCode.FOUND_SOMETHING
    assert ran.out == (
        "look\tconfig\tthere is none yet\tsocialcare init\n"
        "ok\tdatabase\tnone yet; it will be ~/.local/share/socialcare/socialcare.db\t\n"
    )
    assert home.files() == {}


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 120])
def test_no_line_is_longer_than_the_screen(well, width):
    well.change(HEALTH, format_time(NOW), None, 4, "sign_in", "x" * 200, "y " * 100, None, "z" * 90)
    for words in (["doctor"], ["doctor", "--offline"]):
        ran = well.run(*words, tty=True, width=width)
        assert all(len(line) <= width for line in ran.out.splitlines())


def test_on_a_narrow_screen_what_was_found_stands_below_its_name(well):
    ran = well.run("doctor", "--offline", tty=True, width=40)
    assert ran.out.splitlines()[:3] == [
        "ok    config",
        "      ~/.config/socialcare/config.toml",
        "ok    database",
    ]


def test_quiet_tells_only_trouble(well):
    assert well.run("doctor", "-q", tty=True).out == ""
    well.database.chmod(0o644)
    ran = well.run("doctor", "-q", tty=True)
    assert ran.out.startswith("look  database  ")
    assert "schedule" not in ran.out


def test_a_broken_config_is_one_finding_among_others(well):
    well.configure('[brand]\nname = "Acme"\nwach = []\n')
    checks = found(well, "--offline")
    assert only(checks, "config") == (
        "STOP",
        "config",
        'config.toml line 3: I do not know [brand] "wach"',
        "did you mean watch?",
    )
    assert only(checks, "database")[0] == "ok"
    ran = well.run("doctor", "--offline", tty=True)
    assert ran.code == ExitCode.FOUND_SOMETHING
    assert ran.out.splitlines()[-1] == "1 problem."


def test_holidays_that_cannot_be_read_are_told(well):
    """Issue 4, the clock: without them every fetch and every change would fail."""
    well.configure(well.config.read_text() + '\n[answer_by]\nholidays = "off.ics"\n')
    assert only(found(well, "--offline"), "holidays") == (
        "STOP",
        "holidays",
        "off.ics: there is no such file",
        "it is named in [answer_by] holidays: socialcare config edit",
    )


def test_a_config_that_was_named_and_is_not_there_is_told(home):
    checks = found(home, "--config", str(home.path / "none.toml"))
    assert only(checks, "config")[0] == "STOP"


def test_sections_for_a_later_version_are_named(well):
    well.configure(well.config.read_text() + '\n[answer_by]\nsoon = "3h"\n\n[[campaign]]\nx = 1\n')
    _, look = [check for check in found(well) if check[1] == "config"]
    assert look[:3] == (
        "look",
        "config",
        "[answer_by] soon, [[campaign]]: this version reads it and does nothing with it yet",
    )


def damaged(path):
    data = bytearray(path.read_bytes())
    data[8192 : len(data) - 4096 : 7] = b"\x5a" * len(data[8192 : len(data) - 4096 : 7])
    path.write_bytes(bytes(data))


def of_another_program(path):
    path.unlink()
    conn = sqlite3.connect(path)
    conn.execute("create table theirs (x)")
    conn.close()


def newer(path):
    conn = sqlite3.connect(path)
    conn.execute("pragma user_version = 99")
    conn.close()


@pytest.mark.parametrize(
    ("spoil", "message", "fix"),
    [
        (lambda path: path.write_bytes(b""), "is empty", "rm {path}"),
        (lambda path: path.write_bytes(b"hello"), "is not a database", "mv {path} {path}.damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000]), "is damaged", "mv {path} "),
        (damaged, "is damaged", "mv {path} {path}.damaged"),
        (of_another_program, "another program", "--db FILE"),
        (newer, "newer socialcare", "pipx upgrade socialcare"),
        (lambda path: path.unlink() or path.mkdir(), "is a folder", "--db FILE"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_finding_with_a_way_out(well, spoil, message, fix):
    spoil(well.database)
    before = well.files()
    checks = found(well, "--offline")
    level, _, told, mend = only(checks, "database")
    assert level == "STOP"
    assert message in told
    assert fix.format(path=well.database) in mend
    assert only(found(well), "blog")[0] == "ok"
    assert well.files() == before


def test_references_that_lead_nowhere_are_damage(well):
    conn = sqlite3.connect(well.database)
    conn.execute("insert into note values (1, 999, 'a', 'b', 'c')")
    conn.commit()
    conn.close()
    assert "a row of note refers to a row of mention" in only(found(well), "database")[2]


def test_an_index_that_does_not_fit_the_mentions_is_found_and_the_fix_works(well):
    db = open_writer(well.database)
    store(db, Incoming("mastodon", "mastodon:mas.to", [LATE]), Settings(), NOW)
    with db.write() as tx:
        tx.execute(
            "insert into mention_fts (mention_fts, rowid, text) select 'delete', id, text from mention"
        )
    db.close()
    level, _, message, fix = only(found(well, "--offline"), "database")
    assert (level, "index of its words" in message) == ("STOP", True)
    conn = sqlite3.connect(well.database)
    conn.execute(fix.partition('"')[2].removesuffix('"'))
    conn.commit()
    conn.close()
    assert only(found(well, "--offline"), "database")[0] == "ok"


def test_a_write_lock_that_somebody_holds_is_no_damage(well):
    holder = sqlite3.connect(well.database, isolation_level=None)
    holder.execute("begin immediate")
    level, _, message, _ = only(found(well, "--offline"), "database")
    holder.execute("rollback")
    holder.close()
    assert level == "ok"
    assert message.endswith("too large or too busy to be checked whole")


def test_files_that_others_may_read_are_found(well):
    well.database.chmod(0o640)
    well.run("channel", "add", "mastodon:#acme", "--no-test")
    well.run("channel", "login", "mastodon", "--no-test", stdin="geheim\n")
    assert only(found(well, "--offline"), "credentials")[0] == "ok"
    well.credentials.chmod(0o604)
    checks = found(well, "--offline")
    level, _, message, fix = only(checks, "database")
    assert (level, fix) == ("look", f"chmod 600 {well.database}")
    assert message.endswith("others may read it (0640)")
    level, _, _, fix = only(checks, "credentials")
    assert (level, fix) == ("STOP", f"chmod 600 {well.credentials}")


def test_a_channel_that_does_not_answer(well, web):
    web["/feed"] = lambda line: line.answer(b"", status="404 Not Found")
    level, _, message, fix = only(found(well), "blog")
    assert level == "STOP"
    assert "(404)" in message
    assert fix
    assert only(found(well, "--offline"), "blog")[:3] == ("ok", "blog", "last success 3 min ago")
    well.change("delete from channel_health")
    assert only(found(well, "--offline"), "blog")[:3] == ("look", "blog", "never fetched")


@pytest.mark.parametrize(
    ("failures", "code", "level"),
    [(1, "unavailable", "look"), (3, "unavailable", "STOP"), (1, "sign_in", "STOP")],
)
def test_offline_the_runs_speak(well, failures, code, level):
    well.change(
        HEALTH, format_time(NOW), None, failures, code, "blog: it \x1b[2Jfailed.", "do this", None, None
    )  # fmt: skip
    runs = "1 run" if failures == 1 else f"{failures} runs"
    assert only(found(well, "--offline"), "blog") == (
        level,
        "blog",
        f"it \x1b[2Jfailed ({runs} in a row)",
        "do this",
    )
    shown = well.run("doctor", "--offline", tty=True).out
    assert "\x1b" not in shown
    assert "it ^[[2Jfailed" in shown
    assert only(found(well), "blog")[2].startswith("answered in 0.0 s; before, ")


def test_a_channel_that_was_told_to_wait_is_not_asked(well, web):
    until = format_time(NOW + HOUR)
    well.change(HEALTH, format_time(NOW), None, 1, "rate_limited", "slow", "wait", until, None)
    level, _, message, _ = only(found(well), "blog")
    assert level == "look"
    assert message.startswith("asked to slow down, trying again after ")
    assert web.asked == []


def test_what_was_possibly_missed_is_told_with_what_can_be_done(well):
    at = format_time(NOW)
    well.change(HEALTH, at, at, 0, None, None, None, None, "more than 10,000 hits")
    _, missed = [check for check in found(well) if check[1] == "blog"]
    assert missed[:3] == ("look", "blog", "possibly missed some: more than 10,000 hits")
    assert missed[3].endswith("socialcare fetch blog --since 7d")


def test_a_silent_schedule(well):
    well.change("delete from run")
    well.fetched(9 * HOUR, 9 * HOUR + 5 * MINUTE, 9 * HOUR + 10 * MINUTE, 9 * HOUR + 15 * MINUTE)
    environ = {"HOME": str(well.path)}
    line = schedule_line(Paths.find(environ), environ)
    assert only(found(well, "--offline"), "schedule") == (
        "look",
        "schedule",
        "last fetch 9 h ago, usually every 5 min",
        f"crontab -e, add:  {line}",
    )
    well.with_crontab(f"{line}\n")
    assert "what cron mails" in only(found(well, "--offline"), "schedule")[3]
    well.crontab.write_text("*/5 * * * * /no/such/socialcare fetch --quiet\n")
    level, _, message, _ = only(found(well, "--offline"), "schedule")
    assert (level, message) == (
        "STOP",
        "the crontab starts /no/such/socialcare, which is not there",
    )


def test_fetches_by_hand_only(well):
    well.change("delete from run")
    assert only(found(well, "--offline"), "schedule")[2:] == (
        "nothing fetched yet",
        "socialcare fetch",
    )
    well.fetched(2 * HOUR)
    assert only(found(well, "--offline"), "schedule")[2] == (
        "last fetch 2 h ago, and nothing fetches by itself"
    )


def test_what_waits_where_nobody_looks(well):
    german = judged(mention(107, MIA, "Wo ist mein Paket von Acme?", HOUR), "unsure", lang="de")
    db = open_writer(well.database)
    store(db, Incoming("mastodon", "mastodon:mas.to", [NOT_OURS, german]), Settings(), NOW)
    db.close()
    checks = found(well)
    assert only(checks, "filtered")[:3] == (
        "ok",
        "filtered",
        "1 mention waits in the filtered pile: socialcare inbox is:filtered",
    )
    assert '1 in "de"; see:' in only(checks, "languages")[2]
    assert well.run("doctor").code == 0


@pytest.mark.parametrize(("age", "level"), [(HOUR, "look"), (5 * DAY, "ok")])
def test_items_that_could_not_be_read(well, age, level):
    for place, at in (("$[1]", age + DAY), ("$[3].id", age)):
        well.change(
            "insert into dead_letter (at, channel, place, reason, raw)"
            " values (?, 'blog', ?, 'expected \x1b[2Jstr', x'00')",
            format_time(NOW - at), place,
        )  # fmt: skip
    checks = found(well)
    told, _, message, fix = only(checks, "unreadable")
    assert told == level
    assert message.startswith("2 items could not be read; the newest ")
    assert message.endswith("blog, $[3].id: expected ^[[2Jstr")
    assert fix.endswith("socialcare channel test blog")


def test_somebody_without_a_name_is_told_how_to_get_one(well, monkeypatch):
    monkeypatch.setattr("os.getuid", lambda: 987654)
    checks = found(well, "--offline", SOCIALCARE_USER="", LOGNAME="", USER="", USERNAME="")
    assert only(checks, "you")[0] == "look"


def test_the_demo_is_said_to_be_one(home):
    home.run("demo", "-q")
    checks = found(home)
    assert only(checks, "config")[0] == "look"
    assert only(checks, "database")[2].startswith("demo data, ")
    assert not [check for check in checks if check[1] == "schedule"]


def test_an_interrupted_write_is_told_and_left_to_others(well):
    subprocess.run([sys.executable, "-c", DIE_WRITING, str(well.database)], check=False, timeout=60)
    before = well.files()
    level, _, message, fix = only(found(well, "--offline"), "database")
    assert (level, "was interrupted" in message, "socialcare inbox" in fix) == ("look", True, True)
    assert well.files() == before
    assert well.run("inbox").code == 0
    assert only(found(well, "--offline"), "database")[0] == "ok"

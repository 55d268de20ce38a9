"""`[team] share = "group"`: one database, several people of one group, and nobody else."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

import socialcare
from socialcare.inbox.database import open_writer
from tests.cli.acme import Acme
from tests.cli.shop import correct, fill

GROUP = 61234
CONFIG = '[brand]\nname = "Acme"\n[team]\nshare = "{share}"\n[files]\ndatabase = "{path}"\n'


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def team(home):
    """A shared database in a folder that does not exist yet, and a strict umask."""
    home.configure(CONFIG.format(share="group", path=home.path / "srv/acme.db"))
    before = os.umask(0o077)
    yield home
    os.umask(before)


def test_database_journal_and_lock_are_for_the_group_and_nobody_else(team):
    assert team.run("import", "--text", "Acme is late", "--author", "@mia").code == 0
    path = team.path / "srv/acme.db"
    assert (mode(path.parent), mode(path)) == (0o2770, 0o660)
    db = open_writer(path)
    db.conn.execute("begin immediate")
    db.conn.execute("update mention set lang = 'en'")
    db.conn.execute("insert into meta values ('x', zeroblob(0) || hex(zeroblob(9000000)))")
    journals = [p for p in path.parent.iterdir() if p.name.startswith("acme.db-")]
    assert journals
    assert {mode(journal) for journal in journals} == {0o660}
    db.conn.execute("rollback")
    db.close()


def test_the_lock_of_a_fetch_is_shared_too(team):
    posts = team.path / "posts.jsonl"
    posts.write_text('{"text": "Acme?"}\n')
    team.configure(
        team.config.read_text() + f'[channels.form]\ntype = "exec"\ncommand = "/bin/cat {posts}"\n'
    )
    assert team.run("fetch").code == 0
    assert mode(team.path / "srv/acme.db.lock") == 0o660


def test_files_that_were_private_are_shared_by_the_next_command_that_writes(team):
    team.configure(CONFIG.format(share="off", path=team.path / "srv/acme.db"))
    team.run("import", "--text", "Acme is late", "--author", "@mia")
    path = team.path / "srv/acme.db"
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)
    team.configure(CONFIG.format(share="group", path=path))
    team.run("inbox")
    assert mode(path) == 0o600
    team.run("set", "1", "--owner", "mia")
    assert (mode(path.parent), mode(path)) == (0o700, 0o660)


def test_learned_rules_are_shared_and_backups_are_not(team):
    fill(team)
    team.configure(CONFIG.format(share="group", path=team.path / "srv/acme.db"))
    fill_again = CONFIG.format(share="group", path=team.database)
    team.configure(fill_again)
    correct(team)
    assert team.run("learn", "--apply", "--yes").code == 0
    assert mode(team.config.with_name("learned.toml")) == 0o660
    assert team.run("config", "backup").code == 0
    (copy,) = (team.data / "backups").iterdir()
    assert mode(copy) == 0o600


def database_line(team):
    (line,) = [c for c in team.json("doctor", "--offline") if c["name"] == "database"]
    return line["level"], line["message"].rpartition("; ")[2], line["fix"]


def test_doctor_tells_what_keeps_the_group_out(team):
    team.run("import", "--text", "Acme is late", "--author", "@mia")
    path = team.path / "srv/acme.db"
    folder = path.parent
    level, message, fix = database_line(team)
    assert (level, fix) == ("ok", None)
    assert message.endswith(f"shared with the group {path.group()}")
    path.chmod(0o600)
    assert database_line(team) == ("look", "it is not for one group (0600)", f"chmod 660 {path}")
    path.chmod(0o664)
    assert database_line(team) == ("look", "it is not for one group (0664)", f"chmod 660 {path}")
    folder.chmod(0o700)
    assert database_line(team) == (
        "look",
        "its folder is not for one group (0700)",
        f"chgrp GROUP {folder} && chmod 2770 {folder}",
    )


def as_somebody_else(user: int, group: int | None, act) -> int:
    """Do something in a process of another user, and return its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 99
    try:
        os.setgroups([group] if group else [])
        os.setgid(user)
        os.setuid(user)
        os.umask(0o077)
        code = int(act())
    finally:
        os._exit(code)


def open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two other people")
@pytest.mark.skipif(
    not (open_to_others(Path(socialcare.__file__)) and open_to_others(Path(sys.executable))),
    reason="the program lies where other people cannot read it",
)
def test_two_people_of_one_group_work_on_one_database_and_a_stranger_does_not(tmp_path):
    shared = tmp_path / "srv"
    shared.mkdir()
    os.chown(shared, 0, GROUP)
    shared.chmod(0o2770)
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(folder.stat().st_mode | 0o111)
    config = shared / "config.toml"
    config.write_text(CONFIG.format(share="group", path=shared / "acme.db"))
    os.chown(config, 0, GROUP)
    config.chmod(0o640)
    alone = tmp_path / "rehearsal"
    alone.mkdir()
    (alone / "own.toml").write_text(CONFIG.format(share="group", path=alone / "srv/acme.db"))
    own_config = {"SOCIALCARE_DB": "", "SOCIALCARE_CONFIG": str(alone / "own.toml")}
    rehearsal = Acme(alone, own_config)  # imports what another user may not write

    def command(user: str, *words: str) -> int:
        place = Acme(tmp_path / user, {"SOCIALCARE_DB": "", "SOCIALCARE_CONFIG": str(config)})
        return place.run(*words, SOCIALCARE_USER=user).code

    come = ("import", "--text", "Where is my parcel, Acme?", "--author", "@mia")
    for words in (come, ("set", "1", "--owner", "x"), ("inbox",)):
        assert rehearsal.run(*words).code == 0
    assert as_somebody_else(61001, GROUP, lambda: command("ana", *come)) == 0
    for number, user in ((61002, "bo"), (61001, "ana"), (61002, "bo")):
        own = ("set", "1", "--owner", user)
        assert as_somebody_else(number, GROUP, lambda own=own, u=user: command(u, *own)) == 0
    assert as_somebody_else(61003, None, lambda: command("eve", "inbox")) == 2
    db = open_writer(shared / "acme.db")
    owners = [row[0] for row in db.rows("select actor from events where field = 'owner'")]
    db.close()
    assert owners == ["bo", "ana", "bo"]

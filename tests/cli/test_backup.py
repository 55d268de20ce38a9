"""`socialcare config backup`: a whole, private copy, that can be put back."""

from __future__ import annotations

import json
import shutil
import stat

import pytest

from tests.cli.acme import ANA, HOUR, NOW, Acme, judged, mention


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(1, ANA, "Where is my parcel?", HOUR), "question")])
    return shop


def test_a_copy_with_the_date_lies_beside_the_database_for_nobody_else(acme):
    ran = acme.run("config", "backup", tty=True)
    path = acme.home / f"backups/acme-{NOW:%Y-%m-%d-%H%M%S}.db"
    size = path.stat().st_size
    assert (ran.code, ran.out, ran.err) == (0, f"Copied to {path}, {size / 1000:,.0f} kB.\n", "")
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
    assert modes == [0o600, 0o700]
    assert acme.run("config", "backup", "--list").out == f"{path}\t{size}\n"
    assert acme.run("config", "backup", "--list", tty=True).out == (
        f"{path}  {size / 1000:,.0f} kB\n"
    )
    assert json.loads(acme.run("config", "backup", "--list", "--json").out) == [
        {"v": 1, "path": str(path), "bytes": size}
    ]


def test_it_can_be_put_back(acme):
    acme.run("set", "1", "--owner", "mia", "--note", "before")
    before = acme.run("export").out
    told = json.loads(acme.run("config", "backup", "--json").out)
    acme.run("close", "1", "--reason", "spam")
    assert acme.run("export").out != before
    shutil.copyfile(told["path"], acme.path)
    assert acme.run("export").out == before
    assert acme.run("set", "1", "--owner", "leo").code == 0
    assert acme.run("inbox", "parcel", "--format", "ids").out == "1\n"


def test_a_copy_is_an_inbox_of_its_own(acme, tmp_path):
    copy = tmp_path / "copy.db"
    assert acme.run("config", "backup", str(copy)).code == 0
    assert acme.run("--db", str(copy), "export").out == acme.run("export").out


def test_nothing_is_written_over(acme):
    for place in (acme.home / "mine.db", acme.path):
        place.touch()
        ran = acme.run("config", "backup", str(place))
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            f"error: {place} is there already, and a backup never writes over anything.\n"
            "hint:  name a new file: socialcare config backup FILE\n"
        )
    folder = acme.run("config", "backup", str(acme.home))
    assert (folder.code, folder.err.splitlines()[0]) == (2, f"error: {acme.home} is a folder.")
    link = acme.home / "link.db"
    link.symlink_to("nowhere")
    assert acme.run("config", "backup", str(link)).code == 2
    twice = [acme.run("config", "backup").code for _ in range(2)]
    assert twice == [0, 2]


def test_a_place_that_cannot_be_written_is_told_and_left_clean(acme):
    place = acme.home / ("x" * 300)
    ran = acme.run("config", "backup", str(place))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {place} cannot be written: ")


def test_without_a_database_there_is_nothing_to_copy(tmp_path):
    shop = Acme(tmp_path)
    ran = shop.run("config", "backup")
    assert (ran.code, ran.err.splitlines()[0]) == (3, "error: there is no database yet.")
    assert shop.run("config", "backup", "--list", tty=True).out == (
        "There is no copy beside the database: socialcare config backup\n"
    )
    assert shop.run("config", "backup", "--list").out == ""
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_when_it_last_was(acme):
    told = lambda: acme.run("doctor", "--offline").out  # noqa: E731
    assert ", last backup never, " in told()
    acme.run("config", "backup")
    assert ", last backup just now, " in told()

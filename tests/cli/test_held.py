"""Two people, one mention: who writes an answer has it, and the other one is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from socialcare.clock import FixedClock
from socialcare.inbox.database import open_writer
from socialcare.inbox.leases import take
from socialcare.output.schema import schema
from tests.cli.acme import LATE, MINUTE, NOW, PRAISE, QUESTION, Acme

HELD = (
    "error: mia is writing an answer to 1 (3 min).\n"
    "hint:  wait, it is free in 12 min at the latest, or take it over with --steal\n"
)


@pytest.fixture
def acme(tmp_path):
    """1 complaint, which Mia has since 3 minutes; 2 question, 3 praise. Leo types."""
    (tmp_path / "home").mkdir()
    shop = Acme(tmp_path / "home")
    shop.fill([LATE], [QUESTION], [PRAISE])
    db = open_writer(shop.path)
    take(db, 1, "mia", NOW - 3 * MINUTE)
    db.close()
    return shop


def held(shop):
    return shop.value("select json_group_array(actor || ' ' || mention_id) from lease")


def drafts(shop):
    return shop.value("select json_group_array(body || ' ' || state) from reply")


@pytest.mark.parametrize(
    "words",
    [
        ["set", "1", "--owner", "me"],
        ["set", "1", "2", "--priority", "low"],
        ["set", "1-2", "--label", "praise", "--tag", "x"],
        ["set", "1", "--snooze", "2h"],
        ["set", "1", "--topic", "stock", "--dry-run"],
        ["close", "1"],
    ],
)
def test_a_named_one_is_refused_and_nothing_is_changed(acme, words):
    ran = acme.run(*words)
    assert (ran.code, ran.out, ran.err) == (1, "", HELD)
    assert acme.value("select count(*) from event") == 0


@pytest.mark.parametrize(
    "words",
    [["-b", "Sorry."], ["--record"], ["--discard"], ["-e"], []],
)
def test_an_answer_is_refused(acme, words):
    ran = acme.run("reply", "1", *words, tty=True, EDITOR="false")
    assert (ran.code, ran.out, ran.err) == (6, "", HELD)
    assert drafts(acme) == "[]"


def test_with_json_the_error_has_its_code(acme):
    ran = acme.run("reply", "1", "-b", "Sorry.", "--json")
    told = json.loads(ran.err)
    jsonschema.validate(told, schema("error"))
    assert (ran.code, told["error"]["code"]) == (6, "held")
    assert json.loads(acme.run("close", "1", "--json").err)["error"]["code"] == "held"


def test_notes_and_tags_and_looking_are_never_blocked(acme):
    assert acme.run("set", "1", "--tag", "vip", "--note", "called").code == 0
    assert acme.run("show", "1").code == 0
    assert acme.run("reply", "1", "--open").code == 0


def test_in_a_query_it_is_left_out_and_told(acme):
    ran = acme.run("close", "is:open", "--yes")
    assert (ran.code, ran.err) == (5, "")
    assert ran.out == "2 closed. 1 skipped: mia is writing an answer to 1.\n"
    piped = acme.run("set", "-", "--owner", "me", "--json", stdin="1\n2\n3\n")
    told = json.loads(piped.out)
    jsonschema.validate(told, schema("change"))
    assert (piped.code, told["changed"], told["skipped"], told["held"]) == (5, [2, 3], [1], [1])
    dry = acme.run("set", "is:any", "--owner", "mia", "--dry-run", tty=True)
    assert dry.code == 0
    assert dry.out.startswith(
        "1 skipped: mia is writing an answer to 1.\nThese 2 would be changed:\n  2  ana"
    )


def test_whoever_has_it_is_not_in_his_own_way(acme):
    assert acme.run("set", "1", "--owner", "me", SOCIALCARE_USER="mia").code == 0
    assert acme.run("reply", "1", "-b", "Sorry.", SOCIALCARE_USER="mia").code == 0
    assert held(acme) == "[]"
    assert acme.run("set", "1", "--owner", "leo").code == 0


def test_after_a_quarter_of_an_hour_it_is_free(acme):
    later = FixedClock(NOW + 12 * MINUTE)
    assert acme.run("set", "1", "--owner", "me", clock=later).code == 0


@pytest.mark.parametrize(
    "words",
    [["set", "1", "--owner", "me"], ["close", "1"], ["reply", "1", "-b", "Sorry."]],
)
def test_it_can_be_taken_over(acme, words):
    assert acme.run(*words, "--steal").code == 0
    assert held(acme) == "[]"


def test_an_answer_ends_it_whether_it_is_kept_or_fails(acme):
    for words in (["-b", "Yes."], ["--discard"], ["--record"], ["--record", "nowhere"]):
        acme.run("reply", "2", *words)
        assert held(acme) == '["mia 1"]'


def python_editor(tmp_path, code):
    """An editor that does this, with the name of the file in ``sys.argv[1]``."""
    script = tmp_path / "editor.py"
    script.write_text(f"import sys\n{code}\n")
    return f"{sys.executable} {script}"


def test_while_the_editor_is_open_a_colleague_sees_it(acme, tmp_path):
    edit = python_editor(
        tmp_path,
        f"import shutil; shutil.copy({str(acme.path)!r}, {str(tmp_path / 'seen.db')!r})\n"
        "open(sys.argv[1], 'w').write('Yes, we do.')",
    )
    assert acme.run("reply", "2", tty=True, stdin="d\n", EDITOR=edit).code == 0
    assert held(acme) == '["mia 1"]'
    seen = Acme(acme.home, {"SOCIALCARE_DB": str(tmp_path / "seen.db"), "SOCIALCARE_USER": "ana"})
    assert "(leo is on it) Do you ship" in seen.run("inbox", tty=True).out
    assert "\nleo is writing an answer (0 min)\n" in seen.run("show", "2").out
    assert seen.run("close", "2").code == 1


STEAL = """
from datetime import datetime
from pathlib import Path
from socialcare.inbox.database import open_writer
from socialcare.inbox.fields import Hand
from socialcare.inbox.leases import give_back, take
from socialcare.inbox.letters import Words, save_draft
from socialcare.inbox.replies import record_answer
from socialcare.settings import Settings
db = open_writer(Path({path!r}))
now = datetime.fromisoformat({now!r})
take(db, 2, "mia", now, steal=True)
{more}
open(sys.argv[1], "w").write("An hour of work.")
"""


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("", "mia is writing an answer to 2 (0 min)."),
        (
            (
                'save_draft(db, 2, Words("Yes."), Hand("mia", now, "reply")); '
                'give_back(db, 2, "mia")'
            ),
            "mia wrote a draft for 2 just now.",
        ),
    ],
)
def test_what_a_colleague_took_over_meanwhile_is_not_written_over(acme, tmp_path, more, message):
    code = STEAL.format(path=str(acme.path), now=NOW.isoformat(), more=more)
    ran = acme.run("reply", "2", tty=True, EDITOR=python_editor(tmp_path, code))
    first, second = ran.err.splitlines()
    assert (ran.code, first) == (6, f"error: {message}")
    kept = Path(second.removeprefix("hint:  what you wrote is in "))
    assert kept.read_text() == "An hour of work."
    kept.unlink()
    assert "An hour" not in drafts(acme)


def test_an_answer_that_a_colleague_gave_meanwhile_is_told_before_mine_is_recorded(acme, tmp_path):
    more = (
        'record_answer(db, 2, "Yes.", None, Settings(), Hand("mia", now, "reply"))\n'
        'give_back(db, 2, "mia")'
    )
    code = STEAL.format(path=str(acme.path), now=NOW.isoformat(), more=more)
    ran = acme.run("reply", "2", tty=True, stdin="r\n\n", EDITOR=python_editor(tmp_path, code))
    assert ran.code == 6
    assert ran.err.endswith(
        "error: mia sent an answer to 2 just now.\n"
        "hint:  nothing was changed; see it: socialcare show 2\n"
    )
    assert json.loads(drafts(acme)) == ["Yes. sent", "An hour of work. draft"]

"""Is the file sound, and what lies in its corners."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from socialcare.errors import DatabaseError
from socialcare.inbox import checkup, compaction, copies
from socialcare.inbox.database import SCHEMA_VERSION, Database
from socialcare.inbox.letters_standing import standing_letters
from socialcare.output.words import ago, count, file_size
from socialcare.settings.approval import waits_for
from socialcare.settings.sharing import why_not_shared
from socialcare.text import for_screen
from socialcare.workflow.doctor.check import Check, Patient, home_shown

WAITS_LONG = timedelta(hours=2)
"""From then on an answer that nobody approves is late because of it."""
NEWS = timedelta(days=3)
"""Items that could not be read are worth a look so long; they are kept for longer."""


def database_check(db: Database, patient: Patient) -> Check:
    """The file as a whole: sound, private, of this version."""
    path = db.path
    quoted = shlex.quote(str(path))
    sound = checkup.soundness(db, patient.clock)
    if sound.damage is not None:
        return Check("STOP", "database", f"{path} is damaged: {sound.damage}", _aside(path))
    facts = _facts(db, patient, whole=sound.whole)
    if sound.index_damage is not None:
        rebuild = "insert into mention_fts (mention_fts) values ('rebuild')"
        return Check(
            "STOP",
            "database",
            f"{facts}; the index of its words does not fit the mentions",
            f'sqlite3 {quoted} "{rebuild}"',
        )
    if patient.settings.share == "group" and not patient.demo:
        return _shared(path, facts)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Check(
            "look", "database", f"{facts}; others may read it ({mode:04o})", f"chmod 600 {quoted}"
        )
    return Check("ok", "database", facts)


def _shared(path: Path, facts: str) -> Check:
    wrong = why_not_shared(path)
    if wrong is None:
        return Check("ok", "database", f"{facts}, shared with the group {_group(path)}")
    return Check("look", "database", f"{facts}; {wrong[0]}", wrong[1])


def _group(path: Path) -> str:
    try:
        return path.group()
    except (KeyError, NotImplementedError):
        return str(path.stat().st_gid)


def is_current(db: Database) -> bool:
    """Whether the questions of this version can be asked."""
    return checkup.schema_version(db) == SCHEMA_VERSION


def _facts(db: Database, patient: Patient, *, whole: bool) -> str:
    import pyexpat

    schema = checkup.schema_version(db)
    facts = [
        "demo data" if patient.demo else "",
        home_shown(db.path, patient.environ),
        file_size(db.path.stat().st_size),
        "" if patient.demo or schema < SCHEMA_VERSION else _last_backup(db, patient),
        f"schema {schema}" + ("" if schema == SCHEMA_VERSION else ", renewed by the next command"),
        f"journal {checkup.journal_mode(db)}",
        checkup.sqlite_version(),
        pyexpat.EXPAT_VERSION.replace("_", " ")
        + ("" if pyexpat.version_info >= (2, 6) else " (2.6 is safer for feeds)"),
        "" if whole else "too large or too busy to be checked whole",
    ]
    return ", ".join(fact for fact in facts if fact)


def _last_backup(db: Database, patient: Patient) -> str:
    last = copies.last_backup(db)
    return f"last backup {'never' if last is None else ago(patient.clock.now() - last)}"


def mend(error: DatabaseError, path: Path) -> str:
    """What to do about a file that cannot be opened; the error itself may point here."""
    return _aside(path) if "socialcare doctor" in error.hint else error.hint


def _aside(path: Path) -> str:
    old = shlex.quote(str(path))
    return f"restore a backup, or keep it aside and begin anew: mv {old} {old}.damaged"


def pile_checks(db: Database, patient: Patient) -> Iterator[Check]:
    """What waits where nobody looks."""
    if compaction.due_since(db) is not None:
        yield Check(
            "look",
            "erasing",
            "an erasure was interrupted before the file was written anew",
            "socialcare forget --finish",
        )
    filtered = checkup.filtered_count(db)
    if filtered:
        waits = "waits" if filtered == 1 else "wait"
        yield Check(
            "ok",
            "filtered",
            f"{count(filtered, 'mention')} {waits} in the filtered pile:"
            " socialcare inbox is:filtered",
        )
    languages = checkup.unsure_languages(db, patient.settings.brand.language)
    if languages:
        told = ", ".join(f'{number} in "{lang}"' for lang, number in languages.items())
        yield Check(
            "ok",
            "languages",
            f"unsure, because in another language: {told}; see: socialcare inbox label:unsure",
        )
    yield from _letters(db, patient)
    yield from _answers(db, patient)


def _answers(db: Database, patient: Patient) -> Iterator[Check]:
    """Replies that wait for somebody, or of which somebody has to hear that they did not go."""
    standing = standing_letters(db)
    waiting = [one for one in standing if one.state == "waiting"]
    if waiting:
        oldest, number = waiting[0], len(waiting)
        age = patient.clock.now() - oldest.since
        who = waits_for(patient.settings.reply, oldest.author)
        yield Check(
            "look" if age > WAITS_LONG else "ok",
            "approval",
            f"{count(number, 'answer')} {'waits' if number == 1 else 'wait'} for approval by"
            f" {for_screen(who, one_line=True)}, the oldest put up {ago(age)}",
            "look at them: socialcare inbox is:waiting" if age > WAITS_LONG else "",
        )
    lost = [one for one in standing if one.state != "waiting"]
    if lost:
        was = "was" if len(lost) == 1 else "were"
        yield Check(
            "look",
            "answers",
            f"{count(len(lost), 'answer')} {was} not sent, or may not have been",
            "look at them: socialcare inbox is:failed,unknown",
        )


def _letters(db: Database, patient: Patient) -> Iterator[Check]:
    letters = checkup.letters(db)
    if letters is None:
        return
    age = patient.clock.now() - letters.newest
    reason = for_screen(f"{letters.place}: {letters.reason}", one_line=True, limit=300)
    known = letters.channel in patient.settings.channels
    yield Check(
        "look" if age < NEWS else "ok",
        "unreadable",
        f"{count(letters.count, 'item')} could not be read; the newest {ago(age)},"
        f" {letters.channel}, {reason}",
        f"look whether it still happens: socialcare channel test {letters.channel}"
        if known
        else "correct the file and import it again",
    )

"""Doctor: look at everything that can be wrong, and say how to mend it. Nothing is changed."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import closing

from socialcare.errors import ConfigError, DatabaseError, SignInError
from socialcare.inbox.database import Database, open_as_it_is
from socialcare.inbox.rules import broken_queries, read_rules
from socialcare.settings.holidays import holidays_of
from socialcare.settings.identity import NOBODY, whoami
from socialcare.settings.secrets import SecretStore
from socialcare.workflow.doctor.channels import channel_checks
from socialcare.workflow.doctor.check import Check, Level, Patient, home_shown
from socialcare.workflow.doctor.database import database_check, is_current, mend, pile_checks
from socialcare.workflow.doctor.notify import notify_checks
from socialcare.workflow.doctor.schedule import schedule_check

__all__ = ["Check", "Patient", "examine"]


def examine(patient: Patient, *, offline: bool) -> Iterator[Check]:
    """One check after the other, in the order in which they are best mended."""
    yield from _config(patient)
    yield from _routing(patient)
    yield from _identity(patient)
    yield from _credentials(patient)
    db, check = _open(patient)
    if db is not None:
        with closing(db):
            yield from _with_database(db, patient, offline=offline)
        return
    yield check
    if not (offline and check.level == "STOP"):
        yield from channel_checks(patient, None, offline=offline)


def _with_database(db: Database, patient: Patient, *, offline: bool) -> Iterator[Check]:
    check = database_check(db, patient)
    yield check
    if check.level == "STOP" or not is_current(db):
        if not offline:  # what the runs noted cannot be read
            yield from channel_checks(patient, None, offline=False)
        return
    try:
        if not patient.demo:
            yield schedule_check(db, patient)
            yield from channel_checks(patient, db, offline=offline)
            yield from notify_checks(db, patient)
        yield from pile_checks(db, patient)
    except DatabaseError as error:  # a page that only these questions read
        yield _cannot_open(error, patient)


def _config(patient: Patient) -> Iterator[Check]:
    error, path = patient.config_error, patient.paths.config_file
    if error is not None:
        yield Check("STOP", "config", error.message.rstrip("."), error.hint)
        return
    if patient.settings.path is None:
        yield Check("look", "config", "there is none yet", "socialcare init")
        return
    yield Check("ok", "config", home_shown(path, patient.environ))
    try:
        holidays_of(patient.settings.answer_by)
    except ConfigError as wrong:  # no due time can be worked out, so no change can be stored
        yield Check("STOP", "holidays", wrong.message.rstrip("."), wrong.hint)
    if not patient.settings.brand.terms:
        yield Check("look", "brand", "it has no name", "socialcare config set brand.name NAME")
    if patient.settings.not_used_yet:
        names = ", ".join(patient.settings.not_used_yet)
        yield Check(
            "look",
            "config",
            f"{names}: this version reads it and does nothing with it yet",
            "leave it for a later version, or take it out: socialcare config edit",
        )


def _routing(patient: Patient) -> Iterator[Check]:
    """Rules and saved queries whose words are not understood; a fetch leaves such a rule out."""
    settings, now = patient.settings, patient.clock.now()
    try:
        ready, broken = read_rules(settings, now)
        wrong = [*broken, *broken_queries(settings, now)]
    except ConfigError as error:  # the zone
        yield Check("STOP", "rules", error.message.rstrip("."), error.hint)
        return
    yield from (Check("look", "rules", each.message.rstrip("."), each.hint) for each in wrong)
    if ready or settings.duties:
        people = len({duty.person for duty in settings.duties})
        on_duty = f", {'1 person' if people == 1 else f'{people} people'} on duty" if people else ""
        rules = "1 rule" if len(ready) == 1 else f"{len(ready)} rules"
        yield Check("ok", "rules", f"{rules}{on_duty}")


def _identity(patient: Patient) -> Iterator[Check]:
    """Changes are recorded with a name; a container may have none."""
    if whoami(patient.environ) == NOBODY:
        yield Check(
            "look",
            "you",
            "I cannot tell who you are: changes are recorded without a name",
            "export SOCIALCARE_USER=NAME",
        )


def _credentials(patient: Patient) -> Iterator[Check]:
    path = patient.paths.credentials
    try:
        there = path.exists()
        SecretStore(patient.paths).place("", "")
    except (OSError, SignInError) as error:
        message = error.message if isinstance(error, SignInError) else f"{path} cannot be read"
        hint = error.hint if isinstance(error, SignInError) else f"ls -l {path}"
        yield Check("STOP", "credentials", message, hint)
        return
    if there:
        mode = stat.S_IMODE(path.stat().st_mode)
        shown = home_shown(path, patient.environ)
        yield Check("ok", "credentials", f"{shown}, only for you ({mode:04o})")


def _open(patient: Patient) -> tuple[Database | None, Check]:
    """The database as it is, or what is wrong with it."""
    shown = home_shown(patient.database, patient.environ)
    level: Level
    try:
        if not patient.database.exists():
            level, fix = ("look", "socialcare fetch") if patient.settings.channels else ("ok", "")
            return None, Check(level, "database", f"none yet; it will be {shown}", fix)
        return open_as_it_is(patient.database), Check("ok", "database", shown)
    except DatabaseError as error:
        return None, _cannot_open(error, patient)
    except OSError as error:
        message = f"{shown} cannot be looked at: {error.strerror}"
        return None, Check("STOP", "database", message, f"ls -ld {patient.database.parent}")


def _cannot_open(error: DatabaseError, patient: Patient) -> Check:
    level: Level = "look" if error.code == "interrupted" else "STOP"
    fix = mend(error, patient.database)
    return Check(level, "database", error.message.rstrip("."), fix)

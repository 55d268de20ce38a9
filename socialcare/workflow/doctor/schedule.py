"""Does something fetch, and does it still."""

from __future__ import annotations

from datetime import timedelta

from socialcare.inbox.database import Database
from socialcare.inbox.reading import header
from socialcare.output.header import is_silent
from socialcare.output.words import ago
from socialcare.settings.duration import format_duration
from socialcare.workflow.doctor.check import Check, Patient
from socialcare.workflow.schedule import fetch_line, missing_program, read_crontab, schedule_line

STALE = timedelta(hours=1)
"""Older than this, and nothing in the crontab: nobody fetches."""


def schedule_check(db: Database, patient: Patient) -> Check:
    """The last run against the usual time between runs, and the line in the crontab."""
    now = patient.clock.now()
    state = header(db, now)
    line = schedule_line(patient.paths, patient.environ)
    crontab = read_crontab(patient.environ)
    there = fetch_line(crontab, line) if crontab else None
    gone = missing_program(there) if there else None
    age = None if state.last_fetch is None else now - state.last_fetch
    told = _told(age, state.usual_interval)
    add = f"crontab -e, add:  {line}"
    if gone is not None:
        fix = f"crontab -e, and change that line to:  {line}"
        return Check("STOP", "schedule", f"the crontab starts {gone}, which is not there", fix)
    if age is None:
        return Check("look", "schedule", told, "socialcare fetch")
    if is_silent(state, now):
        mail = "look at what cron mails, and run it yourself: socialcare fetch"
        return Check("look", "schedule", told, mail if there else add)
    if there is None and age > STALE:
        return Check("look", "schedule", f"{told}, and nothing fetches by itself", add)
    return Check("ok", "schedule", f"{told}; in the crontab" if there else told)


def _told(age: timedelta | None, usual: timedelta | None) -> str:
    if age is None:
        return "nothing fetched yet"
    often = "" if usual is None else f", usually every {_rough(usual)}"
    return f"last fetch {ago(age)}{often}"


def _rough(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    return format_duration(timedelta(hours=round(minutes / 60)))

"""Whether those of ``[[notify]]`` hear of what they are to hear of."""

from __future__ import annotations

from collections.abc import Iterator

from socialcare.inbox.database import Database
from socialcare.inbox.notices import TargetState, states
from socialcare.output.words import ago, count
from socialcare.workflow.doctor.check import Check, Level, Patient

_NOBODY_SEES = 3
"""Failures in a row from which it does not work, and is no passing trouble any more."""


def notify_checks(db: Database, patient: Patient) -> Iterator[Check]:
    for state in states(db, [target.name for target in patient.settings.notify]):
        yield _check(state, patient)


def _check(state: TargetState, patient: Patient) -> Check:
    name = f"notify {state.name}"
    if not state.failures:
        last = state.last_success
        told = f"last told {ago(patient.clock.now() - last)}" if last else "nothing told yet"
        waits = f", {count(state.waiting, 'notice')} gathered" if state.waiting else ""
        return Check("ok", name, f"{told}{waits}")
    error = (state.error or "no reason was noted").rstrip(".")
    told = f"failed {count(state.failures, 'time')} in a row: {error};"
    message = f"{told} {count(state.waiting, 'notice')} kept for it"
    level: Level = "STOP" if state.failures >= _NOBODY_SEES else "look"
    return Check(level, name, message, state.hint or "")

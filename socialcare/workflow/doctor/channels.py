"""Does each channel answer, and what did its last runs say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from socialcare.errors import ConfigError, RateLimitError, SocialcareError, UnavailableError
from socialcare.inbox.database import Database
from socialcare.output.words import ago, count
from socialcare.workflow.channels import Workshop, open_http
from socialcare.workflow.doctor.check import Check, Level, Patient
from socialcare.workflow.standing import Standing, standings

if TYPE_CHECKING:
    from socialcare.workflow.trying import Trial

SECONDS = 10.0
"""For all channels together: they are asked at the same time."""
SERIOUS_FROM = 3
"""Failures in a row from which a passing trouble is none any more."""
_PASSING = ("unavailable", "rate_limited", "unexpected")


def channel_checks(patient: Patient, db: Database | None, *, offline: bool) -> Iterator[Check]:
    settings = patient.settings
    if not settings.channels:
        if settings.path is not None:
            add = "socialcare channel add hackernews:acme"
            yield Check("look", "channels", "there are none yet", add)
        return
    found = standings(settings, db, patient.paths, patient.environ, patient.clock.now())
    trials = {} if offline else _trials(patient, found)
    for standing in found:
        trial = trials.get(standing.channel.name)
        yield _stored(standing, patient) if trial is None else _tried(standing, trial)
        if standing.possibly_missed is not None:
            name = standing.channel.name
            yield Check(
                "look",
                name,
                f"possibly missed some: {standing.possibly_missed}",
                f"fetch more often; what can still be had: socialcare fetch {name} --since 7d",
            )


def _trials(patient: Patient, found: list[Standing]) -> dict[str, Trial]:
    """Ask those that may be asked: who was told to wait, waits."""
    from socialcare.workflow.trying import Trial, try_channels

    asked = [one.channel for one in found if one.state not in ("off", "waiting")]
    try:
        with open_http(patient.settings, patient.clock) as http:
            shop = Workshop(patient.settings, patient.paths, patient.environ, patient.clock, http)
            return {one.name: one for one in try_channels(shop, asked, seconds=SECONDS)}
    except ConfigError as error:  # the proxy
        return {one.name: Trial(one.name, one.type, error=error) for one in asked}


def _tried(standing: Standing, trial: Trial) -> Check:
    name = standing.channel.name
    if trial.error is not None:
        level = _level(trial.error, standing.failures)
        message = trial.error.message.removeprefix(f"{name}: ").rstrip(".")
        return Check(level, name, message, trial.error.hint)
    told = f"answered in {trial.took:.1f} s"
    if trial.account:
        told += f", signed in as {trial.account}"
    if standing.failures:
        told += f"; before, {count(standing.failures, 'run')} failed: {standing.error}"
    return Check("ok", name, told)


def _level(error: SocialcareError, failures: int) -> Level:
    passing = isinstance(error, UnavailableError | RateLimitError)
    return "look" if passing and failures < SERIOUS_FROM else "STOP"


def _stored(standing: Standing, patient: Patient) -> Check:
    """What the last run said, where the channel is not asked now."""
    name = standing.channel.name
    if standing.state == "off":
        return Check("ok", name, "off: enabled = false in the config")
    if standing.not_before is not None:
        until = patient.clock_time(standing.not_before)
        return Check("look", name, f"asked to slow down, trying again after {until}")
    if standing.failures:
        passing = standing.error_code in _PASSING and standing.failures < SERIOUS_FROM
        times = count(standing.failures, "run")
        return Check(
            "look" if passing else "STOP",
            name,
            f"{standing.error or 'it failed'} ({times} in a row)",
            standing.hint or f"socialcare channel test {name}",
        )
    if standing.last_success is None:
        return Check("look", name, "never fetched", f"socialcare fetch {name}")
    age = patient.clock.now() - standing.last_success
    return Check("ok", name, f"last success {ago(age)}")

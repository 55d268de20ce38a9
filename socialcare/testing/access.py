"""Signing in: whose account it is, and that a refusal is known as one."""

from __future__ import annotations

from typing import cast

from socialcare.channels.base import CanCheckAccess
from socialcare.errors import AuthError, ChannelError
from socialcare.testing.bench import Bench, Case
from socialcare.testing.law import law_for, signs_in

MANY = 50
"""Refusals, one for each question that may be asked."""


def _channel(bench: Bench) -> CanCheckAccess:
    return cast("CanCheckAccess", bench.channel())


@law_for(signs_in)
def check_access_names_the_account(bench: Bench) -> None:
    wanted, account = bench.case.account, _channel(bench).check_access()
    assert wanted, f"the case does not say whose account it is: account={account!r}"
    assert account == wanted, f"{account!r} is not {wanted!r}"
    _keeps_secrets(bench.case, account)


@law_for(signs_in)
def a_token_that_is_refused_is_an_error_of_the_sign_in(bench: Bench) -> None:
    bench.service.faults = [bench.service.all_refusals()["401"].fault] * MANY
    refusal = _refusal(_channel(bench))
    assert refusal.message, "it does not say what was refused"
    assert refusal.hint, "it does not say what to do"
    _keeps_secrets(bench.case, f"{refusal.message} {refusal.hint}")


def _refusal(channel: CanCheckAccess) -> AuthError:
    try:
        account = channel.check_access()
    except AuthError as refusal:
        return refusal
    except ChannelError as error:
        raise AssertionError(f"AuthError is wanted, not {error!r}") from error
    raise AssertionError(f"a refused token is taken for {account!r}")


def _keeps_secrets(case: Case, said: str) -> None:
    secrets = [one for one in (case.token, *case.secrets.values()) if one]
    assert not [one for one in secrets if one in said], "it shows a secret"

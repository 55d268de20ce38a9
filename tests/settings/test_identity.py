from __future__ import annotations

import os
import pwd

import pytest

from socialcare.settings.identity import NOBODY, whoami


def test_the_variable_wins_over_the_login_name() -> None:
    assert whoami({"SOCIALCARE_USER": "ana", "USER": "leo"}) == "ana"


def test_the_login_name_is_the_default_without_any_environment() -> None:
    assert whoami({}) == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_without_a_name_is_unknown_but_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    assert whoami({}) == NOBODY
    assert whoami({"USER": "ci"}) == "ci"


def test_a_name_is_one_harmless_line() -> None:
    assert whoami({"SOCIALCARE_USER": "a\x1b[2J\nb"}).isprintable()
    assert whoami({"SOCIALCARE_USER": " \n "}) == whoami({})

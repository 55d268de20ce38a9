"""Keys that come as files: their lines are layout, and they are kept in one."""

from __future__ import annotations

import json
import sys

import pytest

from socialcare.errors import SignInError
from socialcare.settings.model import SecretRef
from socialcare.settings.paths import Paths
from socialcare.settings.secrets import SecretStore, resolve

PEM = "-----BEGIN PRIVATE KEY-----\nMIGTAgEA\nMBMGByqG\n-----END PRIVATE KEY-----\n"
ONE_LINE = "-----BEGIN PRIVATE KEY----- MIGTAgEA MBMGByqG -----END PRIVATE KEY-----"
ACCOUNT = {"client_email": "care@acme.example", "private_key": PEM}


@pytest.fixture
def key_file(tmp_path):
    def write(text: str) -> SecretRef:
        path = tmp_path / "key"
        path.write_text(text)
        path.chmod(0o600)
        return SecretRef("file", str(path))

    return write


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_lines_of_a_private_key_become_one(key_file, ending):
    assert resolve(key_file(PEM.replace("\n", ending))) == ONE_LINE


def test_the_file_of_a_service_account_says_the_same_in_one_line(key_file):
    secret = resolve(key_file(json.dumps(ACCOUNT, indent=2)))
    assert "\n" not in secret
    assert json.loads(secret) == ACCOUNT


def test_a_command_may_print_a_whole_key(tmp_path):
    program = tmp_path / "show.py"
    program.write_text(f"print({PEM!r}, end='')")
    assert resolve(SecretRef("command", f"{sys.executable} {program}")) == ONE_LINE


def test_of_anything_else_a_command_prints_the_first_line_counts(tmp_path):
    program = tmp_path / "show.py"
    program.write_text("print('s3cr3t'); print('url: https://acme.example')")
    assert resolve(SecretRef("command", f"{sys.executable} {program}")) == "s3cr3t"


def test_other_secrets_still_have_one_line(key_file):
    with pytest.raises(SignInError, match="several lines"):
        resolve(key_file("s3cr3t\nX-Header: 1"))


def test_a_control_character_in_a_key_is_refused(key_file):
    with pytest.raises(SignInError, match="unprintable") as raised:
        resolve(key_file(PEM.replace("MIGT", "MI\x1bGT")))
    assert "MIGT" not in f"{raised.value} {raised.value.hint}"


def test_what_is_kept_comes_back_as_it_was(tmp_path):
    store = SecretStore(Paths.find({"HOME": str(tmp_path)}))
    store.save("apps", "private_key", PEM)
    store.save("play", "service_account", json.dumps(ACCOUNT, indent=2))
    assert store.get("apps", "private_key") == ONE_LINE
    assert json.loads(store.get("play", "service_account") or "") == ACCOUNT

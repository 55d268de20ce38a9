"""What was remembered as secret is in nothing that is written, in whatever form."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.settings.paths import Paths
from socialcare.settings.redaction import forget_all, redacted, redacted_bytes, remember
from socialcare.settings.tokens import TokenFile

printable = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=7)


@pytest.fixture(autouse=True)
def no_secrets():
    forget_all()
    yield
    forget_all()


@given(printable, st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_found_in_every_form(secret, before, after):
    forget_all()
    assert remember(secret) == secret
    written = {
        "plain": secret,
        "quoted": quote(secret, safe=""),
        "json": json.dumps(secret),
        "json as it is": json.dumps(secret, ensure_ascii=False),
        "repr": repr(secret),
    }
    for how, form in written.items():
        assert form.strip("\"'") not in redacted(f"{before}{form}{after}"), how
        raw = f"{before}{form}{after}".encode("utf-8", "replace")
        assert form.strip("\"'").encode() not in redacted_bytes(raw), how


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_a_password_inside_of_base_64_is_found(before, after):
    remember("hunter2-and-more")
    sent = base64.b64encode(before + b"hunter2-and-more" + after).decode()
    told = redacted(f"AUTH PLAIN {sent} refused")
    assert "***" in told
    assert b"hunter2-and-more" not in _decodable(told.split()[2])


def _decodable(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def test_the_longer_of_two_goes_first():
    remember("secret-of-acme")
    remember("secret-of-acme-for-real")
    assert redacted("it is secret-of-acme-for-real.") == "it is ***."


def test_of_a_key_file_its_keys_are_secret_and_its_layout_is_not():
    key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"
    remember(f"-----BEGIN PRIVATE KEY----- {key} -----END PRIVATE KEY-----")
    assert redacted(f"PRIVATE KEY {key[:20]} {key}") == f"PRIVATE KEY {key[:20]} ***"


@pytest.mark.parametrize("word", [None, "", "Bearer"])
def test_short_words_stay(word):
    assert remember(word) == word
    assert redacted("Bearer of news") == "Bearer of news"


def test_of_the_tokens_of_a_channel_only_the_tokens_are_secret(tmp_path):
    file = TokenFile(Paths.find({"HOME": str(tmp_path)}), "bluesky")
    file.write({"access": "eyJ-access", "refresh": "eyJ-refresh", "handle": "brand.test"})
    assert redacted("eyJ-access eyJ-refresh brand.test") == "*** *** brand.test"
    forget_all()
    file.read()
    assert redacted("eyJ-access eyJ-refresh brand.test") == "*** *** brand.test"


def test_a_new_run_knows_nothing():
    remember("secret-of-acme")
    forget_all()
    assert redacted("secret-of-acme") == "secret-of-acme"

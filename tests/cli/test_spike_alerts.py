"""`socialcare alerts` on what is unusual: the number, the usual one, three of them, since when."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.cli.acme import Acme
from tests.cli.screens_spike import with_spike


@pytest.fixture
def acme(tmp_path):
    """Fourteen complaints about the checkout in an hour and fifty minutes, after six quiet weeks."""
    shop = Acme(tmp_path)
    with_spike(shop)
    return shop


def test_a_line_with_the_number_the_usual_one_and_three_of_them(acme):
    ran = acme.run("alerts", "--exit-code", tty=True, width=120)
    assert (ran.code, ran.err) == (10, "")
    line = next(line for line in ran.out.splitlines() if line.startswith("SPIKE"))
    assert re.match(
        r'SPIKE    "checkout" 14 times in 2 h; usual 0(?: to 1)?   845, 841, \d+   since 1\d:\d\d',
        line,
    )


def test_for_programs_and_for_who_listens(acme):
    (told,) = json.loads(acme.run("alerts", "--json").out)
    jsonschema.Draft202012Validator(schema("alerts")).validate([told])
    assert (told["kind"], told["count"], told["wrong"]) == ("SPIKE", 14, True)
    assert told["ids"][:2] == [845, 841]
    assert told["usual"] in ([0, 0], [0, 1])
    assert told["since"].startswith("2026-11-21T12:")
    assert told["fix"].startswith("socialcare show 845 841 ")
    spoken = acme.run("alerts", tty=True, width=200, SOCIALCARE_ACCESSIBLE="1").out
    assert spoken.startswith('Spike: "checkout" 14 times in 2 hours; usual 0')


def test_it_can_be_turned_off(acme):
    config = acme.home / "config.toml"
    config.write_text('[alerts]\nspike = "off"\n')
    assert json.loads(acme.run("alerts", "--json", SOCIALCARE_CONFIG=str(config)).out) == []
    config.write_text('[alerts]\nspike = "4x"\n')
    wrong = acme.run("alerts", SOCIALCARE_CONFIG=str(config))
    assert wrong.code == 2
    assert "[alerts] spike" in wrong.err
    assert "2x" in wrong.err

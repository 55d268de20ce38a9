from __future__ import annotations

import json

from socialcare.errors import UsageError
from socialcare.output.styled import Piece
from tests.output.samples import printed, screen, told


def test_data_is_cleaned_and_styles_are_ours_alone():
    to = screen(tty=True, colour="full")
    to.data("\x1b[2Jgone", (Piece("1h12 late", "late"), Piece(" [bold]x[/]")))
    assert printed(to) == "^[[2Jgone\n\x1b[1;7m1h12 late\x1b[0m [bold]x[/]\n"


def test_without_colour_bold_and_reverse_stay():
    to = screen(tty=True, colour="mono")
    to.data((Piece("1h12 late", "late"), Piece(" "), Piece("9m left", "soon")))
    assert printed(to) == "\x1b[1;7m1h12 late\x1b[0m \x1b[1m9m left\x1b[0m\n"


def test_a_dumb_terminal_gets_no_escape_sequence():
    to = screen(tty=True, colour="none")
    to.data((Piece("1h12 late", "late"),))
    assert printed(to) == "1h12 late\n"


def test_hints_are_for_people_who_look():
    looking, piped, quiet = screen(tty=True), screen(), screen(tty=True, quiet=True)
    for to in (looking, piped, quiet):
        to.say("Go through them: socialcare triage")
        to.warn("demo data")
    assert told(looking) == "Go through them: socialcare triage\ndemo data\n"
    assert told(piped) == told(quiet) == "demo data\n"
    assert printed(looking) == ""


def test_an_error_is_two_lines_whatever_it_quotes():
    to = screen()
    to.fail(UsageError('there is no field "pr\nio\x1b]0;x\x07".', "fields: id,   text"))
    assert told(to) == 'error: there is no field "pr io^[]0;x^G".\nhint:  fields: id,   text\n'


def test_an_error_as_json_is_one_object_on_stderr():
    to = screen()
    to.fail(UsageError("no \x9b.", "see", code="unknown_filter"), as_json=True)
    assert told(to).isascii()
    assert json.loads(told(to)) == {
        "error": {"code": "unknown_filter", "message": "no \x9b.", "hint": "see"}
    }
    assert printed(to) == ""

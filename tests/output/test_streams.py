from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import sys
import termios

import pytest

from socialcare.output.streams import Streams, colour_of, screen_width


@pytest.mark.parametrize(
    ("environ", "tty", "colour"),
    [
        ({}, True, "full"),
        ({}, False, "none"),
        ({"NO_COLOR": "1"}, True, "mono"),
        ({"NO_COLOR": ""}, True, "full"),
        ({"TERM": "dumb"}, True, "none"),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, "none"),
        ({"FORCE_COLOR": "1"}, False, "full"),
        ({"FORCE_COLOR": "0"}, False, "none"),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, "mono"),
    ],
)
def test_colour_follows_the_environment(environ, tty, colour):
    assert colour_of({"TERM": "xterm", **environ}, tty=tty) == colour


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        ("120", 120),
        ("40", 40),
        ("3", 20),
        ("99999", 500),
        ("0", 80),
        ("", 80),
        ("wide", 80),
        ("²", 80),
        ("9" * 5000, 80),
    ],
)
def test_columns_decides_the_width_within_reason(columns, width):
    assert screen_width({"COLUMNS": columns}, io.StringIO()) == width


def test_a_terminal_is_asked_for_its_width():
    main, side = pty.openpty()
    try:
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 133, 0, 0))
        with os.fdopen(os.dup(side), "w") as terminal:
            assert screen_width({}, terminal) == 133
            assert screen_width({"COLUMNS": "60"}, terminal) == 60
    finally:
        os.close(main)
        os.close(side)


def test_streams_that_were_closed_before_the_start_are_harmless(monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    streams = Streams.of_process({})
    streams.stdout.write("nobody hears this\n")
    streams.flush()
    assert streams.stdin.read() == ""
    assert not streams.stdin_tty


def test_a_character_the_stream_cannot_encode_does_not_stop_it(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    streams = Streams.of_process({})
    streams.stdout.write("Zoë…\n")
    streams.flush()
    assert raw.getvalue() == b"Zo??\n"

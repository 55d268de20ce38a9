"""Every screen at every width, in a pipe, without colour and for who listens, as exact text.

``REWRITE_SCREENS=1 pytest tests/cli/test_screens.py`` writes ``screens/`` anew. Whoever does
that reads what changed, line by line: a screen that is ugly there is ugly for everybody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialcare.output.layout import cell_width
from tests.cli.acme import Ran
from tests.cli.screens_cases import CASES, Case
from tests.cli.screens_replies import with_replies
from tests.cli.screens_shop import CONFIGS, Shop, as_seen, place, teach, work

SCREENS = Path(__file__).parent / "screens"
REWRITE = "REWRITE_SCREENS" in os.environ
WIDTHS = {"40 columns": 40, "80 columns": 80, "120 columns": 120}
TERMINALS: dict[str, tuple[int, dict[str, str]]] = {
    **{name: (width, {}) for name, width in WIDTHS.items()},
    "NO_COLOR=1": (80, {"NO_COLOR": "1"}),
    "TERM=dumb": (80, {"TERM": "dumb"}),
    "accessible": (80, {"SOCIALCARE_ACCESSIBLE": "1"}),
}
PIPED = "piped"
STYLE = re.compile(r"\x1b\[(1|1;7|1;33|0)m")
WITHOUT_COLOUR = re.compile(r"\x1b\[(1|1;7|0)m")
RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]"
)
RULES = re.compile("[\u2500-\u259f]")
MACHINE = re.compile(
    r"^(ok +database|ok⇥database|database, ok:).*?journal.*?"
    r"(?=^(?:ok|look|STOP)\b|^\w+, (?:ok|look|STOP):)",
    re.DOTALL | re.MULTILINE,
)
"""What doctor says of the database: sizes and versions of this machine."""
ASKED = re.compile(r"(\[[yY]/[nN]\]|to erase:) ")
"""A question; whoever answers it ends the line."""
IN_COLUMNS = re.compile(r"\S {2,}\S|\t")


@pytest.fixture(scope="module")
def shops() -> Iterator[dict[str, Shop]]:
    """The same work in a shop that answers round the clock, and in one with open hours."""
    with place() as one, place() as other, place() as third, place() as fourth:
        shops = {"busy": Shop(one), "hours": Shop(other)}
        for state, shop in shops.items():
            work(shop, CONFIGS[state])
        shops |= dict.fromkeys(("fetching", "failing", "posting", "snippets"), shops["busy"]) | {
            "learning": Shop(third)
        }
        teach(shops["learning"])
        shops["replies"] = Shop(fourth)
        work(shops["replies"], CONFIGS["busy"])
        with_replies(shops["replies"])
        yield shops


def screens(shops: dict[str, Shop], case: Case) -> dict[str, Ran]:
    """What each of them sees; nobody sees what another one did."""
    modes = {name: (True, *how) for name, how in TERMINALS.items()}
    modes[PIPED] = (False, 80, {})
    seen = {}
    for name, (terminal, width, environ) in modes.items():
        with place() as home:
            shop = case.opened(shops, home)
            how: dict[str, Any] = {"terminal": terminal, "width": width, "stdin": case.stdin}
            how |= environ | dict(case.environ)
            with case.meanwhile(shop):
                seen[name] = as_seen(shop, *case.words(home), **how)
    return seen


def told(seen: dict[str, Ran]) -> str:
    """One text of all; those that look alike stand together. What is only without colour is a law."""
    alike: dict[str, list[str]] = {}
    for name, ran in seen.items():
        if name not in ("NO_COLOR=1", "TERM=dumb"):
            alike.setdefault(_told(ran), []).append(name)
    return "\n".join(f"==== {', '.join(names)} {text}" for text, names in alike.items())


def _told(ran: Ran) -> str:
    out = MACHINE.sub(r"\1 …\n", ran.out.replace("\x1b", "␛").replace("\t", "⇥"))
    err = f"---- stderr\n{ran.err}" if ran.err else ""
    return f"-> {ran.code}\n{out}{err}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_screen(shops, case):
    seen = screens(shops, case)
    file = SCREENS / f"{case.name}.txt"
    if case.exact and REWRITE:
        SCREENS.mkdir(exist_ok=True)
        file.write_text(told(seen), encoding="utf-8")
    for name, ran in seen.items():
        assert ran.code == (case.code if name != PIPED else case.piped_code), (name, ran.err)
        no_raw_characters(ran)
        errors_are_two_lines(case, ran, speaks=case.speaks and (name != PIPED or case.says_in_pipe))
    for name, width in WIDTHS.items():
        fits(seen[name], 10_000 if case.program else width)
    colours_are_only_where_they_may(seen)
    a_pipe_is_complete(case, seen[PIPED])
    no_tables_for_who_listens(case, seen["accessible"])
    if case.exact:
        assert told(seen) == file.read_text(encoding="utf-8")


def fits(ran: Ran, width: int) -> None:
    """Errors and paths are copied: they are not broken, or the terminal does it itself."""
    talk = ASKED.sub("\\1\n", ran.err).splitlines()
    for line in [*STYLE.sub("", ran.out).splitlines(), *talk]:
        whole = line.startswith(("error: ", "hint:  ")) or re.search(
            rf"/\S{{{width // 2 - 3}}}", line
        )
        assert cell_width(line) <= width or whole, line


def no_raw_characters(ran: Ran) -> None:
    assert not RAW.search(STYLE.sub("", ran.out))
    assert not RAW.search(ran.err)
    assert not [line for line in ran.out.splitlines() if line != line.rstrip(" ")]


def errors_are_two_lines(case: Case, ran: Ran, *, speaks: bool) -> None:
    """Also where several things failed: what is wrong, and what to do."""
    lines = ran.err.splitlines()
    wrong = [at for at, line in enumerate(lines) if line.startswith("error: ")]
    assert all(lines[at + 1].startswith("hint:  ") for at in wrong)
    if ran.code not in (0, 5, 10) and not speaks:
        assert (wrong, len(lines)) == ([0], 2)
        assert ran.out == ""


def colours_are_only_where_they_may(seen: dict[str, Ran]) -> None:
    full, mono, dumb = (seen[name] for name in ("80 columns", "NO_COLOR=1", "TERM=dumb"))
    assert mono.out == full.out.replace("\x1b[1;33m", "\x1b[1m")
    assert dumb.out == STYLE.sub("", full.out)
    assert full.err == mono.err == dumb.err
    assert "\x1b" not in WITHOUT_COLOUR.sub("", mono.out)
    assert "\x1b" not in seen[PIPED].out + dumb.out
    assert not any("\x1b" in ran.err for ran in seen.values())


def a_pipe_is_complete(case: Case, ran: Ran) -> None:
    if ran.code == 0 and not case.says_in_pipe:
        assert ran.err == ""
    lines = ran.out.splitlines()
    if case.records is not None:
        assert len(lines) == case.records
        assert {line.count("\t") + 1 for line in lines} <= {case.fields}
        assert "…" not in ran.out


def no_tables_for_who_listens(case: Case, ran: Ran) -> None:
    if ran.code in (0, 5, 10) and not (case.table or case.program):
        assert not RULES.search(ran.out)
        assert not [line for line in ran.out.splitlines() if IN_COLUMNS.search(line.strip())]


@pytest.mark.skipif(REWRITE, reason="they are being written")
def test_no_screen_is_left_over():
    kept = {f"{case.name}.txt" for case in CASES if case.exact}
    assert {path.name for path in SCREENS.iterdir()} == kept

"""No module prints on its own: markup of a mention must have no one to interpret it."""

from __future__ import annotations

import ast
from pathlib import Path

import socialcare

ROOT = Path(socialcare.__file__).parent
ENTRY = {"__main__.py"}
"""Answers ``--version`` before any of our modules is imported."""


def parsed():
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def offences(tree):
    """Calls of ``print``, and every use of Rich but measuring the width of a text."""
    for node in ast.walk(tree):
        for name in imported(node):
            if name.split(".")[0] == "rich" and not name.startswith("rich.cells."):
                yield f"imports {name}"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "print" or called.split(".")[-1] in ("echo", "secho"):
                yield f"calls {called}"


def escapes(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\x1b[" in node.value:
            yield node.lineno


def test_nothing_reaches_the_terminal_but_through_the_screen():
    found = [
        f"{name} {what}" for name, tree in parsed() if name not in ENTRY for what in offences(tree)
    ]
    assert found == []


def test_escape_sequences_are_written_in_one_place():
    assert {name for name, tree in parsed() if list(escapes(tree))} == {"output/styled.py"}


def test_the_check_sees_what_it_looks_for():
    tree = ast.parse(
        "from rich.console import Console\nimport rich\nprint(f'{x}')\ntyper.echo(text)\n"
        "from rich.cells import cell_len\n"
    )
    assert list(offences(tree)) == [
        "imports rich.console.Console",
        "imports rich",
        "calls print",
        "calls typer.echo",
    ]

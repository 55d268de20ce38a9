"""The house rules that a program can check: layers, sizes, no printing on the side."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import socialcare

ROOT = Path(socialcare.__file__).parent
PROJECT = ROOT.parent
MOST_LINES = 400
MOST_IN_FUNCTION = 60
MEDIAN_IN_FUNCTION = 10
ENTRY = ROOT / "__main__.py"
"""Answers ``--version`` before anything is imported that could print."""
LINT = "from importlinter.cli import lint_imports_command as run; run()"
CONTRACT = """\
[importlinter]
root_package = {package}

[importlinter:contract:layers]
name = layers
type = layers
layers =
    {package}.above
    {package}.below
"""


def sources():
    return sorted(ROOT.rglob("*.py"))


def functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def prints(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write"):
            yield node.lineno


def lint_imports(folder):
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=folder,
    )


def test_mentions_flow_one_way():
    if not (PROJECT / "pyproject.toml").is_file():
        pytest.skip("only in a checkout: the contract stands in pyproject.toml")
    ran = lint_imports(PROJECT)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert "mentions flow one way KEPT" in ran.stdout


def test_the_check_of_the_layers_sees_what_it_looks_for(tmp_path):
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").touch()
    (house / "above.py").touch()
    (house / "below.py").write_text("import house.above\n")
    (tmp_path / ".importlinter").write_text(CONTRACT.format(package="house"))
    ran = lint_imports(tmp_path)
    assert ran.returncode == 1
    assert "layers BROKEN" in ran.stdout


@pytest.mark.parametrize("path", sources(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_file_and_no_function_is_too_long(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= MOST_LINES
    assert {name: size for name, size in functions(tree) if size > MOST_IN_FUNCTION} == {}
    assert path == ENTRY or list(prints(tree)) == []


def test_the_usual_function_is_short():
    sizes = [
        size
        for path in sources()
        for _, size in functions(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(sizes) > 300
    assert statistics.median(sizes) < MEDIAN_IN_FUNCTION


def test_the_checks_see_what_they_look_for():
    body = "\n".join(f"    x = {n}" for n in range(MOST_IN_FUNCTION))
    tree = ast.parse(f"def long():\n{body}\nasync def short():\n    print(1)\n")
    assert dict(functions(tree)) == {"long": MOST_IN_FUNCTION + 1, "short": 2}
    assert list(prints(tree)) == [MOST_IN_FUNCTION + 3]

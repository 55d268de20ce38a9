"""The channels of the README, made from the program: ``python -m tests.readme`` writes them anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from socialcare.channels import REGISTRY
from socialcare.channels.types import TypeInfo, abilities, info_of

FILE = Path(__file__).resolve().parent.parent / "README.md"
BAR = r"\|"
BEGIN, END = "<!-- channels -->\n", "<!-- /channels -->"


def channels() -> str:
    """Two tables: one to choose by, one of what may be expected."""
    infos = [info_of(name) for name in REGISTRY]
    lines = [
        *_table(("type", "reads", "needs", "reading costs", "add it with"), map(_choice, infos)),
        "",
        *_table(("type", "can", "ran against", "but"), map(_promise, infos)),
    ]
    return "".join(f"{line}\n" for line in lines)


def with_channels(text: str) -> str:
    """The README with what the program says today."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, "the README has no place for the channels"
    assert end, "the README does not say where the channels end"
    return f"{before}{begin}{channels()}{end}{after}"


def _choice(info: TypeInfo) -> Sequence[str]:
    specs = " ".join(f"`{spec}`" for spec in info.examples)
    return f"`{info.type}`", info.reads, info.needs, info.costs, specs


def _promise(info: TypeInfo) -> Sequence[str]:
    return f"`{info.type}`", abilities(info.can), info.tested, info.closed or ""


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield _row(head)
    yield "|" + "---|" * len(head)
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


if __name__ == "__main__":
    FILE.write_text(with_channels(FILE.read_text(encoding="utf-8")), encoding="utf-8")

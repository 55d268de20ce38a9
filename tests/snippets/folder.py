"""A folder of ready-made answers for a test."""

from __future__ import annotations

from pathlib import Path

from socialcare.snippets import Library, Variant, read_library
from socialcare.snippets.model import Address
from socialcare.snippets.reading import parse


def page(text: str = "Thank you.", title: str | None = "Late", **header: str) -> str:
    lines = [f"title: {title}"] if title else []
    lines += [f"{key}: {value}" for key, value in header.items()]
    return "\n".join(["---", *lines, "---", text, ""])


def put(folder: Path, **files: str) -> Path:
    """``delay__de`` is the file delay.de.md."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name.replace('__', '.')}.md").write_text(text, encoding="utf-8")
    return folder


def shelf(folder: Path, **files: str) -> Library:
    return read_library(put(folder, **files)).whole()


def read(text: str, name: str = "delay") -> Variant:
    return parse(text, Path(f"{name}.md"), Address.parse(name))

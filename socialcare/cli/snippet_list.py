"""``socialcare snippet list``: which ready-made answers there are, and how they fared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.cli.snippet_shelf import shelf_of
from socialcare.errors import ExitCode
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import Record, list_of, number_of, text_of
from socialcare.output.styled import Piece
from socialcare.output.table import Column, field_table, table
from socialcare.output.words import count

if TYPE_CHECKING:
    from socialcare.snippets import Snippet
    from socialcare.workflow.snippets import Shelf

FIELDS = (
    *("v", "name", "title", "topics", "lang", "channels", "tags", "public"),
    *("used", "worked", "judged", "deflected"),
)
LIST_EXAMPLES = """\b
Examples:
  socialcare snippet
  socialcare snippet list --json | jq '.[] | select(.used == 0) | .name'
  socialcare snippet --fields name,used,deflected
"""
COLUMNS = (
    Column("Name", 10, 24, most_wide=40),
    Column("Title", 18, gap=(2, 2), from_width=60),
    Column("Topics", 6, 14, most_wide=30, gap=(2, 2), from_width=72),
    Column("Lang", 4, 8, gap=(2, 2), from_width=60),
    Column("Used", 4, 5, right=True, gap=(2, 2)),
    Column("Worked", 6, 10, right=True, gap=(2, 2)),
)


def list_(
    ctx: typer.Context,
    *,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Which snippets there are, how often they were used, and how often that was enough.

    One worked where the person did not write again within seven days of the answer; thanks do
    not count as writing again. While those days last, nobody knows yet.
    """
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    names = chosen_fields(fields, FIELDS)
    shelf = shelf_of(run)
    found = [record_of(one, shelf) for one in shelf.library.whole().snippets]
    if chosen == "table":
        _draw(run, found, names)
    else:
        cells = _cells if chosen == "tsv" and names is None else None
        write_records(run.screen, found, chosen, fields=names or FIELDS, cells=cells)
    return ExitCode.OK


def record_of(snippet: Snippet, shelf: Shelf) -> Record:
    from socialcare.snippets.ranking import Past

    past = shelf.past.get(snippet.name, Past())
    return {
        "v": 1,
        "name": snippet.name,
        "title": snippet.title,
        "topics": list(snippet.topics),
        "lang": list(snippet.langs(shelf.usual)),
        "channels": list(snippet.channels),
        "tags": list(snippet.tags),
        "public": snippet.public,
        "used": past.used,
        "worked": past.worked,
        "judged": past.judged,
        "deflected": past.deflected,
    }


def _cells(record: Record) -> list[str]:
    """A tab-separated line begins with the name; the version is for JSON."""
    return [plain_value(record[name]) for name in FIELDS if name != "v"]


def _draw(run: App, found: Sequence[Record], names: Sequence[str] | None) -> None:
    width = run.streams.width
    if not found:
        run.screen.data("There are no snippets yet.")
        run.screen.say(
            "Write one: socialcare snippet edit delay-apology",
            "or from an answer that you gave: socialcare snippet edit delay-apology --from 41",
        )
    elif names is not None:
        rows = [[plain_value(record[name]) for name in names] for record in found]
        run.screen.data(*field_table(names, rows, width))
    elif run.accessible:
        run.screen.data(*_spoken(found, width))
    else:
        run.screen.data(*table(COLUMNS, [_row(record) for record in found], width))


def _row(record: Record) -> list[Piece]:
    judged = number_of(record, "judged") or 0
    return [
        Piece(text_of(record, "name")),
        Piece(text_of(record, "title")),
        Piece(", ".join(map(str, list_of(record, "topics")))),
        Piece(", ".join(map(str, list_of(record, "lang")))),
        Piece(f"{number_of(record, 'used') or 0:,.0f}"),
        Piece(f"{record['worked']} of {judged:.0f}" if judged else ""),
    ]


def _spoken(found: Sequence[Record], width: int) -> Iterator[str]:
    for number, record in enumerate(found, 1):
        yield from wrap(f"{number} of {len(found)}. {one_cell(sentences(record))}", width)


def sentences(record: Record) -> str:
    """``delay-apology, Parcel is late. Topics delivery. In en and de. Used 3 times, ...``"""
    topics = " and ".join(map(str, list_of(record, "topics"))) or "none"
    langs = " and ".join(map(str, list_of(record, "lang")))
    title = text_of(record, "title")
    end = "" if title.endswith(("?", "!", ".")) else "."
    told = f"{record['name']}, {title}{end} Topics {topics}. In {langs}."
    return f"{told} {fared(record)}"


def fared(record: Record) -> str:
    """``Used 3 times, worked 2 of 2 times, 1 question did not come back.``"""
    used, judged, kept = (int(number_of(record, n) or 0) for n in ("used", "judged", "deflected"))
    if not used:
        return "Not used yet."
    parts = [f"Used {count(used, 'time')}"]
    if judged:
        parts.append(f"worked {record['worked']} of {count(judged, 'time')}")
    if kept:
        parts.append(f"{count(kept, 'question')} did not come back")
    return f"{', '.join(parts)}."

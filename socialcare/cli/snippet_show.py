"""``socialcare snippet show``: one ready-made answer with all of its texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet
from socialcare.cli.snippet_list import fared, record_of
from socialcare.cli.snippet_shelf import shelf_of
from socialcare.errors import ExitCode
from socialcare.output.layout import flow, wrap
from socialcare.text import MAX_TEXT, for_screen

if TYPE_CHECKING:
    from socialcare.output.records import Record
    from socialcare.snippets import Variant

SHOW_EXAMPLES = """\b
Examples:
  socialcare snippet show delay-apology
  socialcare snippet show delay-apology.de      only the German text
  socialcare snippet show delay-apology --json
"""


def show(
    ctx: typer.Context,
    *,
    snippet: Annotated[str, typer.Argument(metavar="NAME", help="Which one.")],
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """One snippet: its header, how it fared, and its text for each language and channel."""
    from socialcare.workflow.snippets import named

    run = App.of(ctx)
    shelf = shelf_of(run)
    found, texts = named(shelf.folder, snippet)
    record = record_of(found, shelf)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, {**record, "texts": [_text(one) for one in texts]})
        return ExitCode.OK
    run.screen.data(*_lines(record, texts, run.streams.width, spoken=run.accessible))
    return ExitCode.OK


def _text(variant: Variant) -> Record:
    return {
        "file": str(variant.path),
        "lang": variant.address.lang or variant.header.lang,
        "channel": variant.address.channel,
        "title": variant.header.title,
        "source": variant.header.source,
        "text": variant.text,
    }


def _lines(record: Record, texts: Sequence[Variant], width: int, *, spoken: bool) -> Iterator[str]:
    yield from wrap(f"{record['name']}: {for_screen(str(record['title']), one_line=True)}", width)
    facts = list(_facts(record))
    yield from wrap(f"{', '.join(facts)}.", width) if spoken else flow(facts, width)
    yield from wrap(fared(record), width)
    for variant in texts:
        yield ""
        source = variant.header.source
        told = f"{variant.path.name}{f', from {source}' if source else ''}"
        yield from wrap(for_screen(told, one_line=True), width)
        for line in for_screen(variant.text, limit=MAX_TEXT).split("\n"):
            yield from wrap(line, width, "    ")


def _facts(record: Record) -> Iterator[str]:
    for name in ("topics", "lang", "channels", "tags"):
        values = record[name]
        if isinstance(values, list) and values:
            yield f"{name} {for_screen(', '.join(values), one_line=True)}"
    if record["public"]:
        yield "public"

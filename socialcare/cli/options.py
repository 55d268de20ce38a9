"""The options that mean the same in every command, with the same letters."""

from __future__ import annotations

from typing import Annotated

import typer

DryRun = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Say what would change and change nothing.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only say what is wrong.")]
Steal = Annotated[
    bool, typer.Option("--steal", help="Take it from a colleague who is writing an answer.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="FORMAT", help="table, json, jsonl, csv, tsv or ids."),
]
Fields = Annotated[
    str | None, typer.Option("--fields", metavar="A,B", help="Only these fields, in this order.")
]
Query = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]...", help="Which mentions; see: socialcare help query"),
]
What = Annotated[
    list[str],
    typer.Argument(
        metavar="WHAT...",
        help="Ids (41, 41-44, next), a post's address, - for ids on stdin, or a query.",
    ),
]

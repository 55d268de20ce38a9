"""The options of ``reply``."""

from __future__ import annotations

from typing import Annotated

import typer

Mentions = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WHAT...",
        help="An id, next or a post's address; or many, to send what is written.",
    ),
]
Body = Annotated[str | None, typer.Option("--body", "-b", metavar="TEXT", help="The answer.")]
File = Annotated[
    str | None,
    typer.Option("--file", "-F", metavar="FILE", help="Read it from a file; - is stdin."),
]
Snippet = Annotated[
    str | None,
    typer.Option("--snippet", metavar="NAME", help="A ready-made answer, filled in for them."),
]
Edit = Annotated[bool, typer.Option("--edit", "-e", help="Write it in your editor.")]
Private = Annotated[
    bool | None, typer.Option("--private/--public", help="Who reads it. [as the channel allows]")
]
FollowUp = Annotated[
    str | None,
    typer.Option("--follow-up", metavar="TEXT", help="Private words after a public answer."),
]
Split = Annotated[
    bool | None,
    typer.Option("--split/--no-split", help="Several posts where it is too long for one."),
]
Send = Annotated[bool, typer.Option("--send", help="Check it and send it.")]
Approve = Annotated[bool, typer.Option("--approve", help="Let it go with the next fetch.")]
Back = Annotated[
    str | None,
    typer.Option("--back", metavar="NOTE", help="Give it back to who wrote it, with a note."),
]
Override = Annotated[
    list[str] | None,
    typer.Option("--override", metavar="CHECK", help="Send in spite of this STOP; recorded."),
]
Again = Annotated[
    bool, typer.Option("--again", help="With --send: it is not there, send it once more.")
]
Copy = Annotated[bool, typer.Option("--copy", help="Copy the draft to the clipboard.")]
Open = Annotated[bool, typer.Option("--open", help="Open the post in your browser.")]
Posted = Annotated[
    str | None,
    typer.Option(
        "--record", metavar="[URL]", help="I answered by hand; note it, with its address."
    ),
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="With --record: when you answered.")
]
Promise = Annotated[
    str | None,
    typer.Option("--promise", metavar="WHEN", help="When you say to be back; it is due then."),
]
Discard = Annotated[bool, typer.Option("--discard", help="Throw the draft away.")]
LookOnly = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Show it with its checks; keep and send nothing.")
]
Many = Annotated[
    str | None,
    typer.Option(
        "--statement", metavar="NAME", help="An approved statement to all of them, one by one."
    ),
]
New = Annotated[
    str | None,
    typer.Option(
        "--new",
        metavar="[CHANNEL]",
        help="An own post there, which answers nobody; alone: list them.",
    ),
]

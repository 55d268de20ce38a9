"""``socialcare reply``: write an answer, post it by hand, record it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet, Steal
from socialcare.cli.reply_desk import Desk
from socialcare.errors import InputError, UsageError
from socialcare.workflow import reply as work

EXAMPLES = """\b
Examples:
  socialcare reply 41                      write it in your editor
  socialcare reply 41 --body "Sorry for the wait, Mia. I am on it."
  socialcare reply 41 --copy --open        copy the draft and open the page
  socialcare reply 41 --record https://mas.to/@acme/1130
  socialcare reply 41 --record --at 14:05 --promise tomorrow        by phone
  socialcare reply next --file answer.txt --json
"""
app = new_app()


@app.command(epilog=EXAMPLES)
def reply(
    ctx: typer.Context,
    *,
    mention: Annotated[str, typer.Argument(metavar="ID", help="An id, next, or a post's address.")],
    body: Annotated[
        str | None, typer.Option("-b", "--body", metavar="TEXT", help="The answer.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("-F", "--file", metavar="FILE", help="Read it from a file; - is stdin."),
    ] = None,
    edit: Annotated[bool, typer.Option("-e", "--edit", help="Write it in your editor.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the draft to the clipboard.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the post in your browser.")] = False,
    record: Annotated[
        str | None,
        typer.Option(
            "--record", metavar="[URL]", help="I answered by hand; note it, with its address."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="With --record: when you answered.")
    ] = None,
    promise: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="With --record: when you said to be back; due then."),
    ] = None,
    discard: Annotated[bool, typer.Option("--discard", help="Throw the draft away.")] = False,
    steal: Steal = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Write an answer, keep it as a draft, post it by hand and record it.

    This version posts nothing by itself: it copies your text and opens the page. Recording
    stops the clock of the first answer; a question is then closed, anything else pending.
    While you write, for at most 15 minutes, your colleagues see it and cannot answer too.
    """
    run = App.of(ctx)
    desk = Desk(run, mention)
    text = _given(run, body, file)
    _refuse_mixture(desk.id, text, record, promise if at is None else at, discard=discard)
    named = discard or edit or record is not None or text is not None
    if not named and (copy or open_ or (desk.draft is not None and not run.streams.stdin_tty)):
        desk.hand_over(copy=copy, open_=open_)
        return desk.tell(None if desk.draft is None else "draft", as_json=as_json)
    with desk.held(steal=steal):
        if discard or text is not None:
            desk.over = desk.unseen_draft_by(text)
        if discard:
            return desk.tell(desk.discard(), as_json=as_json)
        if record is not None:
            return desk.tell(desk.record(text, record, at, promise), as_json=as_json)
        if text is None:
            return desk.write(as_json=as_json)
        desk.keep(work.read_body(text))
    desk.hand_over(copy=copy, open_=open_)
    return desk.tell("draft", as_json=as_json)


def _refuse_mixture(
    id_: int, text: str | None, record: str | None, when: str | None, *, discard: bool
) -> None:
    if discard and (text is not None or record is not None):
        raise UsageError(
            "--discard goes alone: it throws the draft away.", f"socialcare reply {id_} --discard"
        )
    if record is None and when is not None:
        raise UsageError(
            "--at and --promise belong to an answer that is recorded.",
            f"socialcare reply {id_} --record --promise 4h",
        )


def write_answer(run: App, mention: int) -> None:
    """What ``reply ID`` does where somebody sits at the keyboard, for another command."""
    desk = Desk(run, str(mention))
    with desk.held(steal=False):
        desk.write(as_json=False)


def _given(run: App, body: str | None, file: str | None) -> str | None:
    if body is not None and file is not None:
        raise UsageError(
            "--body and --file cannot both be given.", "socialcare reply 41 --body TEXT"
        )
    if file == "-":
        return run.streams.stdin.read()
    if file is None:
        return body
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(
            f"{file[:200]} cannot be read: {error.strerror}.", "name a text file, or - for stdin"
        ) from None

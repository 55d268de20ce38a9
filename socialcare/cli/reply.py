"""``socialcare reply``: draft, check, approve and send an answer, or record one given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.choosing import chosen
from socialcare.cli.context import App
from socialcare.cli.options import Json, Quiet, Steal, Yes
from socialcare.cli.reply_desk import Desk, Wish, overrides_of
from socialcare.cli.reply_sending import send, tell, workshop
from socialcare.cli.reply_talk import Talk, done
from socialcare.errors import InputError, UsageError

EXAMPLES = """\b
Examples:
  socialcare reply 41                      write it in your editor, check it, send it
  socialcare reply 41 --body "Sorry for the wait, Mia. I am on it." --send
  socialcare reply 41 --snippet delay-apology
  socialcare reply 41 --body "Sorry, Mia." --follow-up "Which order is it?" --send
  socialcare reply is:waiting --approve    they go with the next fetch
  socialcare reply --new mastodon -b "The courier is late today."
  socialcare reply 41 --copy --open        copy the draft and open the page
  socialcare reply 41 --record https://mas.to/@acme/1130
  socialcare reply 41 --record --at 14:05 --promise tomorrow        by phone
"""
app = new_app()


@dataclass(frozen=True, slots=True)
class Going:
    """How an answer is let go."""

    send: bool
    approve: bool
    again: bool
    overrides: Sequence[str]
    promise: str | None

    @property
    def wanted(self) -> bool:
        return self.send or self.approve


@dataclass(frozen=True, slots=True)
class Order:
    """What the options say of the one that was named."""

    body: str | None
    file: str | None
    snippet: str | None
    private: bool | None
    follow_up: str | None
    split: bool | None
    edit: bool
    copy: bool
    open: bool
    record: str | None
    at: str | None
    discard: bool
    steal: bool
    as_json: bool

    def wish(self, run: App) -> Wish:
        given = _given(run, self.body, self.file, self.snippet)
        return Wish(given, self.private, self.follow_up, self.split, self.snippet)


@app.command(epilog=EXAMPLES)
def reply(
    ctx: typer.Context,
    *,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="WHAT...", help="An id, next, a post's address; or many, to send."),
    ] = None,
    new: Annotated[
        str | None,
        typer.Option(
            metavar="[CHANNEL]", help="An own post there, which answers nobody; alone: list them."
        ),
    ] = None,
    body: Annotated[
        str | None, typer.Option("-b", "--body", metavar="TEXT", help="The answer.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("-F", "--file", metavar="FILE", help="Read it from a file; - is stdin."),
    ] = None,
    snippet: Annotated[
        str | None,
        typer.Option("--snippet", metavar="NAME", help="A ready-made answer, filled in for them."),
    ] = None,
    edit: Annotated[bool, typer.Option("-e", "--edit", help="Write it in your editor.")] = False,
    private: Annotated[
        bool | None, typer.Option("--private/--public", help="Who reads it. [public]")
    ] = None,
    follow_up: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Private words after a public answer.")
    ] = None,
    split: Annotated[
        bool | None, typer.Option("--split", help="Several posts where it is too long for one.")
    ] = None,
    send_: Annotated[bool, typer.Option("--send", help="Check it and send it.")] = False,
    approve: Annotated[
        bool, typer.Option("--approve", help="Let it go with the next fetch.")
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option(metavar="CHECK", help="Send in spite of this check; it is recorded."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --send: it is not there, send it once more.")
    ] = False,
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
        typer.Option(metavar="WHEN", help="When you say to be back; it is due then."),
    ] = None,
    discard: Annotated[bool, typer.Option("--discard", help="Throw the draft away.")] = False,
    steal: Steal = False,
    yes: Yes = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Write an answer, check it, and send it; or post it by hand and record it.

    Without --send nothing leaves: a script makes a draft, a person is asked. A STOP of the
    checks holds it back. An answer that was lost on the way is never sent a second time by
    itself. While you write, for at most 15 minutes, your colleagues see it and cannot answer.
    """
    run = App.of(ctx)
    going = Going(send_, approve, again, overrides_of(override or ()), promise)
    order = Order(
        *(body, file, snippet, private, follow_up, split, edit, copy, open_),
        *(record, at, discard, steal, as_json),
    )
    if new is not None:
        from socialcare.cli.reply_new import new_post

        return new_post(run, new, what or (), order, lambda desk: answer_at(desk, order, going))
    ids, asked = chosen(run, what or (), own=True)
    if asked or len(ids) != 1:
        from socialcare.cli.reply_many import answer_many

        _refuse_words(body, file, snippet, record, follow_up, private, split)
        return answer_many(run, ids, going, discard=discard, asked=asked, yes=yes, as_json=as_json)
    return answer_at(Desk(run, ids[0]), order, going)


def answer_at(desk: Desk, order: Order, going: Going) -> int:
    """Do with one mention, or own post, what the options say."""
    run, record, as_json = desk.run, order.record, order.as_json
    wish = order.wish(run).filled(desk, sign=record is None)
    _refuse_mixture(desk.id, wish, record, order.at, going, discard=order.discard)
    handing = order.copy or order.open
    acts = order.discard or order.edit or going.wanted or record is not None or not wish.empty
    if not acts and (handing or (desk.words is not None and not run.streams.stdin_tty)):
        desk.hand_over(copy=order.copy, open_=order.open)
        return done(desk, desk.letter.state if desk.letter else None, as_json=as_json)
    with desk.held(steal=order.steal):
        if order.discard or not wish.empty:
            desk.note_unseen(wish)
        if order.discard:
            desk.discard()
            return done(desk, "discarded", as_json=as_json)
        if record is not None:
            desk.record(wish.body, record, order.at, going.promise)
            return done(desk, "recorded", as_json=as_json)
        words = wish.applied(desk.words, desk.usual)
        if words is not None and not wish.empty:
            desk.keep(words)
        if going.wanted:
            return _let_go(desk, going, as_json=as_json)
        talk = Talk(desk, going.overrides, going.promise)
        if order.edit or desk.words is None or (wish.empty and not handing):
            return talk.begin(edit=order.edit, as_json=as_json)
        if run.streams.stdin_tty and run.streams.stdout_tty and not handing:
            return talk.go_on(as_json=as_json)
    desk.hand_over(copy=order.copy, open_=order.open)
    return done(desk, "draft", as_json=as_json)


def _let_go(desk: Desk, going: Going, *, as_json: bool) -> int:
    with workshop(desk.run) as shop:
        stopped = desk.words is not None and desk.posts and desk.examined(shop)
        if stopped and stopped.stops(going.overrides) and not as_json:
            desk.run.screen.warn(*desk.shown(stopped))
        result = send(desk, shop, going.overrides, going.promise, now=going.send, again=going.again)
        return tell(desk, result, as_json=as_json)


def _refuse_words(*given: object) -> None:
    if any(one is not None for one in given):
        raise UsageError(
            "words are written for one mention at a time.",
            "name its id: socialcare reply 41 --body TEXT",
        )


def _refuse_mixture(
    id_: int, wish: Wish, record: str | None, at: str | None, going: Going, *, discard: bool
) -> None:
    if discard and (not wish.empty or record is not None or going.wanted):
        raise UsageError(
            "--discard goes alone: it throws the draft away.", f"socialcare reply {id_} --discard"
        )
    if record is None and at is not None:
        raise UsageError(
            "--at belongs to an answer that is recorded.",
            f"socialcare reply {id_} --record --at 14:05",
        )
    if record is None and going.promise is not None and not going.wanted:
        raise UsageError(
            "--promise belongs to an answer that is sent or recorded.",
            f"socialcare reply {id_} --send --promise 4h   or --record --promise 4h",
        )
    if record is not None and wish.snippet is not None:
        raise UsageError(
            "--record keeps what was posted: the snippet is a draft first.",
            f"socialcare reply {id_} --snippet {wish.snippet}   then: socialcare reply {id_} --record",
        )
    if record is not None and going.wanted:
        raise UsageError(
            "--record is for an answer that was posted by hand: it is not sent.",
            f"socialcare reply {id_} --record URL",
        )
    if going.again and not going.send:
        raise UsageError("--again goes with --send.", f"socialcare reply {id_} --send --again")


def write_answer(run: App, mention: int) -> None:
    """What ``reply ID`` does where somebody sits at the keyboard, for another command."""
    desk = Desk(run, mention)
    with desk.held(steal=False):
        Talk(desk, (), None).begin(edit=False, as_json=False)


def _given(run: App, body: str | None, file: str | None, snippet: str | None) -> str | None:
    ways = {"--body": body, "--file": file, "--snippet": snippet}
    given = [name for name, value in ways.items() if value is not None]
    if len(given) > 1:
        raise UsageError(
            f"{' and '.join(given[:2])} cannot both be given.", "socialcare reply 41 --body TEXT"
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

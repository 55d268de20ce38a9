"""``reply --new CHANNEL``: a post of our own, with the same checks, approval and outbox; and a
list of those that are not sent yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from socialcare.cli.reply_desk import Desk
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.inbox import own_posts
from socialcare.inbox.fields import Hand
from socialcare.output.formats import chosen_format, write_records
from socialcare.output.layout import one_cell
from socialcare.output.styled import Line, Piece
from socialcare.output.table import Column, table
from socialcare.workflow.replying import limits_of

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.cli.reply_order import Order
    from socialcare.output.records import Record

FIELDS = ("v", "id", "channel", "state", "author", "text", "updated_at", "error")
COLUMNS = (
    Column("ID", 2, whole=True, right=True),
    Column("State", 5, 8),
    Column("By", 2, 12),
    Column("On", 2, 14, from_width=56),
    Column("Says", 8),
)


def new_post(
    run: App, channel: str, what: Sequence[str], order: Order, work: Callable[[Desk], int]
) -> int:
    """Begin a post, and do with it what the options say; nothing is left where nothing is written.

    Raises
    ------
    NotFoundError
        There is no such channel.
    UsageError
        It takes answers only, or there is nothing to write.

    """
    if what:
        raise UsageError(
            "a new post answers nobody: no mention goes with --new.",
            f"socialcare reply --new {channel or 'CHANNEL'} --body TEXT",
        )
    if not channel:
        _list(run)
        return ExitCode.OK
    _refuse_channel(run, channel)
    _refuse_nothing(run, channel, order)
    db, brand = run.write(), run.settings.brand
    handle = next(iter(brand.handles), brand.name or channel)
    id_ = own_posts.start(db, channel, handle, Hand(run.me, run.clock.now(), "reply"))
    try:
        code = work(Desk(run, id_))
    finally:
        own_posts.forget_unwritten(db, id_)
    if not (run.streams.stderr_tty or order.as_json or order.copy or order.open):
        run.screen.warn(f"It is {id_}: socialcare show {id_}")
    return code


def _refuse_channel(run: App, channel: str) -> None:
    able = [name for name in run.settings.channels if limits_of(name, run.settings).own_posts]
    hint = (
        f"channels that can: {', '.join(able)}"
        if able
        else "add one that can: socialcare channel add mastodon:@acme@mas.to"
    )
    if channel not in run.settings.channels:
        raise NotFoundError(f'there is no channel "{channel[:60]}" in the config.', hint)
    if channel not in able:
        type_ = run.settings.channels[channel].type
        raise UsageError(
            f"{channel} takes no posts of our own: its type is {type_}.",
            hint,
            code="no_own_posts",
        )


def _refuse_nothing(run: App, channel: str, order: Order) -> None:
    if order.deed in ("--record", "--discard", "--back"):
        raise UsageError(
            "--new makes a post: there is none yet to record, give back or throw away.",
            "see those that there are: socialcare reply --new",
        )
    if not order.writes and not run.streams.stdin_tty:
        raise UsageError(
            "nobody is here to write the post.",
            f"give the text: socialcare reply --new {channel} --body TEXT   or --file FILE",
        )


def _list(run: App) -> None:
    """Those that are drafts, wait for an approval, or are on their way."""
    db = run.read()
    rows = [] if db is None else own_posts.standing(db)
    form = chosen_format(None, as_json=run.wants_json, tty=run.streams.stdout_tty)
    if form != "table":
        records = ({"v": 1, **row} for row in rows)
        write_records(run.screen, records, form, fields=FIELDS, cells=_cells)
        return
    if not rows:
        run.screen.data("No post of our own is being written.")
        run.screen.say("Write one: socialcare reply --new CHANNEL")
        return
    run.screen.data(*_drawn(run, rows))
    run.screen.say(f"Go on with one: socialcare reply {rows[0]['id']}")


def _cells(row: Record) -> Sequence[str]:
    return [str(row[name]) for name in ("id", "state", "author", "channel", "text")]


def _drawn(run: App, rows: Sequence[Record]) -> Iterator[Line | str]:
    if run.accessible:
        for row in rows:
            id_, state, author, channel, text = map(one_cell, _cells(row))
            yield f"Post {id_}, {state}, by {author}, on {channel}: {text}"
        return
    pieces = [[Piece(cell) for cell in _cells(row)] for row in rows]
    yield from table(COLUMNS, pieces, run.streams.width)

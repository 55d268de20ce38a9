"""``socialcare import``: mentions from a file, standard input, or one by hand."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, cast

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.fetch import on_duty, tell_broken_rules
from socialcare.cli.options import DryRun, Json, Quiet
from socialcare.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from socialcare.channels.base import Broken
    from socialcare.models import Mention
    from socialcare.workflow.importing import ImportReport

DEFAULT_CHANNEL = "import"
EXAMPLES = """\b
Examples:
  socialcare import mentions.csv
  socialcare import export.tsv --map text=Message --map author=From
  jq -c '.items[]' page.json | socialcare import -
  socialcare import --orders orders.csv --map number=Reference
  socialcare import --text "Still no parcel" --author Mia --channel phone
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def import_(
    ctx: typer.Context,
    *,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE|-", help="JSON Lines, CSV or TSV; - is stdin.")
    ] = None,
    orders: Annotated[
        bool, typer.Option("--orders", help="Orders of your shop, shown beside mentions.")
    ] = False,
    text: Annotated[str | None, typer.Option(help="One mention by hand: what was said.")] = None,
    url: Annotated[str | None, typer.Option(help="Its address, with --text.")] = None,
    author: Annotated[str | None, typer.Option(help="Who said it, with --text.")] = None,
    channel: Annotated[str, typer.Option(metavar="NAME", help="Its channel.")] = DEFAULT_CHANNEL,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="jsonl or csv; else recognised."),
    ] = None,
    as_json: Json = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> int:
    """Put mentions from a file, or one by hand, into the inbox.

    Importing twice imports nothing twice. Rows that cannot be read are named with their
    line; the others are imported.
    """
    run = App.of(ctx)
    _check_name(channel)
    if orders:
        return _orders(run, file, text, form, columns, dry_run=dry_run, as_json=as_json)
    if (file is None) == (text is None):
        raise UsageError(
            "import needs a file or --text, and not both.",
            'socialcare import FILE   or   socialcare import --text "What they said"',
        )
    if text is not None:
        name = "by hand"
        report = _by_hand(run, text, url, author, channel, dry_run=dry_run)
    else:
        assert file is not None
        name = Path(_called(file)).name
        mapping = _mapping(columns or ())
        with _opened(run, file) as stream:
            mentions = _mentions(run, stream, file, channel, form, mapping)
            report = _imported(run, mentions, channel, dry_run=dry_run)
    if as_json:
        _write_json(run, report)
    elif not quiet:
        _tell(run, name, report, dry_run=dry_run)
    tell_broken_rules(run, report.broken_rules)
    _tell_broken(run, report)
    if report.stored.broken:
        return ExitCode.PARTLY if report.rows > report.stored.broken else ExitCode.FAILED
    return ExitCode.OK


def _orders(
    run: App,
    file: str | None,
    text: str | None,
    form: str | None,
    columns: list[str] | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    from socialcare.cli.import_orders import import_orders_from

    if file is None or text is not None or form not in (None, "csv"):
        raise UsageError(
            "--orders takes one file of CSV or TSV.", "socialcare import --orders orders.csv"
        )
    mapping = _mapping(columns or ())
    with _opened(run, file) as stream:
        return import_orders_from(
            run, stream, _called(file), mapping, dry_run=dry_run, as_json=as_json
        )


def _check_name(channel: str) -> None:
    """Whoever names a channel must be able to ask for it: ``channel:NAME`` in a query."""
    from socialcare.settings.channel_table import NAME

    if not NAME.fullmatch(channel):
        raise UsageError(
            f'"{channel[:60]}" cannot be the name of a channel.',
            "use letters, digits, - and _: --channel phone",
        )


def _by_hand(
    run: App, text: str, url: str | None, author: str | None, channel: str, *, dry_run: bool
) -> ImportReport:
    from socialcare.workflow.importing import mention_by_hand

    mention = mention_by_hand(
        text=text, url=url, author=author, channel=channel, now=run.clock.now()
    )
    return _imported(run, iter([mention]), channel, dry_run=dry_run)


def _mentions(
    run: App,
    stream: BinaryIO,
    file: str,
    channel: str,
    form: str | None,
    mapping: Mapping[str, str],
) -> Iterator[Mention | Broken]:
    from socialcare.channels.tables import read_mentions

    if form not in (None, "jsonl", "csv"):
        raise UsageError(f'"{form[:40]}" is not a format of import.', "--format jsonl|csv")
    return read_mentions(
        stream,
        name=_called(file),
        now=run.clock.now(),
        channel=channel,
        format=cast("Literal['jsonl', 'csv'] | None", form),
        mapping=mapping,
    )


def _called(file: str) -> str:
    from socialcare.channels.tables.header import STANDARD_INPUT

    return STANDARD_INPUT if file == "-" else file


def _imported(
    run: App, items: Iterator[Mention | Broken], channel: str, *, dry_run: bool
) -> ImportReport:
    from socialcare.workflow.importing import ImportReport, import_mentions, try_import

    if run.is_demo and not run.options.demo:
        raise UsageError(
            "this is the demo, and the next demo would erase what you import.",
            "set up your own: socialcare init   or play with it: socialcare --demo import ...",
        )
    if dry_run:
        return try_import(run.read(), items, run.settings)
    settings = run.settings
    # The first row is read before the database is made: a file that is none leaves nothing.
    first = next(items, None)
    if first is None:
        return ImportReport()
    return import_mentions(
        run.write(), chain([first], items), settings, run.clock, channel=channel, actor=run.me
    )


@contextmanager
def _opened(run: App, file: str) -> Iterator[BinaryIO]:
    try:
        if file == "-":
            yield _standard_input(run)
        else:
            with Path(file).open("rb") as stream:
                yield stream
    except OSError as error:
        raise InputError(
            f"{_called(file)[:200]} cannot be read: {error.strerror or error}.",
            "name a file, or - for standard input",
        ) from None


def _standard_input(run: App) -> BinaryIO:
    """Its bytes; one that was closed before we started holds nothing."""
    stdin = run.streams.stdin
    buffer: BinaryIO | None = getattr(stdin, "buffer", None)
    return io.BytesIO(stdin.read().encode()) if buffer is None else buffer


def _mapping(columns: list[str] | tuple[()]) -> dict[str, str]:
    pairs = {}
    for pair in columns:
        name, equals, column = pair.partition("=")
        if not equals:
            raise UsageError(
                f'"{pair[:60]}" is no pair.', "--map FIELD=COLUMN, for example text=Message"
            )
        pairs[name.strip()] = column
    return pairs


def _write_json(run: App, report: ImportReport) -> None:
    from socialcare.output.formats import write_object

    stored = report.stored
    write_object(
        run.screen,
        {
            "v": 1,
            "rows": report.rows,
            "new": stored.new,
            "answers": stored.answers,
            "reposts": stored.reposts,
            "updated": stored.updated,
            "unreadable": stored.broken,
            "assigned": [{"id": one.id, "owner": one.owner} for one in report.assigned],
        },
    )


def _tell(run: App, name: str, report: ImportReport, *, dry_run: bool) -> None:
    stored = report.stored
    own = f"{_count(stored.answers, 'our own answer')}, " if stored.answers else ""
    passed = f"{_count(stored.reposts, 'repost')}, " if stored.reposts else ""
    run.screen.data(
        f"{name}{', ' if run.accessible else '   '}{_count(report.rows, 'row')}:"
        f" {stored.new} new, {own}{passed}"
        f"{stored.updated} updated, {stored.broken} unreadable"
    )
    if stored.erased:
        run.screen.say(f"{_count(stored.erased, 'row')} left out: erased before and kept away.")
    if report.assigned:
        run.screen.data(on_duty(report.assigned))
    if dry_run:
        run.screen.say("Nothing was stored (--dry-run).")
    elif stored.new:
        run.screen.say("See them: socialcare inbox")


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def _tell_broken(run: App, report: ImportReport) -> None:
    for broken in report.broken:
        run.screen.warn(f"{broken.where}: {broken.reason}")
    rest = report.stored.broken - len(report.broken)
    if rest > 0:
        run.screen.warn(f"... and {rest} more; all are kept for 30 days: socialcare doctor")

"""``socialcare classify``: label a text, a stream, the inbox again, or measure against gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.choosing import Deed, chosen, confirm
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Yes
from socialcare.errors import ExitCode, InputError, UsageError
from socialcare.output import classified as shown
from socialcare.output.formats import plain_value, tsv_line, write_object, write_records
from socialcare.output.layout import wrap
from socialcare.output.table import field_table
from socialcare.workflow import classify as work
from socialcare.workflow.judging import classifier_of

if TYPE_CHECKING:
    from socialcare.workflow.relabel import Flip

RELABEL = Deed("Label {} again", "labelled again")
FLIP_FIELDS = ("id", "before", "after", "text")
EXAMPLES = """\b
Examples:
  socialcare classify "Great, another week without my parcel."
  socialcare classify --why "acme is down again"
  jq -c '{id, text}' posts.jsonl | socialcare classify - | jq -r .label
  socialcare classify --inbox is:open --dry-run   what would change
  socialcare classify --evaluate gold.jsonl --min-f1 0.7
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def classify(
    ctx: typer.Context,
    *,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT...|-", help="A text, or - for lines on stdin."),
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Also say whether it is about your brand, and why.")
    ] = False,
    inbox: Annotated[
        bool, typer.Option("--inbox", help="Label the inbox again; the words are a query.")
    ] = False,
    evaluate: Annotated[
        str | None,
        typer.Option(metavar="GOLD", help="Compare with JSON Lines that have text and label."),
    ] = None,
    min_f1: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="F", help="Exit 1 below this macro-F1.")
    ] = None,
    as_json: Json = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Say what a text asks of you: complaint, question, praise, other or unsure, and why.

    With - it reads plain lines, or JSON Lines with a "text", and writes JSON Lines as they
    come; other fields are passed through.
    """
    run = App.of(ctx)
    given = list(words or ())
    if min_f1 is not None and evaluate is None:
        raise UsageError(
            "--min-f1 goes with --evaluate.", "socialcare classify --evaluate FILE --min-f1 0.7"
        )
    if evaluate is not None:
        return _evaluate(run, evaluate, min_f1, as_json=as_json)
    if inbox:
        return _inbox(run, given or ["is:any"], as_json=as_json, dry_run=dry_run, yes=yes)
    if given == ["-"]:
        return _stream(run)
    text = work.read_text(" ".join(given))
    if not text.strip():
        raise UsageError("classify needs a text.", 'socialcare classify "Where is my parcel?"')
    return _one(run, text, why=why, as_json=as_json)


def _one(run: App, text: str, *, why: bool, as_json: bool) -> int:
    record = work.classified(text, classifier_of(run.settings).classify(text))
    about = work.about(text, run.settings) if why else None
    if as_json:
        named = {} if about is None else {"about": about.verdict, "about_why": list(about.reasons)}
        write_object(run.screen, {**record, **named})
    elif run.streams.stdout_tty:
        width, spoken = run.streams.width, run.accessible
        run.screen.data(
            *shown.verdict(record, work.language_of(record), width, spoken=spoken),
            *shown.reasons(record, width, spoken=spoken),
        )
        if about is not None and not run.settings.brand.terms:
            told = "whose it is cannot be told: no brand is set; see socialcare init"
            run.screen.data(*wrap(told, width))
        elif about is not None:
            run.screen.data(*shown.brand_verdict(about.verdict, about.reasons, width))
    else:
        fields = ("label", "confidence", "sentiment_score", "topics", "urgent", "lang")
        cells = [plain_value(record[name]) for name in fields]
        if about is not None:
            cells += [about.verdict, "; ".join(about.reasons)]
        run.screen.encoded(tsv_line(cells))
    return ExitCode.OK


def _stream(run: App) -> int:
    bad = 0
    for record in work.classify_lines(run.streams.stdin, run.settings):
        if isinstance(record, work.Bad):
            bad += 1
            run.screen.warn(f"line {record.line}: {record.reason}")
        else:
            write_object(run.screen, record)
            run.streams.flush()
    return ExitCode.PARTLY if bad else ExitCode.OK


def _inbox(run: App, words: Sequence[str], *, as_json: bool, dry_run: bool, yes: bool) -> int:
    from socialcare.workflow.relabel import flips, relabel

    ids, asked = chosen(run, words)
    if not dry_run and not confirm(run, ids, RELABEL, asked=asked, yes=yes):
        return ExitCode.OK
    db = run.read()
    if db is None or not ids:
        found = []
    elif dry_run:
        found = list(flips(db, ids, run.settings))
    else:
        found = relabel(run.write(), ids, run.settings, run.clock.now())
    if as_json:
        rows = [{"v": 1, **asdict(flip)} for flip in found]
        write_records(run.screen, rows, "json", fields=("v", *FLIP_FIELDS))
        return ExitCode.OK
    told = f"{len(found)} of {len(ids)} {'would get' if dry_run else 'got'} another label."
    if dry_run:
        _show_flips(run, found)
        run.screen.say(told)
    elif not run.quiet:
        run.screen.data(told)
    return ExitCode.OK


def _show_flips(run: App, found: Sequence[Flip]) -> None:
    rows = [[str(flip.id), flip.before, flip.after, flip.text] for flip in found]
    if not run.streams.stdout_tty:
        for row in rows:
            run.screen.encoded(tsv_line(row))
    elif rows:
        run.screen.data(*field_table(FLIP_FIELDS, rows, run.streams.width))


def _evaluate(run: App, gold: str, min_f1: float | None, *, as_json: bool) -> int:
    from socialcare.classify.evaluate import evaluate
    from socialcare.cli.scores import report_lines, report_record

    try:
        text = run.streams.stdin.read() if gold == "-" else Path(gold).read_text(encoding="utf-8")
        report = evaluate(work.gold_rows(text.split("\n")), classifier_of(run.settings))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{gold[:200]} is no gold set: {getattr(error, 'strerror', None) or error}.",
            'JSON Lines like {"text": "Where is my parcel?", "label": "complaint"}',
        ) from None
    if not report.texts:
        raise InputError(
            f"{gold[:200]} has no text with a label to compare with.",
            'JSON Lines like {"text": "Where is my parcel?", "label": "complaint"}',
        )
    if as_json:
        write_object(run.screen, report_record(report))
    else:
        run.screen.data(*report_lines(report, run.streams.width))
    if min_f1 is None or report.macro_f1 >= min_f1:
        return ExitCode.OK
    run.screen.warn(f"macro-F1 {report.macro_f1:.3f} is below {min_f1:g}.")
    return ExitCode.FAILED

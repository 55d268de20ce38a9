"""``socialcare classify``: label a text, a stream, the inbox again, or measure against gold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.choosing import chosen, confirm
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Yes
from socialcare.errors import ExitCode, InputError, UsageError
from socialcare.output import classified as shown
from socialcare.output.formats import tsv_line, write_object, write_records
from socialcare.workflow import classify as work

if TYPE_CHECKING:
    from socialcare.classify.evaluate import Report

EXAMPLES = """\b
Examples:
  socialcare classify "Great, another week without my parcel."
  socialcare classify --why "acme is down again"
  jq -c '{id, text}' posts.jsonl | socialcare classify - | jq -r .label
  socialcare classify --inbox is:open --dry-run       what a new version would change
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
    if evaluate is not None:
        return _evaluate(run, evaluate, min_f1, as_json=as_json)
    if inbox:
        return _inbox(run, given or ["is:any"], as_json=as_json, dry_run=dry_run, yes=yes)
    if given == ["-"]:
        return _stream(run)
    if not given:
        raise UsageError("classify needs a text.", 'socialcare classify "Where is my parcel?"')
    return _one(run, " ".join(given), why=why, as_json=as_json)


def _one(run: App, text: str, *, why: bool, as_json: bool) -> int:
    record = work.classified(text, work.classifier_of(run.settings).classify(text))
    about = work.about(text, run.settings) if why else None
    if as_json:
        named = {} if about is None else {"about": about.verdict, "about_why": list(about.reasons)}
        write_object(run.screen, {**record, **named})
    elif run.streams.stdout_tty:
        width = run.streams.width
        run.screen.data(
            shown.verdict(record, work.language_of(record)), *shown.reasons(record, width)
        )
        if about is not None and not run.settings.brand.terms:
            run.screen.data("whose it is cannot be told: no brand is set; see socialcare init")
        elif about is not None:
            run.screen.data(*shown.brand_verdict(about.verdict, about.reasons, width))
    else:
        fields = ("label", "confidence", "sentiment_score", "topics", "urgent", "lang")
        cells = [_cell(record[name]) for name in fields]
        if about is not None:
            cells += [about.verdict, "; ".join(about.reasons)]
        run.screen.encoded(tsv_line(cells))
    return ExitCode.OK


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


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
    if dry_run:
        db = run.read()
        assert db is not None
        found = list(flips(db, ids, run.settings))
    else:
        if not confirm(run, ids, "labelled again", asked=asked, yes=yes):
            run.screen.warn("Nothing was changed.")
            return ExitCode.OK
        found = relabel(run.write(), ids, run.settings, run.clock.now())
    if as_json:
        rows = [{"id": f.id, "before": f.before, "after": f.after, "text": f.text} for f in found]
        write_records(run.screen, rows, "json", fields=("id", "before", "after", "text"))
        return ExitCode.OK
    for flip in found if dry_run else ():
        run.screen.encoded(tsv_line([str(flip.id), flip.before, flip.after, flip.text]))
    verb = "would get" if dry_run else "got"
    run.screen.say(f"{len(found)} of {len(ids)} {verb} another label.")
    return ExitCode.OK


def _evaluate(run: App, gold: str, min_f1: float | None, *, as_json: bool) -> int:
    from socialcare.classify.evaluate import evaluate

    try:
        text = run.streams.stdin.read() if gold == "-" else Path(gold).read_text(encoding="utf-8")
        report = evaluate(work.gold_rows(text.splitlines()), work.classifier_of(run.settings))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{gold[:200]} is no gold set: {getattr(error, 'strerror', None) or error}.",
            'JSON Lines like {"text": "Where is my parcel?", "label": "complaint"}',
        ) from None
    if as_json:
        write_object(run.screen, _report_record(report))
    else:
        run.screen.data(*_report_lines(report))
    return ExitCode.FAILED if min_f1 is not None and report.macro_f1 < min_f1 else ExitCode.OK


def _report_lines(report: Report) -> list[str]:
    lines = [
        (
            f"{report.texts} texts   macro-F1 {report.macro_f1:.3f}"
            f"   accuracy {report.accuracy:.3f}   calibration error {report.calibration_error:.3f}"
        ),
        f"unsure {report.unsure:.1%}, right for {report.accuracy_when_sure:.1%} of the rest",
        "",
        f"{'':<10}{'precision':>10}{'recall':>10}{'F1':>10}{'texts':>8}",
    ]
    lines += [
        f"{name:<10}{s.precision:>10.3f}{s.recall:>10.3f}{s.f1:>10.3f}{s.support:>8}"
        for name, s in report.labels.items()
    ]
    names = list(report.labels)
    lines += ["", f"{'read as':<10}{''.join(f'{name:>10}' for name in names)}   labelled"]
    lines += [
        f"{gold:<10}{''.join(f'{row.get(name, 0):>10}' for name in names)}"
        for gold, row in report.confusion.items()
    ]
    return lines


def _report_record(report: Report) -> dict[str, object]:
    return {
        "v": 1,
        "texts": report.texts,
        "macro_f1": report.macro_f1,
        "accuracy": report.accuracy,
        "unsure": report.unsure,
        "accuracy_when_sure": report.accuracy_when_sure,
        "calibration_error": report.calibration_error,
        "labels": {
            name: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "texts": s.support}
            for name, s in report.labels.items()
        },
        "confusion": {gold: dict(row) for gold, row in report.confusion.items()},
    }

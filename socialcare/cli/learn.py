"""``socialcare learn``: what corrections taught, as rules that can be read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialcare.cli.app import new_app
from socialcare.cli.asking import agree
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Yes
from socialcare.errors import ExitCode, UsageError
from socialcare.output.words import count
from socialcare.settings.sharing import share

if TYPE_CHECKING:
    from socialcare.workflow.learn import Lesson, Proposal

EXAMPLES = """\b
Examples:
  socialcare learn                 what it would learn, and what would flip
  socialcare learn --apply         add the rules; asks first
  socialcare learn --reset         take the learned rules away
  socialcare learn --json | jq '.rules[].phrase'
"""
FIELDS = ("kind", "target", "phrase", "weight", "corrections", "now_right", "others")
AGAIN = "See what would change: socialcare classify --inbox --dry-run"
NOTHING = (
    "Nothing to propose: a rule needs words that come back in two corrections, and must help"
    " on corrections that it was not made from."
)

app = new_app()


@app.command(epilog=EXAMPLES)
def learn(
    ctx: typer.Context,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Add the rules; asks first.")] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Take all learned rules away; a copy is kept.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """See what your corrections taught it, as rules that you can read, change and delete.

    A correction is set --label, --topic or --priority, or close --reason not-us. Nothing
    changes by itself.
    """
    run = App.of(ctx)
    if apply and reset:
        raise UsageError("--apply adds rules and --reset takes them away.", "use one of them")
    if reset:
        return _reset(run, dry_run=dry_run, yes=yes, as_json=as_json)
    return _learn(run, apply=apply, dry_run=dry_run, yes=yes, as_json=as_json)


def _learn(run: App, *, apply: bool, dry_run: bool, yes: bool, as_json: bool) -> int:
    from socialcare.workflow.learn import propose, write_rules

    db, path = run.read(), run.settings.learned
    assert path is not None, "the run always knows where rules lie"
    lesson = None if db is None else propose(db, run.settings)
    proposals = lesson.proposals if lesson else ()
    write = apply and not dry_run and bool(proposals)
    if write and not yes and not run.streams.stdin_tty:
        raise _nobody(f"this would add {count(len(proposals), 'rule')}")
    if not as_json:
        if not write or run.streams.stdout_tty:
            _show(run, lesson)
        asks = run.streams.stdin_tty and run.streams.stdout_tty and not dry_run and not run.quiet
        write = write or (asks and bool(proposals))
    if write and not yes:
        these = "this one" if len(proposals) == 1 else f"these {len(proposals)}"
        write = agree(run, f"Apply {these}?", default=False)
    if write:
        write_rules(path, proposals)
        if run.settings.share == "group":
            share(path)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, _record(lesson) | {"applied": write, "file": str(path)})
    elif write and not run.quiet:
        run.screen.data(f"{count(len(proposals), 'rule')} added to {path}.")
        run.screen.say(AGAIN)
    return ExitCode.OK


def _show(run: App, lesson: Lesson | None) -> None:
    if lesson is None or not lesson.counts.corrected:
        run.screen.say(
            "You corrected nothing yet. What you correct is learned from:",
            "  socialcare set 41 --label praise      socialcare close 44 --reason not-us",
        )
        return
    from socialcare.output.lesson import introduction, rules, tested

    record, width = _record(lesson), run.streams.width
    if run.streams.stdout_tty:
        shown = rules(record["rules"], width, spoken=run.accessible)
        run.screen.data(*introduction(record, width), *shown)
        run.screen.data(*tested(record, width))
        if not lesson.proposals:
            from socialcare.output.layout import wrap

            run.screen.data(*wrap(NOTHING, width))
        return
    from socialcare.output.formats import plain_value, tsv_line

    for rule in record["rules"]:
        run.screen.encoded(tsv_line([plain_value(rule[name]) for name in FIELDS]))


def _record(lesson: Lesson | None) -> dict[str, Any]:
    if lesson is None:
        known: dict[str, Any] = dict.fromkeys(("corrected", "mentions"), 0)
        nothing = ("label_right", "topic_right", "label_tested", "topic_tested")
        return {"v": 1, **known, **dict.fromkeys(nothing), "rules": []}
    record: dict[str, Any] = {
        "v": 1,
        "corrected": lesson.counts.corrected,
        "mentions": lesson.counts.mentions,
    }
    for name, said in (("label", lesson.labels), ("topic", lesson.topics)):
        record[f"{name}_right"] = round(said.right / said.of, 4) if said.of else None
    for name, trial in (("label", lesson.label_trial), ("topic", lesson.topic_trial)):
        record[f"{name}_tested"] = trial and {
            "mentions": trial.tested,
            "before": round(trial.before / trial.tested, 4),
            "after": round(trial.after / trial.tested, 4),
        }
    return record | {"rules": [_rule(proposal) for proposal in lesson.proposals]}


def _rule(proposal: Proposal) -> dict[str, Any]:
    rule = proposal.rule
    return {
        "kind": rule.kind,
        "phrase": rule.phrase,
        "target": rule.target or None,
        "weight": rule.weight if rule.kind == "label" else None,
        "corrections": rule.corrections,
        "ids": list(proposal.support),
        "now_right": proposal.now_right,
        "new_topic": proposal.new_topic,
        "others": proposal.others,
        "examples": [asdict(other) for other in proposal.examples],
    }


def _reset(run: App, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    from socialcare.workflow.learn import forget_rules, how_many

    path = run.settings.learned
    assert path is not None, "the run always knows where rules lie"
    number, copy = how_many(path), None
    there = number != 0 or path.exists()
    rules = "the learned rules" if number is None else count(number, "learned rule")
    if there and not dry_run:
        if not yes and not run.streams.stdin_tty:
            raise _nobody(f"this would take {rules} away")
        if not yes and not agree(run, f"Take {rules} away? A copy is kept.", default=False):
            run.screen.warn("Nothing was changed.")
            return ExitCode.OK
        copy = forget_rules(path, run.clock.now())
    _tell_reset(run, path, copy, number, rules, there=there, as_json=as_json)
    return ExitCode.OK


def _tell_reset(
    run: App, path: Path, copy: Path | None, number: int | None, rules: str, *, there: bool,
    as_json: bool,
) -> None:  # fmt: skip
    if as_json:
        from socialcare.output.formats import write_object

        kept = None if copy is None else str(copy)
        write_object(run.screen, {"v": 1, "removed": number, "copy": kept, "file": str(path)})
    elif not there:
        run.screen.say("There are no learned rules.")
    elif copy is None:
        run.screen.data(f"Would take {rules} away: {path}")
    elif not run.quiet:
        run.screen.data(f"Took {rules} away. A copy: {copy}")
        run.screen.say(AGAIN)


def _nobody(what: str) -> UsageError:
    return UsageError(
        f"{what} and nobody is here to ask.",
        "look first with: socialcare learn --dry-run   then add --yes",
        code="needs_yes",
    )

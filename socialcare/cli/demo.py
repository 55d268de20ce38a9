"""``socialcare demo``: try everything with made-up data."""

from __future__ import annotations

from dataclasses import replace

import typer

from socialcare.cli.app import new_app
from socialcare.cli.commands import COMMANDS
from socialcare.cli.context import App
from socialcare.cli.inbox import ROWS
from socialcare.cli.inbox_table import show_inbox
from socialcare.cli.options import Json, Quiet
from socialcare.errors import ExitCode
from socialcare.output.screen import Screen

EXAMPLES = """\b
Examples:
  socialcare demo                    a month of a made-up shop, then its inbox
  socialcare demo && socialcare show next
  socialcare inbox --demo            look at it again when you have a config
"""
NEXT = (
    ("triage", "triage", "go through them with single keys"),
    ("show", "show {top}", "why it is urgent, and what they wrote before"),
    ("reply", "reply {top}", "write an answer and record it"),
    ("inbox", "inbox is:any", "everything of the last 30 days"),
    ("report", "report", "30 days in numbers"),
)
"""What to try: command, words, why. Only what this version can do is named."""

app = new_app()


@app.command(epilog=EXAMPLES)
def demo(ctx: typer.Context, *, as_json: Json = False, quiet: Quiet = False) -> int:
    """Make 60 mentions of a shop that does not exist, and show its inbox.

    Needs no account and no network. Run it again to start anew; your own data is never
    touched. While there is no config, all commands use the demo; later add --demo.
    """
    from socialcare.workflow.demo import make_demo, make_demo_snippets

    run = App.of(ctx)
    configured = run.settings.path is not None
    run.options = replace(run.options, demo=True)
    count = make_demo(run.database_path, run.clock.now())
    make_demo_snippets(run.snippets)
    run.paths.demo_learned.unlink(missing_ok=True)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(
            run.screen,
            {"v": 1, "mentions": count, "database": str(run.database_path), "demo": True},
        )
    elif not quiet:
        run.screen.data(
            f"Made {count} mentions for a shop called Acme. Nothing here is real, nothing is sent.",
            "",
        )
        show_inbox(run, Screen(run.streams, quiet=True, accessible=run.accessible), limit=ROWS)
        run.screen.say("", *_try(run, suffix=" --demo" if configured else ""))
    return ExitCode.OK


def _try(run: App, suffix: str) -> list[str]:
    from socialcare.inbox.query import Choice
    from socialcare.inbox.reading import chosen_ids

    db = run.read()
    assert db is not None
    (top,) = chosen_ids(db, Choice(top=True), run.clock.now(), run.me)
    words = [
        (f"socialcare {w.format(top=top)}{suffix}", why) for c, w, why in NEXT if c in COMMANDS
    ]
    width = max(len(line) for line, _ in words)
    lines = [
        f"{'Try:' if not number else '':<6}{line:<{width}}   {why}"
        for number, (line, why) in enumerate(words)
    ]
    return (
        [*lines, "Your own brand:  socialcare init"] if "init" in COMMANDS and not suffix else lines
    )

"""``socialcare snippet export``: the public ones as a page that customers find themselves."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Quiet
from socialcare.cli.target import target
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.text import for_screen

FORMATS = {".html": "html", ".htm": "html", ".md": "md"}
EXPORT_EXAMPLES = """\b
Examples:
  socialcare snippet export --public -o faq.html
  socialcare snippet export --public -o faq.md
  socialcare snippet export --public --format md | less
"""


def export(
    ctx: typer.Context,
    *,
    public: Annotated[
        bool, typer.Option("--public", help="Those whose header says public: true.")
    ] = False,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="faq.html or faq.md; else printed."),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="html or md.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Make one page of the public snippets, each entry with an address of its own.

    NAME is found at faq.html#NAME: with faq in [urls] of the config, {faq_url} leads there.
    What a public text must not hold is a variable for one person: write NAME.faq.md then.
    """
    from socialcare.cli.snippet_shelf import shelf_of
    from socialcare.output.faq import faq_html, faq_markdown
    from socialcare.workflow.snippet_page import entries

    run = App.of(ctx)
    if not public:
        raise UsageError(
            "only public snippets are made into a page.",
            "add --public: socialcare snippet export --public -o faq.html",
        )
    chosen = _format(form, output)
    shelf = shelf_of(run)
    found = entries(shelf)
    if not found:
        raise NotFoundError(
            "no snippet is public.", "write into the header of one: public: true", code="not_public"
        )
    make = faq_html if chosen == "html" else faq_markdown
    page = "".join(make(found, run.settings.brand.name, shelf.usual))
    with target(run, output, force=force) as screen:
        screen.encoded(page)
    if output not in (None, "-"):
        _publish(Path(str(output)))
        entry = "1 entry" if len(found) == 1 else f"{len(found):,} entries"
        run.screen.say(
            f"{for_screen(str(output), one_line=True)}: {entry}.",
            "Tell {faq_url} where it will be: socialcare config set urls.faq https://...",
        )
    return ExitCode.OK


def _publish(path: Path) -> None:
    """Unlike all else that is written, it is for everybody: a web server has to read it."""
    with suppress(OSError):
        if path.is_file():
            path.chmod(0o644)


def _format(form: str | None, output: str | None) -> str:
    if form is not None:
        if form not in ("html", "md"):
            raise UsageError(
                f'there is no format "{form[:60]}".', "use one of: html, md", code="unknown_format"
            )
        return form
    if output in (None, "-"):
        return "md"
    known = FORMATS.get(Path(output).suffix.lower())
    if known is None:
        raise UsageError(
            f"I do not know what {for_screen(output, one_line=True, limit=200)} shall be.",
            "end it in .html or .md, or say it: --format html",
        )
    return known

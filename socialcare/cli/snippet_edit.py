"""``socialcare snippet edit``: write or change a ready-made answer in your editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Quiet
from socialcare.errors import ConfigError, ExitCode, UsageError

if TYPE_CHECKING:
    from socialcare.snippets.model import Address

EDIT_EXAMPLES = """\b
Examples:
  socialcare snippet edit delay-apology             new, or one there is
  socialcare snippet edit delay-apology --from 41   from what 41 was told
  socialcare snippet edit delay-apology.de          its German text
  socialcare snippet edit delay-apology.de.mastodon
"""


def edit(
    ctx: typer.Context,
    *,
    snippet: Annotated[
        str, typer.Argument(metavar="NAME", help="NAME, NAME.de, NAME.mastodon, NAME.de.mastodon.")
    ],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="ID", help="Begin with the answer to it; or with a customer's own."
        ),
    ] = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Write a snippet in your editor; it is checked before it counts.

    With --from, names, handles and order numbers of the answer become variables. Where another
    customer gave the good answer, name that mention: its text is taken, with a note whose it is.
    """
    from socialcare.cli.editor import edited
    from socialcare.snippets.library import address_of
    from socialcare.snippets.reading import parse

    run = App.of(ctx)
    address = address_of(snippet)
    path = run.snippets / f"{address.stem}.md"
    before = _bytes_of(path)
    page, begun = _page(run, address, before, from_)
    with edited(page, run.environ) as text:
        if not text.strip() or (begun and text == page):
            run.screen.warn("Nothing was changed.")
            return ExitCode.OK
        parse(text.replace("\r\n", "\n").removeprefix("\ufeff"), path, address)
        _keep(run, path, before, text.encode())
    run.screen.data(f"Kept: {address.stem}")
    run.screen.say(f"Use it: socialcare reply ID --snippet {address.name}")
    return ExitCode.OK


def _page(run: App, address: Address, before: bytes | None, from_: str | None) -> tuple[str, bool]:
    """What the editor begins with, and whether leaving it so means leaving it."""
    from socialcare.cli.snippet_shelf import shelf_of
    from socialcare.errors import NotFoundError
    from socialcare.snippets.library import read_snippet
    from socialcare.snippets.model import Header
    from socialcare.snippets.reading import written
    from socialcare.workflow.snippet_source import new_page, page_from

    if before is not None and from_ is not None:
        raise UsageError(
            f"snippet {address.stem} is there already.",
            f"call the new one otherwise, or change it: socialcare snippet edit {address.stem}",
        )
    if before is not None:
        return before.decode("utf-8", "replace"), True
    if from_ is not None:
        return page_from(shelf_of(run), address.name, _mention(run, from_)), False
    try:
        plain = read_snippet(run.snippets, address.name).first
    except NotFoundError:
        return new_page(address.name), True
    return written(Header(), plain.text), True


def _mention(run: App, what: str) -> dict[str, object]:
    from socialcare.cli.choosing import chosen
    from socialcare.inbox.reading import records

    ids, asked = chosen(run, [what])
    db = run.read()
    if asked or len(ids) != 1 or db is None:
        raise UsageError("--from takes one mention.", "--from 41   or --from next")
    return records(db, ids, run.clock.now())[0]


def _keep(run: App, path: Path, before: bytes | None, data: bytes) -> None:
    """Put it into the folder, unless somebody else changed it while the editor was open."""
    from socialcare.settings.atomic import one_at_a_time, replace_file

    fresh = not path.parent.exists()
    with one_at_a_time(path):
        if _bytes_of(path) != before:
            raise ConfigError(
                f"somebody else changed {path.name} meanwhile.", "begin again", code="snippet"
            )
        replace_file(path, data)
    if run.settings.share == "group" and not run.is_demo:
        from socialcare.settings.sharing import share, share_folder

        if fresh:
            share_folder(path.parent)
        share(path)


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be read: {error.strerror}.",
            "look at the rights of its folder: socialcare snippet path",
            code="snippet",
        ) from None

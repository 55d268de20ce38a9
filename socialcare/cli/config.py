"""``socialcare config``: read and change settings."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.channels import REGISTRY
from socialcare.cli.app import NounGroup, new_app
from socialcare.cli.asking import agree
from socialcare.cli.config_backup import BACKUP_EXAMPLES, backup
from socialcare.cli.config_rules import RULES_EXAMPLES, rehearse_rules
from socialcare.cli.context import App
from socialcare.cli.editor import edit_file
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.errors import ConfigError, ExitCode, SocialcareError, UsageError
from socialcare.output.formats import (
    chosen_fields,
    chosen_format,
    plain_value,
    write_object,
    write_records,
)
from socialcare.output.layout import wrap
from socialcare.output.records import Record
from socialcare.output.styled import Piece, plain
from socialcare.output.table import Column, field_table, table
from socialcare.settings import write
from socialcare.settings.table import shown_path, suggestion
from socialcare.settings.toml_text import toml_value
from socialcare.settings.write import ConfigValue
from socialcare.workflow.editing import Draft, open_draft

EXAMPLES = """\b
Examples:
  socialcare config              every setting and where it comes from
  socialcare config set answer_by.urgent 30m
  socialcare config edit
"""
LIST_EXAMPLES = """\b
Examples:
  socialcare config list
  socialcare config list --json | jq '.[] | select(.origin == "config")'
"""
GET_EXAMPLES = """\b
Examples:
  socialcare config get answer_by.urgent
  socialcare config get brand.watch --json
"""
SET_EXAMPLES = """\b
Examples:
  socialcare config set answer_by.urgent 30m
  socialcare config set brand.watch "acme boots, akme"
  socialcare config set channels.mastodon.hashtags '["acme", "acmeboots"]'
"""
EDIT_EXAMPLES = """\b
Examples:
  socialcare config edit
  EDITOR="code --wait" socialcare config edit
"""
PATH_EXAMPLES = """\b
Examples:
  socialcare config path
  cp "$(socialcare config path db)" /backup/
"""
FIELDS = ("v", "key", "value", "origin")
COLUMNS = (Column("key", 3, whole=True), Column("value", 5), Column("origin", 6, from_width=60))
PLACES = ("config", "db", "log", "snippets")
Key = Annotated[str, typer.Argument(metavar="KEY", help="SECTION.KEY, such as answer_by.urgent.")]

app = new_app(cls=NounGroup, epilog=EXAMPLES)


app.command("backup", epilog=BACKUP_EXAMPLES)(backup)
app.command("test-rules", epilog=RULES_EXAMPLES)(rehearse_rules)


@app.callback()
def config(ctx: typer.Context) -> None:
    """Read and change settings. Without a verb it lists them."""


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    ctx: typer.Context,
    *,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Every setting, its value and where that comes from."""
    run = App.of(ctx)
    tty = run.streams.stdout_tty
    chosen = chosen_format(form, as_json=as_json, tty=tty)
    names = chosen_fields(fields, FIELDS)
    run.settings  # noqa: B018 - a wrong config is told with its line, not listed
    values = write.list_values(run.paths.config_file)
    records = [_record(value) for value in values]
    if chosen != "table":
        cells = None if names else _cells
        write_records(run.screen, records, chosen, fields=names or FIELDS, cells=cells)
        return ExitCode.OK
    if names is None and run.accessible:
        spoken = (
            f"{key}: {value or 'empty'}, {origin}." for key, value, origin in map(_cells, records)
        )
        run.screen.data(*(line for one in spoken for line in wrap(one, run.streams.width)))
        return ExitCode.OK
    width = run.streams.width
    if names is None:
        pieces = [[Piece(cell) for cell in _cells(record)] for record in records]
        run.screen.data(*table(COLUMNS, pieces, width))
    else:
        rows = [[plain_value(record[name]) for name in names] for record in records]
        run.screen.data(*field_table(names, rows, width))
    return ExitCode.OK


@app.command("get", epilog=GET_EXAMPLES)
def get(ctx: typer.Context, key: Key, *, as_json: Json = False) -> int:
    """One setting."""
    run = App.of(ctx)
    run.settings  # noqa: B018
    value = write.get_value(run.paths.config_file, key)
    if as_json:
        write_object(run.screen, _record(value))
    else:
        run.screen.data(plain(value.shown))
    return ExitCode.OK


@app.command("set", epilog=SET_EXAMPLES)
def set_(
    ctx: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A text, a number, a list.")],
    *,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Change one setting. Comments and layout of the file stay."""
    run = App.of(ctx)
    path = run.paths.config_file
    there = path.exists()
    now = write.set_value(path, key, value, channel_keys=REGISTRY)
    if as_json:
        write_object(run.screen, _record(now))
    elif not quiet:
        run.screen.data(f"{key} is now {now.shown or 'empty'}.")
        if not there:
            run.screen.say(f"Made {shown_path(path)}.")
    return ExitCode.OK


def _record(value: ConfigValue) -> Record:
    shown = value.shown if value.key == "network.proxy" else value.value
    return {"v": 1, "key": value.key, "value": shown, "origin": value.origin}


def _cells(record: Record) -> list[str]:
    """A list as it stands in the file, so that it can be given back to ``config set``."""
    value = record["value"]
    shown = value if isinstance(value, str) else toml_value(value)
    return [str(record["key"]), shown, str(record["origin"])]


@app.command("edit", epilog=EDIT_EXAMPLES)
def edit(ctx: typer.Context) -> int:
    """Open the config in your editor; it is checked before it counts.

    Where there is no config yet, it begins with a sample of every setting.
    """
    run = App.of(ctx)
    named = run.environ.get("VISUAL") or run.environ.get("EDITOR")
    if not run.streams.stdin_tty and not named:
        raise UsageError(
            "config edit needs a terminal.",
            "for scripts: socialcare config set KEY VALUE   or set EDITOR",
        )
    draft = open_draft(run.paths.config_file)
    try:
        return _edited(run, draft)
    except SocialcareError as error:
        if not draft.holds_work:
            draft.drop()
            raise
        error.hint = f"{error.hint}   what you wrote is in {shown_path(draft.path)}"
        raise


def _edited(run: App, draft: Draft) -> int:
    while True:
        edit_file(draft.path, run.environ)
        if not draft.differs:
            draft.drop()
            run.screen.warn("Nothing was changed.")
            return ExitCode.OK
        try:
            draft.check(REGISTRY)
        except ConfigError as error:
            if not run.streams.stdin_tty:
                raise
            run.screen.fail(error)
            if agree(run, "Edit it again?", default=True):
                continue
            run.screen.warn(
                "The config stays as it was.", f"What you wrote is in {shown_path(draft.path)}"
            )
            return ExitCode.USAGE
        draft.take_over()
        done = "Made" if draft.before is None else "Changed"
        run.screen.warn(f"{done} {shown_path(draft.config)}.")
        return ExitCode.OK


@app.command("path", epilog=PATH_EXAMPLES)
def path(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar=f"[{'|'.join(PLACES)}]", help="Which file or folder.")
    ] = "config",
) -> int:
    """Where a file is, whether it exists or not."""
    run = App.of(ctx)
    if what not in PLACES:
        raise UsageError(f'I do not know the path of "{what[:60]}".', suggestion(what, PLACES))
    if what == "config":
        run.screen.data(str(run.paths.config_file))
    elif what == "log":
        run.screen.data(str(run.paths.log))
    elif what == "db":
        run.screen.data(str(run.database_path))
    else:
        run.screen.data(str(run.snippets))
    return ExitCode.OK

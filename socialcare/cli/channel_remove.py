"""``socialcare channel remove``: out of the config, with its sign-in."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.channels import REGISTRY
from socialcare.cli.asking import agree
from socialcare.cli.channel_try import channel_named
from socialcare.cli.context import App
from socialcare.cli.options import DryRun, Json, Quiet, Yes
from socialcare.errors import ExitCode, UsageError
from socialcare.settings import write
from socialcare.settings.secrets import SecretStore

REMOVE_EXAMPLES = """\b
Examples:
  socialcare channel remove blog
  socialcare channel remove blog --yes
"""


def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel.")],
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Take a channel out of the config, with its sign-in. Its mentions stay in the inbox."""
    run = App.of(ctx)
    channel = channel_named(run, name)
    if dry_run:
        run.screen.warn(f"{name} would be removed; its mentions would stay.")
        return ExitCode.OK
    if not yes:
        if not run.streams.stdin_tty:
            raise UsageError(
                f"this would remove the channel {name} and nobody is here to ask.",
                "look first with --dry-run, then add --yes",
                code="needs_yes",
            )
        question = f"Remove {name} (type {channel.type}) from the config? Its mentions stay."
        if not agree(run, question, default=False):
            run.screen.warn("Nothing was changed.")
            return ExitCode.OK
    signed_in = _remove(run, name)
    if as_json:
        from socialcare.output.formats import write_object

        write_object(run.screen, {"v": 1, "removed": name, "signed_out": signed_in})
    elif not quiet:
        rest = ", and its token forgotten" if signed_in else ""
        run.screen.data(f"Removed {name}{rest}. Its mentions stay in the inbox.")
    return ExitCode.OK


def _remove(run: App, name: str) -> bool:
    """Config first: what is left of the channel elsewhere does no harm without it."""
    from socialcare.inbox.health import forget_channel

    write.remove_channel(run.paths.config_file, name, channel_keys=REGISTRY)
    signed_in = SecretStore(run.paths).delete(name)
    if run.database_path.exists():
        with run.write().write() as tx:
            forget_channel(tx, name)
    return signed_in

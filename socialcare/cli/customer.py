"""``socialcare customer``: who writes to us."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.cli.app import NounGroup, new_app
from socialcare.cli.context import App
from socialcare.cli.customer_change import (
    LINK_EXAMPLES,
    MUTE_EXAMPLES,
    UNLINK_EXAMPLES,
    UNMUTE_EXAMPLES,
    link,
    mute,
    unlink,
    unmute,
)
from socialcare.cli.customer_list import LIST_EXAMPLES, list_
from socialcare.cli.options import Json, Quiet
from socialcare.cli.person_history import show_person

EXAMPLES = """\b
Examples:
  socialcare customer                         who wrote last
  socialcare customer link @mia@mas.to u/mia
  socialcare customer mute @spam@bots.example --reason "sells watches"
"""
SHOW_EXAMPLES = """\b
Examples:
  socialcare customer show @mia@mas.to        as: socialcare show @mia@mas.to
  socialcare customer show mia --json
"""

app = new_app(cls=NounGroup, epilog=EXAMPLES)


@app.callback()
def customer(ctx: typer.Context) -> None:
    """List people, link and unlink their accounts, mute. Without a verb it lists."""


def show(
    ctx: typer.Context,
    *,
    account: Annotated[str, typer.Argument(metavar="@HANDLE", help="Whom.")],
    as_json: Json = False,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Everything by one person, through all of their accounts."""
    return show_person(App.of(ctx), account, as_json=as_json)


app.command("list", epilog=LIST_EXAMPLES)(list_)
app.command("show", epilog=SHOW_EXAMPLES)(show)
app.command("link", epilog=LINK_EXAMPLES)(link)
app.command("unlink", epilog=UNLINK_EXAMPLES)(unlink)
app.command("mute", epilog=MUTE_EXAMPLES)(mute)
app.command("unmute", epilog=UNMUTE_EXAMPLES)(unmute)

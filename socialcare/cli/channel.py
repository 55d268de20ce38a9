"""``socialcare channel``: where mentions come from."""

from __future__ import annotations

import typer

from socialcare.cli.app import NounGroup, new_app
from socialcare.cli.channel_add import ADD_EXAMPLES, add
from socialcare.cli.channel_list import LIST_EXAMPLES, list_
from socialcare.cli.channel_login import LOGIN_EXAMPLES, LOGOUT_EXAMPLES, login, logout
from socialcare.cli.channel_remove import REMOVE_EXAMPLES, remove
from socialcare.cli.channel_try import TEST_EXAMPLES, try_
from socialcare.cli.channel_types import TYPES_EXAMPLES, types
from socialcare.cli.channel_usage import USAGE_EXAMPLES, usage

EXAMPLES = """\b
Examples:
  socialcare channel                          how they are doing
  socialcare channel add hackernews:acme
  socialcare channel test mastodon
"""

app = new_app(cls=NounGroup, epilog=EXAMPLES)


@app.callback()
def channel(ctx: typer.Context) -> None:
    """List, add, test and sign in to channels. Without a verb it lists them."""


app.command("list", epilog=LIST_EXAMPLES)(list_)
app.command("types", epilog=TYPES_EXAMPLES)(types)
app.command("add", epilog=ADD_EXAMPLES)(add)
app.command("remove", epilog=REMOVE_EXAMPLES)(remove)
app.command("test", epilog=TEST_EXAMPLES)(try_)
app.command("usage", epilog=USAGE_EXAMPLES)(usage)
app.command("login", epilog=LOGIN_EXAMPLES)(login)
app.command("logout", epilog=LOGOUT_EXAMPLES)(logout)

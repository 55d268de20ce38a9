"""A shop that may post, for the screens: posts of its own, and a statement for many."""

from __future__ import annotations

from tests.cli.acme import HOUR, MINUTE
from tests.cli.screens_shop import Shop
from tests.snippets.folder import page, put

MASTODON = """
[channels.mastodon]
server = "https://mas.to"
notifications = true
token = { env = "ACME_TOKEN" }

[reply]
approval = "new-staff"
new_staff = ["leo"]
approvers = ["mia"]
"""
LATE = "The courier is late today: your parcels come tomorrow. We write again here at 18:00."
OUTAGE = page(
    "Hello {name}, our shop is down since noon and we are on it. More by {in:4h}.",
    "The shop is down",
    statement="true",
    until="2026-11-22 18:00",
    promise="4h",
    pace="30/h",
)
OWN_DRAFT, OWN_WAITING = "23", "24"


def with_posts(shop: Shop) -> None:
    """One that is being written, one that waits for an approval, and a statement that has it."""
    config = shop.home / "acme.toml"
    config.write_text(config.read_text() + MASTODON)
    shop.environ["ACME_TOKEN"] = "t0ken-of-acme"
    put(shop.home / ".local/share/socialcare/acme/snippets", outage=OUTAGE)
    shop.did("reply", "--new", "mastodon", "-b", LATE, ago=HOUR, by="mia")
    hostile = "\x1b[2J[bold] \u202e" + "荷物が届きません。" * 20
    shop.did("reply", "--new", "mastodon", "-b", hostile, ago=30 * MINUTE)
    shop.did("reply", OWN_WAITING, "--send", ago=20 * MINUTE, code=6)
    shop.did("snippet", "approve", "outage", ago=10 * MINUTE, by="mia")

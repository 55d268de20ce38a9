"""Snippets for the screens: used ones, long ones, ones that others wrote badly."""

from __future__ import annotations

from datetime import timedelta

from tests.cli.acme import ANA, DAY, HOUR, judged, mention
from tests.cli.screens_shop import TOM, Shop
from tests.snippets.folder import page, put

FILES = {
    "delay-apology": page(
        "Sorry for the wait, {first_name}. I am checking with the courier now and will write"
        " again by {in:4h}.\n\n- {me}",
        "Parcel is late",
        topics="[delivery]",
        words="[parcel, courier]",
    ),
    "delay-apology__de": page("Tut mir leid, {first_name}.", "Paket kommt zu spät"),
    "size-advice": page(
        "Take half a size up.", "Which size fits?", words="[size, fit]", public="true"
    ),
    "a-name-that-goes-on-and-on-until-nobody-reads-it": page(
        "お待たせしております。" * 12 + " \x1b[2J[bold]x[/]",
        "荷物が届きません \x1b]0;owned\x07 [red]" + " so" * 30,
        topics="[delivery, refund_billing, warranty_returns]",
        tags="[japan, \u202eevil]",
    ),
}


def with_snippets(shop: Shop) -> None:
    """Put them where the config of the shop looks, use one of them, and ask what none answers."""
    put(shop.home / ".local/share/socialcare/acme/snippets", **FILES)
    vegan = "Do you sell vegan boots? \x1b[2J[bold] \u202e" + "Really vegan ones. " * 12
    shop.fill(
        [
            judged(mention(401, TOM, "Are your boots vegan?", 2 * HOUR), "question"),
            judged(mention(402, ANA, vegan, HOUR), "question"),
            judged(mention(403, TOM, "Which size fits?", 11 * DAY), "question"),
        ]
    )
    id_ = shop.id(403)
    ago = timedelta(days=10)
    shop.did("reply", id_, "--snippet", "size-advice", "--json", ago=ago)
    shop.did("reply", id_, "--record", ago=ago)

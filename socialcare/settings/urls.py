"""``[urls]``: pages that ready-made answers lead to, by a name of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from socialcare.settings.channel_table import NAME
from socialcare.settings.table import Table, shown

FAQ = "faq"
"""The page that is made of the public snippets."""


def read_urls(table: Table) -> Mapping[str, str]:
    return MappingProxyType({name: _address(table, name) for name in table.values})


def _address(table: Table, name: str) -> str:
    if not NAME.fullmatch(name):
        message = f'{table.name} "{shown(name)}" cannot be a name.'
        raise table.error(name, message, "use letters, digits, - and _")
    url = table.text(name).strip()
    beyond = url.partition("://")[2]
    if not url.lower().startswith(("http://", "https://")) or not beyond or len(url.split()) > 1:
        message = f'{table.name} {shown(name)}: "{shown(url)}" is no address of a page.'
        raise table.error(name, message, f'{shown(name)} = "https://acme.example/{shown(name)}"')
    return url

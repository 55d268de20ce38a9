"""``[orders]``: how a number of an order looks in what people write."""

from __future__ import annotations

import re
import warnings

from socialcare.settings.model import ORDER_PATTERN
from socialcare.settings.table import Table, shown

KEYS = ("pattern",)
MAX_PATTERN = 500
_HINT = "write for example: pattern = '#(\\d{4,})'   single quotes keep every \\ as it is"


def read_order_pattern(table: Table) -> str:
    """A regular expression with at most one group, which is the number; else all of it is."""
    pattern = table.text("pattern", ORDER_PATTERN)
    if not pattern or len(pattern) > MAX_PATTERN:
        message = f"{table.name} pattern has from 1 to {MAX_PATTERN} characters."
        raise table.error("pattern", message, _HINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        message = f"{table.name} pattern is no regular expression: {shown(error)}."
        raise table.error("pattern", message, _HINT) from None
    if compiled.groups > 1:
        message = f"{table.name} pattern has {compiled.groups} groups; one at most is the number."
        hint = "write (?:...) for those that are none"
        raise table.error("pattern", message, hint)
    if compiled.match(""):
        message = f"{table.name} pattern finds a number where there is nothing."
        raise table.error("pattern", message, _HINT)
    return pattern

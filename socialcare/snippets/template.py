"""The text of a ready-made answer: words, and variables in braces. ``{{`` is a brace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from socialcare.errors import BlockedError
from socialcare.settings.duration import parse_duration
from socialcare.settings.table import suggestion

PLAIN = ("first_name", "name", "handle", "brand", "me", "order", "faq_url")
KNOWN = (*PLAIN, "order.COLUMN", "url:NAME", "in:4h")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}\n]{0,80})\}|\{")
_LONGEST = timedelta(days=366)


class TemplateError(ValueError):
    """``line`` counts from 1 in the text."""

    def __init__(self, message: str, hint: str, line: int) -> None:
        super().__init__(message)
        self.message, self.hint, self.line = message, hint, line


@dataclass(frozen=True, slots=True)
class Variable:
    """``{order.status}`` is the kind ``order`` with the argument ``status``."""

    kind: str
    argument: str | None = None

    def __str__(self) -> str:
        if self.argument is None:
            return f"{{{self.kind}}}"
        return f"{{{self.kind}{'.' if self.kind == 'order' else ':'}{self.argument}}}"


Template = tuple[str | Variable, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no value, and what to do."""

    why: str
    todo: str


def parse_template(text: str) -> Template:
    """Take a text apart.

    Raises
    ------
    TemplateError
        A brace is not closed, or there is no such variable.

    """
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str | Variable]:
    begun = 0
    for match in _BRACES.finditer(text):
        if match.start() > begun:
            yield text[begun : match.start()]
        begun = match.end()
        line = text.count("\n", 0, match.start()) + 1
        if match[0] in ("{{", "}}"):
            yield match[0][0]
        elif match[1] is None:
            raise TemplateError(
                "a { is not closed.", "close it, or write {{ for a brace in the text", line
            )
        else:
            yield _variable(match[1].strip(), line)
    if begun < len(text):
        yield text[begun:]


def _variable(name: str, line: int) -> Variable:
    if name in PLAIN:
        return Variable(name)
    kind, _, column = name.partition(".")
    if kind == "order" and column.strip():
        return Variable("order", column.strip())
    kind, _, argument = (part.strip() for part in name.partition(":"))
    if kind == "url" and argument:
        return Variable("url", argument)
    if kind == "in" and argument:
        return Variable("in", _span(argument, line))
    raise TemplateError(
        f"there is no variable {{{name}}}.",
        f"{suggestion(name, KNOWN, 'variables')}   a brace in the text is written {{{{",
        line,
    )


def _span(text: str, line: int) -> str:
    try:
        known = timedelta(0) < parse_duration(text) <= _LONGEST
    except ValueError:
        known = False
    if not known:
        raise TemplateError(f"{{in:{text}}} is no span of time.", "write {in:4h} or {in:2d}", line)
    return text


def fill(template: Template, what: str, value: Callable[[Variable], str | Missing]) -> str:
    """The text with every value in its place; ``what`` names it in an error.

    Raises
    ------
    BlockedError
        Something is missing: a text with a hole never leaves.

    """
    parts: list[str] = []
    holes: dict[str, Missing] = {}
    for part in template:
        found = part if isinstance(part, str) else value(part)
        if isinstance(found, Missing):
            holes[str(part)] = found
        else:
            parts.append(found)
    if holes:
        told = "; ".join(f"{name} is missing: {hole.why}" for name, hole in holes.items())
        todo = dict.fromkeys(hole.todo for hole in holes.values())
        raise BlockedError(f"{what}: {told}.", "   or: ".join(todo), code="missing_value")
    return "".join(parts)


def variables(template: Template) -> list[Variable]:
    return list(dict.fromkeys(part for part in template if isinstance(part, Variable)))


def escaped(text: str) -> str:
    """A text as it has to be written so that it means itself."""
    return text.replace("{", "{{").replace("}", "}}")

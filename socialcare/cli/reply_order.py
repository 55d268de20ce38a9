"""What one ``reply`` command is to do, and which of its options do not go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socialcare.errors import InputError, UsageError

if TYPE_CHECKING:
    from socialcare.cli.context import App

DEEDS = ("--send", "--approve", "--back", "--discard", "--record", "--edit")
"""Of these there is one at most."""
ASK = "somebody is asked"
_WORDS = ("--body", "--file", "--snippet")
_WRITING = ("", "--edit", "--send", "--approve")
_GOES_WITH = {
    "--body": (*_WRITING, "--record"),
    "--file": (*_WRITING, "--record"),
    "--snippet": _WRITING,
    "--private": _WRITING,
    "--public": _WRITING,
    "--follow-up": _WRITING,
    "--split": _WRITING,
    "--override": (ASK, "--edit", "--send", "--approve"),
    "--promise": (ASK, "--edit", "--send", "--approve", "--record"),
    "--again": ("--send",),
    "--at": ("--record",),
    "--copy": ("",),
    "--open": ("",),
    "--dry-run": ("", "--send", "--approve"),
}
_MEANT = {
    "--send": "socialcare reply {} --send",
    "--approve": "socialcare reply {} --approve",
    "--back": 'socialcare reply {} --back "say when"',
    "--discard": "socialcare reply {} --discard",
    "--record": "socialcare reply {} --record URL",
    "--edit": "socialcare reply {} --edit",
    "": "socialcare reply {}",
}
_FOR_MANY = ("--send", "--approve", "--discard")
_HOW = ("--steal", "--yes", "--as-json")
_MANY_OPTIONS = ("--override", "--promise", "--again", "--dry-run")


@dataclass(frozen=True, slots=True)
class Order:
    """The options of one command; ``None``, ``False`` or nothing where one was not given."""

    body: str | None = None
    file: str | None = None
    snippet: str | None = None
    edit: bool = False
    private: bool | None = None
    follow_up: str | None = None
    split: bool | None = None
    send: bool = False
    approve: bool = False
    back: str | None = None
    discard: bool = False
    overrides: Sequence[str] = ()
    again: bool = False
    copy: bool = False
    open: bool = False
    record: str | None = None
    at: str | None = None
    promise: str | None = None
    steal: bool = False
    dry_run: bool = False
    yes: bool = False
    as_json: bool = False

    @classmethod
    def of(cls, *options: tuple[Any, ...]) -> Order:
        """All of them, in the order of the fields."""
        return cls(*chain.from_iterable(options))

    @property
    def given(self) -> list[str]:
        """The options as they were typed."""
        names = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value is not False and value != ():
                names.append(f"--{field.name.replace('_', '-')}")
        names = ["--override" if name == "--overrides" else name for name in names]
        return [*names, "--public"] if self.private is False else names

    @property
    def deed(self) -> str:
        """The one that is to be done; empty where a person is asked, or a script makes a draft."""
        return next((name for name in self.given if name in DEEDS), "")

    @property
    def writes(self) -> bool:
        return any(name in _WORDS for name in self.given)

    @property
    def lets_go(self) -> bool:
        return self.send or self.approve

    @property
    def hands_over(self) -> bool:
        return self.copy or self.open

    def refuse_mixture(self, id_: int, *, asked: bool) -> None:
        """``asked``: somebody sits at the keyboard.

        Raises
        ------
        UsageError
            Options that do not go together.

        """
        given = self.given
        deeds = [name for name in given if name in DEEDS]
        if len(deeds) > 1:
            raise _both(deeds, " or ".join(_MEANT[name].format(id_) for name in deeds[:2]))
        if len(texts := [name for name in given if name in _WORDS]) > 1:
            raise _both(texts, f"socialcare reply {id_} --body TEXT")
        deed = self.deed
        for name in given:
            goes_with = _GOES_WITH.get(name, (deed,))
            if deed not in goes_with and not (ASK in goes_with and not deed and asked):
                raise _alone(name, deed, id_)
        if self.private and self.follow_up:
            raise UsageError(
                "--follow-up is what is said in private after a public answer.",
                f"all of it in private: socialcare reply {id_} --private --body TEXT",
            )
        if self.again and (self.writes or self.private is not None or self.follow_up is not None):
            raise UsageError(
                "--again sends what is written: its words may be there already.",
                f"socialcare reply {id_} --send --again",
            )

    def refuse_for_many(self) -> None:
        """Refuse what is said of one mention only.

        Raises
        ------
        UsageError
            An option that many mentions cannot share.

        """
        shared = (*_FOR_MANY, *_MANY_OPTIONS, *_HOW)
        wrong = [name for name in self.given if name not in shared]
        if wrong or not self.deed:
            what = f"{wrong[0]} is" if wrong else "an answer is"
            raise UsageError(
                f"{what} for one mention at a time.",
                "name its id: socialcare reply 41   or send what is written:"
                " socialcare reply is:draft --send",
            )
        self.refuse_mixture(0, asked=False)


def given_text(run: App, order: Order) -> str | None:
    """The text of ``--body`` or ``--file``.

    Raises
    ------
    InputError
        The file cannot be read.

    """
    if order.file is None:
        return order.body
    if order.file == "-":
        return run.streams.stdin.read()
    try:
        return Path(order.file).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(
            f"{order.file[:200]} cannot be read: {error.strerror}.",
            "name a text file, or - for stdin",
        ) from None


def _both(names: Sequence[str], hint: str) -> UsageError:
    return UsageError(f"{names[0]} and {names[1]} cannot both be given.", hint)


def _alone(name: str, deed: str, id_: int) -> UsageError:
    """An option that says nothing beside this deed, or without one."""
    needs = [one for one in _GOES_WITH[name] if one in DEEDS and one != "--edit"]
    if deed:
        return UsageError(f"{name} does not go with {deed}.", _MEANT[deed].format(id_))
    example = _EXAMPLES.get(name, "")
    return UsageError(
        f"{name} goes with {' or '.join(needs)}.",
        f"{_MEANT[needs[0]].format(id_)} {example}".rstrip(),
    )


_EXAMPLES = {
    "--override": "--override private-data",
    "--promise": "--promise 4h",
    "--again": "--again",
    "--at": "--at 14:05",
}

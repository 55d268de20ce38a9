"""What people want to know of a channel type before they choose it. No type is imported here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socialcare.channels import REGISTRY
from socialcare.errors import UsageError
from socialcare.text import for_screen

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

FILE = Path(__file__).with_name("types.toml")
ABILITIES = {
    "read": "read",
    "recheck": "see edits",
    "public_reply": "answer",
    "private_reply": "answer in private",
    "own_post": "post",
    "delete": "take back answers",
}
BY_HAND = "by hand"
FROM_HERE = "from here"
UNKNOWN = "nobody has told"


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """One type. ``can`` is None where it would have to be imported to know."""

    type: str
    reads: str
    needs: str = UNKNOWN
    can: Sequence[str] | None = None
    costs: str = UNKNOWN
    tested: str = UNKNOWN
    closed: str | None = None
    """What the service keeps from programs, in plain words."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Where each secret is to be had."""
    asks: Sequence[str] = ()
    """The secrets without which it reads nothing, where the service wants a sign-in."""
    examples: Sequence[str] = ()
    keys: Sequence[str] = ()
    dearest: int = 0
    """What reading a post costs at most, in thousandths of a dollar."""
    posts: str = BY_HAND
    package: str | None = None
    """Name and version of what installed it; None: it is built in."""


def all_types() -> list[TypeInfo]:
    """Those that are built in, then those that other packages brought."""
    return [*map(_built_in, REGISTRY), *_installed()]


def info_of(type_name: str) -> TypeInfo:
    """One of them.

    Raises
    ------
    UsageError
        There is no such type.

    """
    if type_name in REGISTRY:
        return _built_in(type_name)
    for info in _installed():
        if info.type == type_name:
            return info
    raise UsageError(
        f'I do not know the channel type "{for_screen(type_name, one_line=True, limit=60)}".',
        "see what there is: socialcare channel types",
        code="unknown_type",
    )


def abilities(can: Sequence[str] | None) -> str:
    if can is None:
        return UNKNOWN
    return ", ".join(ABILITIES[one] for one in can)


@cache
def _told() -> Mapping[str, Mapping[str, Any]]:
    import tomllib

    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _built_in(name: str) -> TypeInfo:
    entry, told = REGISTRY[name], _told().get(name, {})
    where: Mapping[str, str] = told.get("secrets", {})
    return TypeInfo(
        type=name,
        reads=told.get("reads", UNKNOWN),
        needs=told.get("needs", UNKNOWN),
        can=told.get("can"),
        costs=told.get("costs", UNKNOWN),
        tested=told.get("tested", UNKNOWN),
        closed=told.get("closed"),
        asks=told.get("asks", entry.secrets.split()[:1]),
        secrets={key: where.get(key, UNKNOWN) for key in entry.secrets.split()},
        examples=entry.specs.split(),
        keys=entry.keys.split(),
        dearest=entry.dearest,
        posts=_posts(told.get("can", ())),
    )


def _posts(can: Sequence[str]) -> str:
    return FROM_HERE if {"public_reply", "private_reply"} & set(can) else BY_HAND


def _installed() -> Iterator[TypeInfo]:
    """What their packages say about themselves; a name that is built in stays ours."""
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group="socialcare.channels"), key=lambda one: one.name):
        if point.name not in REGISTRY:
            yield _foreign(point)


def _foreign(point: EntryPoint) -> TypeInfo:
    name = for_screen(point.name, one_line=True, limit=60)
    if point.dist is None:
        return TypeInfo(name, UNKNOWN)
    facts = point.dist.metadata
    package = f"{facts['Name']} {facts['Version']}"
    about = for_screen(str(facts.json.get("summary") or UNKNOWN), one_line=True, limit=200)
    return TypeInfo(name, about, package=for_screen(package, one_line=True, limit=100))

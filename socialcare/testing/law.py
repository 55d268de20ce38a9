"""What a law is, which of them a channel is held to, and how a breach is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from socialcare.channels.base import CanCheckAccess, CanRecheck, CanReply, Channel, Page
from socialcare.clock import FixedClock
from socialcare.errors import ChannelError
from socialcare.models import Mention
from socialcare.testing.bench import Bench, Case, mentions_of
from socialcare.testing.posting import PostingService
from socialcare.testing.server import NOW


@dataclass(frozen=True)
class Law:
    """Call it with a bench whose service holds nothing yet. Its name is its sentence."""

    holds: Callable[[Bench], None]
    concerns: Callable[[Case], bool]

    def __str__(self) -> str:
        return self.holds.__name__

    def __call__(self, bench: Bench) -> None:
        """Hold the channel to it.

        Raises
        ------
        AssertionError
            The channel breaks the law, or keeps it although its case excuses it.

        """
        excuse = bench.case.excuses.get(str(self))
        if excuse is None:
            self.holds(bench)
            return
        try:
            self.holds(bench)
        except (AssertionError, ChannelError):
            return
        raise AssertionError(f"{self} holds, and needs no excuse: {excuse}")


LAWS: list[Law] = []
"""Those of the modules that were imported; all of them are in ``socialcare.testing.LAWS``."""


def law(holds: Callable[[Bench], None]) -> Law:
    """Make it a law for every channel."""
    return law_for(lambda _case: True)(holds)


def law_for(concerns: Callable[[Case], bool]) -> Callable[[Callable[[Bench], None]], Law]:
    """Make it a law for some channels."""

    def make(holds: Callable[[Bench], None]) -> Law:
        LAWS.append(Law(holds, concerns))
        return LAWS[-1]

    return make


def laws_for(case: Case) -> list[Law]:
    """The laws that concern a case, those that it excuses included."""
    unknown = case.excuses.keys() - {str(one) for one in LAWS}
    if unknown:
        raise ValueError(f"no law is called {', '.join(sorted(unknown))}")
    return [one for one in LAWS if one.concerns(case)]


def has_cursors(case: Case) -> bool:
    return case.service.has_cursors


def rechecks(case: Case) -> bool:
    return isinstance(_made(case), CanRecheck)


def replies(case: Case) -> bool:
    return isinstance(case.service, PostingService) and isinstance(_made(case), CanReply)


def replies_in_private(case: Case) -> bool:
    return replies(case) and _made(case).limits.private


def signs_in(case: Case) -> bool:
    has_secrets = bool(case.token or case.secrets)
    return has_secrets and isinstance(_made(case), CanCheckAccess)


def _made(case: Case) -> Channel:
    def no_connection(**_: Any) -> Any:
        return None

    return case.make("http://127.0.0.1:9", no_connection, FixedClock(NOW))


def fails(errors: Sequence[type[ChannelError]], walk: Iterator[Page], why: str) -> ChannelError:
    """Go on until it stops, which has to be with one of these errors, fit to be shown."""
    names = " or ".join(error.__name__ for error in errors)
    try:
        for _page in walk:
            pass
    except ChannelError as stopped:
        if type(stopped) not in errors:
            raise AssertionError(f"{why}: {names} is wanted, not {stopped!r}") from stopped
        if not (stopped.message and stopped.hint):
            raise AssertionError(f"{why}: says nothing to people: {stopped!r}") from stopped
        return stopped
    raise AssertionError(f"{why}: the walk came to its end without {names}")


def brings(bench: Bench, pages: Sequence[Page], why: str = "") -> None:
    """All that the service holds and shows, and nothing else."""
    wanted = {item.id for item in bench.service.items if not (item.broken or item.hidden)}
    got = bench.ids(pages)
    _tell({"lost": wanted - got, "too much": got - wanted}, why)
    doubled = len(mentions_of(pages)) - len(got)
    assert not doubled, f"{why}: {doubled} came under two ids".lstrip(": ")


def loses_nothing(
    bench: Bench, pages: Sequence[Page], why: str = "", *, but: Collection[str] = ()
) -> None:
    """All that the service still holds, ``but`` some items; more may have been read before."""
    wanted = {item.id for item in bench.service.items if not (item.broken or item.hidden)}
    _tell({"lost": wanted - bench.ids(pages) - set(but)}, why)


def same(got: dict[str, Mention], wanted: dict[str, Mention], why: str = "") -> None:
    """The same mentions, in all their fields."""
    changed = {one for one in got.keys() & wanted.keys() if got[one] != wanted[one]}
    lost, more = wanted.keys() - got.keys(), got.keys() - wanted.keys()
    _tell({"lost": lost, "too much": more, "changed": changed}, why)


def _tell(differences: dict[str, set[str]], why: str) -> None:
    told = [f"{what}: {', '.join(sorted(ids)[:9])}" for what, ids in differences.items() if ids]
    if told:
        raise AssertionError(f"{why}: {'; '.join(told)}".lstrip(": "))

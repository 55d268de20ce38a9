"""Prints what becomes of an answer, by what happens to it and where: ``python -m tests.sending``.

Servers of somebody else take part where their environment variables are set, as in the tests.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from tests.channels import bluesky_server, mail_server, mastodon_server
from tests.sending.fake_stage import OnFediverse, OnOther, OnSlowOther, on_fediverse
from tests.sending.killing import judged, kill_many
from tests.sending.live_stages import OnBluesky, OnMail, OnMock, on_bluesky, on_mail, on_mock
from tests.sending.scenarios import scenarios
from tests.sending.stage import Stage

Made = tuple[type[Stage], Callable[[Path], AbstractContextManager[Stage]]]
_OURS = (OnFediverse, OnOther, OnSlowOther)


@contextmanager
def places() -> Iterator[list[Made]]:
    """The services that there are, each with a way to a stage on it."""
    with ExitStack() as stack:
        made: list[Made] = [(kind, partial(on_fediverse, kind=kind)) for kind in _OURS]
        if os.environ.get(mastodon_server.PROGRAM):
            mock = stack.enter_context(mastodon_server.running(_folder(stack)))
            made.append((OnMock, partial(on_mock, server=mock)))
        if os.environ.get(mail_server.PROGRAM):
            mailbox = stack.enter_context(mail_server.running(_folder(stack)))
            made.append((OnMail, partial(on_mail, mailbox=mailbox)))
        if os.environ.get(bluesky_server.POSTGRES):
            log, url = _folder(stack) / "log", bluesky_server.database()
            network = stack.enter_context(bluesky_server.running(log, POSTGRES_URL=url))
            number = count(1)
            made.append((OnBluesky, lambda folder: on_bluesky(folder, network, next(number))))
        yield made


def _folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory()))


def play(place: Made) -> dict[str, str]:
    """What became of it, by the name of the scenario."""
    kind, make = place
    told = {}
    for one in scenarios(kind):
        with tempfile.TemporaryDirectory() as folder, make(Path(folder)) as stage:
            try:
                told[one.name] = one.play(stage)
            except AssertionError as error:
                told[one.name] = f"BROKEN: {str(error).splitlines()[0]}"
    return told


def kill(place: Made, times: int, seed: int) -> str:
    with tempfile.TemporaryDirectory() as folder, place[1](Path(folder)) as stage:
        killed = kill_many(stage, times, seed)
        stage.settle()
        try:
            told = Counter(judged(stage, killed))
        except AssertionError as error:
            return f"BROKEN: {error}"
    return "; ".join(f"{number} × {what}" for what, number in told.most_common())


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sending", description=__doc__)
    parser.add_argument("--kills", type=int, default=15, help="processes to kill on each server")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(argv)
    broken = False
    with places() as made:
        for place in made:
            rows = play(place)
            if options.kills:
                name = f"kill -9 at {options.kills} moments, seed {options.seed}"
                rows[name] = kill(place, options.kills, options.seed)
            for scenario, told in rows.items():
                print(f"{place[0].name:18}{scenario:54}{told}", flush=True)
                broken = broken or told.startswith("BROKEN")
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())

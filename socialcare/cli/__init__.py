"""The command line: parse, call a workflow, hand rows to output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialcare.clock import Clock
    from socialcare.output.streams import Streams


def main(
    argv: Sequence[str],
    *,
    streams: Streams | None = None,
    clock: Clock | None = None,
    environ: dict[str, str] | None = None,
) -> int:
    """Run one command and return its exit code; never raises.

    Tests pass their own streams, clock and environment; the entry point passes none.
    """
    from socialcare.cli.run import run

    return run(argv, streams=streams, clock=clock, environ=environ)

"""What is not watched: an empty inbox must not be taken for silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from socialcare.inbox.reading import Header
from socialcare.workflow.alerts import channel_findings
from socialcare.workflow.standing import Standing


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """``channel`` None: it is about all of them."""

    channel: str | None
    says: str
    fix: str


def blind_spots(channels: Sequence[Standing], header: Header, now: datetime) -> Iterator[BlindSpot]:
    """Channels that are off, fail, are silent, were never asked, or may have missed something."""
    if header.demo:
        return
    if not channels:
        yield BlindSpot(None, "no channel is set up", "socialcare channel add")
    for finding in channel_findings(channels, header, now):
        yield BlindSpot(finding.channel, finding.message, finding.fix)
    for standing in channels:
        name = standing.channel.name
        if standing.state == "off":
            yield BlindSpot(name, f"{name} is off", "socialcare config edit")
        elif standing.state == "new":
            yield BlindSpot(name, f"{name} was never asked", f"socialcare fetch {name}")
        elif standing.possibly_missed is not None:
            says = f"{name} may have missed some: {standing.possibly_missed}"
            yield BlindSpot(name, says, f"socialcare channel test {name}")
        elif standing.state == "waiting" and not standing.failures:
            yield BlindSpot(name, f"{name} asked not to be called for now", "socialcare channel")

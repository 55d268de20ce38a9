"""What a report costs: ``python -m tests.benchmarks.report_speed [MENTIONS]``.

Makes so many mentions a month over two months, with answers, conversations, snoozes and
closings, and reports on the second of them. Prints CPU seconds, those of the start included.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from socialcare.inbox.database import open_writer
from tests.inbox.big_shop import put, talks

MENTIONS = 77_193
HOURS = '[answer_by]\ntimezone = "Europe/Oslo"\nhours = "Mon-Fri 09:00-18:00"\n'
RUNS = (
    ("by topic", "", ["--json"]),
    ("by topic, with open hours", HOURS, ["--json"]),
    ("by person", "", ["--by", "person", "--json"]),
    ("by day", HOURS, ["--by", "day", "--json"]),
    ("by order.country", "", ["--by", "order.country", "--json"]),
)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else MENTIONS
    with tempfile.TemporaryDirectory() as folder:
        path, config = Path(folder) / "big.db", Path(folder) / "config.toml"
        db = open_writer(path)
        # A conversation has 10 messages in 7 on average.
        made = talks(1, int(wanted * 2 * 0.71), datetime.now(UTC), 61)
        put(db, sorted(made, key=lambda talk: talk.asked[0]))
        db.close()
        for name, text, words in RUNS:
            config.write_text(text)
            print(f"{name:<28} {cpu(path, config, words):.2f} s CPU")


def cpu(path: Path, config: Path, words: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "socialcare", "--db", str(path), "--config", str(config)]
    subprocess.run([*command, "report", *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()

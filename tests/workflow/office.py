"""A home folder with a config, and the program run in it: as a call, or as a process."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from socialcare.cli import main
from socialcare.clock import Clock, FixedClock
from socialcare.inbox.database import open_reader
from socialcare.output.streams import Streams
from tests.inbox import house

PROGRAM = Path(sys.executable).parent / "socialcare"
"""The console script of the environment that runs the tests."""
LONG = 100.0
"""Seconds after which a process counts as hanging."""


@dataclass(frozen=True)
class Ran:
    """What one run of the program did."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> Any:
        return json.loads(self.out)

    @property
    def channels(self) -> dict[str, Any]:
        """The channels of ``fetch --json`` by name."""
        return {channel["name"]: channel for channel in self.record["channels"]}


@dataclass
class Office:
    home: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime.now(UTC)))

    @property
    def config(self) -> Path:
        return self.home / ".config/socialcare/config.toml"

    @property
    def database(self) -> Path:
        return self.home / ".local/share/socialcare/socialcare.db"

    @property
    def environ(self) -> dict[str, str]:
        """All that a cron job gets."""
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin"}

    def configure(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def run(self, *words: str, stdin: bytes = b"", clock: Clock | None = None, **more: str) -> Ran:
        """Run a command in this process; its clock stands still, so waiting costs nothing."""
        out, err = io.StringIO(), io.StringIO()
        streams = Streams(io.TextIOWrapper(io.BytesIO(stdin)), out, err)
        environ = {**self.environ, "SOCIALCARE_USER": "leo", **more}
        code = main(words, streams=streams, clock=clock or self.clock, environ=environ)
        return Ran(code, out.getvalue(), err.getvalue())

    def later(self, **time: float) -> None:
        self.clock.sleep(timedelta(**time).total_seconds())

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start the installed program without a terminal, a locale or anything else."""
        return subprocess.Popen(
            [PROGRAM, *words],
            env=self.environ | more,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def process(self, *words: str, **more: str) -> Ran:
        return ended(self.start(*words, **more))

    def contents(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Everything in the inbox; our own ids and the moment of storing aside."""
        db = open_reader(self.database)
        try:
            return house.contents(db)
        finally:
            db.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        db = open_reader(self.database)
        try:
            return [tuple(row) for row in db.rows(sql)]
        finally:
            db.close()

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def files(self) -> dict[str, bytes]:
        """Every file below the home with what is in it."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file()
        }


def ended(process: subprocess.Popen[str]) -> Ran:
    with process:
        try:
            out, err = process.communicate(timeout=LONG)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ran(process.returncode, out, err)

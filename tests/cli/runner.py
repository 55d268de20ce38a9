"""A home folder of its own, and a way to run the program in it as somebody at a terminal would."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from socialcare.cli import main
from socialcare.clock import Clock, FixedClock
from socialcare.output.streams import Streams
from tests.cli.acme import NOW, Ran, Stocked

RSS = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Blog</title><link>https://blog.example/</link>{}</channel></rss>
"""
ITEM = """<item><title>{title}</title><link>https://blog.example/{number}</link>
<guid>https://blog.example/{number}</guid><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>
"""
FAKE_CRONTAB = """#!{python}
import sys
from pathlib import Path

table = Path({table!r})
if sys.argv[1:] == ["-l"]:
    if not table.exists():
        sys.exit("no crontab for mia")
    sys.stdout.write(table.read_text())
elif sys.argv[1:] == ["-"]:
    table.write_text(sys.stdin.read())
else:
    sys.exit(2)
"""


def feed(*titles: str) -> bytes:
    """An RSS feed, its newest entry first and an hour old."""
    items = (
        ITEM.format(title=title, number=number, at=NOW - timedelta(hours=number))
        for number, title in enumerate(titles, 1)
    )
    return RSS.format("".join(items)).encode()


@dataclass
class Home(Stocked):
    path: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.path / ".config/socialcare/config.toml"

    @property
    def data(self) -> Path:
        return self.path / ".local/share/socialcare"

    @property
    def database(self) -> Path:
        return self.data / "socialcare.db"

    @property
    def credentials(self) -> Path:
        return self.data / "credentials.toml"

    @property
    def crontab(self) -> Path:
        return self.path / "crontab.txt"

    def configure(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def with_crontab(self, text: str | None = None) -> None:
        """Install a program that keeps the crontab in a file."""
        program = self.path / "bin/crontab"
        program.parent.mkdir(exist_ok=True)
        program.write_text(FAKE_CRONTAB.format(python=sys.executable, table=str(self.crontab)))
        program.chmod(0o755)
        if text is not None:
            self.crontab.write_text(text)

    def editor(self, code: str) -> str:
        """A value for EDITOR: a program that does this to ``text``."""
        script = self.path / "editor.py"
        script.write_text(
            "import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n"
            f"text = file.read_text()\n{code}\nfile.write_text(text)\n"
        )
        return f"{sys.executable} {script}"

    def files(self) -> dict[str, bytes]:
        """Everything in the home folder: what a command that only looks leaves as it is."""
        return {
            str(path.relative_to(self.path)): path.read_bytes()
            for path in self.path.rglob("*")
            if path.is_file()
        }

    def run(
        self,
        *words: str,
        stdin: str = "",
        tty: bool = False,
        width: int = 80,
        clock: Clock | None = None,
        **environ: str,
    ) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        streams = Streams(
            io.StringIO(stdin),
            out,
            err,
            stdin_tty=tty,
            stdout_tty=tty,
            stderr_tty=tty,
            width=width,
        )
        code = main(
            words,
            streams=streams,
            clock=clock or FixedClock(NOW),
            environ={
                "HOME": str(self.path),
                "PATH": str(self.path / "bin"),
                "SOCIALCARE_USER": "mia",
                **self.environ,
                **environ,
            },
        )
        return Ran(code, out.getvalue(), err.getvalue())

    def json(self, *words: str, **more: Any) -> Any:
        return json.loads(self.run(*words, "--json", **more).out)

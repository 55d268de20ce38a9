"""The line in the crontab that fetches every five minutes: made, found, added once."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from socialcare.errors import SocialcareError
from socialcare.settings.paths import Paths

MARK = "# added by socialcare"
_EVERY = "*/5 * * * *"
_SECONDS = 10.0
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_NONE_YET = ("no crontab", "no such file", "can't open")
"""What the crontab programs say when somebody has no crontab yet."""


def program_words() -> list[str]:
    """How to start this program from anywhere: cron does not look where your shell looks."""
    called = Path(sys.argv[0])
    if called.name.startswith("socialcare") and called.is_file():
        return [str(called.absolute())]
    found = shutil.which("socialcare")
    return [found] if found else [sys.executable, "-m", "socialcare"]


def schedule_line(paths: Paths, environ: Mapping[str, str]) -> str:
    """The line to add; on Windows the command that schedules it there."""
    words = [*program_words(), *_own_files(paths), "fetch", "--quiet"]
    if sys.platform == "win32":
        return f'schtasks /Create /SC MINUTE /MO 5 /TN socialcare /TR "{" ".join(words)}"'
    moved = [f"{name}={environ[name]}" for name in _XDG if environ.get(name)]
    command = shlex.join([*moved, *words]).replace("%", r"\%")  # cron ends the command at a %
    return f"{_EVERY} {command}  {MARK}"


def _own_files(paths: Paths) -> list[str]:
    """Cron knows nothing of the options and variables of this shell."""
    words = []
    if paths.config_from != "default":
        words += ["--config", str(paths.config_file.absolute())]
    if paths.database_from in ("option", "environment"):
        words += ["--db", str(paths.database.absolute())]
    return words


def read_crontab(environ: Mapping[str, str]) -> str | None:
    """The crontab of this user; None where there is no crontab program, or it is not allowed."""
    done = _crontab(["-l"], environ)
    if done is None:
        return None
    if done.returncode == 0:
        return done.stdout
    return "" if any(words in done.stderr.lower() for words in _NONE_YET) else None


def add_to_crontab(line: str, environ: Mapping[str, str]) -> None:
    """Add a line after all others, which stay as they are.

    Raises
    ------
    SocialcareError
        The crontab cannot be read or written.

    """
    before = read_crontab(environ)
    if before is not None and line.isprintable():
        text = before if not before or before.endswith("\n") else f"{before}\n"
        done = _crontab(["-"], environ, f"{text}{line}\n")
        if done is not None and done.returncode == 0:
            return
    raise SocialcareError("the crontab could not be changed.", f"crontab -e, add:  {line}")


def fetch_line(crontab: str, line: str) -> str | None:
    """The line that fetches this brand already, whoever wrote it."""
    wanted = _brand(_command(line))
    for there in crontab.splitlines():
        words = _command(there)
        fetches = "fetch" in words and any("socialcare" in word for word in words)
        if fetches and _brand(words) == wanted:
            return there.strip()
    return None


def missing_program(line: str) -> str | None:
    """The program that a line starts, if it is not there any more."""
    words = [word for word in _command(line) if "=" not in word]
    program = words[0] if words else ""
    path = Path(program).expanduser() if program.startswith(("/", "~")) else None
    return program if path is not None and not path.exists() else None


def _command(line: str) -> list[str]:
    """The words of a crontab line after its times; none for a comment or a variable."""
    times = 1 if line.lstrip().startswith("@") else 5
    parts = line.split(None, times)
    if len(parts) <= times or line.lstrip().startswith("#"):
        return []
    try:
        return shlex.split(parts[times].replace(r"\%", "%"), comments=True)
    except ValueError:
        return parts[times].split()


def _brand(words: list[str]) -> tuple[str, ...]:
    """What tells the line of one brand from that of another."""
    config = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "--config"]
    inline = [word.partition("=")[2] for word in words if word.startswith("--config=")]
    return tuple(config + inline)


def _crontab(
    words: list[str], environ: Mapping[str, str], given: str = ""
) -> subprocess.CompletedProcess[str] | None:
    program = shutil.which("crontab", path=environ.get("PATH"))
    if program is None:
        return None
    try:
        return subprocess.run(
            [program, *words],
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_SECONDS,
            env={**environ, "LC_ALL": "C"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None

"""Files for one group instead of one person: ``[team] share = "group"``.

SQLite gives its journals the mode of the database, and a folder with the setgid bit gives new
files its group, whatever the umask of whoever makes them.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

FILE = 0o660
FOLDER = 0o2770


def share(*paths: Path) -> None:
    """Give files to the group of their folder; those of other people are theirs to give."""
    for path in paths:
        # Not ours, not there, or gone meanwhile: doctor tells what is not shared.
        with suppress(OSError):
            _share(path)


def share_folder(folder: Path) -> None:
    with suppress(OSError):
        folder.chmod(FOLDER)


def _share(path: Path) -> None:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or not hasattr(os, "geteuid"):
        return
    if os.geteuid() not in (found.st_uid, 0):
        return
    group = path.parent.stat().st_gid
    if found.st_gid != group:
        os.chown(path, -1, group)
    if stat.S_IMODE(found.st_mode) != FILE:
        path.chmod(FILE)


def database_files(database: Path) -> list[Path]:
    """A database and what SQLite lays beside it."""
    return [database.with_name(f"{database.name}{end}") for end in ("", "-journal", "-wal", "-shm")]


def why_not_shared(path: Path) -> tuple[str, str] | None:
    """What keeps a group from working on a database, and the command that mends it."""
    import shlex

    folder = path.parent
    file_mode, folder_mode = (stat.S_IMODE(p.stat().st_mode) for p in (path, folder))
    quoted, quoted_folder = shlex.quote(str(path)), shlex.quote(str(folder))
    if folder_mode & FOLDER != FOLDER or folder_mode & 0o007:
        return (
            f"its folder is not for one group ({folder_mode:04o})",
            f"chgrp GROUP {quoted_folder} && chmod 2770 {quoted_folder}",
        )
    if path.stat().st_gid != folder.stat().st_gid:
        return "its group is not that of its folder", f"chgrp --reference={quoted_folder} {quoted}"
    if file_mode & FILE != FILE or file_mode & 0o007:
        return f"it is not for one group ({file_mode:04o})", f"chmod 660 {quoted}"
    return None

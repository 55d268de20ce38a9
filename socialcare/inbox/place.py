"""Where a database may lie: files only their owner can read, never on a network file system."""

from __future__ import annotations

import os
from pathlib import Path

from socialcare.errors import DatabaseError

_NETWORK = ("nfs", "cifs", "smb", "afs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "davfs")


def make_private_file(path: Path) -> None:
    """Make an empty file that nobody else can read, and its folder where it is missing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def refuse_network_place(path: Path, mounts: Path = Path("/proc/self/mounts")) -> None:
    """Refuse a network file system: its locks do not protect SQLite (https://sqlite.org/faq.html#q5).

    Raises
    ------
    DatabaseError
        The file would lie on one. Where there is no list of mounts, nothing is refused.

    """
    kind = _file_system(path.absolute(), mounts)
    if kind.startswith(_NETWORK):
        raise DatabaseError(
            f"{path} lies on a network file system ({kind}), where locks cannot be trusted.",
            "keep the database on a local disk: --db FILE",
        )


def _file_system(path: Path, mounts: Path) -> str:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = 0, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), fields[2]
    return kind

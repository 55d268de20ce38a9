"""Dovecot, the IMAP server that most mailboxes lie on, in processes of its own.

It takes any user with the password of :mod:`tests.channels.mail_server`. Everything runs
as one user; mail is never kept as root, so root hands it to ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from grp import getgrgid
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.channels.loopback import free_port, wait_for
from tests.channels.mail_server import PASSWORD, Mailbox

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  # Whoever gave a wrong password once would wait at every sign-in.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def program() -> str:
    """The path of the server; the test skips where there is none."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("there is no Dovecot here: apt-get install dovecot-imapd")
    return found


@contextmanager
def running() -> Iterator[Mailbox]:
    """In a folder with a short path that its user can reach: its sockets lie there."""
    owner = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    with TemporaryDirectory(prefix="dovecot-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        for part in ("run", "state", "mail"):
            (folder / part).mkdir()
            os.chown(folder / part, owner.pw_uid, owner.pw_gid)
        config = folder / "dovecot.conf"
        group = getgrgid(owner.pw_gid).gr_name
        names = {"user": owner.pw_name, "group": group, "password": PASSWORD}
        config.write_text(CONFIG.format(folder=folder, port=port, **names))
        log = folder / "out"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [program(), "-F", "-c", str(config)], stdout=out, stderr=subprocess.STDOUT
            )
            try:
                wait_for(port, process, log)
                yield Mailbox(port)
            finally:
                process.terminate()
                process.wait(20)

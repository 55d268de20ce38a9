"""Secrets: found by reference when a channel needs one, kept where only their owner can read.

No message here ever holds a secret, nor what a command printed. Somebody may paste the
secret where its place belongs, so a place is only named once it proved to be one.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from socialcare.errors import SignInError
from socialcare.settings import in_keyring
from socialcare.settings.atomic import PRIVATE, one_at_a_time, replace_file
from socialcare.settings.model import ChannelSettings, SecretRef
from socialcare.settings.paths import APP, Paths, expand
from socialcare.settings.table import shown, shown_path
from socialcare.settings.tokens import TokenFile
from socialcare.settings.toml_text import toml_table

COMMAND_SECONDS = 10.0
MAX_BYTES = 64 * 1024

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,59}")
KEY_FILE = ("-----BEGIN ", "{")
"""How a private key (PEM) and the file of a service account (JSON) begin: their lines are layout."""

_HEAD = "# Written by socialcare channel login. Keep it to yourself.\n"


def secret_for(
    channel: ChannelSettings, key: str, paths: Paths, environ: Mapping[str, str] | None = None
) -> str | None:
    """The secret behind a key: config reference, SOCIALCARE_<CHANNEL>_TOKEN, what login stored.

    Raises
    ------
    SignInError
        It is kept somewhere, but cannot be had from there.

    """
    environ = os.environ if environ is None else environ
    reference = channel.secrets.get(key)
    if reference is not None:
        return resolve(reference, f"[channels.{channel.name}] {key}", environ)
    variable = variable_for(channel.name, key)
    if environ.get(variable):
        return _clean(environ[variable], f"the variable {variable}")
    return SecretStore(paths).get(channel.name, key)


class Kept(NamedTuple):
    """Where a secret is kept: what decides that, and the place in words."""

    by: Literal["config", "environment", "login"]
    place: str


def kept_in(
    channel: ChannelSettings, key: str, paths: Paths, environ: Mapping[str, str]
) -> Kept | None:
    """Where :func:`secret_for` would find a secret; None where there is none. It is not read.

    Raises
    ------
    SignInError
        What login stored cannot be read.

    """
    reference = channel.secrets.get(key)
    if reference is not None:
        return Kept("config", f"what the config names ({reference.kind})")
    variable = variable_for(channel.name, key)
    if environ.get(variable):
        return Kept("environment", f"the variable {variable}")
    place = SecretStore(paths).place(channel.name, key)
    return None if place is None else Kept("login", place)


def variable_for(channel: str, key: str) -> str:
    """``SOCIALCARE_MASTODON_TOKEN``: the way for containers."""
    return re.sub(r"\W|-", "_", f"{APP}_{channel}_{key}").upper()


def resolve(
    ref: SecretRef, what: str = "the secret", environ: Mapping[str, str] | None = None
) -> str:
    """Get a secret from where it is kept. ``what`` names it in messages.

    Raises
    ------
    SignInError
        It is not there, is not for us alone, or cannot be had.

    """
    environ = os.environ if environ is None else environ
    if ref.kind == "env":
        secret = environ.get(ref.value)
        if secret is None:
            name = ref.value if _VARIABLE.fullmatch(ref.value) else "it names"
            raise SignInError(
                f"{what}: the variable {name} is not set.",
                f"set it, or sign in: socialcare channel login {_channel_in(what)}",
            )
    elif ref.kind == "file":
        secret = _read_private(expand(ref.value), what)
    elif ref.kind == "command":
        secret = _run(ref.value, what)
    else:
        secret = _from_keyring(ref.value, what)
    return _clean(secret, what)


@dataclass(frozen=True, slots=True)
class SecretStore:
    """What ``channel login`` stored: in ``credentials.toml``, or there only the way to the keyring."""

    paths: Paths

    def get(self, channel: str, key: str) -> str | None:
        """The stored secret, or None.

        Raises
        ------
        SignInError
            Others may read the file, it is damaged, or the keyring is locked.

        """
        stored = self._read().get(channel, {}).get(key)
        if isinstance(stored, dict) and isinstance(stored.get("keyring"), str):
            return resolve(SecretRef("keyring", stored["keyring"]), f"[channels.{channel}] {key}")
        return stored if isinstance(stored, str) else None

    def place(self, channel: str, key: str) -> str | None:
        """``the keyring``, the path of the file, or None where nothing is stored."""
        stored = self._read().get(channel, {}).get(key)
        if stored is None:
            return None
        return "the keyring" if isinstance(stored, dict) else str(self.paths.credentials)

    def save(self, channel: str, key: str, secret: str, *, keyring: bool = False) -> str:
        """Keep a secret and say where: ``the keyring`` or the path of the file.

        Raises
        ------
        SignInError
            The secret is empty or has several lines, or the keyring refuses it.
        ConfigError
            The file cannot be written.

        """
        secret = _clean(secret, "this")
        place: object = secret
        if keyring:
            name = f"{self._service()}/{channel}.{key}"
            in_keyring.put(name, secret)
            place = {"keyring": name}
        with one_at_a_time(self.paths.credentials):
            stored = self._read()
            stored.setdefault(channel, {})[key] = place
            self._write(stored)
        return "the keyring" if keyring else str(self.paths.credentials)

    def delete(self, channel: str) -> bool:
        """Forget all secrets of a channel, and what it got for them; whether there were any."""
        TokenFile(self.paths, channel).delete()
        with one_at_a_time(self.paths.credentials):
            stored = self._read()
            secrets = stored.pop(channel, None)
            if secrets is None:
                return False
            self._write(stored)
        for place in secrets.values():
            if isinstance(place, dict) and isinstance(place.get("keyring"), str):
                in_keyring.drop(place["keyring"])
        return True

    def _service(self) -> str:
        """Two brands may both have a channel called mastodon."""
        brand = self.paths.data_dir.name
        return APP if brand == APP else f"{APP}-{brand}"

    def _read(self) -> dict[str, dict[str, Any]]:
        path = self.paths.credentials
        if not path.exists():
            return {}
        import tomllib

        try:
            stored = tomllib.loads(_read_private(path, path.name))
        except (ValueError, RecursionError):
            raise SignInError(
                f"{shown(path.name)} is damaged.",
                f"move it away and sign in again: {shown_path(path)}",
            ) from None
        return {channel: keys for channel, keys in stored.items() if isinstance(keys, dict)}

    def _write(self, stored: Mapping[str, Mapping[str, Any]]) -> None:
        tables = [toml_table((channel,), secrets) for channel, secrets in stored.items()]
        data = "\n".join((_HEAD, *tables)).encode()
        replace_file(self.paths.credentials, data, mode=PRIVATE)


def _read_private(path: Path, what: str) -> str:
    """A file that nobody else may read.

    Raises
    ------
    SignInError
        Missing, open to others, too large, not text.

    """
    name = shown_path(path)
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SignInError(
                    f"{what}: others may read {name}.", f"chmod 600 {shlex.quote(name)}"
                )
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        message = f"{what}: its file cannot be read: {reason}."
        raise SignInError(message, "see where it should be: socialcare config edit") from None
    if len(raw) > MAX_BYTES:
        raise SignInError(f"{what}: {name} is larger than 64 KiB.", "name another file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"{what}: {name} is not UTF-8 text."
        raise SignInError(message, "write the secret into it as plain text") from None


def _run(command: str, what: str) -> str:
    """First line of what a command prints, or a whole key file; no shell, nothing to read from."""
    words = _words(command, what)
    hint = "run it yourself and see; it must print the secret on its first line"
    try:
        printed, code = _output(words)
    except TimeoutError:
        message = f"{what}: {shown(words[0])} did not end within {COMMAND_SECONDS:g} s."
        raise SignInError(message, "it may be asking something: unlock it first") from None
    except (OSError, ValueError):
        raise SignInError(f"{what}: {shown(words[0])} cannot be run.", hint) from None
    if code:
        raise SignInError(f"{what}: {shown(words[0])} ended with {code}.", hint)
    text = printed[:MAX_BYTES].decode("utf-8", "replace")
    return text if text.startswith(KEY_FILE) else text.partition("\n")[0]


def _words(command: str, what: str) -> list[str]:
    import shutil

    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words or shutil.which(words[0]) is None:
        raise SignInError(
            f"{what}: its command was not found.", "give the whole path: cron knows few folders"
        )
    return words


def _output(words: list[str]) -> tuple[bytes, int]:
    """What it printed and its exit code.

    Raises
    ------
    TimeoutError
        It was still running after :data:`COMMAND_SECONDS`.

    """
    from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

    with Popen(words, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as process:
        try:
            printed, _ = process.communicate(timeout=COMMAND_SECONDS)
        except TimeoutExpired:
            process.kill()  # leaving "with" waits for it, not for children that hold the pipe
            raise TimeoutError from None
    return printed, process.returncode


def _clean(secret: str, what: str) -> str:
    """Without space around it; a line break or control character inside could split a header."""
    secret = secret.strip().removeprefix("\ufeff")
    if secret.startswith(KEY_FILE):
        secret = " ".join(secret.split())
    if not secret:
        raise SignInError(
            f"{what}: the secret is empty.",
            f"sign in: socialcare channel login {_channel_in(what)}",
        )
    if not secret.isprintable():
        raise SignInError(
            f"{what}: the secret has several lines or unprintable characters.", "copy it again"
        )
    return secret


def _channel_in(what: str) -> str:
    match = re.match(r"\[channels\.([^\]]+)\]", what)
    return match.group(1) if match else "NAME"


def _from_keyring(place: str, what: str) -> str:
    secret = in_keyring.get(place, what)
    if secret is None:
        hint = f"sign in: socialcare channel login {_channel_in(what)}"
        raise SignInError(f"{what}: the keyring does not have it.", hint)
    return secret

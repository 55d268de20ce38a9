"""The keyring of the desktop, through the extra ``keyring``.

A place is written ``SERVICE/USER``, or ``USER`` alone below our own service.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from socialcare.errors import SignInError
from socialcare.settings.paths import APP

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_IN_THE_FILE = "cron has no keyring: sign in again from where you use it, and keep it in the file"


def usable() -> bool:
    """Whether there is a keyring that can be asked; cron and containers have none."""
    try:
        priority: float = _open().priority
    except SignInError:
        return False
    return priority > 0


def get(place: str, what: str) -> str | None:
    """The secret, or None where the keyring does not have it.

    Raises
    ------
    SignInError
        There is no keyring, or it is locked.

    """
    backend = _open()
    try:
        secret: str | None = backend.get_password(*_service_and_user(place))
    except Exception:  # noqa: BLE001 - back ends are other people's code and raise what they like
        raise SignInError(f"{what}: the keyring did not answer.", _IN_THE_FILE) from None
    return secret


def put(place: str, secret: str) -> None:
    """Keep a secret.

    Raises
    ------
    SignInError
        There is no keyring, or it refuses.

    """
    backend = _open()
    service, user = _service_and_user(place)
    try:
        backend.set_password(service, user, secret)
    except Exception:  # noqa: BLE001
        raise SignInError("the keyring did not take it.", "keep it in the file instead") from None


def drop(place: str) -> None:
    with suppress(Exception):  # what is gone already needs no report
        _open().delete_password(*_service_and_user(place))


def _open() -> KeyringBackend:
    try:
        import keyring
    except ImportError:
        hint = "pipx inject socialcare keyring"
        raise SignInError("there is no keyring support here.", hint) from None
    try:
        return keyring.get_keyring()
    except Exception:  # noqa: BLE001
        raise SignInError("the keyring cannot be opened.", _IN_THE_FILE) from None


def _service_and_user(place: str) -> tuple[str, str]:
    service, slash, user = place.partition("/")
    return (service, user) if slash else (APP, place)

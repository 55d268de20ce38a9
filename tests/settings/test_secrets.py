"""Secrets are found where they are kept, and no error ever shows one."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from socialcare.errors import ConfigError, ExitCode, SignInError
from socialcare.settings import ChannelSettings, SecretRef, in_keyring, secrets
from socialcare.settings.paths import Paths
from socialcare.settings.secrets import SecretStore, resolve, secret_for

SECRET = "hunter2-Zq9"
WHAT = "[channels.masto] token"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.find({"HOME": str(tmp_path)})


def private(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def python(code: str) -> SecretRef:
    return SecretRef("command", f'"{sys.executable}" -c "{code}"')


def refusal(ref: SecretRef, environ: dict[str, str] | None = None) -> str:
    """The whole error, after checking that it shows no secret and is a sign-in matter."""
    with pytest.raises(SignInError) as caught:
        resolve(ref, WHAT, environ)
    error = caught.value
    assert error.exit_code is ExitCode.SIGN_IN
    assert error.hint
    assert SECRET not in f"{error!r} {error.message} {error.hint}"
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return f"{error.message} / {error.hint}"


def test_from_a_variable() -> None:
    assert resolve(SecretRef("env", "TOK"), WHAT, {"TOK": f" {SECRET}\n"}) == SECRET
    assert refusal(SecretRef("env", "ACME_TOKEN"), {}) == (
        "[channels.masto] token: the variable ACME_TOKEN is not set. / "
        "set it, or sign in: socialcare channel login masto"
    )


@pytest.mark.parametrize("kind", ["env", "file", "command", "keyring"])
def test_a_secret_pasted_where_its_place_belongs_is_not_shown(
    kind: str, tmp_path: Path, fake_keyring: dict[tuple[str, str], str]
) -> None:
    refusal(SecretRef(kind, SECRET), {})  # type: ignore[arg-type]


def test_from_a_file_that_is_ours_alone(tmp_path: Path) -> None:
    path = private(tmp_path / "token", f"\ufeff{SECRET}\r\n".encode())
    assert resolve(SecretRef("file", str(path)), WHAT) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_may_read_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    path = private(tmp_path / "my token", SECRET.encode(), mode)
    said = refusal(SecretRef("file", str(path)))
    assert said == f"{WHAT}: others may read {path}. / chmod 600 '{path}'"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the secret is empty"),
        (SECRET.encode("utf-16"), "is not UTF-8 text"),
        (f"{SECRET}\nX-Evil: 1".encode(), "several lines or unprintable"),
        (f"{SECRET}\x00".encode(), "several lines or unprintable"),
        (SECRET.encode() * 10_000, "larger than 64 KiB"),
    ],
)
def test_a_file_without_a_usable_secret_is_refused(
    tmp_path: Path, content: bytes, says: str
) -> None:
    assert says in refusal(SecretRef("file", str(private(tmp_path / "token", content))))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(SecretRef("file", str(tmp_path / "nope")))
    assert "Is a directory" in refusal(SecretRef("file", str(tmp_path)))
    assert "not a path" in refusal(SecretRef("file", "a\0b"))


def test_from_the_first_line_of_a_command() -> None:
    assert resolve(python(f"print('{SECRET}'); print('user: ana')"), WHAT) == SECRET


def test_a_command_runs_without_a_shell(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    assert resolve(SecretRef("command", f"echo $HOME;touch {trace} > x"), WHAT).startswith(
        "$HOME;touch"
    )
    assert not trace.exists()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (f"print('{SECRET}'); raise SystemExit(3)", "ended with 3"),
        ("pass", "the secret is empty"),
        (f"import sys; sys.exit('{SECRET}')", "ended with 1"),
        (f"print('{SECRET}', chr(7))", "unprintable"),
    ],
)
def test_a_command_that_fails_shows_nothing_it_printed(code: str, says: str) -> None:
    assert says in refusal(python(code))


def test_a_command_that_hangs_does_not_hold_us_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nor does a child of it that still holds the pipe: it ends only when this test is over."""
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.2)
    over = tmp_path / "over"
    script = f"(until [ -e {over} ]; do sleep 0.1; done) & wait"
    said = refusal(SecretRef("command", f'sh -c "{script}"'))
    over.touch()
    assert "sh did not end within 0.2 s" in said


@pytest.mark.parametrize("command", ["", '"unclosed', "no-such-program-anywhere x"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    assert "its command was not found" in refusal(SecretRef("command", command))


def channel(**secret_refs: SecretRef) -> ChannelSettings:
    return ChannelSettings(name="my-masto", type="mastodon", secrets=secret_refs)


def test_the_order_is_reference_variable_store(paths: Paths) -> None:
    environ: dict[str, str] = {}
    assert secret_for(channel(), "token", paths, environ) is None
    SecretStore(paths).save("my-masto", "token", "stored")
    assert secret_for(channel(), "token", paths, environ) == "stored"
    environ["SOCIALCARE_MY_MASTO_TOKEN"] = "variable"
    assert secret_for(channel(), "token", paths, environ) == "variable"
    environ["REF"] = "reference"
    assert (
        secret_for(channel(token=SecretRef("env", "REF")), "token", paths, environ) == "reference"
    )


def test_looking_for_a_secret_makes_no_file_and_asks_no_keyring(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert secret_for(channel(), "token", paths, {}) is None
    assert list(tmp_path.iterdir()) == []


def test_stored_secrets_are_private_and_come_back(paths: Paths) -> None:
    store = SecretStore(paths)
    odd = 'q"uo\\te # é 🙂'
    assert store.save("a", "token", SECRET) == str(paths.credentials)
    store.save("b", "password", odd)
    store.save("a", "token", "newer")
    assert (store.get("a", "token"), store.get("b", "password")) == ("newer", odd)
    assert paths.credentials.stat().st_mode & 0o777 == 0o600
    assert paths.credentials.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in paths.data_dir.iterdir()] == ["credentials.toml"]


def test_logging_out_forgets_one_channel_only(paths: Paths) -> None:
    store = SecretStore(paths)
    assert store.delete("a") is False
    store.save("a", "token", SECRET)
    store.save("b", "token", "other")
    assert store.delete("a") is True
    assert (store.get("a", "token"), store.get("b", "token")) == (None, "other")
    assert SECRET not in paths.credentials.read_text()


@pytest.mark.parametrize("secret", ["", "  ", "a\nb", "a\x1bb", "a\ud800"])
def test_what_is_no_secret_is_not_stored(paths: Paths, secret: str) -> None:
    with pytest.raises(SignInError):
        SecretStore(paths).save("a", "token", secret)
    assert not paths.credentials.exists()


def test_a_credentials_file_that_others_may_read_is_refused(paths: Paths) -> None:
    store = SecretStore(paths)
    store.save("a", "token", SECRET)
    paths.credentials.chmod(0o644)
    with pytest.raises(SignInError, match="others may read") as caught:
        store.get("a", "token")
    assert caught.value.hint == f"chmod 600 {paths.credentials}"


@pytest.mark.parametrize(
    "content", [f'[a]\ntoken = "{SECRET}', f"[a]\n{SECRET}", "x = " + "[" * 30_000]
)
def test_a_damaged_credentials_file_is_told_without_its_content(paths: Paths, content: str) -> None:
    paths.data_dir.mkdir(parents=True)
    private(paths.credentials, content.encode())
    with pytest.raises(SignInError, match=r"credentials\.toml is damaged") as caught:
        SecretStore(paths).get("a", "token")
    assert SECRET not in caught.value.message + caught.value.hint
    with pytest.raises(SignInError):
        SecretStore(paths).save("b", "token", "x")
    assert paths.credentials.read_text() == content, "nothing is lost"


def test_logins_at_the_same_moment_lose_nothing(paths: Paths) -> None:
    store = SecretStore(paths)
    names = [f"c{number}" for number in range(8)]
    threads = [threading.Thread(target=store.save, args=(name, "token", name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.get(name, "token") for name in names] == names


class FakeKeyring:
    """A back end of the keyring package, in memory."""

    priority = 5.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.kept[service, user] = secret

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


@pytest.fixture
def fake_keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    backend = FakeKeyring()
    module = ModuleType("keyring")
    module.get_keyring = lambda: backend  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return backend.kept


def test_the_keyring_keeps_the_secret_and_the_file_only_the_way_to_it(
    paths: Paths, fake_keyring: dict[tuple[str, str], str]
) -> None:
    store = SecretStore(paths)
    assert in_keyring.usable()
    assert store.save("masto", "token", SECRET, keyring=True) == "the keyring"
    assert fake_keyring == {("socialcare", "masto.token"): SECRET}
    assert SECRET not in paths.credentials.read_text()
    assert store.get("masto", "token") == SECRET
    assert store.delete("masto") is True
    assert fake_keyring == {}


def test_two_brands_do_not_share_a_keyring_entry(
    tmp_path: Path, fake_keyring: dict[tuple[str, str], str]
) -> None:
    brand = Paths.find({"HOME": str(tmp_path)}, config="/brands/zeta.toml")
    SecretStore(brand).save("masto", "token", SECRET, keyring=True)
    assert fake_keyring == {("socialcare-zeta", "masto.token"): SECRET}


def test_a_keyring_of_the_users_own_choice(fake_keyring: dict[tuple[str, str], str]) -> None:
    fake_keyring["work", "masto"] = SECRET
    assert resolve(SecretRef("keyring", "work/masto"), WHAT) == SECRET
    assert "does not have it" in refusal(SecretRef("keyring", "work/none"))


def test_cron_has_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not in_keyring.usable()
    assert "pipx inject socialcare keyring" in refusal(SecretRef("keyring", "work/masto"))


def test_a_keyring_that_fails_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, fake_keyring: dict[tuple[str, str], str], paths: Paths
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError(f"locked: {SECRET}")

    monkeypatch.setattr(FakeKeyring, "get_password", fail)
    monkeypatch.setattr(FakeKeyring, "set_password", fail)
    assert "the keyring did not answer" in refusal(SecretRef("keyring", "work/masto"))
    with pytest.raises(SignInError, match="did not take it"):
        SecretStore(paths).save("a", "token", SECRET, keyring=True)
    assert not paths.credentials.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights as on Unix")
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    paths = Paths.find({"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "file")})
    with pytest.raises(ConfigError, match="cannot be written: Not a directory") as caught:
        SecretStore(paths).save("a", "token", SECRET)
    assert SECRET not in caught.value.message

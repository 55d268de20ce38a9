"""``[[notify]]``: what it may say, and what is told with its line where it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialcare.errors import ConfigError
from socialcare.settings.load import load_settings
from socialcare.settings.model import SecretRef

HOOK = '[[notify]]\non = ["alert"]\nwebhook = "https://hooks.example/acme"\n'


def load(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, {})


def test_all_that_can_be_said(tmp_path):
    first, second, third = load(
        tmp_path,
        HOOK
        + 'secret = { env = "HOOK" }\ndigest = "30m"\nseconds = 5\n'
        + HOOK.replace('"https://hooks.example/acme"', '{ env = "CHAT" }')
        + '[[notify]]\nname = "chat"\non = ["urgent", "duty"]\nperson = "mia"\n'
        + 'command = "/bin/post --to \'the team\'"\ndigest = "off"\n',
    ).notify
    assert (first.name, first.on) == ("webhook", {"spike", "late", "channel", "silent"})
    assert (first.secret, first.digest) == (SecretRef("env", "HOOK"), timedelta(minutes=30))
    assert (second.name, second.webhook) == ("webhook-2", SecretRef("env", "CHAT"))
    assert (third.name, third.digest, third.person) == ("chat", None, "mia")
    assert third.command == ("/bin/post", "--to", "the team")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[[notify]]\non = ["urgent"]\n', 2, "needs exactly one of command, webhook, mail"),
        (HOOK + 'command = "x"\n', 3, "needs exactly one of"),
        (HOOK.replace("alert", "alarm"), 2, 'I do not know "alarm"'),
        (HOOK.replace('"alert"', ""), 2, "says of nothing"),
        (HOOK.replace("https", "ftp"), 3, "is not an address"),
        (HOOK + 'secret = "hunter2"\n', 4, "must not stand in the config itself"),
        (HOOK + 'channel = "mail"\n', 4, "only for a mail"),
        (HOOK + 'digest = "soon"\n', 4, "is no span of time"),
        (HOOK + "seconds = 900\n", 4, "must be from 1 to 60"),
        (HOOK + 'sekret = "x"\n', 4, 'I do not know [[notify]] "sekret"'),
        (HOOK + 'name = "a b"\n', 4, "cannot be a name"),
        (HOOK + 'name = "a"\n' + HOOK + 'name = "a"\n', 8, 'there is a "a" already'),
        ('[[notify]]\non = ["duty"]\nmail = "mia"\n', 3, "is no mail address"),
        ('[[notify]]\non = ["duty"]\nmail = "mia@acme.example"\n', 3, "needs a channel"),
        ('[[notify]]\non = ["duty"]\ncommand = "a \'b"\n', 3, "cannot be run"),
        ('[alerts]\ncooldown = "often"\n', 2, "is no span of time"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, text, line, message):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert f"line {line}:" in caught.value.message
    assert message in caught.value.message
    assert caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint

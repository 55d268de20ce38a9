"""The laws of signing in see what they look for."""

from __future__ import annotations

import pytest

from socialcare.errors import AuthError, ChannelError, UnavailableError
from socialcare.testing import Case, Params, bench, laws_for
from tests.channels.cases.toy import Letterbox
from tests.channels.toy import Toy

NAMES = "check_access_names_the_account"
REFUSED = "a_token_that_is_refused_is_an_error_of_the_sign_in"
TOKEN = "key-of-the-box"


class Owned(Letterbox):
    def answer(self, path: str, params: Params) -> object:
        return {"owner": "ana"} if path == "/owner" else super().answer(path, params)


class Keyholder(Toy):
    """It keeps the laws."""

    def check_access(self) -> str:
        return self._http.get("/owner").decode(dict[str, str])["owner"]


class Anybody(Keyholder):
    def check_access(self) -> str:
        try:
            return super().check_access()
        except ChannelError:
            return "somebody"


class Mistaken(Keyholder):
    def check_access(self) -> str:
        try:
            return super().check_access()
        except AuthError:
            raise UnavailableError("no", "try later") from None


class Loud(Keyholder):
    def check_access(self) -> str:
        try:
            return super().check_access()
        except AuthError:
            raise AuthError(f"{TOKEN} was refused", "sign in") from None


class Curt(Keyholder):
    def check_access(self) -> str:
        try:
            return super().check_access()
        except AuthError:
            raise AuthError("refused") from None


def case(channel: type[Toy] = Keyholder, account: str | None = "ana") -> Case:
    return Case(channel, Owned(), token=TOKEN, account=account)


LAWS = {str(law): law for law in laws_for(case())}


@pytest.mark.parametrize("name", [NAMES, REFUSED])
def test_a_channel_can_keep_them(name):
    with bench(case()) as ready:
        LAWS[name](ready)


@pytest.mark.parametrize(
    ("channel", "account", "law", "told"),
    [
        (Keyholder, "mia", NAMES, "'ana' is not 'mia'"),
        (Keyholder, None, NAMES, "account='ana'"),
        (Anybody, "ana", REFUSED, "taken for 'somebody'"),
        (Mistaken, "ana", REFUSED, "AuthError is wanted, not UnavailableError"),
        (Loud, "ana", REFUSED, "shows a secret"),
        (Curt, "ana", REFUSED, "what to do"),
    ],
)
def test_who_breaks_one_is_told(channel, account, law, told):
    with bench(case(channel, account)) as ready, pytest.raises(AssertionError, match=told):
        LAWS[law](ready)


def test_who_has_no_secret_is_not_asked_for_an_account():
    left = {str(law) for law in laws_for(Case(Keyholder, Owned()))}
    assert not left & {NAMES, REFUSED}

"""`[urls]`: pages that ready-made answers lead to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from socialcare.settings import Settings
from socialcare.settings.sample import sample_text

Load = Callable[[str | bytes], Settings]
Refused = Callable[[str], tuple[str, str]]


def test_pages_have_names(load: Load) -> None:
    settings = load('[urls]\nfaq = "https://acme.example/faq.html"\nreturns = "http://a.example"\n')
    assert dict(settings.urls) == {
        "faq": "https://acme.example/faq.html",
        "returns": "http://a.example",
    }
    assert dict(load("").urls) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[urls]\nfaq = "acme.example"\n', 'line 2: [urls] faq: "acme.example" is no address of a page.'),
        ('[urls]\nfaq = "https://"\n', 'line 2: [urls] faq: "https://" is no address of a page.'),
        ('[urls]\nfaq = "https://a b"\n', 'line 2: [urls] faq: "https://a b" is no address of a page.'),
        ('[urls]\nfaq = "javascript:alert(1)"\n', 'line 2: [urls] faq: "javascript:alert(1)" is no address of a page.'),
        ("[urls]\nfaq = 3\n", "line 2: [urls] faq must be a text in quotes, not a whole number."),
        ('[urls]\n"a b" = "https://a"\n', 'line 2: [urls] "a b" cannot be a name.'),
    ],
)  # fmt: skip
def test_what_is_no_page_is_told_with_its_line(refused: Refused, text: str, message: str) -> None:
    assert refused(text)[0] == f"config.toml {message}"


def test_the_sample_tells_of_them(load: Load) -> None:
    block = sample_text().split("[urls]\n")[1].split("[queries]")[0]
    code = [line.removeprefix("#   ") for line in block.splitlines() if " = " in line]
    assert list(load("[urls]\n" + "\n".join(code)).urls) == ["faq", "returns"]

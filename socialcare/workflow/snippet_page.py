"""The public snippets as entries of one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from socialcare.errors import ConfigError
from socialcare.output.faq import Entry
from socialcare.settings import Settings
from socialcare.settings.table import shown
from socialcare.settings.urls import FAQ as FAQ_PAGE
from socialcare.snippets import Audience, Snippet, Variant
from socialcare.snippets.model import FAQ
from socialcare.snippets.template import Missing, Variable, fill
from socialcare.workflow.snippets import Shelf, anchor_of

_ORDER: Mapping[str, str] = {"en": "your order number", "de": "Ihre Bestellnummer"}


def entries(shelf: Shelf) -> list[Entry]:
    """Every public snippet, once for each of its languages.

    Raises
    ------
    ConfigError
        A file is broken, or a public text speaks to one person.
    BlockedError
        The config lacks a value.

    """
    public = [snippet for snippet in shelf.library.whole().snippets if snippet.public]
    return [entry for snippet in public for entry in _entries(snippet, shelf)]


def _entries(snippet: Snippet, shelf: Shelf) -> Iterator[Entry]:
    for lang in snippet.langs(shelf.usual):
        variant = _text(snippet, lang, shelf.usual)
        anchor = anchor_of(snippet, variant, shelf.usual) if variant else None
        if variant is None or anchor is None or variant.header.public is False:
            continue
        _refuse_personal(variant)
        generic = _Generic(shelf.settings, variant.lang or shelf.usual, anchor)
        text = fill(variant.template, f"snippet {snippet.name}", generic.of)
        yield Entry(anchor, snippet.title_of(variant), text, lang)


def _text(snippet: Snippet, lang: str, usual: str) -> Variant | None:
    """The one for the page, else the one for every channel; in this language."""
    for audience in (Audience(lang, (FAQ,)), Audience(None, (FAQ,))):
        variant = snippet.variant_for(audience)
        if variant is not None and (variant.lang or usual) == lang:
            return variant
    return None


def _refuse_personal(variant: Variant) -> None:
    for part in variant.template:
        if isinstance(part, Variable) and not _Generic.knows(part):
            raise ConfigError(
                f"{shown(variant.path.name)} is public, and {part} is for one person.",
                "write the text of the page beside it: socialcare snippet edit"
                f" {_page_name(variant)}",
                code="snippet",
            )


def _page_name(variant: Variant) -> str:
    address = variant.address
    return ".".join(filter(None, (address.name, address.lang, FAQ)))


class _Generic:
    """Values that are true for everybody."""

    def __init__(self, settings: Settings, lang: str, anchor: str) -> None:
        self._settings, self._lang, self._anchor = settings, lang, anchor

    @staticmethod
    def knows(variable: Variable) -> bool:
        return str(variable) in ("{brand}", "{order}", "{faq_url}") or variable.kind == "url"

    def of(self, variable: Variable) -> str | Missing:
        if variable.kind == "order":
            return _ORDER.get(self._lang, _ORDER["en"])
        if variable.kind == "faq_url":
            page = self._settings.urls.get(FAQ_PAGE, "").partition("#")[0]
            return f"{page}#{self._anchor}"
        if variable.kind == "brand":
            return self._settings.brand.name or Missing(
                "the config does not name the brand", "socialcare config set brand.name Acme"
            )
        name = variable.argument or ""
        return self._settings.urls.get(name) or Missing(
            f"[urls] of the config has no {name}",
            f"socialcare config set urls.{name} https://acme.example/{name}",
        )

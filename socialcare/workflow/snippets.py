"""Ready-made answers for the mentions of this inbox: which fit, filled, and what they lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any

from socialcare.errors import ConfigError, NotFoundError
from socialcare.inbox import knowledge
from socialcare.inbox.database import Database
from socialcare.settings import Settings
from socialcare.snippets import Audience, Library, Snippet, Variant, read_library
from socialcare.snippets.gaps import Gap, Question, find_gaps
from socialcare.snippets.library import address_of, read_snippet
from socialcare.snippets.ranking import Asked, Past, Ranking, Suggestion
from socialcare.snippets.template import TemplateError, fill, parse_template
from socialcare.workflow.snippet_values import Values

SUGGESTED = 3
RECENT = 2_000
"""Uses that decide what is offered."""


@dataclass(frozen=True)
class Shelf:
    """The ready-made answers of one inbox. ``db`` None: nothing was fetched yet."""

    folder: Path
    settings: Settings
    db: Database | None
    now: datetime
    zone: tzinfo | None
    me: str

    @cached_property
    def library(self) -> Library:
        return read_library(self.folder)

    @property
    def usual(self) -> str:
        """The language of what does not name its own."""
        return self.settings.brand.language

    @cached_property
    def past(self) -> Mapping[str, Past]:
        """How all uses went."""
        return self._past()

    @cached_property
    def ranking(self) -> Ranking:
        """By the last uses: how it went years ago says little, and costs everybody who looks."""
        past = self._past(RECENT)
        return Ranking(self.library, self.usual, past, self.settings.brand.terms)

    def _past(self, most: int = -1) -> Mapping[str, Past]:
        if self.db is None:
            return {}
        uses = knowledge.uses(self.db, self.now, most)
        return {n: Past(u.used, u.worked, u.judged, u.deflected) for n, u in uses.items()}

    def suggest(self, record: Mapping[str, Any]) -> list[Suggestion]:
        """Those that fit a mention, the best first. Broken files are left out."""
        if not self.library.snippets:
            return []
        return self.ranking.suggest(self._asked(record), SUGGESTED)

    def filled(self, name: str, record: Mapping[str, Any]) -> tuple[str, str]:
        """The name of a snippet and its text for a mention; ``delay.de`` means that one text.

        Raises
        ------
        NotFoundError
            There is no such snippet, or none of its texts fits.
        ConfigError
            Its file is broken.
        BlockedError
            A value is missing.

        """
        snippet, texts = named(self.folder, name)
        fits = snippet.variant_for(self.audience(record))
        variant = fits if len(texts) == len(snippet.variants) else texts[0]
        if variant is None:
            raise self._no_text(snippet, record)
        values = self._values(record, snippet, variant)
        return snippet.name, fill(variant.template, f"snippet {snippet.name}", values.of)

    def signed(self, text: str, record: Mapping[str, Any]) -> str:
        """The text with the signature of the config below it.

        Raises
        ------
        ConfigError
            The signature cannot be read.
        BlockedError
            A value of it is missing.

        """
        signature = self.settings.reply.signature.strip("\n")
        if not signature.strip() or not text.strip():
            return text
        try:
            template = parse_template(signature)
        except TemplateError as error:
            raise ConfigError(
                f"[reply] signature: {error.message}",
                'write for example: signature = "- {me}"   change it: socialcare config edit',
            ) from None
        sign = fill(template, "[reply] signature", self._values(record, None, None).of)
        return text if text.rstrip().endswith(sign.strip()) else f"{text.rstrip()}\n{sign}"

    def audience(self, record: Mapping[str, Any]) -> Audience:
        return self._audience(record["lang"], record["channel"])

    def gaps(self, since: datetime, least: int = 2) -> list[Gap]:
        """What was asked since then and is in no snippet, put together.

        Raises
        ------
        ConfigError
            A file is broken: what it covers is not known.

        """
        if self.db is None:
            return []
        self.library.whole()
        open_ = [
            Question(one.id, one.text, one.lang)
            for one in knowledge.questions(self.db, since)
            if not self.ranking.covers(
                Asked(one.text, self._audience(one.lang, one.channel), one.topics)
            )
        ]
        names = (word.lower() for term in self.settings.brand.terms for word in term.split())
        return find_gaps(open_, least, frozenset(names))

    def _asked(self, record: Mapping[str, Any]) -> Asked:
        return Asked(record["text"], self.audience(record), record["topics"])

    def _audience(self, lang: str | None, channel: str) -> Audience:
        configured = self.settings.channels.get(channel)
        names = (channel, configured.type) if configured else (channel,)
        return Audience(lang, tuple(dict.fromkeys(names)))

    def _values(
        self, record: Mapping[str, Any], snippet: Snippet | None, variant: Variant | None
    ) -> Values:
        lang = variant.lang if variant else None
        return Values(
            self.db,
            record,
            self.settings,
            self.now,
            self.zone,
            self.me,
            lang or self.usual,
            anchor_of(snippet, variant, self.usual) if snippet and variant else None,
        )

    def _no_text(self, snippet: Snippet, record: Mapping[str, Any]) -> NotFoundError:
        written = ", ".join(variant.address.stem for variant in snippet.variants)
        return NotFoundError(
            f"snippet {snippet.name} has no text for {record['lang'] or 'this language'}"
            f" on {record['channel']}: there is {written}.",
            f"write one for everybody: socialcare snippet edit {snippet.name}",
            code="no_variant",
        )


def anchor_of(snippet: Snippet, variant: Variant, usual: str) -> str | None:
    """The anchor of its entry on the public page; None where it is not public.

    Entries in the usual language are called like the snippet, others with the language behind.
    """
    if not snippet.public:
        return None
    lang = variant.lang or usual
    return snippet.name if lang == usual else f"{snippet.name}.{lang}"


def named(folder: Path, name: str) -> tuple[Snippet, Sequence[Variant]]:
    """A snippet, and those of its texts that a name means: all, or the one file.

    Raises
    ------
    NotFoundError
        There is none.
    ConfigError
        One of its files is broken.

    """
    address = address_of(name)
    snippet = read_snippet(folder, address.name)
    if address.stem == address.name:
        return snippet, snippet.variants
    texts = [variant for variant in snippet.variants if variant.address == address]
    if not texts:
        written = ", ".join(variant.address.stem for variant in snippet.variants)
        raise NotFoundError(
            f"there is no snippet {address.stem}: there is {written}.",
            f"write it: socialcare snippet edit {address.stem}",
        )
    return snippet, texts

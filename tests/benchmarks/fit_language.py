"""Fits ``socialcare/classify/languages/trigrams.txt``: how letters tell languages apart.

    python -m tests.benchmarks.fit_language [--write]

Reads umsab and ibm_care_unlabelled under ``../shared/eval`` (both Apache 2.0, and nothing
else); without ``--write`` it measures by cross-validation on umsab and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from socialcare.classify import language, lexicon
from socialcare.classify.plain import Reader

SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval"
FITTED = ("de", "fr", "es", "it", "pt", "hi")
KEPT = 500
"""Commonest trigrams of each language that go into the profile."""
HEADER = """\
// How much likelier a group of three letters is in a language than in English, in tenths
// of natural log-odds; a space is the edge of a word.
// Fitted by tests/benchmarks/fit_language.py on the development halves of UMSAB
// (cardiffnlp/xlm-t) and of IBM's customer care tweets, both Apache 2.0.
"""


def rows(name: str) -> list[dict[str, Any]]:
    with (SHARED / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def reader() -> Reader:
    english = lexicon.load("en")
    return Reader(
        brand_terms=(),
        vocabulary=english.matcher.vocabulary,
        spelling={},
        silent=(),
        emoji=lexicon.emoji(),
    )


def trigrams(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        padded = f" {word[:20]} "
        yield from (padded[at : at + 3] for at in range(len(padded) - 2))


def is_hindi(words: Sequence[str]) -> bool:
    """Two small Hindi words: many rows that the set calls Hindi are English."""
    small, place = language.profile().small_words, language.profile().languages.index("hi")
    return sum(place in small.get(word, ()) for word in words) >= 2


def fit(texts: Iterable[tuple[str, Sequence[str]]]) -> dict[str, tuple[int, ...]]:
    counts: dict[str, Counter[str]] = {code: Counter() for code in ("en", *FITTED)}
    for code, words in texts:
        if code in counts and (code != "hi" or is_hindi(words)):
            counts[code].update(trigrams(words))
    vocabulary = sorted(
        {
            trigram
            for count in counts.values()
            for trigram, times in count.most_common(KEPT)
            if times >= 3
        }
    )
    floor = {code: count.total() + 0.5 * len(vocabulary) for code, count in counts.items()}

    def log_odds(code: str, trigram: str) -> float:
        return math.log((counts[code][trigram] + 0.5) / floor[code])

    return {
        trigram: tuple(
            round(10 * (log_odds(code, trigram) - log_odds("en", trigram))) for code in FITTED
        )
        for trigram in vocabulary
    }


def written(profile: dict[str, tuple[int, ...]]) -> str:
    lines = ["\t".join(("trigram", *FITTED))]
    lines += ["\t".join((trigram, *map(str, odds))) for trigram, odds in profile.items()]
    return HEADER + "\n".join(lines) + "\n"


def cross_validate(umsab: list[tuple[str, list[str]]], more: list[tuple[str, list[str]]]) -> None:
    order = list(range(len(umsab)))
    random.Random(1).shuffle(order)
    english = lexicon.load("en").certain
    missed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    shipped = language.profile()
    for fold in range(4):
        held = set(order[fold::4])
        trained = fit([*(umsab[at] for at in order if at not in held), *more])
        gate = language.Gate(
            english,
            language.Profile(shipped.languages, trained, shipped.small_words, shipped.names),
        )
        for at in held:
            code, words = umsab[at]
            total[code] += 1
            found = gate.language_of(words)
            missed[code] += (found in {"en", None}) != (code == "en")
    for code in total:
        print(f"{code}  taken for the other kind: {missed[code]} of {total[code]}")
    foreign = sum(missed.values()) - missed["en"]
    print(f"foreign taken for English {foreign / (total.total() - total['en']):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    read = reader().read
    umsab = [(row["lang"], read(row["text"]).raw) for row in rows("umsab")]
    ibm = [("en", read(row["text"]).raw) for row in rows("ibm_care_unlabelled")]
    if write:
        profile = fit([*umsab, *ibm])
        (language.FOLDER / "trigrams.txt").write_text(written(profile), encoding="utf-8")
    cross_validate(umsab, ibm)


if __name__ == "__main__":
    main()

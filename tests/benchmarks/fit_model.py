"""Fits ``socialcare/classify/languages/en.model`` to texts that people read.

    python -m tests.benchmarks.fit_model [--write]

Without ``--write`` it measures by cross-validation and writes nothing. The rows are those
of ``tests/classify/gold``: mentions written for the project, and rows of sets whose licence
allows it, read one by one by our guideline; no set is taken with its own labels.

The model is multinomial logistic regression. What it begins from is the sum of the weights
set by hand in ``en.toml``; it learns what to add to each cue, to each signal of form, and
what words and pairs of neighbours say. Every addition is drawn to nothing, so that a line
which few rows speak about stays as it was written. Texts that address no brand (chat,
reviews, commands to an assistant) have a mix of labels of their own; an intercept of each
set takes that up and is thrown away. Nothing is random but the folds, whose seed is fixed.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from socialcare.classify import lexicon
from socialcare.classify.cues import hidden_words
from socialcare.classify.decision import DECIDED, softmax, with_slip
from socialcare.classify.plain import Reader
from socialcare.classify.signals import COMPLAINED, signals
from socialcare.classify.spoken import topical
from socialcare.classify.vader import compound
from tests.benchmarks.minimise import minimise
from tests.classify import gold_rows
from tests.classify.gold_rows import Gold

SHARED = Path(__file__).resolve().parents[3] / "shared"
ABOUT_BRANDS = frozenset({gold_rows.OWN, "ibm_care_unlabelled"})
"""Sets whose mix of labels is that of mentions."""
FROM_ITS_SET = frozenset({"addressed", "nobody", "link", "retweet"})
"""Signals that also tell which set a row is from: drawn harder to what was set by hand."""
DRAWN = {"cue": 10.0, "signal": 10.0, "source": 60.0, "word": 8.0, "set": 7.0, "bias": 100.0}
"""How strongly an addition is drawn to nothing: precision of a normal prior."""
LEAST_ROWS = 3
SECOND_LABEL = 0.2
"""What a second label counts; the first counts the rest."""
SCALE = 1.75
"""All log-odds are multiplied with this: then confidence is what accuracy is, by cross-validation."""
FAINT = 0.03
QUESTION = DECIDED.index("question")
SIGNS = frozenset("^.!?@#~%")
MARKS = SIGNS - {"^"}
SMALL_WORDS = """
i me my we our us you your he she it its it's they them their this that these those the
a an and or but so of to in on at for from with by as is are was were be been being am
i'm i've do does did have has had will would can could should just not no if then than
there here what which who when where how why all any some more up out about into over
one now get got go
"""
COMMON = frozenset(SMALL_WORDS.split())
HEADER = """\
// Learnt weights of English, in thousandths of natural log-odds for complaint, question,
// praise and other. What en.toml says is multiplied with "scale" (thousandths); "cue" and
// "signal" lines are added to it.
// Fitted by tests/benchmarks/fit_model.py on {rows} rows that people read for this project
// (tests/classify/gold): {own} mentions written for it, MIT like the project; and, with our
// labels and none of theirs, rows of IBM customer care tweets (Apache 2.0), Tweet Acts
// (BSD 2-Clause), BANKING77 (CC BY 4.0, PolyAI), CLINC150 (CC BY 3.0, Larson et al.),
// CESAMARD and iSarcasmEval (MIT), the ground truth of vaderSentiment (MIT, Hutto and
// Gilbert), UMSAB (Apache 2.0).
"""


class Features(NamedTuple):
    by_hand: list[float]
    """Log-odds of each label by the weights in the language file."""
    values: list[tuple[str, float]]
    beside: float
    """What asks counts this much: less beside a complaint."""


class Row(NamedTuple):
    base: list[float]
    parts: list[tuple[int, float, float]]
    """Place of a feature's first weight, its value, and its value for a question."""
    target: list[float]
    set: int
    """Place of the weights of the set's intercept; −1 without one."""


def extractor() -> Callable[[str], Features]:
    english = lexicon.load("en", learnt=False)
    reader = Reader(
        brand_terms=(),
        vocabulary=english.matcher.vocabulary,
        spelling=english.spelling,
        silent=english.silent,
        emoji=lexicon.emoji(),
    )

    def features(text: str) -> Features:
        plain = reader.read(text)
        matches = english.matcher.find(plain.words)
        cues = [cue for cue, _, _ in matches if cue.said]
        complained = any(cue.label == 0 and cue.weight >= english.complaint_from for cue in cues)
        beside = english.question_beside_complaint / 1000 if complained else 1.0
        base = [weight / 1000 for weight in english.bias]
        sentiment = compound(plain.for_vader(hidden_words(matches)))
        values: list[tuple[str, float]] = []
        for cue in cues:
            base[cue.label] += cue.weight * (beside if cue.label == QUESTION else 1.0)
            values.append((f"cue\t{cue.target}.{cue.name.replace(' ', '_')}", 1.0))
        found = signals(plain, sentiment, None, english.shape, to_us=False)
        found += topical(matches)
        for name, strength, _ in [*found, COMPLAINED] if complained else found:
            values.append((f"signal\t{name}", strength))
            for label, weight in enumerate(english.signals[name].full):
                factor = beside if label == QUESTION else 1.0
                base[label] += weight / 1000 * strength * factor
        values += [(f"word\t{gram}", 1.0) for gram in sorted(grams(plain.words))]
        return Features(base, values, beside)

    return features


def grams(words: Sequence[str]) -> set[str]:
    """Words that carry meaning, and pairs of neighbours within one clause that hold one."""
    alone = {word for word in words if word[0] not in SIGNS and word not in COMMON}
    pairs = {
        f"{one} {two}"
        for one, two in pairwise(words)
        if (one in alone or two in alone) and one not in MARKS and two not in SIGNS
    }
    return alone | pairs


class Fitted(NamedTuple):
    names: dict[str, int]
    weights: list[float]

    def log_odds(self, features: Features) -> list[float]:
        total = [base + bias for base, bias in zip(features.by_hand, self.weights, strict=False)]
        for name, value in features.values:
            at = self.names.get(name)
            if at is not None:
                for label in range(4):
                    factor = features.beside if label == QUESTION and name[0] != "w" else 1.0
                    total[label] += self.weights[at + label] * value * factor
        return [SCALE * value for value in total]


def fit(rows: Sequence[tuple[Gold, Features]]) -> Fitted:
    counts = Counter(name for _, features in rows for name, _ in features.values)
    kept = sorted(name for name, times in counts.items() if times >= LEAST_ROWS)
    names = {name: 4 * (at + 1) for at, name in enumerate(kept)}
    sets = sorted({gold.set for gold, _ in rows} - ABOUT_BRANDS)
    intercepts = {name: 4 * (len(kept) + 1 + at) for at, name in enumerate(sets)}
    prior = [DRAWN["bias"]] * 4
    for name in kept:
        prior += _prior(name)
    prior += [DRAWN["set"]] * (4 * len(sets))
    table = [_row(gold, features, names, intercepts) for gold, features in rows]
    weights = minimise(lambda at: _loss(at, table, prior), [0.0] * len(prior))
    return Fitted(
        names, [0.0 if drawn == math.inf else w for w, drawn in zip(weights, prior, strict=True)]
    )


def _prior(name: str) -> list[float]:
    """A cue speaks for its own label and for no other."""
    kind, rest = name.split("\t")
    if rest in FROM_ITS_SET:
        kind = "source"
    if kind != "cue":
        return [DRAWN[kind]] * 4
    own = rest.split(".")[0]
    return [DRAWN["cue"] if label == own else math.inf for label in DECIDED]


def _row(gold: Gold, features: Features, names: dict[str, int], intercepts: dict[str, int]) -> Row:
    parts = [
        (names[name], value, value if name[0] == "w" else value * features.beside)
        for name, value in features.values
        if name in names
    ]
    target = [0.0] * 4
    target[DECIDED.index(_label(gold.label))] = 1 - SECOND_LABEL if gold.alt else 1.0
    if gold.alt:
        target[DECIDED.index(_label(gold.alt))] = SECOND_LABEL
    return Row(features.by_hand, parts, target, intercepts.get(gold.set, -1))


def _label(name: str):
    return next(label for label in DECIDED if label == name)


def _loss(
    at: list[float], rows: Sequence[Row], prior: Sequence[float]
) -> tuple[float, list[float]]:
    """Log-loss with the prior, and its slope."""
    loss = 0.0
    slope = [0.0] * len(at)
    for place, (weight, drawn) in enumerate(zip(at, prior, strict=True)):
        if drawn != math.inf:
            loss += 0.5 * drawn * weight * weight
            slope[place] = drawn * weight
    for base, parts, target, own in rows:
        c, q, p, o = (one + two for one, two in zip(base, at, strict=False))
        if own >= 0:
            c, q, p, o = c + at[own], q + at[own + 1], p + at[own + 2], o + at[own + 3]
        for k, value, asked in parts:
            c += at[k] * value
            q += at[k + 1] * asked
            p += at[k + 2] * value
            o += at[k + 3] * value
        top = max(c, q, p, o)
        parts_of = [math.exp(x - top) for x in (c, q, p, o)]
        whole = sum(parts_of)
        loss += math.log(whole) + top - sum(map(float.__mul__, target, (c, q, p, o)))
        c, q, p, o = (share / whole - aim for share, aim in zip(parts_of, target, strict=True))
        for k in (0, own) if own >= 0 else (0,):
            slope[k] += c
            slope[k + 1] += q
            slope[k + 2] += p
            slope[k + 3] += o
        for k, value, asked in parts:
            slope[k] += c * value
            slope[k + 1] += q * asked
            slope[k + 2] += p * value
            slope[k + 3] += o * value
    for place, drawn in enumerate(prior):
        if drawn == math.inf:
            slope[place] = 0.0
    return loss, slope


def written(fitted: Fitted, rows: Sequence[Gold]) -> str:
    own = sum(gold.set == gold_rows.OWN for gold in rows)
    lines = [f"scale\tall\t{round(SCALE * 1000)}", f"bias\tall\t{_thousandths(fitted, 0)}"]
    for name, at in fitted.names.items():
        if max(map(abs, fitted.weights[at : at + 4])) >= FAINT:
            lines.append(f"{name}\t{_thousandths(fitted, at)}")
    return HEADER.format(rows=len(rows), own=own) + "\n".join(lines) + "\n"


def _thousandths(fitted: Fitted, at: int) -> str:
    return " ".join(str(round(1000 * SCALE * weight)) for weight in fitted.weights[at : at + 4])


def cross_validate(rows: Sequence[tuple[Gold, Features]]) -> None:
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    judged: list[tuple[Gold, int, float]] = []
    for fold in range(5):
        held = set(order[fold::5])
        fitted = fit([rows[at] for at in order if at not in held])
        for at in sorted(held):
            shares = softmax([round(1000 * value) for value in fitted.log_odds(rows[at][1])])
            best = max(range(4), key=shares.__getitem__)
            judged.append((rows[at][0], best, with_slip(shares[best])))
    for name, chosen in (("all rows", None), ("mentions", ABOUT_BRANDS)):
        some = [row for row in judged if chosen is None or row[0].set in chosen]
        right = sum(gold.label == DECIDED[best] for gold, best, _ in some) / len(some)
        sure = sum(confidence for _, _, confidence in some) / len(some)
        print(f"{name}: accuracy {right:.3f}, macro-F1 {macro(some):.3f}, confidence {sure:.3f}")


def macro(judged: Sequence[tuple[Gold, int, float]]) -> float:
    total = 0.0
    for label in DECIDED:
        right = sum(gold.label == label == DECIDED[best] for gold, best, _ in judged)
        said = sum((gold.label == label) + (DECIDED[best] == label) for gold, best, _ in judged)
        total += 2 * right / said if said else 0.0
    return total / len(DECIDED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    gold = gold_rows.read(SHARED)
    features = extractor()
    rows = [(row, features(row.text)) for row in gold]
    if parser.parse_args().write:
        text = written(fit(rows), gold)
        (lexicon.FOLDER / "en.model").write_text(text, encoding="utf-8")
    else:
        cross_validate(rows)


if __name__ == "__main__":
    main()

"""How often the right ready-made answer is offered first, and among the first three.

``python -m tests.benchmarks.snippet_ranking``: 60 mentions that were written for the project
with the answer that fits, and 12 that none of the answers fits. Topics and language are those
that the program gives them. ``--wrong`` lists what was not first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from socialcare.classify import Classifier
from socialcare.settings import Brand
from socialcare.snippets import Audience, read_library
from socialcare.snippets.ranking import Asked, Ranking

FOLDER = Path(__file__).resolve().parent.parent / "snippets"
BRAND = Brand(name="Acme", languages=("en", "de"))


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    right: str | None
    offered: Sequence[str]

    def within(self, most: int) -> bool:
        return self.right in self.offered[:most]


def cases() -> list[Case]:
    ranking = Ranking(read_library(FOLDER / "library").whole(), "en", ignore=BRAND.terms)
    classifier = Classifier(BRAND, {})
    lines = (FOLDER / "mentions.jsonl").read_text(encoding="utf-8").splitlines()
    return [_case(json.loads(line), ranking, classifier) for line in lines]


def _case(line: dict[str, str | None], ranking: Ranking, classifier: Classifier) -> Case:
    text = line["text"] or ""
    judged = classifier.classify(text)
    audience = Audience(judged.lang or line["lang"], ("mastodon",))
    found = ranking.suggest(Asked(text, audience, judged.topics))
    return Case(text, line["snippet"], [one.name for one in found])


def share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)


def main() -> None:
    found = cases()
    labelled = [case for case in found if case.right]
    others = [case for case in found if not case.right]
    told = [f"hit@{most} {share([case.within(most) for case in labelled]):.3f}" for most in (1, 3)]
    quiet = share([not case.offered for case in others])
    sys.stdout.write(
        f"{len(labelled)} mentions: {', '.join(told)}; of {len(others)} that none fits,"
        f" {quiet:.3f} are offered none\n"
    )
    if "--wrong" in sys.argv:
        for case in found:
            if not (case.within(1) if case.right else not case.offered):
                sys.stdout.write(f"{case.right or '-'}: {case.text}\n    {list(case.offered)}\n")


if __name__ == "__main__":
    main()

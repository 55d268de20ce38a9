"""How long it takes to put 10,000 questions together that no ready-made answer covers.

``python -m tests.benchmarks.snippet_gaps``: made-up questions about things that a shop has no
answer for yet, in many words; prints the seconds, the number of groups and the largest ones.
"""

from __future__ import annotations

import random
import sys
import time

from socialcare.snippets import read_library
from socialcare.snippets.gaps import Gap, Question, find_gaps
from socialcare.snippets.ranking import Asked, Ranking
from tests.benchmarks.snippet_ranking import FOLDER

QUESTIONS = 10_000
THINGS = ("helmets", "catalogue", "gift cards", "vegan leather", "repair kits", "tent poles", "dog coats", "snow shoes", "rental skis", "kids sizes")  # fmt: skip
FRAMES = ("Do you sell {}?", "Where can I buy {} in {}?", "Is there a plan for {} this {}?", "Anybody know about {}, {} and {}?", "How do {} work with {} and my {}?")  # fmt: skip
FILLER = ("spring", "winter", "bergen", "oslo", "club", "school", "mountain", "river", "garden", "bicycle", "cousin", "office", "festival", "harbour", "ladder", "morning")  # fmt: skip


def questions(number: int, seed: int = 1) -> list[Question]:
    dice = random.Random(seed)
    made = []
    for id_ in range(1, number + 1):
        frame, thing = dice.choice(FRAMES), dice.choice(THINGS)
        rest = dice.sample(FILLER, max(0, frame.count("{}") - 1))
        tail = " ".join(f"{dice.choice(FILLER)}{dice.randrange(40):02d}x" for _ in range(6))
        made.append(Question(id_, f"{frame.format(thing, *rest)} {tail}", "en"))
    return made


def run(number: int = QUESTIONS) -> tuple[float, list[Gap]]:
    asked = questions(number)
    ranking = Ranking(read_library(FOLDER / "library").whole())
    began = time.perf_counter()
    open_ = [one for one in asked if not ranking.covers(Asked(one.text))]
    found = find_gaps(open_)
    return time.perf_counter() - began, found


def main() -> None:
    took, found = run()
    sys.stdout.write(f"{QUESTIONS:,} questions in {took:.1f} s: {len(found)} groups\n")
    for gap in found[:12]:
        sys.stdout.write(f"{gap.count:>6}  {' '.join(gap.words):<24}{gap.text[:60]}\n")


if __name__ == "__main__":
    main()

"""What tuning the sentence model gains, on lines kept apart from it: `python -m tests.nlu.apart FILE`, five minutes.

FILE comes from `python -m bot.nlu.minilm.tune --apart FILE`; with `none`, the model as it is published is measured.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from actions.triage import load_protocol
from bot.nlu.components import topic_wordings
from bot.nlu.entries import intent_lines, read_entries
from bot.nlu.fit import SAID, read_lines, train
from bot.nlu.intents import TextClassifier, grams_of
from bot.nlu.minilm.tune import kept_apart
from bot.nlu.minilm.tuned import load_tuned
from bot.nlu.reader import Reader
from bot.nlu.words import make_words
from tests.nlu.evaluate import Tally, judge
from tests.nlu.floats import in_floats


def main(arguments: Sequence[str]) -> int:
    """Fit on what the tuning has seen, and print how well the rest is understood."""
    lines, wishes, wordings = read_lines(SAID), list(intent_lines(Path("data/nlu"))), topic_wordings()
    texts = [line.text for line in lines] + [text for _, text in [*wishes, *wordings]]
    apart = kept_apart(len(texts))
    vectors = in_floats(texts, {} if arguments[0] == "none" else load_tuned(Path(arguments[0])))
    begin = len(lines)
    for name, labelled in (("intents", wishes), ("topics", wordings)):
        own, held = vectors[begin : begin + len(labelled)], apart[begin : begin + len(labelled)]
        begin += len(labelled)
        known = np.where(~held)[0]
        chosen = [labelled[at] for at in known]
        classifier = TextClassifier.train([text for _, text in chosen], [label for label, _ in chosen], own[known])
        tally = Tally()
        for at in np.where(held)[0]:
            label, text = labelled[at]
            tally.add(classifier.labels[int(classifier.probabilities(grams_of(text), own[at]).argmax())] == label, text)
        print(name, tally, flush=True)
    entries = read_entries(Path("data/nlu"))
    reader = Reader(entries, make_words(entries))
    views = [reader.look(line.text, date.today()) for line in lines]
    known = np.where(~apart[: len(lines)])[0]
    second = train([lines[at] for at in known], [views[at] for at in known], vectors[known])
    red = {finding.id for finding in load_protocol().findings.values() if finding.red_flag}
    tallies = {name: Tally() for name in ("read", "asked", "quiet", "harmless", "status")}
    for at in np.where(apart[: len(lines)])[0]:
        judge(second, lines[at], views[at], vectors[at], red, tallies)
    for name, tally in tallies.items():
        print(name, tally)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

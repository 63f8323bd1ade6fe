"""How well people are understood: `make nlu`. Writes docs/nlu.md and its picture, and the misses to build/nlu-misses.txt.

Everything is measured on messages that strangers wrote without sight of the training data (tests/nlu/*.yml), and by
five-fold cross-validation on the training data.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import asyncio  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter, defaultdict  # noqa: E402
from collections.abc import Callable, Iterable, Mapping, Sequence  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import yaml  # noqa: E402

from actions.conversation import message_from  # noqa: E402
from actions.dialogue import Talk  # noqa: E402
from actions.record import Record  # noqa: E402
from actions.triage import Level, Protocol, load_protocol  # noqa: E402
from tests.vignettes.patient import read_vignettes, through_words  # noqa: E402

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENT, PICTURE = ROOT / "docs" / "nlu.md", ROOT / "docs" / "nlu-confusion.svg"
MISSES = ROOT / "build" / "nlu-misses.txt"
STATUSES = ("present", "absent", "uncertain", "past", "hypothetical", "other_person")
UNREAD = "not read"
TOLERANCE = 0.2
"""Numbers count as right within a fifth: a month is 4.3 weeks to one and 4 to another."""
FOLDS = 5
SAME_ANSWER = {"medicine_dose": "medicines", "ask_human": "handoff", "bot_challenge": "about_program",
               "ask_exercises": "exercises_overview", "ask_why": "why_questions"}  # fmt: skip
"""Wishes whose own card says what the topic says."""

Parse = Callable[[str], Mapping[str, Any]]
Row = Mapping[str, Any]


@dataclass
class Tally:
    """Hits out of a number, and what was missed."""

    hits: int = 0
    of: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, right: bool, what: str) -> None:
        """Count one case."""
        self.of += 1
        self.hits += right
        if not right:
            self.missed.append(what)

    @property
    def share(self) -> float:
        """From 0 to 1; 1 when there was nothing to get wrong."""
        return self.hits / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.share:.1%} ({self.hits} of {self.of})"


@dataclass
class Scores:
    """What was measured on the test set."""

    read: Tally = field(default_factory=Tally)
    asked: Tally = field(default_factory=Tally)
    next_card: Tally = field(default_factory=Tally)
    quiet: Tally = field(default_factory=Tally)
    """Red flags that are not present, and not taken for present."""
    harmless: Tally = field(default_factory=Tally)
    """Harmless messages without a red flag read or doubted."""
    status: Tally = field(default_factory=Tally)
    quantities: Tally = field(default_factory=Tally)
    intents: Tally = field(default_factory=Tally)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    per_finding: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def rows(name: str, half: int | None = None) -> list[Row]:
    """A file of the test set; with `half` 0 or 1 every second message of it."""
    read: list[Row] = yaml.safe_load((HERE / f"{name}.yml").read_text(encoding="utf-8"))
    return read if half is None else read[half::2]


def statuses(parsed: Mapping[str, Any]) -> dict[str, str]:
    """Finding to status, as `/model/parse` tells it."""
    return {one["value"]: one["status"] for one in parsed["entities"] if one["entity"] == "finding"}


def score(parse: Parse, protocol: Protocol, half: int | None = None) -> Scores:
    """Play the test set.

    Args:
        parse: a message to Rasa's parse result.
        protocol: for the red flags.
        half: 0 or 1 for one half of the findings and the harmless messages.
    """
    red = {finding.id for finding in protocol.findings.values() if finding.red_flag}
    scores = Scores()
    for row in rows("findings", half):
        parsed = parse(row["text"])
        _score_findings(row, parsed, red, scores, protocol)
        _score_values(row, parsed, scores)
    for row in rows("harmless", half):
        heard = statuses(parse(row["text"]))
        alarms = [id for id, said in heard.items() if id in red and said in ("present", "uncertain")]
        alarms = [id for id in alarms if id not in row.get("either", [])]
        scores.harmless.add(not alarms, f"harmless, heard {', '.join(alarms)}: {row['text']}")
    for row in rows("intents"):
        got = parse(row["text"])["intent"]["name"]
        right = got in (row["intent"], *row.get("either", []))
        scores.intents.add(right, f"intent {row['intent']}, heard {got}: {row['text']}")
    return scores


def _score_findings(row: Row, parsed: Mapping[str, Any], red: set[str], scores: Scores, protocol: Protocol) -> None:
    heard = statuses(parsed)
    for id, status in (row.get("findings") or {}).items():
        if id in row.get("either", []):
            continue
        got = heard.get(id, UNREAD)
        scores.confusion[status, got] += 1
        counts = scores.per_finding[id]
        counts["hit" if got == status == "present" else "miss" if status == "present" else ""] += 1
        counts["false"] += got == "present" and status != "present"
        what = f"{id} is {status}, heard {got}: {row['text']}"
        if got != UNREAD:
            scores.status.add(got == status, what)
        if id not in red:
            continue
        if status != "present":
            scores.quiet.add(got != "present", what)
            continue
        scores.read.add(got == "present", what)
        scores.asked.add(got in ("present", "uncertain"), what)
        scores.next_card.add(got == "present" or _on_next_card(id, parsed, protocol), what)


def _on_next_card(id: str, parsed: Mapping[str, Any], protocol: Protocol) -> bool:
    """Whether the talk's very next card asks for the finding, or sends the person to emergency care already."""
    message = message_from(parsed)
    talk = Talk(Record(), message, protocol, date.today())
    for card in talk.reply(message.intent):
        if card.kind == "assessment":
            return True
        if card.kind == "question" and card.data:
            asked = card.data["id"]
            screen = protocol.screens.get(asked)
            return id in (screen.findings if screen else [asked])
    return False


def _score_values(row: Row, parsed: Mapping[str, Any], scores: Scores) -> None:
    numbers = {"age", "injury_days_ago", "duration_weeks", "self_care_weeks", "pain_now", "pain_worst",
               "sessions_per_week", "longest_recent_session"}  # fmt: skip
    for id, wanted in (row.get("values") or {}).items():
        if id not in numbers or id in row.get("either", []):
            continue
        got = [one["value"] for one in parsed["entities"] if one["entity"] == id and one["status"] == "present"]
        right = len(got) == 1 and _same(got[0], wanted)
        scores.quantities.add(right, f"{id} is {wanted}, heard {got}: {row['text']}")


def _same(got: Any, wanted: Any) -> bool:
    """Equal, or numbers within the tolerance and, for a time since an injury, the same day."""
    wanted = wanted[0] if isinstance(wanted, list) and len(wanted) == 1 else wanted
    try:
        return abs(float(got) - float(wanted)) <= max(TOLERANCE * abs(float(wanted)), 0.15)
    except (TypeError, ValueError):
        return str(got) == str(wanted)


def score_vignettes(parse: Parse, protocol: Protocol) -> tuple[Tally, Tally]:
    """The vignettes told in the persons' own words: the same level, and never less urgent at the three highest."""
    same, safe = Tally(), Tally()
    player = through_words(lambda text: message_from(parse(text)))
    for vignette in read_vignettes(protocol):
        try:
            level = player(vignette, protocol).level
        except AssertionError:
            level = None
        what = f"vignette {vignette.id} is {vignette.level.id}, came out as {level.id if level else 'no result'}"
        same.add(level == vignette.level, what)
        if vignette.level >= Level.URGENT:
            safe.add(level is not None and level >= vignette.level, what)
    return same, safe


def score_topics(parse: Parse, name: str) -> Tally:
    """Questions answered with the right topic.

    Args:
        parse: a message to Rasa's parse result.
        name: of the file: `topics`, or `questions`, which was never looked at.
    """
    tally = Tally()
    for row in rows(name):
        parsed = parse(row["text"])
        wish = parsed["intent"]["name"]
        named = [one["value"] for one in parsed["entities"] if one["entity"] == "topic"]
        got = named[0] if named and wish in ("ask_topic", "ask_exercises") else SAME_ANSWER.get(wish, "none")
        right = got in (row["topic"], *row.get("either", []))
        tally.add(right, f"topic {row['topic']}, heard {parsed['intent']['name']} {got}: {row['text']}")
    return tally


# --- cross-validation --------------------------------------------------------------------------------


def cross_intents() -> Tally:
    """Five-fold cross-validation of the intents."""
    from bot.nlu.embeddings import embedder
    from bot.nlu.entries import intent_lines
    from bot.nlu.intents import TextClassifier, grams_of

    examples = [(text, intent) for intent, text in intent_lines(ROOT / "data" / "nlu")]
    folds = np.random.RandomState(0).randint(0, FOLDS, len(examples))
    tally = Tally()
    for fold in range(FOLDS):
        known = [one for one, at in zip(examples, folds) if at != fold]
        texts = [text for text, _ in known]
        model = TextClassifier.train(texts, [label for _, label in known], embedder().embed(texts))
        left = [one for one, at in zip(examples, folds) if at == fold]
        vectors = embedder().embed([text for text, _ in left])
        for (text, label), vector in zip(left, vectors):
            got = model.labels[int(model.probabilities(grams_of(text), vector).argmax())]
            tally.add(got == label, f"intent {label}, heard {got}: {text}")
    return tally


def cross_findings(protocol: Protocol) -> dict[str, Tally]:
    """Five-fold cross-validation of both readers together, on the lines of data/nlu/said."""
    from bot.nlu.embeddings import embedder
    from bot.nlu.entries import read_entries
    from bot.nlu.fit import SAID, read_lines, train
    from bot.nlu.reader import Reader
    from bot.nlu.words import make_words

    red = {finding.id for finding in protocol.findings.values() if finding.red_flag}
    lines = read_lines(ROOT / SAID)
    entries = read_entries(ROOT / "data" / "nlu")
    reader = Reader(entries, make_words(entries))
    views = [reader.look(line.text, date.today()) for line in lines]
    vectors = embedder().embed([line.text for line in lines])
    folds = np.random.RandomState(0).randint(0, FOLDS, len(lines))
    tallies = {name: Tally() for name in ("read", "asked", "quiet", "harmless", "status")}
    for fold in range(FOLDS):
        known = np.where(folds != fold)[0]
        second = train([lines[i] for i in known], [views[i] for i in known], vectors[known])
        for index in np.where(folds == fold)[0]:
            judge(second, lines[index], views[index], vectors[index], red, tallies)
    return tallies


def judge(second: Any, line: Any, view: Any, vector: Any, red: set[str], tallies: Mapping[str, Tally]) -> None:
    """Count what both readers together make of a line that a red flag's own file holds.

    Args:
        second: the second reader, fitted without this line.
        line: of `data/nlu/said/`.
        view: the line as the exact reader sees it.
        vector: its embedding.
        red: ids of the red flags.
        tallies: `read`, `asked`, `quiet`, `harmless` and `status`.
    """
    from bot.nlu.fit import NEAR
    from bot.nlu.merge import LOW, merge

    if line.finding not in red or not view.tokens:
        return
    opinions = second.opinions(view, lambda texts: np.stack([vector] * len(texts)), LOW)
    got = {one.id: one.status for one in merge(view, opinions, red) if one.yes_no}.get(line.finding, UNREAD)
    if line.status == NEAR:
        tallies["harmless"].add(got not in ("present", "uncertain"), line.text)
        return
    if got != UNREAD:
        tallies["status"].add(got == line.status, line.text)
    if line.status == "present":
        tallies["read"].add(got == "present", line.text)
        tallies["asked"].add(got in ("present", "uncertain"), line.text)
    else:
        tallies["quiet"].add(got != "present", line.text)


# --- time --------------------------------------------------------------------------------------------


def milliseconds(parse: Parse, texts: Sequence[str]) -> list[float]:
    """How long each takes to be understood, in milliseconds."""
    taken = []
    for text in texts:
        begun = time.perf_counter()
        parse(text)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def of_length(words: int, count: int) -> list[str]:
    """Test messages of about that many words, put together from those of the test set."""
    made: list[str] = []
    current: list[str] = []
    for row in rows("findings"):
        current += row["text"].split()
        if len(current) >= words:
            made.append(" ".join(current[:words]))
            current = []
        if len(made) == count:
            break
    return made


# --- the report --------------------------------------------------------------------------------------


def precision_recall(counts: Mapping[str, int]) -> tuple[float, float, float]:
    """Precision, recall and F1 of `present` for one finding."""
    hit, miss, false = counts["hit"], counts["miss"], counts["false"]
    precision = hit / (hit + false) if hit + false else 1.0
    recall = hit / (hit + miss) if hit + miss else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def status_lines(confusion: Mapping[tuple[str, str], int]) -> Iterable[str]:
    """A table row a status: precision and recall over mentions that were heard."""
    for status in STATUSES:
        hit = confusion[status, status]
        heard = sum(count for (_, got), count in confusion.items() if got == status)
        there = sum(count for (wanted, got), count in confusion.items() if wanted == status and got != UNREAD)
        precision, recall = hit / heard if heard else 1.0, hit / there if there else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        yield f"| {status} | {there} | {precision:.1%} | {recall:.1%} | {f1:.1%} |"


def draw(confusion: Mapping[tuple[str, str], int]) -> None:
    """The confusion picture: what was said, against what was heard."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "kneewise"
    from matplotlib import pyplot

    heard = (*STATUSES, UNREAD)
    counts = np.array([[confusion[said, got] for got in heard] for said in STATUSES])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = pyplot.subplots(figsize=(7.5, 5.2))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(heard)), [name.replace("_", " ") for name in heard], rotation=30, ha="right")
    axes.set_yticks(range(len(STATUSES)), [name.replace("_", " ") for name in STATUSES])
    axes.set_xlabel("heard")
    axes.set_ylabel("said")
    for at in np.ndindex(counts.shape):
        axes.text(at[1], at[0], counts[at], ha="center", va="center", color="white" if shares[at] > 0.5 else "black")
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})
    pyplot.close(figure)


def report(parse: Parse, protocol: Protocol, deep: bool, folds: bool) -> tuple[str, list[str]]:
    """The document, and every miss.

    Args:
        parse: a message to Rasa's parse result.
        protocol: for the red flags.
        deep: draw the picture.
        folds: cross-validate as well.
    """
    whole, held = score(parse, protocol), score(parse, protocol, half=1)
    same, safe = score_vignettes(parse, protocol)
    topics, questions = score_topics(parse, "topics"), score_topics(parse, "questions")
    short = milliseconds(parse, of_length(20, 100)[5:])
    long = milliseconds(parse, of_length(500, 12)[2:])
    out = [
        "# How well people are understood",
        "",
        "Written by `make nlu`. The messages of the test set were written by strangers to the training data, who had seen only",
        "the meaning of each finding. One half (`tests/nlu/*.yml`, every first message) was looked at while the rules were",
        "written; the other half was only counted: it is the honest figure. Misses among intents, topics and vignettes were read.",
        "",
        "| on the test set | asked for | both halves | the half never looked at |",
        "|---|---|---|---|",
    ]  # fmt: skip
    table = (
        ("present red flags read outright", "95%", whole.read, held.read),
        ("present red flags read, or doubted and asked", "99%", whole.asked, held.asked),
        ("present red flags read, or on the very next card", "99%", whole.next_card, held.next_card),
        ("not-present red flags not taken for present", "98%", whole.quiet, held.quiet),
        ("harmless messages without an unearned red flag", "92%", whole.harmless, held.harmless),
        ("status right, where a finding was heard", "98%", whole.status, held.status),
        ("quantities", "97%", whole.quantities, held.quantities),
        ("intents", "95%", whole.intents, None),
        ("topics of questions, statements and what is no topic", "95%", topics, None),
        ("topics of questions, second set", "95%", questions, questions),
        ("vignettes in their own words: the same level", "97%", same, None),
        ("vignettes in their own words: never less urgent, three highest levels", "100%", safe, None),
    )
    out += [f"| {name} | {asked} | {all} | {half or ''} |" for name, asked, all, half in table]
    out += [
        "",
        f"A message of 20 words takes {statistics.median(short):.1f} ms (median of {len(short)}), one of 500 words "
        f"{statistics.median(long):.0f} ms (median of {len(long)}).",
        "",
        "What tuning the sentence model gained, on lines kept apart from it, stands in `docs/nlu-tuning.md`.",
        "",
    ]
    if folds:
        intents, findings = cross_intents(), cross_findings(protocol)
        out += [
            "| five-fold cross-validation on the training data | |",
            "|---|---|",
            f"| intents | {intents} |",
            f"| present red flags read outright | {findings['read']} |",
            f"| present red flags read or doubted | {findings['asked']} |",
            f"| not-present red flags not taken for present | {findings['quiet']} |",
            f"| harmless neighbours without the red flag | {findings['harmless']} |",
            f"| status right, where the finding was heard | {findings['status']} |",
            "",
            "The training lines are harder than the test set: a third of them avoid every usual word of their finding. The sentence",
            "model was tuned on all of them, so these figures are too good; `docs/nlu-tuning.md` has those of lines kept apart from it.",
            "",
        ]
    out += ["## Status", "", "![What was said against what was heard](nlu-confusion.svg)", ""]
    out += ["| status | heard | precision | recall | F1 |", "|---|---|---|---|---|", *status_lines(whole.confusion), ""]
    out += ["## Findings", "", "`present` against everything else, on the test set.", ""]
    out += ["| finding | present | precision | recall | F1 |", "|---|---|---|---|---|"]
    for id, counts in sorted(whole.per_finding.items()):
        precision, recall, f1 = precision_recall(counts)
        out.append(f"| `{id}` | {counts['hit'] + counts['miss']} | {precision:.0%} | {recall:.0%} | {f1:.0%} |")
    if deep:
        draw(whole.confusion)
    tallies = (whole.asked, whole.quiet, whole.harmless, whole.status, whole.quantities, whole.intents, topics, same)
    return "\n".join(out) + "\n", [miss for tally in tallies for miss in tally.missed]


def make_parse() -> Parse:
    """The trained model as a function, run as the server runs it."""
    from rasa.core.agent import Agent

    from bot.plain_runner import PlainRunner

    agent = Agent.load(str(ROOT / "models"))
    agent.processor.graph_runner = PlainRunner(agent.processor.graph_runner)
    loop = asyncio.new_event_loop()

    def parse(text: str) -> Mapping[str, Any]:
        parsed: Mapping[str, Any] = loop.run_until_complete(agent.parse_message(text))
        return parsed

    return parse


def main(arguments: Sequence[str]) -> int:
    """Measure and write the document; `--no-folds` leaves out the cross-validation, `--short` writes nothing either."""
    deep = "--short" not in arguments
    text, misses = report(make_parse(), load_protocol(), deep, deep and "--no-folds" not in arguments)
    print(text)
    MISSES.parent.mkdir(exist_ok=True)
    MISSES.write_text("\n".join(dict.fromkeys(misses)) + "\n", encoding="utf-8")
    if deep:
        DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

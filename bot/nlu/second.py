"""The second reader: which findings a message speaks of, and with which status, where no phrase of the lexicon foresaw it.

Two linear models over what `data/nlu/said/` holds: one a finding ("is it spoken of at all?"), and one for the status
of a finding that is spoken of. Their features are words, letters, the word groups and cues of the exact reader, what the
exact reader itself says, and the meaning of the sentence. So the two readers are merged by what was learned of both.

Fitting takes two minutes, most of it embedding, so it is done apart (`make second`) and kept in `data/nlu/second.npz`;
`make train` fits anew only when the lines have changed since.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.reader import Reader, View

SAID = Path("data/nlu/said")
KEPT = Path("data/nlu/second.npz")
STATUSES = ("absent", "hypothetical", "other_person", "past", "present", "uncertain")
NEAR = "near"
ANYTHING = "anything"
"""The file of lines that speak of no red flag at all."""

MEANING_WEIGHT = 0.6
STATUS_MEANING_WEIGHT = 0.5
MARK_WEIGHT = 0.7
WHOLE_WEIGHT = 0.5
OWN, NEIGHBOUR, OTHERS = 3.0, 3.0, 0.7
"""Weights of a finding's own lines, its harmless neighbours, and the lines of other findings."""
PLAINLY_NOT = -2.0
"""Score of words alone below which a finding needs no look at the meaning (measured: nothing is lost, docs/nlu.md)."""
COMMON, RARE = 0.7, 1.5
"""Weights of lines with the status that most lines have, and of the others."""
STRENGTH, STATUS_STRENGTH = 10.0, 5.0
SMALLEST = 0.2
"""Weights nearer to zero are dropped: measured, they change nothing but the size of the file."""
RARE_FEATURE = 3
"""A feature of fewer lines is left out."""
CHUNK = 40
"""Words that are embedded at once; longer messages in several parts."""


@dataclass(frozen=True)
class Line:
    """One line of `data/nlu/said/`: a message, the finding it is about, and its status there, or `near`."""

    finding: str
    status: str
    text: str


def read_lines(folder: Path) -> list[Line]:
    """Every line of every file, in the order of the files' names.

    Args:
        folder: holds one `<finding>.txt` a finding; a line is `status: message`.

    Raises:
        ValueError: a line without a known status, named by file and number.
    """
    lines = []
    for path in sorted(folder.glob("*.txt")):
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            status, colon, text = raw.partition(": ")
            if not raw.strip() or raw.startswith("#"):
                continue
            if not colon or status not in (*STATUSES, NEAR):
                raise ValueError(f"{path.name}, line {number}: it must begin with a status and a colon")
            lines.append(Line(path.stem, status, text.strip()))
    return lines


@dataclass(frozen=True)
class Span:
    """A stretch of a message: a clause, or the whole."""

    start: int
    end: int


def clauses_of(view: View) -> list[Span]:
    """The message cut at the ends of sentences and where a new subject begins; what a "no" reaches stays together."""
    begins = {start for start, _ in view.elements.get("@cue_subject", ())}

    def cut(at: int) -> bool:
        token, before = view.tokens[at], view.tokens[at - 1]
        joined = before.norm in JOINS - BREAKS and at in begins
        return token.sentence != before.sentence or joined or token.norm in BREAKS

    return _cut(view, cut)


def spans_of(view: View) -> list[Span]:
    """The whole message, its clauses, and the pieces between commas: a mention is small, a message may be long."""

    def cut(at: int) -> bool:
        before = view.tokens[at - 1]
        return before.norm in PAUSES or view.tokens[at].norm in BREAKS or view.tokens[at].sentence != before.sentence

    return list(dict.fromkeys([Span(0, len(view.tokens)), *clauses_of(view), *_cut(view, cut)]))


def _cut(view: View, cut: Callable[[int], bool]) -> list[Span]:
    cuts = [0, *[at for at in range(1, len(view.tokens)) if cut(at)], len(view.tokens)]
    return [Span(start, end) for start, end in zip(cuts, cuts[1:]) if _has_words(view, start, end)]


JOINS = frozenset({",", "but", "and", "so", "then", "-", "because", "cos"})
PAUSES = frozenset({",", "-", "and", "&", "/", ":", "so", "then"})
BREAKS = frozenset({"but", "however", "although", "though"})


def _has_words(view: View, start: int, end: int) -> bool:
    return any(token.norm.isalnum() for token in view.tokens[start:end])


def _stems(view: View, span: Span) -> list[str]:
    return [token.stem for token in view.tokens[span.start : span.end]]


def _inside(view: View, span: Span, spans: Iterable[tuple[int, int]]) -> bool:
    return any(span.start <= start and end <= span.end for start, end in spans)


def word_features(view: View, span: Span) -> Iterator[str]:
    """Stems, and two and three of them in a row."""
    stems = _stems(view, span)
    for length in (1, 2, 3):
        for at in range(len(stems) - length + 1):
            yield " ".join(stems[at : at + length])


def mark_features(view: View, span: Span) -> Iterator[str]:
    """Word groups that stand in the stretch, and findings that the exact reader has heard there."""
    for name, places in view.elements.items():
        if name.startswith("@") and _inside(view, span, places):
            yield name
    start, end = view.tokens[span.start].start, view.tokens[span.end - 1].end
    for read in view.reads:
        if read.yes_no and start <= read.start and read.end <= end:
            yield read.id
            yield f"{read.id}={read.status}"


def status_marks(view: View, span: Span, finding: str) -> Iterator[str]:
    """What the rules say of the finding and of the others, and which cues stand in its clause and in the message."""
    for read in view.reads:
        if read.yes_no:
            yield f"own={read.status}" if read.id == finding else f"other={read.status}"
    for name, places in view.elements.items():
        if name.startswith("@cue_") or name == "@relative":
            yield name
            if _inside(view, span, places):
                yield f"here {name}"


def place_of(view: View, finding: str, best: Span) -> Span:
    """The clause that speaks of a finding: where the exact reader heard it, else the one around the best stretch."""
    clauses = clauses_of(view) or [best]
    for read in view.reads:
        if read.id == finding:
            for span in clauses:
                if view.tokens[span.start].start <= read.start < view.tokens[span.end - 1].end:
                    return span
    return max(clauses, key=lambda span: min(span.end, best.end) - max(span.start, best.start))


Features = Callable[..., Iterator[str]]
Embed = Callable[[Sequence[str]], NDArray[Any]]


class Block:
    """One kind of features as unit vectors: sublinear tf-idf over those that several lines have."""

    def __init__(self, vocabulary: Mapping[str, int], idf: NDArray[Any]):
        self.vocabulary = dict(vocabulary)
        self.idf = np.asarray(idf, dtype=np.float32)

    @classmethod
    def fit(cls, bags: Sequence[list[str]]) -> tuple[Block, Any]:
        """The block for these bags of features, and their matrix."""
        vectorizer = TfidfVectorizer(analyzer=_itself, sublinear_tf=True, min_df=RARE_FEATURE, dtype=np.float32)
        matrix = vectorizer.fit_transform(bags)
        return cls(vectorizer.vocabulary_, vectorizer.idf_), matrix

    def transform(self, bags: Sequence[Iterable[str]]) -> Any:
        """Matrix (bags, features)."""
        data: list[NDArray[Any]] = []
        columns: list[NDArray[Any]] = []
        ends = [0]
        for bag in bags:
            known = self.vocabulary
            counts = Counter(known[feature] for feature in bag if feature in known)
            index = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[index]
            norm = float(np.sqrt((values**2).sum()))
            data.append(values / norm if norm else values)
            columns.append(index)
            ends.append(ends[-1] + len(index))
        shape = (len(data), len(self.vocabulary))
        return sparse.csr_matrix((np.concatenate(data), np.concatenate(columns), ends), shape=shape)


def _itself(bag: list[str]) -> list[str]:
    return bag


def letter_features(view: View, span: Span) -> Iterator[str]:
    """Runs of two to five letters within each word, its ends marked."""
    for stem in _stems(view, span):
        yield from _letters(stem)


@lru_cache(maxsize=20_000)
def _letters(stem: str) -> tuple[str, ...]:
    padded = f" {stem} "
    return tuple(padded[at : at + length] for length in (2, 3, 4, 5) for at in range(max(1, len(padded) - length + 1)))


SPOKEN: tuple[tuple[str, Features, float], ...] = (
    ("words", word_features, 1.0),
    ("letters", letter_features, 1.0),
    ("marks", mark_features, MARK_WEIGHT),
)


def squeeze(weights: NDArray[Any]) -> NDArray[Any]:
    """Weights without what is too small to matter: most n-grams matter to few findings."""
    return np.where(np.abs(weights) < SMALLEST, 0, weights).astype(np.float32)


@dataclass(frozen=True)
class Opinion:
    """What the second reader thinks of one finding in a message."""

    finding: str
    spoken: float
    """How likely the finding is spoken of, 0 to 1."""
    status: Mapping[str, float]
    """How likely each status is, given that it is spoken of."""
    span: Span
    """The stretch that speaks of it most."""


def spoken_targets(lines: Sequence[Line], heard: Sequence[frozenset[str]], finding: str) -> tuple[Any, Any, Any]:
    """For the model of one finding: which lines to use, which of them speak of it, and their weights.

    Lines of other findings in which the exact reader hears this one too are left out: nobody has said whether it is so.
    """
    own = np.array([line.finding == finding for line in lines])
    near = np.array([line.status == NEAR for line in lines])
    unknown = np.array([finding in ids for ids in heard]) & ~own
    weights = np.where(own & ~near, OWN, np.where(own, NEIGHBOUR, OTHERS))
    return np.where(~unknown)[0], own & ~near, weights


def fit_linear(features: Any, positive: Any, weights: Any, rows: Any, strength: float = STRENGTH) -> NDArray[Any]:
    """Weights and bias of a logistic regression on `rows`, as one vector."""
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=100, tol=1e-2)
    model.fit(features[rows], positive[rows], sample_weight=weights[rows])
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


@dataclass
class Fitted:
    """One linear model: blocks of features, their weights, and the weights of the embedding."""

    blocks: list[Block]
    weights: NDArray[Any]
    """(features + 1, classes); the last row is the bias."""
    meaning: NDArray[Any]
    """(385, classes), the last row the bias, for embeddings."""


class SecondReader:
    """Both models, ready to be asked.

    Args:
        findings: the ids it knows, in the order of the columns of `spoken`.
        spoken: is the finding spoken of?
        status: with which status?
        made_from: fingerprint of what it was fitted on.
    """

    def __init__(self, findings: Sequence[str], spoken: Fitted, status: Fitted, made_from: str):
        self.findings = list(findings)
        self._spoken = spoken
        self._status = status
        self.made_from = made_from

    @classmethod
    def train(
        cls, lines: Sequence[Line], views: Sequence[View], vectors: NDArray[Any], made_from: str = ""
    ) -> SecondReader:
        """Fit both models.

        Args:
            lines: of `data/nlu/said/`.
            views: each line as the exact reader sees it.
            vectors: the embedding of each line, shape (lines, 384).
            made_from: fingerprint to keep with it.
        """
        heard = [frozenset(read.id for read in view.reads if read.yes_no) for view in views]
        wholes = [Span(0, len(view.tokens)) for view in views]
        blocks, matrices = [], []
        for _, features, weight in SPOKEN:
            block, matrix = Block.fit([list(features(view, whole)) for view, whole in zip(views, wholes)])
            blocks.append(block)
            matrices.append(matrix * weight)
        table = sparse.hstack(matrices).tocsr()
        findings = sorted({line.finding for line in lines} - {ANYTHING})
        columns, meanings = [], []
        for finding in findings:
            rows, positive, weights = spoken_targets(lines, heard, finding)
            columns.append(fit_linear(table, positive, weights, rows))
            meanings.append(fit_linear(vectors, positive, weights, rows))
        spoken = Fitted(blocks, squeeze(np.stack(columns, axis=1)), np.stack(meanings, axis=1))
        return cls(findings, spoken, cls._train_status(lines, views, vectors, matrices[0], spoken, findings), made_from)

    @staticmethod
    def _train_status(
        lines: Sequence[Line],
        views: Sequence[View],
        vectors: NDArray[Any],
        words: Any,
        spoken: Fitted,
        findings: list[str],
    ) -> Fitted:
        told = [index for index, line in enumerate(lines) if line.status != NEAR]
        places = []
        for index in told:
            clauses = clauses_of(views[index])
            column = findings.index(lines[index].finding)
            scores = _table(views[index], clauses, spoken.blocks) @ spoken.weights[:-1, column]
            places.append(place_of(views[index], lines[index].finding, clauses[int(np.argmax(scores))]))
        here = spoken.blocks[0].transform([word_features(views[index], place) for index, place in zip(told, places)])
        marks, marked = Block.fit(
            [list(status_marks(views[index], place, lines[index].finding)) for index, place in zip(told, places)]
        )
        table = sparse.hstack([words[told] * WHOLE_WEIGHT, here, marked]).tocsr()
        labels = np.array([lines[index].status for index in told])
        weights = np.where(labels == "present", COMMON, RARE)
        every = np.arange(len(told))
        own = [fit_linear(table, labels == one, weights, every, STATUS_STRENGTH) for one in STATUSES]
        meant = [fit_linear(vectors[told], labels == one, weights, every, STATUS_STRENGTH) for one in STATUSES]
        return Fitted([marks], squeeze(np.stack(own, axis=1)), np.stack(meant, axis=1))

    @staticmethod
    def made_from_what(path: Path) -> str:
        """The fingerprint that a file keeps, without reading the rest of it."""
        return str(np.load(path, allow_pickle=False)["made_from"])

    def save(self, path: Path) -> None:
        """Write to `path`: arrays and names, nothing that runs code when loaded."""
        kept: dict[str, Any] = {"findings": np.array(self.findings), "made_from": np.array(self.made_from)}
        for name, model in (("spoken", self._spoken), ("status", self._status)):
            weights = sparse.csr_matrix(model.weights)
            kept[f"{name}.values"] = weights.data.astype(np.float16)
            kept[f"{name}.columns"] = weights.indices.astype(np.uint8)
            kept[f"{name}.ends"] = weights.indptr.astype(np.int32)
            kept[f"{name}.meaning"] = model.meaning.astype(np.float16)
            for at, block in enumerate(model.blocks):
                order = sorted(block.vocabulary, key=block.vocabulary.__getitem__)
                kept[f"{name}.{at}.features"] = np.frombuffer("\n".join(order).encode(), dtype=np.uint8)
                kept[f"{name}.{at}.idf"] = block.idf.astype(np.float16)
        np.savez_compressed(path, **kept)

    @classmethod
    def load(cls, path: Path) -> SecondReader:
        """Read what `save` wrote."""
        kept = np.load(path, allow_pickle=False)
        models = []
        for name in ("spoken", "status"):
            meaning = kept[f"{name}.meaning"].astype(np.float32)
            parts = (kept[f"{name}.values"].astype(np.float32), kept[f"{name}.columns"], kept[f"{name}.ends"])
            weights = sparse.csr_matrix(parts, shape=(len(parts[2]) - 1, meaning.shape[1])).toarray()
            blocks: list[Block] = []
            while f"{name}.{len(blocks)}.idf" in kept:
                features = kept[f"{name}.{len(blocks)}.features"].tobytes().decode().split("\n")
                idf = kept[f"{name}.{len(blocks)}.idf"]
                blocks.append(Block({feature: column for column, feature in enumerate(features)}, idf))
            models.append(Fitted(blocks, weights, meaning))
        return cls([str(one) for one in kept["findings"]], models[0], models[1], str(kept["made_from"]))

    def fits(self, made_from: str, labels: Collection[str]) -> bool:
        """Whether it was fitted on these lines, and every word group that it knows still exists.

        Args:
            made_from: `fingerprint` of the lines.
            labels: names of the lexicon's lookups; more of them, or more phrases, need no new fit.
        """
        blocks = [*self._spoken.blocks, *self._status.blocks]
        groups = {name.removeprefix("here ") for block in blocks for name in block.vocabulary if "@" in name}
        return self.made_from == made_from and {name for name in groups if name.startswith("@")} <= set(labels)

    def _by_words(self, view: View, spans: Sequence[Span]) -> NDArray[Any]:
        scores: NDArray[Any] = _table(view, spans, self._spoken.blocks) @ self._spoken.weights[:-1]
        return scores + self._spoken.weights[-1]

    def opinions(self, view: View, embed: Embed, least: float) -> list[Opinion]:
        """What is spoken of in a message, at least with probability `least`, or heard by the exact reader.

        Args:
            view: the message.
            embed: makes embeddings; asked only for the parts in which words alone leave a doubt, because it costs more
                than all the rest.
            least: probability below which a finding is not worth mentioning.
        """
        if not view.tokens:
            return []
        spans = spans_of(view)
        scores = self._by_words(view, spans)
        parts = parts_to_embed(view)
        at = [_covering(span, parts) for span in spans]
        heard = {read.id for read in view.reads if read.yes_no}
        doubtful = [
            _is_doubtful(view, part, scores[[own == number for own in at]]) for number, part in enumerate(parts)
        ]
        if not any(doubtful):
            return []
        vectors = np.zeros((len(parts), self._spoken.meaning.shape[0] - 1), dtype=np.float32)
        vectors[doubtful] = embed([text_of(view, part) for part, needed in zip(parts, doubtful) if needed])
        meant = vectors @ self._spoken.meaning[:-1] + self._spoken.meaning[-1]
        felt = vectors @ self._status.meaning[:-1] + self._status.meaning[-1]
        chances = _chance(scores + MEANING_WEIGHT * np.where(np.array(doubtful)[at][:, None], meant[at], 0))
        spoken = []
        for column, finding in enumerate(self.findings):
            best = int(chances[:, column].argmax())
            if chances[best, column] >= least or finding in heard:
                piece = best if len(spans) == 1 else 1 + int(chances[1:, column].argmax())
                spoken.append((finding, float(chances[best, column]), place_of(view, finding, spans[piece]), at[best]))
        statuses = self._statuses(
            view, [(finding, where) for finding, _, where, _ in spoken], felt[[one[3] for one in spoken]]
        )
        return [
            Opinion(finding, chance, status, where) for (finding, chance, where, _), status in zip(spoken, statuses)
        ]

    def _statuses(self, view: View, places: Sequence[tuple[str, Span]], felt: NDArray[Any]) -> list[dict[str, float]]:
        """How likely each status is, for each finding at its place."""
        if not places:
            return []
        words, marks = self._spoken.blocks[0], self._status.blocks[0]
        bags = [word_features(view, Span(0, len(view.tokens))), *(word_features(view, span) for _, span in places)]
        table = words.transform(bags)
        whole = table[np.zeros(len(places), dtype=int)]
        marked = marks.transform([status_marks(view, span, finding) for finding, span in places])
        features = sparse.hstack([whole * WHOLE_WEIGHT, table[1:], marked]).tocsr()
        weights = self._status.weights
        chances = _chance(features @ weights[:-1] + weights[-1] + STATUS_MEANING_WEIGHT * felt)
        return [dict(zip(STATUSES, row)) for row in (chances / chances.sum(axis=1, keepdims=True)).tolist()]


def _table(view: View, spans: Sequence[Span], blocks: Sequence[Block]) -> Any:
    """Features of stretches of a message: (spans, features)."""
    return sparse.hstack(
        [
            block.transform([features(view, span) for span in spans]) * weight
            for block, (_, features, weight) in zip(blocks, SPOKEN)
        ]
    ).tocsr()


def parts_to_embed(view: View) -> list[Span]:
    """The message in parts of about forty words, cut at the ends of sentences."""
    parts, start = [], 0
    for at in range(1, len(view.tokens)):
        ends = view.tokens[at].sentence != view.tokens[at - 1].sentence
        if at - start >= CHUNK or (ends and at - start >= CHUNK // 2):
            parts.append(Span(start, at))
            start = at
    return [*parts, Span(start, len(view.tokens))]


def text_of(view: View, span: Span) -> str:
    """The words of a stretch as they were typed."""
    return view.text[view.tokens[span.start].start : view.tokens[span.end - 1].end]


def _covering(span: Span, parts: Sequence[Span]) -> int:
    """Which part holds most of the span."""
    return int(np.argmax([min(span.end, part.end) - max(span.start, part.start) for part in parts]))


def _is_doubtful(view: View, part: Span, scores: NDArray[Any]) -> bool:
    """Whether something is heard in the part, or words alone do not rule everything out."""
    start, end = view.tokens[part.start].start, view.tokens[part.end - 1].end
    heard = any(read.yes_no and start <= read.start < end for read in view.reads)
    return heard or bool((scores >= PLAINLY_NOT).any())


def _chance(scores: NDArray[Any]) -> NDArray[Any]:
    return 1 / (1 + np.exp(-np.clip(scores, -30, 30)))


def fingerprint(lines: Sequence[Line]) -> str:
    """Changes when the lines change, or the code that makes features of them or fits on them.

    Args:
        lines: of `data/nlu/said/`.
    """
    code = [inspect.getsource(part) for part in (
        word_features, letter_features, mark_features, status_marks, clauses_of, spans_of, place_of, spoken_targets,
        fit_linear, squeeze, Block, SecondReader.train, SecondReader._train_status,
    )]  # fmt: skip
    parts = [*code, *[f"{line.finding} {line.status} {line.text}" for line in lines]]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Fit on `data/nlu/said/` and write `data/nlu/second.npz`.

    Args:
        arguments: `--if-changed` leaves a file that is up to date as it is.
    """
    from datetime import date

    from bot.nlu.embeddings import embedder
    from bot.nlu.entries import read_entries
    from bot.nlu.words import make_words

    entries = read_entries(Path("data/nlu"))
    lines = read_lines(SAID)
    made_from = fingerprint(lines)
    if "--if-changed" in arguments and KEPT.exists() and SecondReader.load(KEPT).fits(made_from, entries):
        return 0
    print(f"Fitting the second reader on {len(lines):,} lines; this takes about two minutes.")
    reader = Reader(entries, make_words(entries))
    views = [reader.look(line.text, date.today()) for line in lines]
    vectors = embedder().embed([line.text for line in lines])
    SecondReader.train(lines, views, vectors, made_from).save(KEPT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

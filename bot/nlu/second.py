"""The second reader: which findings a message speaks of, and with which status, where no phrase of the lexicon foresaw it.

Two linear models over what `data/nlu/said/` holds: one a finding ("is it spoken of at all?"), and one for the status
of a finding that is spoken of. Their features are words, letters, the word groups and cues of the exact reader, what the
exact reader itself says, and the meaning of the sentence. So the two readers are merged by what was learned of both.

Fitting takes two to four minutes, so it is done apart (`bot/nlu/fit.py`) and kept in `data/nlu/second.npz`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.nlu.clauses import Span, clauses_of, parts_to_embed, place_of, spans_of, text_of
from bot.nlu.features import SPOKEN, Block, Table, cue_marks, rule_marks
from bot.nlu.reader import View

KEPT = Path("data/nlu/second.npz")
STATUSES = ("absent", "hypothetical", "other_person", "past", "present", "uncertain")
MEANING_WEIGHT = 1.5
STATUS_MEANING_WEIGHT = 0.5
WHOLE_WEIGHT = 0.5
PLAINLY_NOT = -2.0
"""Score of words alone below which a finding needs no look at the meaning (measured: nothing is lost, docs/nlu.md)."""

Embed = Callable[[Sequence[str]], NDArray[Any]]


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


@dataclass
class Fitted:
    """One linear model: blocks of features, their weights, and the weights of the embedding."""

    blocks: list[Block]
    weights: NDArray[Any]
    """(features + 1, classes); the last row is the bias."""
    meaning: NDArray[Any]
    """(385, classes), the last row the bias, for embeddings."""

    def felt(self, vectors: NDArray[Any]) -> NDArray[Any]:
        """What embeddings alone say: (vectors, classes)."""
        said: NDArray[Any] = vectors @ self.meaning[:-1] + self.meaning[-1]
        return said


def tables_of(view: View, spans: Sequence[Span], blocks: Sequence[Block]) -> list[Table]:
    """The features of stretches of a message, for each kind in `SPOKEN`."""
    return [block.of_spans(kind.features(view), spans, kind.counted) for kind, block in zip(SPOKEN, blocks)]


def words_say(tables: Sequence[Table], spoken: Fitted) -> NDArray[Any]:
    """What words, letters and marks alone say: (spans, findings).

    Args:
        tables: from `tables_of`.
        spoken: the model of what is spoken of.
    """
    scores = np.tile(spoken.weights[-1], (len(tables[0].values), 1))
    start = 0
    for kind, table in zip(SPOKEN, tables):
        end = start + table.width
        scores += kind.weight * table.times(spoken.weights[start:end])
        start = end
    return scores


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
        spans, parts = spans_of(view), parts_to_embed(view)
        tables = tables_of(view, spans, self._spoken.blocks)
        scores = words_say(tables, self._spoken)
        at = _covering(spans, parts)
        doubtful = np.array([_is_doubtful(view, part, scores[at == number]) for number, part in enumerate(parts)])
        if not doubtful.any():
            return []
        vectors = np.zeros((len(parts), self._spoken.meaning.shape[0] - 1), dtype=np.float32)
        vectors[doubtful] = embed([text_of(view, part) for part, needed in zip(parts, doubtful) if needed])
        meant = np.where(doubtful[:, None], self._spoken.felt(vectors), 0)
        chances = _chance(scores + MEANING_WEIGHT * meant[at])
        clauses = clauses_of(view)
        spoken = [
            (column, best, place_of(view, clauses, self.findings[column], spans[piece]))
            for column, best, piece in self._worth_mentioning(view, chances, least)
        ]
        pieces = [(self.findings[column], place) for column, _, place in spoken]
        felt = self._status.felt(vectors)[at[[best for _, best, _ in spoken]]]
        statuses = self._statuses(view, pieces, tables[0], spans, felt)
        return [
            Opinion(self.findings[column], float(chances[best, column]), status, place)
            for (column, best, place), status in zip(spoken, statuses)
        ]

    def _worth_mentioning(self, view: View, chances: NDArray[Any], least: float) -> list[tuple[int, int, int]]:
        """Column of a finding, the stretch in which it is likeliest, and the likeliest piece of the message."""
        heard = {read.id for read in view.reads if read.yes_no}
        bests = chances.argmax(axis=0)
        pieces = bests if len(chances) == 1 else 1 + chances[1:].argmax(axis=0)
        return [
            (column, int(best), int(pieces[column]))
            for column, best in enumerate(bests)
            if chances[best, column] >= least or self.findings[column] in heard
        ]

    def _statuses(
        self, view: View, places: Sequence[tuple[str, Span]], words: Table, spans: Sequence[Span], felt: NDArray[Any]
    ) -> list[dict[str, float]]:
        """How likely each status is, for each finding at its place.

        Args:
            view: the message.
            places: finding and clause.
            words: the words of all stretches, first of the whole message.
            spans: the stretches.
            felt: what the embeddings say: (places, statuses).
        """
        if not places:
            return []
        width = words.width
        weights, marks = self._status.weights, self._status.blocks[0]
        whole = WHOLE_WEIGHT * words.times(weights[:width])[0]
        here = words.times(weights[width : 2 * width])[[spans.index(span) for _, span in places]]
        cues = {span: cue_marks(view, span) for _, span in places}
        marked = marks.of_bags([[*rule_marks(view, finding), *cues[span]] for finding, span in places])
        scores = whole + here + marked.times(weights[2 * width : -1]) + weights[-1]
        chances = _chance(scores + STATUS_MEANING_WEIGHT * felt)
        return [dict(zip(STATUSES, row)) for row in (chances / chances.sum(axis=1, keepdims=True)).tolist()]


def _covering(spans: Sequence[Span], parts: Sequence[Span]) -> NDArray[Any]:
    """For each span, which part holds most of it."""
    inner = np.array([(span.start, span.end) for span in spans])
    outer = np.array([(part.start, part.end) for part in parts])
    shared = np.minimum(inner[:, 1:], outer[:, 1]) - np.maximum(inner[:, :1], outer[:, 0])
    return shared.argmax(axis=1)


def _is_doubtful(view: View, part: Span, scores: NDArray[Any]) -> bool:
    """Whether something is heard in the part, or words alone do not rule everything out."""
    start, end = view.tokens[part.start].start, view.tokens[part.end - 1].end
    heard = any(read.yes_no and start <= read.start < end for read in view.reads)
    return heard or bool((scores >= PLAINLY_NOT).any())


def _chance(scores: NDArray[Any]) -> NDArray[Any]:
    return 1 / (1 + np.exp(-np.clip(scores, -30, 30)))

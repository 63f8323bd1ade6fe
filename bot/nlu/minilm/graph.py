"""The sentence model made anew from its own int8 weights and what was learned beside them, in steps of whole numbers.

The file as it is published turns its int8 weights into floats when it is loaded, and has ten steps where the runtime has one.
Activations become bytes as well here. A few channels are ten times as large as the others and would leave these no
precision; so each channel is divided by a power of its usual range (`ranges.py`) and the weights are multiplied by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.minilm.onnx import Node, write_model

LAYERS, HEADS = 6, 12
TINY = 1e-12
"""Added to the variance before it divides."""
EVENED = 0.8
"""How far channels are evened out, 0 to 1 (measured: cosine to the float model 0.9984; without it 0.994)."""
LARGEST, ZERO = 127, 128
"""Weights lie within plus and minus 127; 128 stands for zero, since unsigned products overflow on no processor."""
FUSED = "com.microsoft"
TYPES = {"summed": (np.float32, 3)}
Arrays = Mapping[str, NDArray[Any]]


def make_graph(arrays: Arrays, ranges: Arrays, tuned: Arrays) -> bytes:
    """The model from the sum of its embeddings to its last layer.

    Input: `summed`, float32 (1, tokens, 384): one text. Output: `hidden`, shaped as `summed`.

    Args:
        arrays: of the published file.
        ranges: for each dense step the largest value of each channel that goes in.
        tuned: dense step to what is added to its weights; empty for the model as published.
    """
    graph = Graph(arrays, ranges, tuned)
    return write_model(graph.nodes, graph.arrays, TYPES, {"hidden": (np.float32, 3)})


def make_float_graph(arrays: Arrays, tuned: Arrays) -> tuple[bytes, dict[str, str]]:
    """The same in floats, with what goes into each dense step as further outputs: to measure the ranges.

    Args:
        arrays: of the published file.
        tuned: as for `make_graph`.

    Returns:
        The model, and dense step to output.
    """
    graph = Graph(arrays, None, tuned)
    outputs = dict.fromkeys(("hidden", *graph.fed.values()), (np.float32, 3))
    return write_model(graph.nodes, graph.arrays, TYPES, outputs), graph.fed


class Graph:
    """The steps of the model and their constants.

    Args:
        published: the arrays of the published file.
        ranges: as for `make_graph`; None makes the model in floats.
        tuned: as for `make_graph`.
    """

    def __init__(self, published: Arrays, ranges: Arrays | None, tuned: Arrays):
        self.nodes: list[Node] = []
        self.arrays: dict[str, NDArray[Any]] = {}
        self.fed: dict[str, str] = {}
        """Dense step to what goes into it."""
        self._published, self._ranges, self._tuned = published, ranges, tuned
        weights = [name.removesuffix("_q") for name in published if name.startswith("val_") and name.endswith("_q")]
        norm = ["summed", *self._norm("embeddings")]
        state = self._step("LayerNormalization", norm, domain="", epsilon=TINY, axis=2)
        for layer in range(LAYERS):
            # the file's own names are numbers: query, key, value, output of attention, wider, narrower
            state = self._layer(layer, state, weights[6 * layer : 6 * layer + 6])
        self.nodes.append(Node("Identity", [state], ["hidden"], {}))

    def _layer(self, number: int, state: str, weights: list[str]) -> str:
        """Attention and two dense steps, each added to what went in."""
        name = f"encoder.layer.{number}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        together = self._dense(state, weights[:3], parts)
        self.nodes.append(Node("Split", [together], parts, {"axis": 2, "num_outputs": 3}))
        seen = self._step("MultiHeadAttention", parts, num_heads=HEADS)
        seen = self._dense(seen, [weights[3]], [f"{name}.attention.output.dense"])
        norm = self._norm(f"{name}.attention.output")
        state = self._step("SkipLayerNormalization", [seen, state, *norm], epsilon=TINY)
        wide = self._step("Gelu", [self._dense(state, [weights[4]], [f"{name}.intermediate.dense"])])
        narrow = self._dense(wide, [weights[5]], [f"{name}.output.dense"])
        return self._step("SkipLayerNormalization", [narrow, state, *self._norm(f"{name}.output")], epsilon=TINY)

    def _dense(self, state: str, weights: list[str], names: list[str]) -> str:
        """Multiply with weights, several side by side, and add their bias."""
        step = names[0]
        self.fed[step] = state
        whole = np.concatenate(
            [self._published[f"{one}_q"] * self._published[f"{one}_scale"] for one in weights], axis=1
        )
        if step in self._tuned:
            whole = whole + self._tuned[step]
        bias = self._keep(f"{step}.bias", np.concatenate([self._published[f"inner.{name}.bias"] for name in names]))
        if self._ranges is None:
            product = self._step("MatMul", [state, self._keep(f"{step}.weight", whole)], domain="")
            return self._step("Add", [product, bias], domain="")
        evened = evening(self._ranges[step].astype(np.float32), whole)
        whole = whole * evened[:, None]
        scale = np.abs(whole).max(axis=0) / LARGEST
        even = self._step("Mul", [state, self._keep(f"{step}.evened", 1 / evened)], domain="")
        unsigned = (np.round(whole / scale) + ZERO).astype(np.uint8)
        constants = {"weight": unsigned, "scale": scale, "zero": np.full(len(scale), ZERO, np.uint8)}
        kept = [self._keep(f"{step}.{name}", array) for name, array in constants.items()]
        return self._step("DynamicQuantizeMatMul", [even, *kept, bias])

    def _step(self, kind: str, inputs: list[str], domain: str = FUSED, **settings: float) -> str:
        """Add a step; returns the name of what comes out."""
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(Node(kind, inputs, [output], settings, domain))
        return output

    def _norm(self, name: str) -> list[str]:
        """The two arrays of a normalisation."""
        kept = (f"{name}.LayerNorm.{part}" for part in ("weight", "bias"))
        return [self._keep(array, self._published[f"inner.{array}"]) for array in kept]

    def _keep(self, name: str, array: NDArray[Any]) -> str:
        self.arrays[name] = array
        return name


def evening(ranges: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """What to divide each channel by, so that neither channels nor weights differ too much in size: array (channels,).

    Args:
        ranges: largest value of each channel.
        weights: array (channels, outputs).
    """
    least = 1e-5
    rows = np.maximum(np.abs(weights).max(axis=1), least)
    evened = np.maximum(ranges, least) ** EVENED / rows ** (1 - EVENED)
    even: NDArray[Any] = (evened / np.exp(np.log(evened).mean())).astype(np.float32)
    return even

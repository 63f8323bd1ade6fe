"""As much of the ONNX file format as one model needs: reads the arrays of a model, writes a model. Protocol buffers by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODEL_VERSION, MODEL_GRAPH, MODEL_OPERATORS = 1, 7, 8
GRAPH_NODE, GRAPH_NAME, GRAPH_ARRAY, GRAPH_INPUT, GRAPH_OUTPUT = 1, 2, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_KIND, NODE_SETTING, NODE_DOMAIN = 1, 2, 4, 5, 7
ARRAY_SIZE, ARRAY_TYPE, ARRAY_NAME, ARRAY_BYTES = 1, 2, 8, 9
SETTING_NAME, SETTING_FLOAT, SETTING_WHOLE, SETTING_TYPE = 1, 2, 3, 20
FORMAT, OPERATORS = 10, 18
"""Versions of the file format, and of the standard operators."""
TYPES: dict[int, Any] = {1: np.dtype(np.float32), 2: np.dtype(np.uint8), 3: np.dtype(np.int8), 6: np.dtype(np.int32), 7: np.dtype(np.int64),
         9: np.dtype(np.bool_)}  # fmt: skip
NUMBERS = {kind: number for number, kind in TYPES.items()}
VARINT, EIGHT, BYTES, FOUR = 0, 1, 2, 5


@dataclass(frozen=True)
class Node:
    """One step of a model."""

    kind: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    settings: Mapping[str, int | float]
    domain: str = ""


def read_arrays(model: bytes) -> dict[str, NDArray[Any]]:
    """The arrays that a model file holds, by name, in the order of the file.

    Args:
        model: the content of the file.
    """
    arrays = {}
    for graph in _all(memoryview(model), MODEL_GRAPH):
        for array in _all(graph, GRAPH_ARRAY):
            name = bytes(next(_all(array, ARRAY_NAME))).decode()
            kind = TYPES[next(_all(array, ARRAY_TYPE))]
            arrays[name] = np.frombuffer(next(_all(array, ARRAY_BYTES)), kind).reshape([*_all(array, ARRAY_SIZE)])
    return arrays


def write_model(
    nodes: Sequence[Node],
    arrays: Mapping[str, NDArray[Any]],
    inputs: Mapping[str, tuple[Any, int]],
    outputs: Mapping[str, tuple[Any, int]],
) -> bytes:
    """A model file.

    Args:
        nodes: the steps, each after those it needs.
        arrays: constants by name.
        inputs: name to type and number of dimensions.
        outputs: the same for what comes out.
    """
    graph = [_text(GRAPH_NAME, "kneewise")]
    graph += [_part(GRAPH_NODE, _node(node)) for node in nodes]
    graph += [_part(GRAPH_ARRAY, _array(name, array)) for name, array in arrays.items()]
    graph += [_part(GRAPH_INPUT, _value(name, *value)) for name, value in inputs.items()]
    graph += [_part(GRAPH_OUTPUT, _value(name, *value)) for name, value in outputs.items()]
    domains = {"": OPERATORS} | {node.domain: 1 for node in nodes if node.domain}
    operators = [_part(MODEL_OPERATORS, _text(1, domain) + _whole(2, number)) for domain, number in domains.items()]
    return b"".join([_whole(MODEL_VERSION, FORMAT), _part(MODEL_GRAPH, b"".join(graph)), *operators])


def _node(node: Node) -> bytes:
    names = [_text(NODE_INPUT, name) for name in node.inputs] + [_text(NODE_OUTPUT, name) for name in node.outputs]
    settings = [_part(NODE_SETTING, _setting(name, value)) for name, value in node.settings.items()]
    return b"".join([*names, _text(NODE_KIND, node.kind), *settings, _text(NODE_DOMAIN, node.domain)])


def _setting(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _text(SETTING_NAME, name) + _whole(SETTING_WHOLE, value) + _whole(SETTING_TYPE, 2)
    number = np.float32(value).tobytes()
    return _text(SETTING_NAME, name) + _varint(SETTING_FLOAT << 3 | FOUR) + number + _whole(SETTING_TYPE, 1)


def _array(name: str, array: NDArray[Any]) -> bytes:
    sizes = b"".join(_whole(ARRAY_SIZE, size) for size in array.shape)
    return (
        sizes + _whole(ARRAY_TYPE, NUMBERS[array.dtype]) + _text(ARRAY_NAME, name) + _part(ARRAY_BYTES, array.tobytes())
    )


def _value(name: str, kind: Any, dimensions: int) -> bytes:
    sizes = b"".join(_part(1, _text(2, f"{name}_{number}")) for number in range(dimensions))
    tensor = _whole(1, NUMBERS[np.dtype(kind)]) + _part(2, sizes)
    return _text(1, name) + _part(2, _part(1, tensor))


def _whole(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _part(field, value.encode())


def _part(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | BYTES) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _all(message: Any, wanted: int) -> Iterator[Any]:
    """The values of one field: whole numbers, or views of bytes."""
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _read_varint(message, at)
        else:
            size, at = _read_varint(message, at) if kind == BYTES else ({FOUR: 4, EIGHT: 8}[kind], at)
            value, at = message[at : at + size], at + size
        if key >> 3 == wanted:
            yield value


def _read_varint(message: Any, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] > 127:
        value |= (message[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return value | message[at] << shift, at + 1

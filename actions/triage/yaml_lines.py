"""YAML with the line of every mapping, so that a mistake can name its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from actions.triage.errors import Mistake, ProtocolError

LINE = "__line__"


class _LineLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    pass


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    mapping = yaml.constructor.SafeConstructor.construct_mapping(loader, node, deep=True)
    if True in mapping and any(key_node.value == "on" for key_node, _ in node.value):
        mapping["on"] = mapping.pop(True)  # YAML 1.1 takes the key `on` for true
    mapping[LINE] = node.start_mark.line + 1
    return mapping


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path) -> Any:
    """The content of a YAML file; every mapping in it has its line under `__line__`.

    Raises:
        ProtocolError: K100, when the file is missing or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)
    except FileNotFoundError:
        raise ProtocolError([Mistake(path.name, 1, "K100", "The file is missing.")]) from None
    except UnicodeDecodeError:
        raise ProtocolError([Mistake(path.name, 1, "K100", "The file must be UTF-8 text.")]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ProtocolError(
            [Mistake(path.name, line, "K100", f"Not readable as YAML: {getattr(error, 'problem', error)}.")]
        ) from None

"""Runs the nodes of Rasa's prediction graph one after another; nothing else is needed to answer one message."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner


class PlainRunner(DaskGraphRunner):
    """The loaded graph without dask.

    Rasa works out the part of the graph it needs, and builds a dask graph for it, three times a turn. The order of
    the nodes never changes for the same targets, so here it is worked out once (measured: `docs/performance.md`).
    """

    def __init__(self, loaded: DaskGraphRunner):
        """Take over the nodes that Rasa has loaded.

        Args:
            loaded: Rasa's own runner of the same model.
        """
        self._graph_schema = loaded._graph_schema
        self._instantiated_nodes = loaded._instantiated_nodes
        self._execution_context = loaded._execution_context
        self._order = lru_cache(maxsize=None)(self._order_for)

    def _order_for(self, targets: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The nodes that `targets` need, each after those it needs itself."""
        schema: GraphSchema = self._graph_schema.minimal_graph_schema(list(targets))
        order: dict[str, tuple[str, ...]] = {}

        def visit(name: str) -> None:
            if name in order or name not in schema.nodes:
                return
            needs = tuple(schema.nodes[name].needs.values())
            for parent in needs:
                visit(parent)
            order[name] = needs

        for target in targets:
            visit(target)
        return tuple(order.items())

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the graph.

        Args:
            inputs: values for the graph's placeholders.
            targets: the nodes whose output is wanted; all targets of the graph when None.

        Returns:
            The output of each target.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._order(wanted):
            results[name] = self._instantiated_nodes[name](*[results[parent] for parent in needs])
        return {name: results[name][1] for name in wanted}

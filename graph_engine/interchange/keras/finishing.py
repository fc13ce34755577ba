"""Drawn graphs -> a document: what is called, under names that documents can hold, fed as Keras would feed it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from graph_engine.document import INPUT, MAIN, MODEL, OUTPUT, Document, Graph, Layer, unique_name
from graph_engine.document.plain import MAX_NAME

_UNNAMEABLE: Final = re.compile(r"[\x00-\x1f\x7f/]")


def finished(
    graphs: Mapping[str, Graph], layers: Mapping[str, Layer], next_id: int, *, trains: bool
) -> Document:
    """``trains``: whether the model as a whole is trainable."""
    graphs = _reached(graphs, layers)
    called = {node.layer for graph in graphs.values() for node in graph.nodes.values()}
    layers = {key: layer for key, layer in layers.items() if key in called}
    layers = layers if trains else _frozen(layers)
    layers = layers if any(map(_keeps_states, layers.values())) else _of_any_batch(layers)
    return Document(_named(_counted(graphs, layers)), graphs, next_id=next_id)


def _reached(graphs: Mapping[str, Graph], layers: Mapping[str, Layer]) -> dict[str, Graph]:
    """The graphs that the main one calls, at any depth."""
    found: dict[str, Graph] = {}
    todo = [MAIN]
    while todo:
        key = todo.pop()
        if key not in found:
            found[key] = graphs[key]
            records = (layers[node.layer] for node in graphs[key].nodes.values())
            todo += [record.config["graph"] for record in records if record.type == MODEL]
    return {key: graph for key, graph in graphs.items() if key in found}


def _frozen(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """A model that is not trainable trains nothing, whatever its layers say."""
    return {key: replace(layer, trainable=False) for key, layer in layers.items()}


def _counted(graphs: Mapping[str, Graph], layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Inputs of fractions that only Embeddings read, as inputs of whole numbers, which Keras makes of them there."""
    read: dict[str, set[str]] = {}
    for graph in graphs.values():
        for edge in graph.edges.values():
            source, target = (layers[graph.nodes[port.node].layer] for port in (edge.source, edge.target))
            if source.type == INPUT:
                read.setdefault(source.id, set()).add(target.type)
    return {
        key: replace(record, config={**record.config, "dtype": "int32"})
        if read.get(key) == {"Embedding"} and record.config["dtype"] == "float32"
        else record
        for key, record in layers.items()
    }


def _keeps_states(record: Layer) -> bool:
    """Whether the layer, or one inside it, begins a batch where the last one ended."""
    inner = record.config.get("layer")
    return any(isinstance(each, Mapping) and each.get("stateful") is True for each in (record.config, inner))


def _of_any_batch(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Keras takes batches of other sizes than an Input says, where no states depend on it."""
    return {
        key: replace(record, config={**record.config, "batch_size": None}) if record.type == INPUT else record
        for key, record in layers.items()
    }


def _named(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Names that documents can hold, each once in its scope."""
    taken: dict[tuple[str, bool], list[str]] = defaultdict(list)
    found = {}
    for key, layer in layers.items():
        names = taken[layer.scope, layer.type == OUTPUT]
        name = unique_name(nameable(layer.name), names)
        names.append(name)
        found[key] = layer if name == layer.name else replace(layer, name=name)
    return found


def nameable(name: str) -> str:
    """The name without what documents do not take in one, and no longer than they hold."""
    return _UNNAMEABLE.sub("_", name).strip()[:MAX_NAME].strip() or "unnamed"

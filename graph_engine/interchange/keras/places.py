"""Where each weight stands in ``model.weights.h5``, and what Keras calls it.

The weights of a layer lie below ``layers/CLASS``, counted by class in the order of ``model.layers``; those of a
part of a layer below the part's own group (``Layer.keras.groups``), each group counted from 0, trained ones first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graph_engine.analysis import Analysis, NodeInfo
from graph_engine.compiler import Scope
from graph_engine.document import MAIN, Document, nested_graph
from graph_engine.interchange.keras.activations import ACTIVATION
from graph_engine.interchange.keras.classes import class_of
from graph_engine.interchange.keras.graphs import Placed
from graph_engine.interchange.keras.saved import SEQUENTIAL, TIME_DISTRIBUTED, SavedLayer
from graph_engine.layers.base import LAYERS, Weight

LAYERS_GROUP: Final = "layers"
VARIABLES: Final = "vars"
_WRAPPED: Final = "layer"  # what TimeDistributed is put around


@dataclass(frozen=True, slots=True)
class Place:
    """One weight: our path, the path of its dataset, the names on the way to it, and whether it is trained.

    ``group``: the path of its layer's group, where its file lies in or below.
    ``models``: names of the models it lies in, with True for those whose name Keras puts into the variable's path.
    """

    path: str
    file: str
    group: str
    layer: str
    weight: Weight
    trainable: bool
    models: tuple[tuple[str, bool], ...]


def places(
    document: Document, analysis: Analysis, placed: Sequence[Placed], *, sequential: bool = False
) -> list[Place]:
    """Every weight once, in the order in which Keras' optimizers see the variables."""
    found: dict[str, Place] = {}
    infos = _infos(document, analysis)
    for place in _in_model(document, infos, placed, Scope((MAIN,), (), True), "", (), sequential):
        found.setdefault(place.path, place)
    return list(found.values())


def group_name(kind: str) -> str:
    """How Keras writes the name of a class in snake case."""
    words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()


def groups(placed: Sequence[Placed], *, sequential: bool = False) -> Iterator[tuple[Placed, str]]:
    """Each layer with the name of its group: operations have none, a chain's Input has none."""
    counts: dict[str, int] = {}
    found: dict[str, str] = {}
    for each in placed:
        if each.saved.is_operation or (sequential and each.saved.is_input):
            continue
        if each.saved.within:
            yield each, f"{found[each.saved.within]}/{ACTIVATION}"
            continue
        known = class_of(each.saved)
        name = group_name((known and known.keras.stored) or each.saved.kind)
        counts[name] = counts.get(name, -1) + 1
        found[each.saved.name] = f"{name}_{counts[name]}" if counts[name] else name
        yield each, found[each.saved.name]


def _in_model(
    document: Document,
    infos: Mapping[str, NodeInfo],
    placed: Sequence[Placed],
    scope: Scope,
    prefix: str,
    models: tuple[tuple[str, bool], ...],
    sequential: bool = False,
    part: str = "",
) -> Iterator[Place]:
    for each, group in groups(placed, sequential=sequential):
        record = document.layers.get(each.layer)
        if record is None:
            continue
        below = f"{prefix}{part or f'{LAYERS_GROUP}/{group}'}"
        inner = nested_graph(record)
        if inner is not None and each.inner is not None:
            kind = each.saved.model.kind if each.saved.model else ""
            chain = kind == SEQUENTIAL
            entered = scope.enter(inner, record)
            told = (*models, (each.saved.name, chain))
            part_of = _WRAPPED if kind == TIME_DISTRIBUTED else ""
            yield from _in_model(document, infos, each.inner, entered, f"{below}/", told, chain, part_of)
        elif record.type in LAYERS:
            path = scope.path(record.id, record.scope)
            trainable = scope.trainable and record.trainable
            for weight, file in _files(infos[record.id]):
                yield Place(
                    f"{path}/{weight.name}",
                    f"{below}/{file}",
                    below,
                    _called(each.saved),
                    weight,
                    trainable and weight.trainable,
                    models,
                )


def _called(saved: SavedLayer) -> str:
    return f"{saved.within}/{saved.config.get('name', ACTIVATION)}" if saved.within else saved.name


def _files(info: NodeInfo) -> Iterator[tuple[Weight, str]]:
    """Each weight in its declared order, with the path of its dataset below the layer's group.

    States that are carried from batch to batch are not saved.
    """
    weights = [weight for weight in info.weights if not weight.carried]
    counts: dict[str, int] = {}
    numbers: dict[str, str] = {}
    for weight in sorted(weights, key=lambda each: not each.trainable):
        group = info.layer.weight_group(weight.name) if info.layer else ""
        counts[group] = counts.get(group, -1) + 1
        numbers[weight.name] = f"{f'{group}/' if group else ''}{VARIABLES}/{counts[group]}"
    return ((weight, numbers[weight.name]) for weight in weights)


def _infos(document: Document, analysis: Analysis) -> dict[str, NodeInfo]:
    """What analysis knows of one call of each layer, preferring calls whose weights are known."""
    found: dict[str, NodeInfo] = {}
    for graph in document.graphs.values():
        for node in graph.nodes.values():
            info = analysis.node(graph.id, node.id)
            if node.layer not in found or info.weights:
                found[node.layer] = info
    return found

"""Ready edits for problems. A fix is a command like any other: one click, one undo step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from graph_engine.analysis.records import Fix, PortInfo
from graph_engine.document import (
    INPUT,
    Command,
    Configure,
    Connect,
    Document,
    Edge,
    Graph,
    InsertOnEdge,
    Point,
    Port,
    Sequence as Together,
)
from graph_engine.layers import base
from graph_engine.layers.requirements import FLOATS
from graph_engine.layout import NODE_HEIGHT, NODE_WIDTH
from graph_engine.values import TensorSpec

ABOVE = 30.0  # between rows of nodes

_Place = tuple[Document, Graph, str]


def shape_fixes(
    document: Document, graph: Graph, node: str, wired: Sequence[PortInfo], hint: str
) -> tuple[Fix, ...]:
    """Fixes for a layer that refused the specs at its ``wired`` ports, by the hint of its ShapeError."""
    rule = _RULES.get(hint)
    return tuple(rule((document, graph, node), wired)) if rule else ()


def missing_input_fixes(document: Document, graph: Graph, node: str, port: str) -> tuple[Fix, ...]:
    """Wire the nearest node to the left that has a free output, if there is one."""
    source = _nearest_loose_end(document, graph, node)
    if source is None:
        return ()
    name = document.layer_of(graph.id, source).name
    return (Fix(f"Connect {name}", Connect(graph.id, Port(source, "output"), Port(node, port))),)


def _nearest_loose_end(document: Document, graph: Graph, node: str) -> str | None:
    here = graph.positions.get(node)
    if here is None:
        return None
    used = {edge.source.node for edge in graph.edges.values()}
    loose = {
        other: graph.positions[other]
        for other in graph.nodes
        if other not in used and other not in graph.outputs and other != node and other in graph.positions
    }
    left = {other: math.hypot(here.x - at.x, here.y - at.y) for other, at in loose.items() if at.x < here.x}
    return min(left, key=lambda other: left[other], default=None)


def _flatten(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    return [_insert(place, wired[0].name, "Flatten", {}, "Insert Flatten")]


def _flatten_or_pool(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    fixes = _flatten(place, wired)
    spec = wired[0].spec
    if spec is not None and spec.rank in (3, 4):
        pooling = f"GlobalAveragePooling{spec.rank - 2}D"
        fixes.append(_insert(place, wired[0].name, pooling, {}, f"Insert {pooling}"))
    return fixes


def _add_channels(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    """One axis is missing: give every sample a channel axis of size one."""
    spec = wired[0].spec
    if spec is None or None in spec.sample_shape:
        return []
    target = [*spec.sample_shape, 1]
    return [
        _insert(place, wired[0].name, "Reshape", {"target_shape": target}, "Insert Reshape with one channel")
    ]


def _project(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    """A residual whose ends differ: project one onto the other with a 1x1 convolution (He et al., 2016)."""
    specs = [port.spec for port in wired]
    if len(specs) != 2 or any(spec is None for spec in specs):
        return []
    first, second = (spec for spec in specs if spec is not None)
    options = (wired[0], first, second), (wired[1], second, first)
    found = [(port, layer) for port, source, target in options if (layer := _projection(source, target))]
    document, graph, node = place
    fixes = []
    for port, (kind, config) in found[:2]:
        source = document.layer_of(graph.id, _edge_into(graph, node, port.name).source.node).name
        fixes.append(_insert(place, port.name, kind, config, f"Project {source} with a 1\u00d71 {kind}"))
    return fixes


def _projection(source: TensorSpec, target: TensorSpec) -> tuple[str, Mapping[str, object]] | None:
    """The layer that turns ``source``'s shape into ``target``'s: channels, and whole-number strides."""
    channels = target.shape[-1]
    if channels is None or source.rank != target.rank or source.rank not in (2, 3, 4):
        return None
    if source.rank == 2:
        return "Dense", {"units": channels}
    strides = _strides(source.shape[1:-1], target.shape[1:-1])
    if strides is None:
        return None
    rank = source.rank - 2
    return f"Conv{rank}D", {
        "filters": channels,
        "kernel_size": [1] * rank,
        "strides": strides,
        "padding": "same",
    }


def _strides(source: Sequence[int | None], target: Sequence[int | None]) -> list[int] | None:
    strides = []
    for large, small in zip(source, target, strict=True):
        if large is None or small is None:
            if large is not small:
                return None
            strides.append(1)
            continue
        stride = -(-large // small)
        if -(-large // stride) != small:
            return None
        strides.append(stride)
    return strides


def _to_sequence(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    """The first axis becomes the steps, all others their features."""
    spec = wired[0].spec
    if spec is None or spec.rank < 4 or None in spec.sample_shape:
        return []
    steps, *rest = (size or 0 for size in spec.sample_shape)
    config = {"target_shape": [steps, math.prod(rest)]}
    return [_insert(place, wired[0].name, "Reshape", config, f"Insert Reshape to {steps} steps")]


def _flatten_all(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    """Rows of features can always be set side by side."""
    deep = [port for port in wired if port.spec is not None and port.spec.rank > 2]
    flat = [_insert(place, port.name, "Flatten", {}, "Insert Flatten") for port in deep]
    if not flat:
        return []
    document, graph, node = place
    label = f"Flatten what enters {document.layer_of(graph.id, node).name}"
    return [Fix(label, Together(label, tuple(fix.command for fix in flat)))]


def _whole_numbers(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    return _set_dtype(place, wired[0], "int32", "whole numbers")


def _fractions(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    """Numbers that name categories want an Embedding; quantities want to be fractions."""
    whole = next((port for port in wired if port.spec is None or port.spec.dtype not in FLOATS), wired[0])
    config = {"input_dim": 1000, "output_dim": 32}
    embedded = _insert(place, whole.name, "Embedding", config, "Insert Embedding")
    return [*_set_dtype(place, whole, "float32", "fractions"), embedded]


def _set_dtype(place: _Place, port: PortInfo, dtype: str, words: str) -> list[Fix]:
    """Where the wire comes from an Input, that may hold other numbers."""
    document, graph, node = place
    source = document.layer_of(graph.id, _edge_into(graph, node, port.name).source.node)
    if source.type != INPUT:
        return []
    return [Fix(f"Let {source.name} hold {words} ({dtype})", Configure((source.id,), "dtype", dtype))]


def _same_padding(place: _Place, wired: Sequence[PortInfo]) -> list[Fix]:
    document, graph, node = place
    layer = document.layer_of(graph.id, node)
    return [Fix(f"Pad {layer.name} at the border", Configure((layer.id,), "padding", "same"))]


def _insert(place: _Place, port: str, layer: str, config: Mapping[str, object], label: str) -> Fix:
    document, graph, node = place
    edge = _edge_into(graph, node, port)
    command: Command = InsertOnEdge(graph.id, edge.id, layer, dict(config), _between(graph, edge))
    return Fix(f"{label} before {document.layer_of(graph.id, node).name}", command)


def _edge_into(graph: Graph, node: str, port: str) -> Edge:
    return next(edge for edge in graph.edges.values() if edge.target == Port(node, port))


def _between(graph: Graph, edge: Edge) -> Point | None:
    """In the middle of a wire, or above it where something stands there; None where its ends have no places."""
    ends = [graph.positions.get(edge.source.node), graph.positions.get(edge.target.node)]
    known = [end for end in ends if end is not None]
    if len(known) < 2:
        return None
    x, y = (known[0].x + known[1].x) / 2, (known[0].y + known[1].y) / 2
    places = graph.positions.values()
    while any(abs(place.x - x) < NODE_WIDTH and abs(place.y - y) < NODE_HEIGHT for place in places):
        y -= NODE_HEIGHT + ABOVE
    return Point(x, y)


_RULES: Mapping[str, Callable[[_Place, Sequence[PortInfo]], list[Fix]]] = {
    base.NEEDS_FLAT: _flatten,
    base.RANK_TOO_HIGH: _flatten_or_pool,
    base.RANK_TOO_LOW: _add_channels,
    base.NEEDS_SEQUENCE: _to_sequence,
    base.RESIDUAL_MISMATCH: _project,
    base.CONCATENATE_MISMATCH: _flatten_all,
    base.NEEDS_INTEGERS: _whole_numbers,
    base.NEEDS_FLOATS: _fractions,
    base.WINDOW_TOO_LARGE: _same_padding,
}

"""What is true of every document. Commands keep it so; the decoder holds strangers' files to it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from graph_engine.document.plain import is_id, name_fault
from graph_engine.document.queries import fixed_inputs, fixed_outputs, is_numbered, nested_graph, nested_in
from graph_engine.document.records import INPUT, MAIN, MODEL, OUTPUT, Document, Graph, Port
from graph_engine.document.settings import data_faults, training_faults
from graph_engine.document.structure import self_calling, size_fault, strays

FAR: Final = 1e7  # logical pixels from the canvas' origin: further out, coordinates lose their fractions
_COUNTED = re.compile(r"[a-z](\d+)")


def check_invariants(document: Document) -> list[str]:
    """Every violation as a place and a sentence; an empty list when all is well.

    Each group of checks relies on the ones before it, so the first group with violations ends the list.
    """
    for check in (_keys, _ids, _references, _layers, _terminals, _wires, _calls, _settings):
        found = list(check(document))
        if found:
            return found
    return []


def _tables(graph: Graph) -> Mapping[str, Mapping[str, Any]]:
    return {"nodes": graph.nodes, "edges": graph.edges, "frames": graph.frames, "notes": graph.notes}


def _keys(document: Document) -> Iterator[str]:
    """Every record stands under its own id."""
    tables: dict[str, Mapping[str, Any]] = {}
    tables |= {"layers": document.layers, "graphs": document.graphs, "sources": document.data.sources}
    for graph in document.graphs.values():
        tables |= {f"graphs[{graph.id}].{name}": table for name, table in _tables(graph).items()}
    for place, table in tables.items():
        for key, record in table.items():
            if record.id != key:
                yield f"{place}[{key}]: holds a record with the id {record.id!r}"
    if MAIN not in document.graphs:
        yield f"graphs: there is no graph {MAIN!r}"


def _ids(document: Document) -> Iterator[str]:
    on_canvas = [
        (f"graphs[{graph.id}].{name}", item)
        for graph in document.graphs.values()
        for name, table in _tables(graph).items()
        for item in table
    ]
    counts = Counter(item for _, item in on_canvas)
    yield from (f"{place}: the id {item!r} is used twice" for place, item in on_canvas if counts[item] > 1)
    places = [*on_canvas]
    places += [("layers", item) for item in document.layers]
    places += [("graphs", item) for item in document.graphs]
    places += [("sources", item) for item in document.data.sources]
    for place, item in places:
        if not is_id(item):
            yield f"{place}: {item[:80]!r} cannot be an id"
        elif (match := _COUNTED.fullmatch(item)) and int(match[1]) >= document.next_id:
            yield f"next_id: must be larger than the number in the id {item!r}"


def _references(document: Document) -> Iterator[str]:
    for graph in document.graphs.values():
        for node in graph.nodes.values():
            if node.layer not in document.layers:
                yield f"graphs[{graph.id}].nodes[{node.id}].layer: there is no layer {node.layer!r}"
        for edge in graph.edges.values():
            for end, port in (("source", edge.source), ("target", edge.target)):
                if port.node not in graph.nodes:
                    yield f"graphs[{graph.id}].edges[{edge.id}].{end}: there is no node {port.node!r}"
        for edge_id in graph.bends:
            if edge_id not in graph.edges:
                yield f"graphs[{graph.id}].bends: there is no edge {edge_id!r}"
        for node_id in graph.positions:
            if node_id not in graph.nodes:
                yield f"graphs[{graph.id}].positions: there is no node {node_id!r}"
    for layer in document.layers.values():
        if layer.scope not in document.graphs:
            yield f"layers[{layer.id}].scope: there is no graph {layer.scope!r}"
        if layer.type == MODEL and nested_graph(layer) not in document.graphs:
            yield f"layers[{layer.id}].config.graph: there is no graph {layer.config.get('graph')!r}"


def _layers(document: Document) -> Iterator[str]:
    called = {node.layer for graph in document.graphs.values() for node in graph.nodes.values()}
    names = Counter((layer.scope, layer.type == OUTPUT, layer.name) for layer in document.layers.values())
    for layer in document.layers.values():
        fault = name_fault(layer.name)
        if fault:
            yield f"layers[{layer.id}].name: {fault}"
        if not layer.type:
            yield f"layers[{layer.id}].type: a type cannot be empty"
        if names[layer.scope, layer.type == OUTPUT, layer.name] > 1:
            yield f"layers[{layer.id}].name: {layer.name!r} is used twice"
        if layer.id not in called:
            yield f"layers[{layer.id}]: no node calls {layer.name}"
    for graph in document.graphs.values():
        if fault := name_fault(graph.name):
            yield f"graphs[{graph.id}].name: {fault}"
        yield from _far_out(graph)


def _far_out(graph: Graph) -> Iterator[str]:
    for node, point in graph.positions.items():
        if not in_reach(*point):
            yield f"graphs[{graph.id}].positions[{node}]: lies outside of the canvas"
    for edge, points in graph.bends.items():
        if not points or not all(in_reach(*point) for point in points):
            yield f"graphs[{graph.id}].bends[{edge}]: has no points, or lies outside of the canvas"
    for frame in graph.frames.values():
        if not in_reach(frame.x, frame.y, frame.width, frame.height) or min(frame.width, frame.height) < 0:
            yield f"graphs[{graph.id}].frames[{frame.id}]: lies outside of the canvas"
    for note in graph.notes.values():
        if not in_reach(note.x, note.y, note.width) or note.width < 0:
            yield f"graphs[{graph.id}].notes[{note.id}]: lies outside of the canvas"


def in_reach(*coordinates: float) -> bool:
    """Whether coordinates are finite and on the canvas."""
    return all(-FAR <= value <= FAR for value in coordinates)


def _terminals(document: Document) -> Iterator[str]:
    """Input and Output layers are called once, in the graph they belong to, which lists exactly them."""
    calls = Counter(node.layer for graph in document.graphs.values() for node in graph.nodes.values())
    for graph in document.graphs.values():
        found: dict[str, list[str]] = defaultdict(list)
        for node in graph.nodes.values():
            layer = document.layers[node.layer]
            if layer.type not in (INPUT, OUTPUT):
                continue
            found[layer.type].append(node.id)
            if layer.scope != graph.id or calls[layer.id] > 1:
                yield f"layers[{layer.id}]: {layer.type} layers are called once, in their own graph"
        for name, listed, kind in (("inputs", graph.inputs, INPUT), ("outputs", graph.outputs, OUTPUT)):
            if sorted(listed) != sorted(found[kind]):
                yield f"graphs[{graph.id}].{name}: must list every {kind} node of the graph once"


def _wires(document: Document) -> Iterator[str]:
    for graph in document.graphs.values():
        taken = Counter(edge.target for edge in graph.edges.values())
        yield from (
            f"graphs[{graph.id}].edges: two wires enter {port.node}.{port.name}"
            for port, count in taken.items()
            if count > 1
        )
        lists: dict[str, set[str]] = defaultdict(set)
        for edge in graph.edges.values():
            place = f"graphs[{graph.id}].edges[{edge.id}]"
            yield from _ends(document, graph, place, edge.source, edge.target)
            if is_numbered(edge.target.name):
                lists[edge.target.node].add(edge.target.name)
        for node, ports in lists.items():
            if ports != {str(index) for index in range(len(ports))}:
                yield f"graphs[{graph.id}].nodes[{node}]: its wires are not counted 0, 1, 2 ..."


def _ends(document: Document, graph: Graph, place: str, source: Port, target: Port) -> Iterator[str]:
    outputs = fixed_outputs(document, graph, source.node)
    inputs = fixed_inputs(document, graph, target.node)
    if outputs is not None and source.name not in outputs:
        yield f"{place}.source: {source.node} has no output {source.name!r}"
    if inputs is not None and target.name not in inputs:
        yield f"{place}.target: {target.node} has no input {target.name!r}"
    for end, port in (("source", source), ("target", target)):
        if not 0 < len(port.name) <= 64:
            yield f"{place}.{end}: a port's name has 1 to 64 characters"


def _calls(document: Document) -> Iterator[str]:
    graph = self_calling(document)
    if graph is not None:
        yield f"graphs[{graph}]: it calls itself"
        return
    for lonely in set(document.graphs) - nested_in(document, MAIN):
        yield f"graphs[{lonely}]: no Model layer calls it"
        return
    for layer, place in strays(document):
        reason = f"{layer.name} is called in {place}, which is used outside of {layer.scope}"
        yield f"layers[{layer.id}].scope: {reason}"
    fault = size_fault(document)
    if fault:
        yield f"graphs: {fault}"


def _settings(document: Document) -> Iterator[str]:
    yield from data_faults(document)
    yield from training_faults(document.training)
    for node in document.training.objectives:
        if node not in document.main.outputs:
            yield f"training.objectives[{node}]: there is no such output"

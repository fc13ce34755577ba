"""What a drawing computes, written out: the same for two drawings that differ only in how they are drawn.

Each main output becomes the expression that it stands for, nested models written out. Weights are counted in
the order in which they are met, so that ids and names do not matter but sharing does.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from graph_engine.document import INPUT, MAIN, MODEL, OUTPUT, Document, Port, is_numbered, port_order, wiring

Instances = Mapping[str, Hashable]  # scope -> which use of that graph


@dataclass(frozen=True)
class Frame:
    """One use of a graph: who calls it from where, and which uses of the scopes around it own the weights."""

    graph: str
    instances: Instances
    caller: Frame | None = None
    node: str = ""


@dataclass
class Meaning:
    document: Document
    weights: dict[Hashable, int] = field(default_factory=dict)

    def of_output(self, node: str) -> Hashable:
        return self.arriving(Frame(MAIN, {MAIN: ()}), Port(node, "input"))

    def arriving(self, frame: Frame, target: Port) -> Hashable:
        edge = wiring(self.document.graphs[frame.graph]).incoming(target.node).get(target.name)
        return None if edge is None else self.leaving(frame, edge.source)

    def leaving(self, frame: Frame, source: Port) -> Hashable:
        node = self.document.graphs[frame.graph].nodes[source.node]
        layer = self.document.layers[node.layer]
        if layer.type == INPUT:
            return (
                ("input", node.id)
                if frame.caller is None
                else self.arriving(frame.caller, Port(frame.node, node.id))
            )
        if layer.type == MODEL and not node.bypassed:
            use = (frame.instances[layer.scope], layer.id)
            inner = Frame(
                layer.config["graph"], {**frame.instances, layer.config["graph"]: use}, frame, node.id
            )
            return self.arriving(inner, Port(source.name, "input"))
        count = self.weights.setdefault((frame.instances[layer.scope], layer.id), len(self.weights))
        wires = wiring(self.document.graphs[frame.graph]).incoming(node.id)
        arrivals = [
            ("in a list" if is_numbered(port) else "", self.arriving(frame, Port(node.id, port)))
            for port in sorted(wires, key=port_order)
        ]
        fed = tuple(
            arrival for arrival in arrivals if arrival[1] is not None
        )  # nothing is wired to the others
        config = "" if layer.type == MODEL else json.dumps(layer.config, sort_keys=True)
        port = "" if layer.type == MODEL else source.name
        return (layer.type, config, count, node.bypassed, port, fed)


def meaning(document: Document, outputs: tuple[str, ...]) -> list[Hashable]:
    """The expressions of some main outputs, weights counted across all of them."""
    whole = Meaning(document)
    assert all(document.layer_of(MAIN, node).type == OUTPUT for node in outputs)
    return [whole.of_output(node) for node in outputs]

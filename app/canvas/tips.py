"""What the pointer is told when it rests: problems in full, shapes at ports and on wires."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF

from app.canvas.stage import Stage
from graph_engine.document import Port


class Tips:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def at(self, at: QPointF) -> str:
        """The tip for a point of the view; empty where there is nothing to say."""
        hit = self._stage.hit(at)
        if hit.port:
            return self._port(hit.port, hit.is_input)
        if hit.node:
            return self._node(hit.node)
        return self._wire(hit.wire) if hit.wire else ""

    def _port(self, port: Port, is_input: bool) -> str:
        card = self._stage.scene.nodes[port.node].card.port(port.name, is_input)
        if card is None:
            return ""
        shape = f"{card.shape} {card.dtype}" if card.shape else "shape not known yet"
        return _paragraphs(f"{card.label}: {shape}" if is_input or card.label != "output" else shape)

    def _node(self, node: str) -> str:
        card = self._stage.scene.nodes[node].card
        layer = self._stage.layer(node)
        head = layer.name if layer.name == layer.type else f"{layer.name} \u00b7 {layer.type}"
        facts = [f"{self._stage.node_info(node).parameters:,} parameters"] if card.count else []
        facts += [f"weights shared by {card.shared} calls"] if card.shared > 1 else []
        facts += ["frozen"] if card.frozen else []
        facts += ["bypassed: passes on what it gets"] if card.bypassed else []
        return _paragraphs(head, " \u00b7 ".join(facts), *card.sentences)

    def _wire(self, edge: str) -> str:
        record = self._stage.graph.edges[edge]
        spec = self._stage.node_info(record.source.node).output(record.source.name)
        ends = f"{self._stage.layer(record.source.node).name} \u2192 {self._stage.layer(record.target.node).name}"
        shape = f"{spec.spec} {spec.spec.dtype}" if spec and spec.spec else "shape not known yet"
        return _paragraphs(ends, shape)


def _paragraphs(*lines: str) -> str:
    """Rich text, so that long sentences are wrapped."""
    return "".join(f"<p style='margin:2px 0'>{escape(line)}</p>" for line in lines if line)

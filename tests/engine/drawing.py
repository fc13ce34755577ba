"""A hand for tests: draws documents by the same commands a person's gestures dispatch."""

from __future__ import annotations

from typing import Any

from graph_engine.document import (
    MAIN,
    AddCall,
    AddNode,
    Command,
    Connect,
    Document,
    Edit,
    Point,
    Port,
    Refusal,
)


class Drawing:
    """A document under the pencil. Every method returns the id of the node it drew."""

    def __init__(self, document: Document | None = None, graph: str = MAIN) -> None:
        self.document = document or Document()
        self.graph = graph

    def do(self, command: Command) -> Edit:
        answer = command.apply(self.document)
        assert not isinstance(answer, Refusal), answer.reason
        self.document = answer.document
        return answer

    def node(
        self, kind: str, *sources: str | Port, name: str | None = None, at: Point | None = None, **config: Any
    ) -> str:
        node = self.do(AddNode(self.graph, kind, config, at, name)).created[0]
        return self.wire(node, *sources)

    def call(self, node: str, *sources: str | Port) -> str:
        """Another call of the layer that ``node`` calls."""
        layer = self.document.graphs[self.graph].nodes[node].layer
        return self.wire(self.do(AddCall(self.graph, layer, None)).created[0], *sources)

    def wire(self, node: str, *sources: str | Port) -> str:
        for index, source in enumerate(sources):
            target = str(index) if len(sources) > 1 else "input"
            self.connect(source, Port(node, target))
        return node

    def connect(self, source: str | Port, target: Port) -> None:
        port = source if isinstance(source, Port) else Port(source, "output")
        self.do(Connect(self.graph, port, target))

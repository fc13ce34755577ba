"""New layers: where they go, and what they are wired to without being asked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from app.canvas.fitting import Loose, first_input, spec_of
from app.canvas.parts import AddPart
from app.canvas.stage import Stage
from app.canvas.stock import is_part, model_key
from graph_engine.document import (
    INPUT,
    OUTPUT,
    AddNode,
    Command,
    Connect,
    DecodeError,
    Document,
    Edit,
    Fragment,
    InsertOnEdge,
    Point,
    Port,
    Refusal,
)
from graph_engine.layers.base import LAYERS
from graph_engine.layout import NODE_HEIGHT, NODE_WIDTH

GAP = 36.0  # between a node and the one that is put behind it
ROW = 100.0


@dataclass(frozen=True, slots=True)
class AddBefore(Command):
    """A new layer that feeds an input port."""

    add: AddNode
    output: str
    target: Port

    @property
    def label(self) -> str:
        return self.add.label

    def apply(self, document: Document) -> Edit | Refusal:
        added = self.add.apply(document)
        if isinstance(added, Refusal):
            return added
        wired = Connect(self.add.graph, Port(added.created[0], self.output), self.target).apply(
            added.document
        )
        return wired if isinstance(wired, Refusal) else Edit(wired.document, added.created)


def adding(stage: Stage, kind: str, at: Point | None, loose: Loose | None = None) -> Command:
    """The command that adds a layer, or a part of the stock, with its top left corner at a point, wired to what is in
    hand. Raises DecodeError for a part that cannot be read."""
    graph = stage.graph.id
    if is_part(kind):
        source, target = (loose.source, loose.target) if loose else (None, None)
        spec = spec_of(stage, source) if source else None
        return AddPart(graph, _title(stage, kind), _part(stage, kind), at, source, target, spec=spec)
    if loose is None:
        return AddNode(graph, kind, position=at)
    if loose.source is not None:
        name = first_input(kind)
        return (
            AddNode(graph, kind, position=at, source=loose.source, target_port=name)
            if name
            else AddNode(graph, kind, position=at)
        )
    assert loose.target is not None
    outputs = LAYERS[kind].outputs
    if kind == OUTPUT or not outputs:
        return AddNode(graph, kind, position=at)
    return AddBefore(AddNode(graph, kind, position=at), outputs[0], loose.target)


def inserting(stage: Stage, kind: str, edge: str, at: Point | None) -> Command | None:
    """The command that puts a layer, or a part of the stock, into a wire; None for one that cannot stand there."""
    if is_part(kind):
        wire, title, part = stage.graph.edges[edge], _title(stage, kind), _part(stage, kind)
        spec = spec_of(stage, wire.source)
        return AddPart(stage.graph.id, title, part, at, wire.source, wire.target, edge, spec)
    name = first_input(kind)
    if not name or kind in (INPUT, OUTPUT):
        return None
    return InsertOnEdge(stage.graph.id, edge, kind, {}, at, name, LAYERS[kind].outputs[0])


def _part(stage: Stage, key: str) -> Fragment | str:
    found = model_key(key) or stage.stock.fragment(key)
    if found is None:
        raise DecodeError("This part is no longer in the library")
    return found


def _title(stage: Stage, key: str) -> str:
    parts = stage.stock.parts(stage.document, stage.graph.id)
    return next((part.title for part in parts if part.key == key), "a model")


def following(stage: Stage, kind: str) -> Loose | None:
    """The wire from the one selected node to a new layer, where its shape fits."""
    selected = stage.scene.selected_nodes()
    if len(selected) != 1 or not (is_part(kind) or (kind in LAYERS and first_input(kind))):
        return None
    card = stage.scene.nodes[selected[0]].card
    if not card.outputs:
        return None
    loose = Loose(source=Port(selected[0], card.outputs[0].name))
    preview = stage.session.preview(adding(stage, kind, None, loose))
    if isinstance(preview, Refusal):
        return None
    problems = preview.analysis.problems_at(stage.graph.id, preview.edit.created[0])
    return None if any(problem.code == "shape" for problem in problems) else loose


def place_behind(stage: Stage, node: str) -> Point:
    """Right of a node, in the first row that is free."""
    rect = stage.scene.nodes[node].rect()
    return free_place(stage, Point(rect.right() + GAP, rect.top()))


def place_around(stage: Stage, at: Point) -> Point:
    """A new node's corner, so that its middle is at a point and it covers no other."""
    return free_place(stage, Point(at.x - NODE_WIDTH / 2, at.y - NODE_HEIGHT / 2))


def free_place(stage: Stage, corner: Point) -> Point:
    """The first free place at or below a corner."""
    x, y = corner
    rects = [item.rect() for item in stage.scene.nodes.values()]
    while any(rect.intersects(QRectF(x, y, NODE_WIDTH, NODE_HEIGHT)) for rect in rects):
        y += ROW
    return Point(x, y)


__all__ = [
    "AddBefore",
    "adding",
    "following",
    "free_place",
    "inserting",
    "place_around",
    "place_behind",
    "spec_of",
]

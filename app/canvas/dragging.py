"""What is dragged onto the canvas: a layer from the library, or columns of the data."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QMimeData, QPointF

from app.canvas.placing import adding, inserting, place_around
from app.canvas.stage import Stage
from app.canvas.stock import is_part
from app.widgets.mime import LAYER_MIME, columns_in
from graph_engine.document import MAIN, Bind, Binding, is_terminal
from graph_engine.layers.base import LAYERS


class Drop(Protocol):
    """One kind of thing over the canvas."""

    def read(self, mime: QMimeData) -> Any:
        """What is dragged; None for what is of another kind."""

    def hover(self, thing: Any, at: QPointF) -> bool:
        """Lights what a drop would change, and says so; whether it would change anything."""

    def leave(self) -> None:
        """It is dragged away."""

    def drop(self, thing: Any, at: QPointF) -> None:
        """It is let go."""


class LayerDrop:
    """A layer, placed where it is dropped, or put into the wire below."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._wire = ""

    def read(self, mime: QMimeData) -> str | None:
        """The layer's type, or the key of a part of the stock."""
        if not mime.hasFormat(LAYER_MIME):
            return None
        name = bytes(mime.data(LAYER_MIME).data()).decode("utf-8", "replace")
        return name if name in LAYERS or is_part(name) else None

    def hover(self, kind: str, at: QPointF) -> bool:
        """Lights the wire that a drop would go into."""
        hit = self._stage.hit(at)
        wire = hit.wire if hit.wire and inserting(self._stage, kind, hit.wire, None) else ""
        if wire != self._wire:
            self._light(False)
            self._wire = wire
            self._light(True)
            what = "it" if is_part(kind) else kind
            self._stage.say(f"Drop to insert {what} into this wire." if wire else "")
        return True

    def leave(self) -> None:
        self._light(False)
        self._wire = ""
        self._stage.say("")

    def drop(self, kind: str, at: QPointF) -> None:
        self.hover(kind, at)
        stage, wire = self._stage, self._wire
        self.leave()
        corner = place_around(stage, stage.scene_point(at))
        command = inserting(stage, kind, wire, corner) if wire else None
        stage.do(command or adding(stage, kind, corner))

    def _light(self, on: bool) -> None:
        item = self._stage.scene.wires.get(self._wire)
        if item is not None:
            item.hovered = on
            item.refresh()


class ColumnDrop:
    """Columns of the data, bound to the Input or Output below."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._node = ""

    def read(self, mime: QMimeData) -> Binding | None:
        return columns_in(mime)

    def hover(self, columns: Binding, at: QPointF) -> bool:
        hit = self._stage.hit(at, wires=False)
        node = hit.node or (hit.port.node if hit.port else "")
        fits = bool(node) and is_terminal(self._stage.layer(node)) and self._stage.graph.id == MAIN
        if self._node != (node if fits else ""):
            self._light(False)
            self._node = node if fits else ""
            self._light(True)
        self._stage.say(self._sentence(columns))
        return fits

    def leave(self) -> None:
        self._light(False)
        self._node = ""
        self._stage.say("")

    def drop(self, columns: Binding, at: QPointF) -> None:
        self.hover(columns, at)
        node = self._node
        self.leave()
        if node:
            self._stage.do(Bind(node, columns))

    def _sentence(self, columns: Binding) -> str:
        if not self._node:
            return "Drop on an input or an output of the main model."
        given = ", ".join(columns.columns)
        name = self._stage.layer(self._node).name
        bound = self._node in self._stage.document.data.bindings
        return f"Drop to bind {given} to {name}{', in place of what feeds it now' if bound else ''}."

    def _light(self, on: bool) -> None:
        item = self._stage.scene.nodes.get(self._node)
        if item is not None:
            item.state.target = on
            item.update()


__all__ = ["LAYER_MIME", "ColumnDrop", "Drop", "LayerDrop"]

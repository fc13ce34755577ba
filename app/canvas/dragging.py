"""Layers dragged from the palette onto the canvas: placed where they are dropped, or put into the wire below."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF

from app.canvas.placing import adding, inserting, place_around
from app.canvas.stage import Stage
from app.canvas.stock import is_part
from app.widgets.mime import LAYER_MIME
from graph_engine.layers.base import LAYERS


def layer_in(mime: QMimeData) -> str:
    """The type of the layer, or the key of the part, that is dragged; empty for anything else."""
    if not mime.hasFormat(LAYER_MIME):
        return ""
    name = bytes(mime.data(LAYER_MIME).data()).decode("utf-8", "replace")
    return name if name in LAYERS or is_part(name) else ""


class Drop:
    """A layer over the canvas."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._wire = ""

    def hover(self, kind: str, at: QPointF) -> None:
        """Lights the wire that a drop would go into."""
        hit = self._stage.hit(at)
        wire = hit.wire if hit.wire and inserting(self._stage, kind, hit.wire, None) else ""
        if wire != self._wire:
            self._light(False)
            self._wire = wire
            self._light(True)
            what = "it" if is_part(kind) else kind
            self._stage.say(f"Drop to insert {what} into this wire." if wire else "")

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


__all__ = ["LAYER_MIME", "Drop", "layer_in"]

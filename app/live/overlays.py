"""What layers are doing, on their cards, while training: chosen from a small menu, nothing at first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QObject, Signal

from app.bridge.training import TrainingBridge
from app.canvas.canvas import Canvas
from app.canvas.states import Overlay, Strip
from app.live.levels import dead_level, length_level, time_level, update_level
from app.live.pictures import Activity, Cells, Level
from app.live.told import Told

KINDS: Final[Mapping[str, str]] = {
    "activations": "Activations",
    "gradients": "Gradient norm",
    "weights": "Weight norm",
    "updates": "Update ratio",
    "dead": "Dead units",
    "times": "Time of a batch",
}
_WATCHED: Final[Mapping[str, str]] = {  # as `LayerInsight` calls it
    **dict.fromkeys(("gradients", "weights", "updates"), "weights"),
    **dict.fromkeys(("activations", "dead"), "activations"),
    "times": "times",
}
CELLS: Final = 4  # of a strip: what is more goes into the card


class Overlays(QObject):
    """Draws what was told last of all that is chosen: a picture in the card, numbers in a strip below it.

    One kind alone stands in the card. Where each stands depends on what is chosen, not on the layer.
    """

    changed = Signal()  # what is chosen

    def __init__(self, bridge: TrainingBridge, told: Told, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._bridge, self._told, self._canvas = bridge, told, canvas
        self.kinds: tuple[str, ...] = ()  # of `KINDS`, in their order
        self.row = 0  # of the training rows: whose activations are shown
        told.changed.connect(self.draw)
        canvas.scene.shown.connect(self.draw)

    def toggle(self, kind: str) -> None:
        """Shows one of ``KINDS`` as well, or no longer."""
        self._choose({*self.kinds} ^ {kind})

    def clear(self) -> None:
        """Shows nothing."""
        self._choose(())

    def show_row(self, row: int) -> None:
        """Whose activations are shown."""
        self.row = max(0, row)
        self._watch()

    def _choose(self, kinds: Iterable[str]) -> None:
        chosen = frozenset(kinds)
        self.kinds = tuple(kind for kind in KINDS if kind in chosen)
        self._watch()
        self.draw()

    def _watch(self) -> None:
        watched = dict.fromkeys(_WATCHED[kind] for kind in self.kinds)
        parts = (f"{part}/{self.row}" if part == "activations" else part for part in watched)
        self._bridge.watch("canvas", ",".join(parts))
        self.changed.emit()

    def draw(self) -> None:
        """What was told last, on the cards of the graph that is shown."""
        levels = {kind: self._levels(kind) for kind in self.kinds if kind != "activations"}
        for node, item in self._canvas.scene.nodes.items():
            overlay, strip = self._made(node, levels)
            if overlay or strip or item.overlay or item.strip:
                self._canvas.scene.set_overlay(node, overlay, strip)

    def _made(
        self, node: str, levels: Mapping[str, Mapping[str, Level]]
    ) -> tuple[Overlay | None, Strip | None]:
        """In the card, and below it."""
        told = self._told.activities.get(node) if "activations" in self.kinds else None
        alone = len(self.kinds) == 1
        inside, hanging = (list(levels), []) if alone else (list(levels)[CELLS:], list(levels)[:CELLS])
        level = next((levels[kind][node] for kind in inside if node in levels[kind]), None)
        cells = tuple(levels[kind][node] for kind in hanging if node in levels[kind])
        return Activity(told, level) if told else level, Cells(cells) if cells else None

    def _levels(self, kind: str) -> Mapping[str, Level]:
        """By node."""
        if kind == "dead":
            return {node: dead_level(told) for node, told in self._told.activities.items()}
        if kind == "times":
            return self._times()
        graph, nodes = self._canvas.graph, self._canvas.scene.nodes
        sizes = {node: found for node in nodes if (found := self._told.sizes(graph, node))}
        if kind == "updates":
            return {
                node: update_level(moved / weight) for node, (weight, _, moved) in sizes.items() if weight
            }
        place, word = (1, "grad") if kind == "gradients" else (0, "weights")
        most = max((found[place] for found in sizes.values() if math.isfinite(found[place])), default=0.0)
        return {node: length_level(word, found[place], most) for node, found in sizes.items()}

    def _times(self) -> Mapping[str, Level]:
        found = {node: self._told.seconds(self._canvas.graph, node) for node in self._canvas.scene.nodes}
        most = max(found.values(), default=0.0)
        return {node: time_level(time, most) for node, time in found.items() if time}

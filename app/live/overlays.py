"""What layers are doing, on their cards, while training: chosen from a small menu, off at first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from app.bridge.training import TrainingBridge
from app.canvas.canvas import Canvas
from app.canvas.states import Overlay
from app.live.pictures import Activity, Level
from app.live.told import Told, length_words, ratio_words, time_words

OFF: Final = "off"
KINDS: Final[Mapping[str, str]] = {
    OFF: "Nothing",
    "gradients": "Gradient norm",
    "weights": "Weight norm",
    "updates": "Update ratio",
    "dead": "Dead units",
    "activations": "Activations",
    "times": "Time of a batch",
}
_LENGTHS: Final = ("gradients", "weights", "updates")
_WATCHED: Final[Mapping[str, str]] = {
    OFF: "",
    **dict.fromkeys(_LENGTHS, "weights"),
    "dead": "activations",
    "activations": "activations",
    "times": "times",
}
_DECADES: Final = 4.0  # of lengths that a bar shows
HEALTHY: Final = 1e-5, 3e-2  # of an update, by the length of what it changes: about 1e-3 is usual


class Overlays(QObject):
    """Draws what was told last of what is chosen."""

    changed = Signal()  # what is chosen

    def __init__(self, bridge: TrainingBridge, told: Told, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._bridge, self._told, self._canvas = bridge, told, canvas
        self.kind = OFF
        self.row = 0  # of the training rows: whose activations are shown
        told.changed.connect(self.draw)
        canvas.scene.shown.connect(self.draw)

    def choose(self, kind: str) -> None:
        """One of ``KINDS``."""
        self.kind = kind
        self._watch()
        self.draw()

    def show_row(self, row: int) -> None:
        """Whose activations are shown."""
        self.row = max(0, row)
        self._watch()

    def _watch(self) -> None:
        watched = _WATCHED[self.kind]
        self._bridge.watch("canvas", f"{watched}/{self.row}" if watched == "activations" else watched)
        self.changed.emit()

    def draw(self) -> None:
        """What was told last, on the cards of the graph that is shown."""
        found = self._made()
        for node, item in self._canvas.scene.nodes.items():
            overlay = found.get(node)
            if overlay is not None or item.overlay is not None:
                self._canvas.scene.set_overlay(node, overlay)

    def _made(self) -> dict[str, Overlay]:
        if self.kind == OFF:
            return {}
        if self.kind in _LENGTHS:
            return self._levels()
        if self.kind == "times":
            return self._times()
        make = Activity if self.kind == "activations" else _dead
        return {node: make(item) for node, item in self._told.activities.items()}

    def _levels(self) -> dict[str, Overlay]:
        graph = self._canvas.graph
        sizes = {node: found for node in self._canvas.scene.nodes if (found := self._told.sizes(graph, node))}
        if self.kind == "updates":
            return {node: _update(moved / weight) for node, (weight, _, moved) in sizes.items() if weight}
        place, word = (1, "grad") if self.kind == "gradients" else (0, "weights")
        most = max((found[place] for found in sizes.values() if math.isfinite(found[place])), default=0.0)
        return {node: _length(word, found[place], most) for node, found in sizes.items()}

    def _times(self) -> dict[str, Overlay]:
        """The bar is full for the slowest."""
        found = {node: self._told.seconds(self._canvas.graph, node) for node in self._canvas.scene.nodes}
        most = max(found.values(), default=0.0)
        return {node: Level(time_words(time), time / most) for node, time in found.items() if time}


def _length(word: str, length: float, most: float) -> Level:
    """The bar is logarithmic, and full for the longest."""
    if not math.isfinite(length):
        return Level(f"{word} {length:g}", 1.0, "bad")
    share = 1 + math.log10(length / most) / _DECADES if length > 0 and most > 0 else 0.0
    return Level(f"{word} {length_words(length)}", min(1.0, max(0.0, share)))


def _update(ratio: float) -> Level:
    """What is far from the usual is marked by an arrow and a colour."""
    if not math.isfinite(ratio):
        return Level(f"step {ratio:g}", 1.0, "bad")
    low, high = HEALTHY
    arrow = "\u25b2 " if ratio > high else "\u25bc " if ratio < low else ""
    share = 1 + math.log10(ratio) / (_DECADES + 2) if ratio > 0 else 0.0
    return Level(
        f"{arrow}step {ratio_words(ratio)}", min(1.0, max(0.0, share)), "warn" if arrow else "accent"
    )


def _dead(told: Mapping[str, Any]) -> Level:
    share = told["dead"]
    return Level(f"{share:.0%} dead".replace("%", " %"), share, "warn" if share > 0.5 else "accent")

"""What layers are doing, on their cards, while training: chosen from a small menu, off at first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.diagnosis import Diagnosis
from app.bridge.training import TrainingBridge
from app.canvas.canvas import Canvas
from app.canvas.states import Overlay
from app.live.pictures import Activity, Level

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
FRAME_MS: Final = 33
_DECADES: Final = 4.0  # of lengths that a bar shows
HEALTHY: Final = 1e-5, 3e-2  # of an update, by the length of what it changes: about 1e-3 is usual


class Overlays(QObject):
    """Follows the bridge with what is chosen; draws at most once a frame what was told last."""

    changed = Signal()  # what is chosen

    def __init__(self, bridge: TrainingBridge, diagnosis: Diagnosis, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._bridge, self._canvas = bridge, canvas
        self.kind = OFF
        self.row = 0  # of the training rows: whose activations are shown
        self._layers: Mapping[str, list[float]] = {}
        self._nodes: Mapping[str, Mapping[str, Any]] = {}
        self._seconds: Mapping[str, float] = {}
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self.draw)
        diagnosis.layersTold.connect(self._hear)
        diagnosis.began.connect(self._forget)
        canvas.scene.shown.connect(self.draw)
        canvas.session.documentChanged.connect(
            lambda change, _analysis: None if change.label else self._forget()
        )

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
        self._bridge.watch(f"{watched}/{self.row}" if watched == "activations" else watched)
        self.changed.emit()

    def draw(self) -> None:
        """What was told last, on the cards of the graph that is shown."""
        found = self._made()
        for node, item in self._canvas.scene.nodes.items():
            overlay = found.get(node)
            if overlay is not None or item.overlay is not None:
                self._canvas.scene.set_overlay(node, overlay)

    def _hear(self, event: Mapping[str, Any]) -> None:
        self._layers = event.get("layers", self._layers)
        self._nodes = event.get("nodes", self._nodes)
        self._seconds = event.get("seconds", self._seconds)
        if not self._timer.isActive():
            self._timer.start()

    def _forget(self) -> None:
        self._layers, self._nodes, self._seconds = {}, {}, {}
        self.draw()

    def _made(self) -> dict[str, Overlay]:
        if self.kind == OFF:
            return {}
        if self.kind in _LENGTHS:
            return self._levels()
        if self.kind == "times":
            return self._times()
        told = {place.rpartition("/")[2]: item for place, item in self._nodes.items()}
        make = Activity if self.kind == "activations" else _dead
        return {node: make(item) for node, item in told.items()}

    def _levels(self) -> dict[str, Overlay]:
        sizes = {node: found for node in self._canvas.scene.nodes if (found := self._sizes(node))}
        if self.kind == "updates":
            return {node: _update(moved / weight) for node, (weight, _, moved) in sizes.items() if weight}
        place, word = (1, "grad") if self.kind == "gradients" else (0, "weights")
        most = max((found[place] for found in sizes.values() if math.isfinite(found[place])), default=0.0)
        return {node: _length(word, found[place], most) for node, found in sizes.items()}

    def _times(self) -> dict[str, Overlay]:
        """Of a model, the sum over what is in it. The bar is full for the slowest."""
        found = {node: self._time(node) for node in self._canvas.scene.nodes}
        most = max(found.values(), default=0.0)
        return {node: Level(_duration(time), time / most) for node, time in found.items() if time}

    def _time(self, node: str) -> float:
        layer = self._layer(node)
        places = ((place.split("/"), time) for place, time in self._seconds.items())
        return sum(time for (*models, inner), time in places if inner == node or layer in models)

    def _layer(self, node: str) -> str:
        return self._canvas.session.document.graphs[self._canvas.graph].nodes[node].layer

    def _sizes(self, node: str) -> tuple[float, ...]:
        """Lengths over all weights of a node's layer; of a model, over those of all layers in it."""
        layer = self._layer(node)
        parts = [found for path, found in self._layers.items() if layer in path.split("/")]
        return tuple(math.hypot(*column) for column in zip(*parts, strict=True))


def _duration(seconds: float) -> str:
    return f"{1e3 * seconds:.2g} ms" if seconds >= 1e-4 else f"{1e6 * seconds:.2g} \u00b5s"


def _length(word: str, length: float, most: float) -> Level:
    """The bar is logarithmic, and full for the longest."""
    if not math.isfinite(length):
        return Level(f"{word} {length:g}", 1.0, "bad")
    share = 1 + math.log10(length / most) / _DECADES if length > 0 and most > 0 else 0.0
    return Level(f"{word} {length:.2g}", min(1.0, max(0.0, share)))


def _update(ratio: float) -> Level:
    """What is far from the usual is marked by an arrow and a colour."""
    if not math.isfinite(ratio):
        return Level(f"step {ratio:g}", 1.0, "bad")
    low, high = HEALTHY
    arrow = "\u25b2 " if ratio > high else "\u25bc " if ratio < low else ""
    share = 1 + math.log10(ratio) / (_DECADES + 2) if ratio > 0 else 0.0
    return Level(f"{arrow}step {100 * ratio:.2g} %", min(1.0, max(0.0, share)), "warn" if arrow else "accent")


def _dead(told: Mapping[str, Any]) -> Level:
    share = told["dead"]
    return Level(f"{share:.0%} dead".replace("%", " %"), share, "warn" if share > 0.5 else "accent")

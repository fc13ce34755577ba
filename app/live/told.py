"""What was told of layers last, by node."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge.diagnosis import Diagnosis
from app.bridge.session import Session
from graph_engine.document import Change

FRAME_MS: Final = 33


class Told(QObject):
    """Until another training begins or another project is open. `changed` comes at most once a frame."""

    changed = Signal()

    def __init__(self, session: Session, diagnosis: Diagnosis, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.activities: Mapping[str, Mapping[str, Any]] = {}  # by node, see `diagnostics.layers`
        self._sizes: Mapping[str, tuple[float, ...]] = {}  # by layer, models among them
        self._seconds: Mapping[str, float] = {}  # by node, and by layer of models
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self.changed)
        diagnosis.layersTold.connect(self._hear)
        diagnosis.began.connect(self._forget)
        session.documentChanged.connect(self._follow)

    def sizes(self, graph: str, node: str) -> tuple[float, ...]:
        """Lengths of weights, gradient and update of a node's layer; of a model, over all layers in it."""
        return self._sizes.get(self._layer(graph, node), ())

    def seconds(self, graph: str, node: str) -> float:
        """Of a batch; of a model, the sum over what is in it."""
        own = self._seconds.get(node)
        return self._seconds.get(self._layer(graph, node), 0.0) if own is None else own

    def _layer(self, graph: str, node: str) -> str:
        """Empty where a node is gone."""
        graphs = self._session.document.graphs
        found = graphs[graph].nodes.get(node) if graph in graphs else None
        return found.layer if found else ""

    def _hear(self, event: Mapping[str, Any]) -> None:
        if "layers" in event:
            self._sizes = _by_layer(event["layers"])
        if "seconds" in event:
            self._seconds = _by_place(event["seconds"])
        if "nodes" in event:
            self.activities = {place.rpartition("/")[2]: item for place, item in event["nodes"].items()}
        if not self._timer.isActive():
            self._timer.start()

    def _follow(self, change: Change, _analysis: object) -> None:
        if not change.label:
            self._forget()

    def _forget(self) -> None:
        self._sizes, self.activities, self._seconds = {}, {}, {}
        self.changed.emit()


def _by_layer(told: Mapping[str, list[float]]) -> Mapping[str, tuple[float, ...]]:
    """Of each layer, and of a model over all layers in it."""
    parts: dict[str, list[list[float]]] = {}
    for path, sizes in told.items():
        for layer in dict.fromkeys(path.split("/")):
            parts.setdefault(layer, []).append(sizes)
    return {
        layer: tuple(math.hypot(*column) for column in zip(*found, strict=True))
        for layer, found in parts.items()
    }


def _by_place(told: Mapping[str, float]) -> Mapping[str, float]:
    """Of each node, and of a model the sum over what is in it."""
    sums: dict[str, float] = {}
    for place, seconds in told.items():
        for part in dict.fromkeys(place.split("/")):
            sums[part] = sums.get(part, 0.0) + seconds
    return sums


def length_words(length: float) -> str:
    """Two figures, as ``0.012``, ``120`` or ``1.2e-5``: it changes all the time."""
    told = f"{length:.2g}"
    if "e" not in told:
        return told
    digits, _, exponent = told.partition("e")
    return f"{float(told):.0f}" if 0 < int(exponent) < 4 else f"{digits}e{int(exponent)}"


def ratio_words(ratio: float) -> str:
    return f"{length_words(100 * ratio)} %"


def time_words(seconds: float) -> str:
    return f"{1e3 * seconds:.2g} ms" if seconds >= 1e-4 else f"{1e6 * seconds:.2g} \u00b5s"

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
        self._layers: Mapping[str, list[float]] = {}
        self._seconds: Mapping[str, float] = {}
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self.changed)
        diagnosis.layersTold.connect(self._hear)
        diagnosis.began.connect(self._forget)
        session.documentChanged.connect(self._follow)

    def sizes(self, graph: str, node: str) -> tuple[float, ...]:
        """Lengths of weights, gradient and update of a node's layer; of a model, over all layers in it."""
        layer = self._layer(graph, node)
        parts = [found for path, found in self._layers.items() if layer in path.split("/")]
        return tuple(math.hypot(*column) for column in zip(*parts, strict=True))

    def seconds(self, graph: str, node: str) -> float:
        """Of a batch; of a model, the sum over what is in it."""
        layer = self._layer(graph, node)
        places = ((place.split("/"), time) for place, time in self._seconds.items())
        return sum(time for (*models, inner), time in places if inner == node or layer in models)

    def _layer(self, graph: str, node: str) -> str:
        """Empty where a node is gone."""
        graphs = self._session.document.graphs
        found = graphs[graph].nodes.get(node) if graph in graphs else None
        return found.layer if found else ""

    def _hear(self, event: Mapping[str, Any]) -> None:
        self._layers = event.get("layers", self._layers)
        self._seconds = event.get("seconds", self._seconds)
        if "nodes" in event:
            self.activities = {place.rpartition("/")[2]: item for place, item in event["nodes"].items()}
        if not self._timer.isActive():
            self._timer.start()

    def _follow(self, change: Change, _analysis: object) -> None:
        if not change.label:
            self._forget()

    def _forget(self) -> None:
        self._layers, self.activities, self._seconds = {}, {}, {}
        self.changed.emit()


def length_words(length: float) -> str:
    """Two figures: it changes all the time."""
    return f"{length:.2g}"


def ratio_words(ratio: float) -> str:
    return f"{100 * ratio:.2g} %"


def time_words(seconds: float) -> str:
    return f"{1e3 * seconds:.2g} ms" if seconds >= 1e-4 else f"{1e6 * seconds:.2g} \u00b5s"

"""How the selected layer is doing, below the inspector while the model trains."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.bridge.training import TrainingBridge
from app.live.told import Told, length_words, ratio_words, time_words
from app.theme import label, separator
from app.widgets.histogram import Histogram

_WATCHED: Final = "weights,activations,times"
_ROWS: Final = ("gradient norm", "update / weight", "dead units", "time per batch")
_HEIGHT: Final = 48  # of the histogram
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LiveSection(QWidget):
    """Of one selected node: a histogram of what leaves it, gradient, update and time.

    It watches no longer than it is seen.
    """

    def __init__(self, bridge: TrainingBridge, told: Told, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._told = bridge, told
        self._graph, self._node = "", ""
        self.epoch, self.histogram = label("", "faint"), Histogram(_HEIGHT, "What leaves the layer")
        self.rows = {name: label("", "mono") for name in _ROWS}
        self._names = {name: label(name, "dim") for name in self.rows}
        self._lay_out()
        told.changed.connect(self.refresh)
        bridge.stateChanged.connect(lambda _state: self.show_selection(self._graph, self._nodes()))
        self.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(label("Live", "heading"))
        top.addStretch(1)
        top.addWidget(self.epoch)
        table = QGridLayout()
        table.setVerticalSpacing(4)
        for place, name in enumerate(self.rows):
            table.addWidget(self._names[name], place, 0)
            table.addWidget(self.rows[name], place, 1, _RIGHT)
        table.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 12)
        column.setSpacing(8)
        column.addWidget(separator())
        column.addLayout(top)
        column.addWidget(self.histogram)
        column.addLayout(table)

    def show_selection(self, graph: str, nodes: tuple[str, ...]) -> None:
        """Nothing is watched for several nodes, or without a training."""
        self._graph, self._node = graph, nodes[0] if len(nodes) == 1 else ""
        is_wanted = bool(self._node) and self._bridge.state in ("running", "paused", "stopping")
        self._bridge.watch("inspector", _WATCHED if is_wanted else "")
        self.refresh()

    def refresh(self) -> None:
        """Shows what was told last; rows without a value are left out."""
        told = self._values()
        self.setVisible(bool(told))
        if not told:
            return
        self.epoch.setText(f"epoch {self._bridge.progress.epoch + 1}")
        activity = self._told.activities.get(self._node)
        self.histogram.setVisible(activity is not None)
        if activity is not None:
            words = f"from {activity['low']:.3g} to {activity['high']:.3g}"
            self.histogram.show_counts(activity["counts"], words)
        for name, value in self.rows.items():
            value.setText(told.get(name, ""))
            for part in (value, self._names[name]):
                part.setVisible(name in told)

    def _values(self) -> dict[str, str]:
        if not self._node:
            return {}
        found: dict[str, str] = {}
        sizes, seconds = (
            self._told.sizes(self._graph, self._node),
            self._told.seconds(self._graph, self._node),
        )
        if sizes and sizes[0]:
            found["gradient norm"] = length_words(sizes[1])
            found["update / weight"] = ratio_words(sizes[2] / sizes[0])
        if (activity := self._told.activities.get(self._node)) is not None:
            found["dead units"] = ratio_words(activity["dead"])
        if seconds:
            found["time per batch"] = time_words(seconds)
        return found

    def _nodes(self) -> tuple[str, ...]:
        return (self._node,) if self._node else ()

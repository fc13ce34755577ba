"""The training panel: at the left how far it is, beside it its curves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.plots import Plots
from app.training.status import TrainingStatus
from app.widgets.idle import Idle

STATUS = 216
QUIET_MS = 1500  # without mouse or keys; then what plots need is imported and made


class TrainingPanel(QWidget):
    """Hears of a training through the bridge; its plots are an ordinary callback."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots = Plots()
        self.status = TrainingStatus(session, bridge, self.plots.curves)
        bridge.follow(self.plots.curves)
        bridge.stateChanged.connect(self._follow)
        Idle(self._prepare, QUIET_MS, self)
        bridge.progressed.connect(lambda _progress: self.plots.wake())
        session.documentChanged.connect(
            lambda change, _analysis: self._show_past(bridge) if not change.label else None
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(24)
        row.addWidget(self._scrolled(self.status))
        row.addWidget(self.plots, 1)

    def _prepare(self) -> None:
        if self.plots.prepare():
            Idle(self._prepare, QUIET_MS // 4, self)

    def _follow(self, _state: str) -> None:
        self.plots.warm_up()
        self.plots.wake()

    def _show_past(self, bridge: TrainingBridge) -> None:
        """Another project was opened: its curves, where it has been trained."""
        self.plots.show_history(bridge.history)
        self.status.show_past()

    def _scrolled(self, status: QWidget) -> QScrollArea:
        """Many outputs have many results: they must not make the panel higher."""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(STATUS)
        area.setWidget(status)
        return area

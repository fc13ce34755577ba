"""The training panel: at the left how far it is, in the middle its curves, at the right how to train."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.plots import Plots
from app.theme import separator
from app.training.settings import TrainingSettings
from app.training.status import TrainingStatus

STATUS, SETTINGS = 200, 300


class TrainingPanel(QWidget):
    """Hears of a training through the bridge; its plots are an ordinary callback."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = TrainingStatus(session, bridge)
        self.plots = Plots()
        self.settings = TrainingSettings(session, bridge)
        self.status.setFixedWidth(STATUS)
        bridge.follow(self.plots.curves)
        session.documentChanged.connect(
            lambda change, _analysis: self._show_past(bridge) if not change.label else None
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 0, 8)
        row.setSpacing(16)
        row.addWidget(self.status)
        row.addWidget(self.plots, 1)
        row.addWidget(separator(vertical=True))
        row.addWidget(_scrolled(self.settings))

    def _show_past(self, bridge: TrainingBridge) -> None:
        """Another project was opened: its curves, where it has been trained."""
        self.plots.show_history(bridge.history)
        self.status.refresh()


def _scrolled(settings: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(settings)
    area.setWidgetResizable(True)
    area.setFixedWidth(SETTINGS)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area

"""The training panel: at the left how far it is, beside it its curves."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.plots import Plots
from app.training.status import TrainingStatus

STATUS = 200


class TrainingPanel(QWidget):
    """Hears of a training through the bridge; its plots are an ordinary callback."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = TrainingStatus(session, bridge)
        self.plots = Plots()
        self.status.setFixedWidth(STATUS)
        bridge.follow(self.plots.curves)
        session.documentChanged.connect(
            lambda change, _analysis: self._show_past(bridge) if not change.label else None
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(24)
        row.addWidget(self.status)
        row.addWidget(self.plots, 1)

    def _show_past(self, bridge: TrainingBridge) -> None:
        """Another project was opened: its curves, where it has been trained."""
        self.plots.show_history(bridge.history)
        self.status.refresh()


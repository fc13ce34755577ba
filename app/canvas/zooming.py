"""The zoom buttons beside the minimap."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.theme import fonts, set_icon


class ZoomBar(QWidget):
    """Out, the scale (a click goes to 100 %), in, and all at once."""

    def __init__(
        self,
        parent: QWidget,
        out: Callable[[], object],
        reset: Callable[[], object],
        into: Callable[[], object],
        fit: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._scale = QToolButton(self)
        self._scale.setText("100 %")
        self._scale.setToolTip("Zoom to 100 %")
        self._scale.setFont(fonts.numbers(12))
        self._scale.setFixedWidth(54)
        self._scale.clicked.connect(reset)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(_button(self, "zoom-out", "Zoom out", out))
        row.addWidget(self._scale)
        row.addWidget(_button(self, "zoom-in", "Zoom in", into))
        row.addWidget(_button(self, "fit", "Show all (H)", fit))
        self.adjustSize()

    def changeEvent(self, event: QEvent, /) -> None:
        """As large as its buttons are in what they are dressed in."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.adjustSize()

    def show_scale(self, scale: float) -> None:
        self._scale.setText(f"{scale * 100:.0f} %")


def _button(parent: QWidget, icon: str, tip: str, action: Callable[[], object]) -> QToolButton:
    button = QToolButton(parent)
    button.setToolTip(tip)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    set_icon(button, icon, "dim")
    button.clicked.connect(action)
    return button

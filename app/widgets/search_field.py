"""A field to search with: a glass at the left, a cross that empties it at the right."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.theme import appearance, icon


class SearchField(QLineEdit):
    """Icons follow the theme; the placeholder is also the name a screen reader says."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self._glass = self.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        self._set_icons()
        appearance().changed.connect(self._set_icons)

    def _set_icons(self) -> None:
        self._glass.setIcon(icon("search", "faint"))
        cross = self.findChild(QAction, "_q_qlineeditclearaction")  # Qt's own name for it
        if cross is not None:
            cross.setIcon(icon("close", "dim"))

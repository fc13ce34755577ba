"""The rows of a source as a table view asks for them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from app.bridge.looks import Look
from app.data.thumbnails import Thumbnails, thumbnail
from graph_engine.data import Column, Profile
from graph_engine.values import shape_text

MOST_ROWS: Final = (
    10_000  # a person scrolls through; a view of millions has a scroll bar that cannot be aimed
)
LONGEST: Final = 200  # characters of a cell
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NUMERIC: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Rows(QAbstractTableModel):
    """Cells are made when they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._look = Look()
        self.profiles: list[Profile] = []
        self._thumbnails = Thumbnails(self)
        self._thumbnails.made.connect(self._on_made)

    def show_look(self, look: Look) -> None:
        self.beginResetModel()
        self._look = look
        self._thumbnails.forget()
        self.profiles = list((look.profiles or {}).values())
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else min(MOST_ROWS, self._look.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.profiles)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        profile = self.profiles[index.column()]
        if role == Role.TextAlignmentRole:
            return _NUMERIC if profile.is_numeric else None
        if role not in (Role.DisplayRole, Role.DecorationRole, Role.ToolTipRole) or self._look.table is None:
            return None
        column, row = self._look.table[profile.name], index.row()
        if profile.kind == "picture":
            return self._picture(profile, column, row, role)
        return None if role == Role.DecorationRole else cell(column[row])

    def _picture(self, profile: Profile, column: Any, row: int, role: int) -> Any:
        """A small one; why there is none is told where it would stand."""
        if role == Role.DisplayRole:
            return ""
        if isinstance(column, Column):
            found = self._thumbnails.of(profile, column, row)
            wanted = str if role == Role.ToolTipRole else QImage
            return found if isinstance(found, wanted) else None
        return thumbnail(column[row], profile.high) if role == Role.DecorationRole else None

    def _on_made(self, name: str, row: int) -> None:
        place = next((n for n, profile in enumerate(self.profiles) if profile.name == name), -1)
        if place >= 0:
            cell_of = self.index(row, place)
            self.dataChanged.emit(cell_of, cell_of, [Role.DecorationRole, Role.ToolTipRole])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == Role.DisplayRole else None
        profile = self.profiles[section]
        return profile.name if role in (Role.DisplayRole, Role.ToolTipRole) else None


def cell(value: Any) -> str:
    """A value in a few characters; nothing for one that is missing."""
    if np.ndim(value):
        return shape_text(np.shape(value))
    if isinstance(value, (str, np.str_)):
        return str(value)[:LONGEST].replace("\n", " ")
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{value:.6g}"
    return str(value)

"""The rows of a source as a table view asks for them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from app.bridge.looks import Look
from graph_engine.data import DataError, Profile
from graph_engine.values import shape_text

MOST_ROWS: Final = (
    10_000  # a person scrolls through; a view of millions has a scroll bar that cannot be aimed
)
LONGEST: Final = 200  # characters of a cell
THUMBNAIL: Final = 24
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NUMERIC: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Rows(QAbstractTableModel):
    """Cells are made when they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._look = Look()
        self.profiles: list[Profile] = []

    def show_look(self, look: Look) -> None:
        self.beginResetModel()
        self._look = look
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
        try:
            value = self._look.table[profile.name][index.row()]
        except DataError as error:  # a picture that is decoded only now, and is none
            return str(error) if role == Role.ToolTipRole else None
        if role == Role.DecorationRole:
            return thumbnail(value, profile.high) if profile.kind == "picture" else None
        return cell(value, profile)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == Role.DisplayRole else None
        profile = self.profiles[section]
        return profile.name if role in (Role.DisplayRole, Role.ToolTipRole) else None


def cell(value: Any, profile: Profile) -> str:
    """A value in a few characters; nothing for one that is missing."""
    if profile.kind == "picture":
        return ""
    if np.ndim(value):
        return shape_text(np.shape(value))
    if isinstance(value, (str, np.str_)):
        return str(value)[:LONGEST].replace("\n", " ")
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{value:.6g}"
    return str(value)


def thumbnail(picture: Any, brightest: float) -> QImage:
    """A picture of numbers from 0 to what is the brightest of its column, as large as a row."""
    found = image_of(picture, 0.0, brightest)
    return found.scaledToHeight(THUMBNAIL, Qt.TransformationMode.SmoothTransformation)


def image_of(picture: Any, low: float, high: float) -> QImage:
    """(height, width, colours) of numbers, of which ``low`` is black and ``high`` white."""
    values = np.nan_to_num(np.asarray(picture, np.float64)) - low
    pixels = np.clip(values * 255 / ((high - low) or 1.0), 0, 255).astype(np.uint8)
    pixels = np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels[..., :3]
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

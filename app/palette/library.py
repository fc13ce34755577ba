"""The rows of the library: headings of families, and layers under them; or the layers that match a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.forms import plain
from app.theme import FAMILIES, appearance, family_icon
from app.widgets.matching import score
from app.widgets.mime import LAYER_MIME
from graph_engine.layers.base import LAYERS

TYPE: Final = Qt.ItemDataRole.UserRole  # a layer's type, empty for a heading
_ORDER: Final = {family: place for place, family in enumerate(FAMILIES)}
_NAMES: Final = {"io": "Inputs and outputs", "model": "Models"}

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """A heading where `type` is empty."""

    text: str
    family: str
    type: str = ""
    docs: str = ""


def rows_for(query: str) -> tuple[Row, ...]:
    """Everything by family, or what matches from best to worst."""
    layers = _layers()
    if not query.strip():
        return tuple(_with_headings(layers))
    marks = {row.type: score(query, row.text, row.docs) for row in layers}
    found = [row for row in layers if marks[row.type]]
    return tuple(sorted(found, key=lambda row: (-marks[row.type], len(row.text))))


def _layers() -> list[Row]:
    shown = [(name, cls) for name, cls in LAYERS.items() if cls.in_library]
    rows = [Row(cls.title, cls.family, name, plain(cls.summary())) for name, cls in shown]
    return sorted(rows, key=lambda row: _ORDER.get(row.family, len(FAMILIES)))


def _with_headings(layers: Iterable[Row]) -> Iterable[Row]:
    family = ""
    for row in layers:
        if row.family != family:
            family = row.family
            yield Row(_NAMES.get(family, family.capitalize()), family)
        yield row


class Library(QAbstractListModel):
    """The rows for a search; layers can be dragged."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows_for("")
        appearance().changed.connect(self._on_theme)

    def search(self, query: str) -> None:
        """Shows what matches."""
        self.beginResetModel()
        self._rows = rows_for(query)
        self.endResetModel()

    def first_layer(self) -> QModelIndex:
        """The best match; invalid where nothing matches."""
        place = next((place for place, row in enumerate(self._rows) if row.type), -1)
        return self.index(place)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's default)
        """A flat list."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, icon, one line of docs, and the type."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == TYPE:
            return row.type
        if row.type and role == Qt.ItemDataRole.DecorationRole:
            return family_icon(row.family)
        if row.type and role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return row.docs
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings are only read."""
        if not index.isValid() or not self._rows[index.row()].type:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a canvas takes."""
        return [LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The type of the layer that is dragged."""
        data = QMimeData()
        data.setData(LAYER_MIME, QByteArray(str(indexes[0].data(TYPE)).encode()))
        data.setText(str(indexes[0].data()))
        return data

    def _on_theme(self) -> None:
        if self._rows:
            self.dataChanged.emit(
                self.index(0), self.index(len(self._rows) - 1), [Qt.ItemDataRole.DecorationRole]
            )

"""The rows of the library: headings of families, and layers under them; or the layers that match a search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
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

from app.canvas.stock import Part
from app.forms import plain
from app.palette.taste import Taste
from app.theme import FAMILIES, appearance, family_icon
from app.widgets.matching import score
from app.widgets.mime import LAYER_MIME
from graph_engine.layers.base import LAYERS, Layer

TYPE: Final = Qt.ItemDataRole.UserRole  # a layer's type or a part's key, empty for a heading
STARRED: Final = Qt.ItemDataRole.UserRole + 1
FOLDED: Final = Qt.ItemDataRole.UserRole + 2  # of a heading: how many rows it hides, None where it hides none
_ORDER: Final = {family: place for place, family in enumerate(FAMILIES)}
_NAMES: Final = {"io": "Inputs and outputs", "model": "Models"}
FAVOURITES: Final = "Favourites"

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """A heading where `type` is empty."""

    text: str
    family: str
    type: str = ""
    docs: str = ""
    group: str = ""
    hidden: int = 0  # rows that a folded heading hides


def rows_for(
    query: str, parts: Iterable[Part] = (), starred: Collection[str] = (), folded: Collection[str] = ()
) -> tuple[Row, ...]:
    """Everything by group, or what matches from best to worst."""
    rows = [*(_part_row(part) for part in parts), *_layers(bool(query.strip()))]
    if not query.strip():
        loved = [replace(row, group=FAVOURITES) for row in rows if row.type in starred]
        return tuple(_with_headings([*loved, *rows], folded))
    marks = {row.type: score(query, row.text, row.docs) for row in rows}
    found = [row for row in rows if marks[row.type]]
    rare = {name for name, cls in LAYERS.items() if not cls.in_library}
    return tuple(sorted(found, key=lambda row: (row.type in rare, -marks[row.type], len(row.text))))


def _part_row(part: Part) -> Row:
    return Row(part.title, "model", part.key, part.summary, part.group)


def _layers(searching: bool) -> list[Row]:
    """Those of the library; when searching, tensor operations, too, of which there are too many to look through."""
    shown = [(name, cls) for name, cls in LAYERS.items() if cls.in_library or (searching and cls.in_search)]
    shown.sort(key=lambda item: (_ORDER.get(item[1].family, len(FAMILIES)), not _everyday(item[1])))
    return [
        Row(
            cls.title,
            cls.family,
            name,
            plain(cls.summary()),
            _NAMES.get(cls.family, cls.family.capitalize()),
        )
        for name, cls in shown
    ]


def _everyday(cls: type[Layer]) -> bool:
    """The file called like a family holds what is most used of it: MaxPooling stands before AdaptiveMaxPooling."""
    return cls.__module__.endswith(f".{cls.family}")


def _with_headings(rows: Iterable[Row], folded: Collection[str]) -> Iterable[Row]:
    for group, members in groupby(rows, key=lambda row: row.group):
        found = list(members)
        hidden = len(found) if group in folded else 0
        yield Row(group, found[0].family, group=group, hidden=hidden)
        yield from () if hidden else found


class Library(QAbstractListModel):
    """The rows for a search; layers and parts can be dragged, marked as favourites, and folded away by group."""

    def __init__(self, taste: Taste, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._taste = taste
        self._query = ""
        self._parts: tuple[Part, ...] = ()
        self._rows = self._found()
        appearance().changed.connect(self._on_theme)

    def search(self, query: str) -> None:
        """Shows what matches."""
        self._query = query
        self._refresh()

    def stock(self, parts: Iterable[Part]) -> bool:
        """What there is beside layers; whether that is other than before."""
        parts = tuple(parts)
        changed = parts != self._parts
        if changed:
            self._parts = parts
            self._refresh()
        return changed

    def toggle_star(self, index: Index) -> None:
        """Puts a layer among the favourites, or takes it away."""
        self._taste.toggle_star(str(index.data(TYPE)))
        self._refresh()

    def toggle_group(self, index: Index) -> None:
        """Folds a heading's rows away, or shows them again."""
        self._taste.toggle_fold(str(index.data()))
        self._refresh()

    def _found(self) -> tuple[Row, ...]:
        return rows_for(self._query, self._parts, self._taste.starred, self._taste.folded)

    def _refresh(self) -> None:
        self.beginResetModel()
        self._rows = self._found()
        self.endResetModel()

    def first_layer(self) -> QModelIndex:
        """The best match; invalid where nothing matches."""
        place = next((place for place, row in enumerate(self._rows) if row.type), -1)
        return self.index(place)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's default)
        """A flat list."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, icon, one line of docs, the type, and whether it is a favourite or folded."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == TYPE:
            return row.type
        if role == STARRED:
            return row.type in self._taste.starred
        if role == FOLDED:
            return row.hidden or None
        if row.type and role == Qt.ItemDataRole.DecorationRole:
            return family_icon(row.family)
        if row.type and role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return row.docs
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can be reached by keys, to fold them, but not dragged."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable | Qt.ItemFlag.ItemIsDragEnabled if self._rows[index.row()].type else usable

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

"""The dock's content: a search field over the library."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDrag, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.palette.library import TYPE, Library
from app.theme import current, label
from app.theme.fonts import title
from app.theme.tokens import ROW
from app.widgets.search_field import SearchField

_HEADING: Final = 30
_WALKING: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Palette(QWidget):
    """Layers by family. Drag one onto the canvas, or press Enter to have it placed."""

    chosen = Signal(str)  # a layer's type

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SearchField("Search layers")
        self.list = _List()
        self.nothing = label("", "dim")
        self._pages = QStackedWidget()
        self._build()
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._search)
        self.list.chosen.connect(self.chosen)

    def _build(self) -> None:
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.nothing.setContentsMargins(12, 16, 12, 16)
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 0)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.field)

    def _search(self, query: str) -> None:
        self.list.library.search(query)
        first = self.list.library.first_layer()
        if query.strip() and first.isValid():
            self.list.setCurrentIndex(first)
        self.nothing.setText(f"No layer matches \u201c{query.strip()}\u201d.")
        self._pages.setCurrentWidget(self.list if first.isValid() else self.nothing)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """While typing, arrows walk the list, Enter places, Esc empties the field."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _WALKING:
                self.list.walk(event)
                return True
            if key in _ENTER:
                self.list.choose(self.list.currentIndex())
                return True
            if key == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
        return super().eventFilter(watched, event)


class _List(QListView):
    """The rows; what is dragged carries the layer's type."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.library = Library(self)
        self.setModel(self.library)
        self.setItemDelegate(_Rows(self))
        self.setAccessibleName("Layers")
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self.choose)

    def choose(self, index: QModelIndex) -> None:
        """Tells which layer is wanted; headings are none."""
        if index.isValid() and index.data(TYPE):
            self.chosen.emit(str(index.data(TYPE)))

    def walk(self, event: QKeyEvent) -> None:
        """Moves the current row as the key says, wherever the focus is."""
        super().keyPressEvent(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Enter places the current layer."""
        if Qt.Key(event.key()) in _ENTER:
            self.choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction, /) -> None:
        """Drags the name with its icon, a little below the pointer."""
        index = self.currentIndex()
        drag = QDrag(self)
        drag.setMimeData(self.library.mimeData([index]))
        size = QSize(min(self.viewport().width(), 180), ROW)
        picture = self.viewport().grab(QRect(self.visualRect(index).topLeft(), size))
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(16, ROW // 2))
        drag.exec(Qt.DropAction.CopyAction)


class _Rows(QStyledItemDelegate):
    """Rows as everywhere, and headings in small letters."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> QSize:
        """Headings have room above them."""
        height = ROW if index.data(TYPE) else _HEADING
        return QSize(super().sizeHint(option, index).width(), height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /
    ) -> None:
        """A heading is a line of text at the bottom of its row."""
        if index.data(TYPE):
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setFont(title(11))
        painter.setPen(QColor(current().faint))
        place = option.rect.adjusted(8, 0, 0, -5)
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, str(index.data()))
        painter.restore()

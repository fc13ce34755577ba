"""The dock's content: a search field over the library."""

from __future__ import annotations

from collections.abc import Iterable
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
from PySide6.QtGui import QColor, QDrag, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.canvas.stock import MINE, Part
from app.palette.library import FOLDED, STARRED, TYPE, Library
from app.palette.taste import Taste
from app.theme import current, label, pixmap, round_popup
from app.theme.fonts import title
from app.theme.tokens import ROW
from app.widgets.search_field import SearchField

_HEADING: Final = 30
STAR: Final = 28  # of a row's right end: there a click means its star
_WALKING: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Palette(QWidget):
    """Layers by family. Drag one onto the canvas, or press Enter to have it placed."""

    chosen = Signal(str)  # a layer's type

    def __init__(self, taste: Taste | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SearchField("Search layers")
        self.list = _List(taste or Taste())
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

    def stock(self, parts: Iterable[Part]) -> None:
        """What there is beside layers: blocks, published models, models of the project."""
        self.list.library.stock(parts)

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

    withdrawn = Signal(str)  # the key of a published model that is no longer wanted

    def __init__(self, taste: Taste) -> None:
        super().__init__()
        self.library = Library(taste, self)
        self.setModel(self.library)
        self.setItemDelegate(_Rows(self))
        self.setAccessibleName("Layers")
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # long names differ at their ends: 1D, 2D, 3D
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)  # for the star of the row under the pointer
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.doubleClicked.connect(self._choose_layer)
        self.clicked.connect(self._on_click)

    def choose(self, index: QModelIndex) -> None:
        """Tells which layer is wanted; a heading is folded, or unfolded."""
        if index.isValid() and not index.data(TYPE):
            row = index.row()
            self.library.toggle_group(index)
            self.setCurrentIndex(self.library.index(row))
        else:
            self._choose_layer(index)

    def _choose_layer(self, index: QModelIndex) -> None:
        if index.isValid() and index.data(TYPE):
            self.chosen.emit(str(index.data(TYPE)))

    def _on_click(self, index: QModelIndex) -> None:
        """A click on a heading folds it, one on a star takes or gives it."""
        place = self.viewport().mapFromGlobal(self.cursor().pos()) if self._pressed is None else self._pressed
        if not index.data(TYPE):
            self.choose(index)
        elif place.x() >= self.viewport().width() - STAR:
            scrolled = self.verticalScrollBar().value()
            self.library.toggle_star(index)
            self.verticalScrollBar().setValue(scrolled)

    _pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Remembers where, for what a click means."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def menu_for(self, index: QModelIndex) -> QMenu:
        """What can be done with a row beside placing it."""
        menu, key = QMenu(self), str(index.data(TYPE))
        round_popup(menu)
        menu.addAction("Place").triggered.connect(lambda: self.chosen.emit(key))
        words = "Take from favourites" if index.data(STARRED) else "Add to favourites"
        menu.addAction(words).triggered.connect(lambda: self.library.toggle_star(index))
        if key.startswith(MINE):
            menu.addAction("Take from my library").triggered.connect(lambda: self.withdrawn.emit(key))
        return menu

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid() and index.data(TYPE):
            menu = self.menu_for(index)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.viewport().mapToGlobal(at))

    def walk(self, event: QKeyEvent) -> None:
        """Moves the current row as the key says, wherever the focus is."""
        super().keyPressEvent(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Enter places the current layer or folds a heading; a star is given and taken by its own sign."""
        index = self.currentIndex()
        if Qt.Key(event.key()) in _ENTER:
            self.choose(index)
        elif event.text() == "*" and index.data(TYPE):
            self.library.toggle_star(index)
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
        return QSize(0, ROW if index.data(TYPE) else _HEADING)  # the list is as wide as it is

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /
    ) -> None:
        """A heading is a line of text at the bottom of its row."""
        if index.data(TYPE):
            super().paint(painter, option, index)
            self._paint_star(painter, option, index)
            return
        theme, folded = current(), index.data(FOLDED)
        painter.save()
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(theme.accent))
            painter.drawRoundedRect(option.rect.adjusted(0, 6, -1, -1), 5, 5)
        painter.setFont(title(11))
        painter.setPen(QColor(theme.faint))
        place = option.rect.adjusted(8, 0, 0, -5)
        words = f"{index.data()}  {folded}" if folded else str(index.data())
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, words)
        if folded or option.state & QStyle.StateFlag.State_MouseOver:
            name = "chevron-right" if folded else "chevron-down"
            spot = option.rect.right() - 22, option.rect.bottom() - 18
            painter.drawPixmap(*spot, pixmap(name, theme.faint, 12, 2.0))
        painter.restore()

    @staticmethod
    def _paint_star(
        painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Of favourites, and of the row under the pointer."""
        theme, starred = current(), bool(index.data(STARRED))
        if starred or option.state & QStyle.StateFlag.State_MouseOver:
            name, tint = (
                ("star-filled", theme.families["normalization"]) if starred else ("star", theme.faint)
            )
            spot = option.rect.right() - STAR + 6, option.rect.center().y() - 6
            painter.drawPixmap(*spot, pixmap(name, tint, 14, 2.0))

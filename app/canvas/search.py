"""Search to add: type a few letters, Enter places. Never leaves the keyboard, and offers only what fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.canvas.cards import family_of
from app.canvas.fuzzy import ranked
from app.canvas.look import color
from app.theme import current, fonts, pixmap, set_look
from app.theme.tokens import ICON, RADIUS, ROW
from graph_engine.layers.base import LAYERS

WIDTH, ROWS = 260, 8
Index = QModelIndex | QPersistentModelIndex
Chosen = Callable[[str], None]
Closed = Callable[[], None]


class Offers(QAbstractListModel):
    """Layer types, best match first, each with the shape it would give."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._shapes: Mapping[str, str] = {}
        self._shown: list[str] = []

    def offer(self, shapes: Mapping[str, str]) -> None:
        self._shapes = shapes
        self.narrow("")

    def narrow(self, typed: str) -> None:
        self.beginResetModel()
        self._shown = ranked(typed, self._shapes)
        self.endResetModel()

    def type_at(self, row: int) -> str:
        return self._shown[row] if 0 <= row < len(self._shown) else ""

    def shape_at(self, row: int) -> str:
        return self._shapes.get(self.type_at(row), "")

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.type_at(index.row())
        return LAYERS[self.type_at(index.row())].summary() if role == Qt.ItemDataRole.ToolTipRole else None


class _Row(QStyledItemDelegate):
    """Icon, name, shape."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 24, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, model = current(), index.model()
        assert isinstance(model, Offers)
        name, shape = model.type_at(index.row()), model.shape_at(index.row())
        chosen = bool(option.state & option.state.State_Selected)
        rect: QRect = option.rect
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(theme.accent))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        family = family_of(name)
        tint = theme.on_accent if chosen else theme.family(family)
        known = family if family in theme.families else "unknown"
        painter.drawPixmap(rect.left() + 8, rect.center().y() - ICON // 2 + 1, pixmap(known, tint, ICON, 2.0))
        painter.setFont(fonts.ui())
        painter.setPen(color(theme.on_accent if chosen else theme.text))
        painter.drawText(rect.adjusted(8 + ICON + 8, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, name)
        if shape:
            painter.setFont(fonts.mono())
            painter.setPen(color(theme.on_accent if chosen else theme.dim))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(rect.adjusted(8, 0, -8, 0), right, f"\u2192 {shape}")


class SearchPopup(QFrame):
    """A child of the canvas, not a window: it opens at once and never loses the keyboard to a window manager."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        set_look(self, "popup")
        self._chosen: Chosen = lambda _: None
        self._closed: Closed = lambda: None
        self._field = QLineEdit(self, placeholderText="Search layers")
        self._model = Offers(self)
        self._list = QListView(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Row(self._list))
        set_look(self._list, "menu")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self._field.textEdited.connect(self._narrow)
        self._field.installEventFilter(self)
        self._list.clicked.connect(lambda _: self.accept())
        self.hide()

    @property
    def current(self) -> str:
        """The type that Enter would take."""
        return self._model.type_at(self._list.currentIndex().row())

    @property
    def offered(self) -> list[str]:
        """The types shown, best match first."""
        return [self._model.type_at(row) for row in range(self._model.rowCount())]

    def open_at(self, at: QPoint, shapes: Mapping[str, str], chosen: Chosen, closed: Closed) -> None:
        """Offers layers. ``chosen`` hears which one was taken, ``closed`` that it is over in any case."""
        self.close_up()
        self._chosen, self._closed = chosen, closed
        self._field.clear()
        self._model.offer(shapes)
        self.setFixedWidth(WIDTH)
        self._first()
        room = self._canvas.rect().adjusted(8, 8, -8, -8)
        left = max(room.left(), min(at.x(), room.right() - self.width()))
        top = max(room.top(), min(at.y(), room.bottom() - self.height()))
        self.move(left, top)
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        name = self.current
        self.close_up()
        if name:
            self._chosen(name)

    def close_up(self) -> None:
        if self.isVisible():
            self.hide()
            self._canvas.setFocus(Qt.FocusReason.PopupFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        closed, self._closed = self._closed, lambda: None
        closed()

    def _narrow(self, typed: str) -> None:
        self._model.narrow(typed)
        self._first()

    def _first(self) -> None:
        """The best match is current, and the popup as high as its rows."""
        self._list.setFixedHeight(ROW * min(ROWS, max(1, self._model.rowCount())) + 2)
        self.adjustSize()
        self._list.setCurrentIndex(self._model.index(0, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return False

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif key == Qt.Key.Key_Escape:
            self.close_up()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Tab):
            self._step(1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Backtab):
            self._step(-1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._step(ROWS if key == Qt.Key.Key_PageDown else -ROWS)
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        count = self._model.rowCount()
        if count:
            row = self._list.currentIndex().row() + by
            row = row % count if abs(by) == 1 else max(0, min(count - 1, row))
            self._list.setCurrentIndex(self._model.index(row, 0))

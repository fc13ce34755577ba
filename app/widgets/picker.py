"""A field over a list: type a few letters, Enter takes. Search to add, find, and the command palette are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.theme import current, fonts, label, pixmap, set_look
from app.theme.tokens import ICON, RADIUS, ROW
from app.widgets.fuzzy import ranked

WIDTH, ROWS = 260, 8
Index = QModelIndex | QPersistentModelIndex
Chosen = Callable[[str], None]
Closed = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Offer:
    """One row: an icon, a text, and a note at the right. ``blocked``: why it cannot be taken now."""

    key: str
    text: str
    note: str = ""
    icon: str = ""
    tint: str = ""  # a role of the theme, or a colour
    tip: str = ""
    also: str = ""  # other words it is found by
    blocked: str = ""


class Offers(QAbstractListModel):
    """What matches, best first."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: tuple[Offer, ...] = ()
        self.shown: list[Offer] = []

    def offer(self, offers: Sequence[Offer]) -> None:
        self._all = tuple(offers)
        self.narrow("")

    def narrow(self, typed: str) -> None:
        self.beginResetModel()
        self.shown = self._matching(typed)
        self.endResetModel()

    def _matching(self, typed: str) -> list[Offer]:
        by_text: dict[str, list[Offer]] = {}
        for offer in self._all:
            by_text.setdefault(offer.text, []).append(offer)
        found = [offer for text in ranked(typed, by_text) for offer in by_text[text]]
        more = [offer for offer in self._all if offer.also and ranked(typed, (offer.also,))]
        return list(dict.fromkeys([*found, *more])) if typed else found

    def at(self, row: int) -> Offer | None:
        return self.shown[row] if 0 <= row < len(self.shown) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        offer = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return offer.text
        return (offer.blocked or offer.tip) if role == Qt.ItemDataRole.ToolTipRole else None


class _Row(QStyledItemDelegate):
    """Icon, text, note."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 24, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, model = current(), index.model()
        assert isinstance(model, Offers)
        offer = model.shown[index.row()]
        chosen = bool(option.state & option.state.State_Selected)
        rect: QRect = option.rect
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        text = theme.on_accent if chosen else theme.disabled if offer.blocked else theme.text
        if offer.icon:
            tint = text if chosen or offer.blocked else theme.role(offer.tint or "dim")
            spot = rect.left() + 8, rect.center().y() - ICON // 2 + 1
            painter.drawPixmap(*spot, pixmap(offer.icon, tint, ICON, 2.0))
        room = rect.adjusted(8 + ICON + 8, 0, -8, 0)
        if offer.note:
            painter.setFont(fonts.mono())
            painter.setPen(QColor(theme.on_accent if chosen else theme.dim))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, offer.note)
            room = room.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(offer.note) - 12, 0)
        painter.setFont(fonts.ui())
        painter.setPen(QColor(text))
        words = painter.fontMetrics().elidedText(offer.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class Picker(QFrame):
    """A child of what it lies on, not a window: it opens at once and never loses the keyboard to a window manager.

    While it is open every key is its own: no shortcut of the window or the canvas comes in between.
    """

    def __init__(self, parent: QWidget, placeholder: str, width: int = WIDTH) -> None:
        super().__init__(parent)
        self._ground = parent
        self._wide = width
        set_look(self, "popup")
        self._chosen: Chosen = lambda _: None
        self._closed: Closed = lambda: None
        self._field = QLineEdit(self, placeholderText=placeholder)
        self._field.setAccessibleName(placeholder)
        self._model = Offers(self)
        self._list = QListView(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Row(self._list))
        set_look(self._list, "menu")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing: QLabel = label("Nothing matches.", "dim")
        self._nothing.setContentsMargins(8, 4, 8, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        column.addWidget(self._nothing)
        self._field.textEdited.connect(self._narrow)
        self._field.installEventFilter(self)
        self._list.clicked.connect(lambda _: self.accept())
        self.hide()

    @property
    def current(self) -> str:
        """The key of what Enter would take."""
        offer = self._model.at(self._list.currentIndex().row())
        return offer.key if offer else ""

    @property
    def offered(self) -> list[str]:
        """The keys shown, best match first."""
        return [offer.key for offer in self._model.shown]

    def open_at(
        self, at: QPoint, offers: Sequence[Offer], chosen: Chosen, closed: Closed = lambda: None
    ) -> None:
        """``chosen`` hears which key was taken, ``closed`` that it is over in any case."""
        self.close_up()
        self._chosen, self._closed = chosen, closed
        self._field.clear()
        self._model.offer(offers)
        self.setFixedWidth(self._wide)
        self._first()
        room = self._ground.rect().adjusted(8, 8, -8, -8)
        left = max(room.left(), min(at.x(), room.right() - self.width()))
        top = max(room.top(), min(at.y(), room.bottom() - self.height()))
        self.move(left, top)
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        """Takes the current row; one that is blocked stays where it is, and its tip says why."""
        offer = self._model.at(self._list.currentIndex().row())
        if offer is not None and offer.blocked:
            self._nothing.setText(offer.blocked)
            self._nothing.show()
            self.adjustSize()
            return
        self.close_up()
        if offer is not None:
            self._chosen(offer.key)

    def close_up(self) -> None:
        if self.isVisible():
            self.hide()
            self._ground.setFocus(Qt.FocusReason.PopupFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        closed, self._closed = self._closed, lambda: None
        closed()

    def _narrow(self, typed: str) -> None:
        self._model.narrow(typed)
        self._first()

    def _first(self) -> None:
        """The best match is current, and the popup as high as its rows."""
        count = self._model.rowCount()
        self._nothing.setText("Nothing matches.")
        self._nothing.setVisible(count == 0)
        self._list.setVisible(count > 0)
        self._list.setFixedHeight(ROW * min(ROWS, max(1, count)) + 2)
        self.adjustSize()
        self._list.setCurrentIndex(self._model.index(0, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
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

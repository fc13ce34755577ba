"""The heads of columns: their name, what they hold, and how their values lie."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFontMetrics, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QHeaderView, QWidget

from app.data.rows import Rows
from app.theme import current
from app.theme.fonts import tiny, title
from graph_engine.data import Profile
from graph_engine.values import shape_text

HEIGHT: Final = 68
WIDTH: Final = 136
_SIDE: Final = 12
_BARS: Final = 22  # height of the highest one


class Heads(QHeaderView):
    """A selected column's head is marked; what is missing is said in words. Dragged, it takes along what is chosen."""

    dragged = Signal(object)  # a QDrag, to be filled and started

    def __init__(self, rows: Rows, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = rows
        self.setDefaultSectionSize(WIDTH)
        self.setMinimumSectionSize(64)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMouseTracking(True)
        self._pressed: QPoint | None = None

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Chooses; of what is chosen already, all is kept until it is let go, for it may be dragged."""
        at = event.position().toPoint()
        section = self.logicalIndexAt(at)
        resizes = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        self._pressed = at if plain and not resizes and section >= 0 else None
        if self._pressed is None or not self.selectionModel().isColumnSelected(section):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        way = event.position().toPoint() - self._pressed if self._pressed is not None else QPoint()
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.dragged.emit(QDrag(self))
        elif self._pressed is None:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and len(self.selectionModel().selectedColumns()) > 1:
            super().mousePressEvent(event)  # it was a click: this one alone
        super().mouseReleaseEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, section: int, /) -> None:
        theme, profile = current(), self._rows.profiles[section]
        chosen = self.selectionModel().isColumnSelected(section)
        painter.save()
        painter.fillRect(rect, QColor(theme.selection if chosen else theme.panel))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(theme.line))
        inner = rect.adjusted(_SIDE, 6, -_SIDE, -6)
        self._paint_words(painter, inner, profile)
        self._paint_bars(painter, inner, profile, theme.accent if chosen else theme.faint)
        painter.restore()

    def picture(self, name: str) -> QPixmap:
        """A column's head, to be carried by the pointer."""
        place = next(n for n, profile in enumerate(self._rows.profiles) if profile.name == name)
        left, wide = self.sectionViewportPosition(place), min(self.sectionSize(place), WIDTH)
        return self.viewport().grab(QRect(left, 0, wide, HEIGHT))

    def _paint_words(self, painter: QPainter, inner: QRect, profile: Profile) -> None:
        theme = current()
        for top, font, colour, words in (
            (0, title(), theme.text, profile.name),
            (17, tiny(), theme.warn if profile.missing else theme.dim, what_it_holds(profile)),
        ):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
            line = QRect(inner.left(), inner.top() + top, inner.width(), 16)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_bars(self, painter: QPainter, inner: QRect, profile: Profile, colour: str) -> None:
        if not profile.bars:
            return
        highest = max(bar.count for bar in profile.bars)
        step = min(12.0, inner.width() / len(profile.bars))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        for place, bar in enumerate(profile.bars):
            height = max(1.0, _BARS * bar.count / highest) if bar.count else 0.0
            left = inner.left() + place * step
            painter.drawRect(QRectF(left, inner.bottom() + 1 - height, max(1.0, step - 1.0), height))


def what_it_holds(profile: Profile) -> str:
    """`number \u00b7 3 missing`"""
    words: str = profile.kind
    if profile.kind == "category":
        words = f"{profile.distinct:,} categories"
    elif profile.shape:
        words = f"{profile.kind} {shape_text(profile.shape)}"
    return f"{words} \u00b7 {profile.missing:,} missing" if profile.missing else words

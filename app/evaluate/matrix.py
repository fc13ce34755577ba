"""The confusion matrix, painted: rows are true, columns are predicted, and a cell asks to see its samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import appearance, current, fonts
from app.theme.colors import contrast, mix

LABELS: Final = 64  # room for the names of the rows, at most
HEADS: Final = 20  # for those of the columns
TITLE: Final = 18
SMALLEST, WIDEST, HIGHEST = 3.0, 48.0, 32.0  # of a cell
_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

Cell = tuple[int, int]


class ConfusionMatrix(QWidget):
    """Right answers lie on the diagonal, in the colour of what is well; errors in that of what is bad."""

    chosen = Signal(int, int)  # true, predicted: a click or Enter
    pointed = Signal(str)  # what the pointer or the keys are on, in words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: list[list[int]] = []
        self._names: Sequence[str] = ()
        self._cell: Cell | None = None
        self._taken: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Confusion matrix")
        appearance().changed.connect(self.update)

    def show_counts(self, counts: list[list[int]], names: Sequence[str]) -> None:
        """``counts``: by true and predicted class."""
        self._counts, self._names = counts, names
        self._cell = self._taken = None
        self.update()

    @property
    def cell(self) -> Cell | None:
        """What the pointer or the keys are on: true, predicted."""
        return self._cell

    def place_of(self, true: int, predicted: int) -> QPointF:
        """The middle of a cell."""
        return self._rect((true, predicted)).center()

    def sizeHint(self) -> QSize:
        return QSize(280, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 100)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Cells, the names of classes, and what is pointed at."""
        painter = QPainter(self)
        if not self._counts:
            return
        self._paint_cells(painter)
        self._paint_names(painter)
        theme = current()
        for cell, colour in ((self._taken, theme.text), (self._cell, theme.accent)):
            if cell is not None:
                painter.setPen(QPen(QColor(colour), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self._rect(cell).adjusted(0, 0, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        self._point(self._cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        self.setFocus()
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._point(cell)
            self._choose(cell)

    def leaveEvent(self, event: QEvent, /) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(None)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Arrows walk from cell to cell, Enter shows its samples."""
        key = Qt.Key(event.key())
        if key in _STEPS and self._counts:
            down, right = _STEPS[key]
            last = len(self._counts) - 1
            row, column = self._cell or (0, 0)
            self._point((min(max(row + down, 0), last), min(max(column + right, 0), last)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell is not None:
            self._choose(self._cell)
        else:
            super().keyPressEvent(event)

    def _choose(self, cell: Cell) -> None:
        self._taken = cell
        self.update()
        self.chosen.emit(*cell)

    def _point(self, cell: Cell | None) -> None:
        if cell == self._cell:
            return
        self._cell = cell
        self.setCursor(Qt.CursorShape.PointingHandCursor if cell else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(self._words(cell) if cell else "")
        self.update()

    def _words(self, cell: Cell) -> str:
        true, predicted = cell
        count, whole = self._counts[true][predicted], sum(self._counts[true])
        share = f", {count / whole:.1%} of them".replace("%", " %") if whole else ""
        if true == predicted:
            return f"{count:,} of {self._names[true]} recognised{share}"
        return f"{count:,} of {self._names[true]} taken for {self._names[predicted]}{share}"

    # Where things are

    @property
    def _left(self) -> float:
        widest = max(self.fontMetrics().horizontalAdvance(str(name)) for name in self._names)
        return float(min(LABELS, widest + 8) + TITLE)

    @property
    def _size(self) -> tuple[float, float]:
        """Width and height of a cell."""
        classes = len(self._counts)
        width = (self.width() - self._left) // classes
        height = (self.height() - HEADS - TITLE) // classes
        return min(WIDEST, max(SMALLEST, width)), min(HIGHEST, max(SMALLEST, height))

    def _rect(self, cell: Cell) -> QRectF:
        width, height = self._size
        return QRectF(self._left + cell[1] * width, TITLE + HEADS + cell[0] * height, width, height)

    def _cell_at(self, position: QPointF) -> Cell | None:
        if not self._counts:
            return None
        width, height = self._size
        row, column = (position.y() - TITLE - HEADS) // height, (position.x() - self._left) // width
        inside = 0 <= row < len(self._counts) and 0 <= column < len(self._counts)
        return (int(row), int(column)) if inside else None

    # How they look

    def _paint_cells(self, painter: QPainter) -> None:
        theme, (width, height) = current(), self._size
        painter.setFont(fonts.mono(11 if height >= 18 else 10))
        for row, counts in enumerate(self._counts):
            whole = sum(counts) or 1
            for column, count in enumerate(counts):
                rect = self._rect((row, column)).adjusted(0, 0, -1, -1)
                hue = theme.ok if row == column else theme.bad
                strength = 0.12 + 0.68 * (count / whole) ** 0.5 if count else 0.0
                ground = mix(hue, theme.panel, strength) if count else theme.raised
                painter.fillRect(rect, QColor(ground))
                if count and height >= 12 and width >= 20:
                    ink = max((theme.text, theme.panel), key=lambda colour: contrast(colour, ground))
                    painter.setPen(QColor(ink))
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, _short(count))

    def _paint_names(self, painter: QPainter) -> None:
        theme, (width, height) = current(), self._size
        painter.setFont(fonts.tiny())
        painter.setPen(QColor(theme.dim))
        metrics, left, count = painter.fontMetrics(), self._left, len(self._names)
        for index in range(0, count, max(1, -(-12 // int(height)))):  # names that would touch are left out
            side = self._rect((index, 0))
            row = QRectF(TITLE, side.center().y() - 8, left - TITLE - 6, 16)
            self._name(painter, row, index, Qt.AlignmentFlag.AlignRight)
        every = max(1, -(-18 // int(width)))
        for index in range(0, count, every):
            top = self._rect((0, index))
            column = QRectF(top.center().x() - width * every / 2, TITLE, width * every, HEADS)
            self._name(painter, column, index, Qt.AlignmentFlag.AlignHCenter)
        painter.setPen(QColor(theme.faint))
        above = QRectF(left, 0, max(width * count, 80), TITLE)
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, "predicted")
        painter.save()
        painter.translate(metrics.ascent(), TITLE + HEADS + height * count)
        painter.rotate(-90)
        painter.drawText(QPointF(0, 0), "true")
        painter.restore()

    def _name(self, painter: QPainter, place: QRectF, index: int, side: Qt.AlignmentFlag) -> None:
        text = painter.fontMetrics().elidedText(
            str(self._names[index]), Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)


def _short(count: int) -> str:
    return f"{count}" if count < 10_000 else f"{count / 1000:.0f}k"

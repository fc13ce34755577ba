"""One problem: how bad it is, the sentence, where, and a button for every fix, which is shown before it is made."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.theme import appearance, current, label, pixmap, set_icon
from app.theme.tokens import ICON, RADIUS
from app.widgets.eliding_button import ElidingButton
from graph_engine.analysis import Fix, Problem

_ROLES = {"error": ("error", "bad", "Error"), "warning": ("warn", "warn", "Warning")}


class ProblemRow(QWidget):
    """A click or Enter asks to be shown the place; a fix's button asks for its command."""

    revealed = Signal(object)  # the problem
    fix_chosen = Signal(object)  # a command
    fix_considered = Signal(object)  # a command whose button is pointed at, or has the focus; None: no more

    def __init__(self, problem: Problem, place: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = problem
        self._icon = QLabel()
        self._set_icon()
        appearance().changed.connect(self._set_icon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setAccessibleName(f"{_ROLES[problem.severity][2]}: {problem.message}")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words(place), 1)

    def _words(self, place: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        self.sentence = label(_ended(self.problem.message))
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.sentence)
        if place:
            where = label(place, "faint")
            where.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(where)
        self.buttons = [self._button(fix) for fix in self.problem.fixes]
        for button in self.buttons:
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return column

    def _button(self, fix: Fix) -> QPushButton:
        button = _FixButton(fix.label)
        button.considered.connect(lambda is_so: self.fix_considered.emit(fix.command if is_so else None))
        set_icon(button, "check", "ok")
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.clicked.connect(lambda: self.fix_chosen.emit(fix.command))
        return button

    def _set_icon(self) -> None:
        name, role, words = _ROLES[self.problem.severity]
        self._icon.setPixmap(pixmap(name, current().role(role), ICON, self.devicePixelRatioF()))
        self._icon.setToolTip(words)

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """A click inside."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.revealed.emit(self.problem)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Enter and Space are the click; Up and Down go to the neighbours."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.revealed.emit(self.problem)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _walk(self, by: int) -> None:
        parent = self.parentWidget()
        layout = parent.layout() if parent is not None else None
        item = layout.itemAt(layout.indexOf(self) + by) if layout is not None else None
        other = item.widget() if item is not None else None
        if isinstance(other, ProblemRow):
            other.setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """The ground under the pointer, and the ring of the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        painter.setPen(QPen(QColor(theme.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised) if self.underMouse() else Qt.BrushStyle.NoBrush)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, RADIUS, RADIUS)


class _FixButton(ElidingButton):
    """Tells when a person looks at what it would do."""

    considered = Signal(bool)

    def enterEvent(self, event: QEnterEvent, /) -> None:
        """The pointer came."""
        super().enterEvent(event)
        self.considered.emit(True)

    def leaveEvent(self, event: QEvent, /) -> None:
        """The pointer went."""
        super().leaveEvent(event)
        self.considered.emit(False)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Keys came."""
        super().focusInEvent(event)
        self.considered.emit(event.reason() != Qt.FocusReason.MouseFocusReason or self.underMouse())

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Keys went."""
        super().focusOutEvent(event)
        self.considered.emit(False)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."

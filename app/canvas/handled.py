"""The view with hands on it: Qt's events, passed on to gestures, keys and drops."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QInputDevice,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from app.canvas.dragging import Drop
from app.canvas.gestures.hands import Hands
from app.canvas.tips import Tips
from app.canvas.view import CanvasView

WHEEL_ZOOM = 1.0015  # a unit of the wheel; a notch has 120
MODIFIER_KEYS = (Qt.Key.Key_Alt, Qt.Key.Key_Shift, Qt.Key.Key_Control)


class HandledView(CanvasView):
    """``handle`` must be called before the view is shown."""

    touched = Signal()  # a button was pressed: what still moves by itself must stop
    stirred = Signal()  # the pointer does something here: what is drawn must be what there is
    ignored = Signal(object)  # keys that no action took, as a QKeySequence

    _hands: Hands
    _drops: tuple[Drop, ...]
    _tips: Tips

    def handle(self, hands: Hands, drops: tuple[Drop, ...], tips: Tips) -> None:
        self._hands, self._drops, self._tips = hands, drops, tips

    def cancel(self) -> bool:
        """Gives up the gesture under way. Whether there was one."""
        return self._hands.cancel()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.stirred.emit()
        self.touched.emit()
        self._hands.press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.stirred.emit()
        self._hands.move(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hands.release(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._hands.double_click(event)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hands.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A mouse's wheel zooms at the pointer, and with Shift moves the paper sideways.

        Two fingers on a touchpad move the paper, as they do everywhere else; with Ctrl they zoom, as pinching does.
        """
        by = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(by if by.x() else by.transposed())
        elif control or not _is_touchpad(event):
            self.zoom_to(self.scale_now * WHEEL_ZOOM ** event.angleDelta().y(), event.position())
        else:
            self.pan(by)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_to(self.scale_now * (1 + event.value()), event.position())
            return True
        if isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        return super().viewportEvent(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        text = "" if self._hands.busy else self._tips.at(QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), text, self.viewport())

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hands.space = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() in MODIFIER_KEYS:
            self._hands.keys_changed(event.modifiers() | _as_modifier(event.key()))
        else:
            self.ignored.emit(QKeySequence(event.keyCombination()))
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hands.space = False
            self.viewport().unsetCursor()
        elif event.key() in MODIFIER_KEYS:
            self._hands.keys_changed(event.modifiers() & ~_as_modifier(event.key()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hands.space = False
        super().focusOutEvent(event)

    # What is dragged here from other parts of the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(self._dragged(event) is not None)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        dragged = self._dragged(event)
        event.setAccepted(dragged is not None and dragged[0].hover(dragged[1], event.position()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        for drop in self._drops:
            drop.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        dragged = self._dragged(event)
        event.setAccepted(dragged is not None)
        if dragged is not None:
            dragged[0].drop(dragged[1], event.position())
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _dragged(self, event: QDropEvent) -> tuple[Drop, Any] | None:
        found = ((drop, drop.read(event.mimeData())) for drop in self._drops)
        return next(((drop, thing) for drop, thing in found if thing is not None), None)


def _is_touchpad(event: QWheelEvent) -> bool:
    """Touchpads tell when a movement begins and ends; some say what they are."""
    named = event.pointingDevice().type() == QInputDevice.DeviceType.TouchPad
    return named or event.phase() != Qt.ScrollPhase.NoScrollPhase


def _as_modifier(key: int) -> Qt.KeyboardModifier:
    return {
        Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
        Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    }.get(Qt.Key(key), Qt.KeyboardModifier.ControlModifier)

"""Work for a moment in which nobody touches mouse or keys: it may then take longer than a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.NativeGesture,
    }
)


class Idle(QObject):
    """Calls ``action`` once, after ``quiet_ms`` without input; listens no longer than that."""

    def __init__(self, action: Callable[[], object], quiet_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._action = action
        self._timer = QTimer(self, singleShot=True, interval=quiet_ms)
        self._timer.timeout.connect(self._act)
        self._timer.start()
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._timer.start()
        return False

    def _act(self) -> None:
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._action()

"""Says that a long training has ended to a person who is looking at something else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app import theme

if TYPE_CHECKING:
    from app.window import Window

LONG: Final = 60.0  # seconds; who started a shorter one is still there
SHOWN_MS: Final = 10_000


class Alerts(QObject):
    """The system's own message where it has a place for them, else the window asks for attention in the task bar."""

    def __init__(self, window: Window, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(window)
        self._window, self._clock = window, clock
        self._began = clock()
        self._tray: QSystemTrayIcon | None = None
        window.bridge.stateChanged.connect(self._follow)
        window.bridge.finished.connect(lambda reason: self._end(f"Training has ended: {reason}."))
        window.bridge.failed.connect(self._end)

    def _follow(self, state: str) -> None:
        if state == "starting":
            self._began = self._clock()

    def _end(self, sentence: str) -> None:
        window = self._window
        is_long = self._clock() - self._began > LONG
        if is_long and window.isVisible() and not window.isActiveWindow() and window.settings.tells_ends:
            self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Whatever the person is doing."""
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._shown_tray()
            tray.showMessage(self._window.files.name, sentence, theme.app_icon(), SHOWN_MS)

    def end(self) -> None:
        """Nothing of it stays when the window closes."""
        if self._tray is not None:
            self._tray.hide()

    def _shown_tray(self) -> QSystemTrayIcon:
        """Made with the first message: nobody needs an icon beside the clock before."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(theme.app_icon(), self)
            self._tray.messageClicked.connect(self._come_forward)
            self._tray.activated.connect(lambda _reason: self._come_forward())
        self._tray.show()
        return self._tray

    def _come_forward(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
        self.end()

"""A hand of another kind: what it does goes through the screen's own mouse and keyboard (the XTEST extension of X).

Everything that Qt makes of a device is then in the test: focus, grabs, layouts of keys, double clicks by their time.
"""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from Xlib import XK, X, display
from Xlib.ext import xtest

from app.canvas.canvas import Canvas
from tests.app.canvas.hand import NO_KEYS, Hand

SETTLED_MS: Final = 25  # for an event to come back from the screen
BUTTONS: Final = {
    Qt.MouseButton.LeftButton: 1,
    Qt.MouseButton.MiddleButton: 2,
    Qt.MouseButton.RightButton: 3,
}
WHEEL_UP, WHEEL_DOWN = 4, 5
MODIFIERS: Final = {
    Qt.KeyboardModifier.ShiftModifier: "Shift_L",
    Qt.KeyboardModifier.ControlModifier: "Control_L",
    Qt.KeyboardModifier.AltModifier: "Alt_L",
}
NAMES: Final = {
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Alt: "Alt_L",
    Qt.Key.Key_F2: "F2",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
}
CHARACTERS: Final = {" ": "space", ",": "comma", "?": "question", ".": "period"}


class ScreenHand(Hand):
    """Needs a screen of X, and a window on it that shows the canvas."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._display = display.Display()
        self._held: set[str] = set()
        self._clicked = (0.0, QPointF(-1, -1))

    def end(self) -> None:
        self._display.close()

    # Mouse

    def wheel(self, at: QPointF, notches: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._point(at)
        self._hold_only(keys)
        for _ in range(abs(notches)):
            self._click(WHEEL_UP if notches > 0 else WHEEL_DOWN)
        self._settle()
        self._hold_only(NO_KEYS)

    def _send(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        if kind == QEvent.Type.MouseButtonPress:
            self._wait_out_a_double_click(at)
        self._hold_only(keys)
        self._point(at)
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self._fake(X.ButtonPress, BUTTONS[button])
        elif kind == QEvent.Type.MouseButtonRelease:
            self._fake(X.ButtonRelease, BUTTONS[button])
            self._clicked = (time.monotonic(), at)
            self._settle()
            self._hold_only(NO_KEYS)
        self._settle()

    def _wait_out_a_double_click(self, at: QPointF) -> None:
        """Two clicks on one spot are two clicks only where a person pauses."""
        when, where = self._clicked
        pause = QApplication.doubleClickInterval() / 1000 - (time.monotonic() - when)
        if pause > 0 and (where - at).manhattanLength() < 10:
            QTest.qWait(round(1000 * pause) + 20)

    def _point(self, at: QPointF) -> None:
        viewport = self.canvas.view.viewport()
        spot = viewport.mapToGlobal(at) * viewport.devicePixelRatioF()
        xtest.fake_input(self._display, X.MotionNotify, x=round(spot.x()), y=round(spot.y()))
        self._settle()

    def _click(self, button: int) -> None:
        self._fake(X.ButtonPress, button)
        self._fake(X.ButtonRelease, button)

    # Keyboard

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._hold_only(keys)
        self._strike(NAMES.get(key) or chr(key.value).lower())
        self._hold_only(NO_KEYS)

    def hold(self, key: Qt.Key) -> None:
        self._press_key(NAMES[key])
        self._settle()

    def let_go(self, key: Qt.Key) -> None:
        self._let_go_key(NAMES[key])
        self._settle()

    def type(self, text: str) -> None:
        for character in text:
            self._hold_only(Qt.KeyboardModifier.ShiftModifier if character == "?" else NO_KEYS)
            self._strike(CHARACTERS.get(character, character))
        self._hold_only(NO_KEYS)

    def _strike(self, name: str) -> None:
        self._press_key(name)
        self._let_go_key(name)
        self._settle()

    def _hold_only(self, keys: Qt.KeyboardModifier) -> None:
        """These modifiers are down, and no others."""
        for modifier, name in MODIFIERS.items():
            if modifier in keys and name not in self._held:
                self._press_key(name)
            elif modifier not in keys and name in self._held:
                self._let_go_key(name)
        self._settle()

    def _press_key(self, name: str) -> None:
        self._held.add(name)
        self._fake(X.KeyPress, self._display.keysym_to_keycode(XK.string_to_keysym(name)))

    def _let_go_key(self, name: str) -> None:
        self._held.discard(name)
        self._fake(X.KeyRelease, self._display.keysym_to_keycode(XK.string_to_keysym(name)))

    # The screen

    def _fake(self, kind: int, detail: int) -> None:
        xtest.fake_input(self._display, kind, detail)
        self._display.sync()

    def _settle(self) -> None:
        self._display.sync()
        QTest.qWait(SETTLED_MS)

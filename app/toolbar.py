"""The one bar above everything: mark, menus, the project's name, and the few buttons used all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar, QPushButton, QSizePolicy, QToolBar, QWidget

from app import theme
from app.actions import MENUS, Submenu
from app.theme.tokens import TOOLBAR

if TYPE_CHECKING:
    from app.window import Window


# id of the action, text, icon, look; where there is no text the icon says it
BUTTONS: Final = (
    ("undo", "", "undo", ""),
    ("redo", "", "redo", ""),
    ("tidy", "Tidy", "tidy", ""),
    ("stop", "Stop", "stop", ""),
    ("run", "Run", "run", "primary"),
)


class Toolbar(QToolBar):
    """Cannot be moved or closed: there is only one."""

    def __init__(self, window: Window) -> None:
        super().__init__("Toolbar", window)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._window = window
        self.name = theme.label("", "title")
        self.saved = theme.label("", "dim")
        self.buttons: dict[str, QPushButton] = {}
        self._build()
        self.setFixedHeight(TOOLBAR)
        window.files.changed.connect(self.refresh)
        window.bridge.stateChanged.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The project's name, whether all of it is on disk, and whether it trains."""
        files = self._window.files
        self.name.setText(files.name)
        self.saved.setText("edited" if files.is_modified else "saved" if files.path else "not saved yet")
        self.buttons["run"].setText("Run" if self._window.bridge.state == "idle" else "Running")

    def _build(self) -> None:
        actions = self._window.actions_
        self.addWidget(_mark())
        self.menus = QMenuBar()
        self.menus.setNativeMenuBar(False)
        self.menus.setStyleSheet("border: none")
        self.menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        actions.fill(self.menus)
        self.addWidget(self.menus)
        self.addSeparator()
        self.addWidget(self.name)
        self.addWidget(self.saved)
        self.addWidget(_stretch())
        for name, text, icon, look in BUTTONS:
            button = _button(actions[name], text, look)
            theme.set_icon(button, icon, "on_accent" if look == "primary" else "")
            self.addWidget(button)
            self.buttons[name] = button
        self.insertWidget(self.actions()[-2], self._theme_button())

    def _theme_button(self) -> QPushButton:
        button = QPushButton()
        theme.set_look(button, "icon")
        button.setToolTip("Theme")
        button.setAccessibleName("Theme")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        entry = next(
            entry
            for group in MENUS["View"]
            for entry in group
            if isinstance(entry, Submenu) and entry.id == "theme"
        )
        menu = self._window.actions_.submenu(entry, QMenu(button))
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        theme.set_icon(button, "theme")
        return button


def _mark() -> QLabel:
    mark = QLabel()
    mark.setPixmap(theme.app_icon().pixmap(QSize(20, 20)))
    mark.setAccessibleName("Layerloom")
    return mark


def _stretch() -> QWidget:
    stretch = QWidget()
    stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return stretch


def _button(action: QAction, text: str = "", look: str = "") -> QPushButton:
    """A button that shows and triggers an action; without a text, its icon alone."""
    button = QPushButton(text)
    theme.set_look(button, look or ("" if text else "icon"))
    button.setAccessibleName(text or action.text())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(action.trigger)

    def follow() -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setEnabled(action.isEnabled())
        button.setToolTip(f"{action.text()} ({keys})")

    action.changed.connect(follow)
    follow()
    return button

"""Which theme the application shows now, and the one place that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, cast, get_args

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal, Slot
from PySide6.QtWidgets import QApplication, QStyle

from app.theme import fonts
from app.theme.palette import palette
from app.theme.style import style_sheet
from app.theme.tokens import DARK, FADE_MS, LIGHT, Theme

Choice = Literal["system", "dark", "light"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
_PROPERTY = "layerloom_appearance"
_SCHEMES = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light, "system": Qt.ColorScheme.Unknown}


def theme_for(choice: Choice, scheme: Qt.ColorScheme) -> Theme:
    """What a choice means on a desktop of this scheme; one that does not say gets the dark theme."""
    if choice == "system":
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if choice == "light" else DARK


class Appearance(QObject):
    """The theme of one application; its child, found again through a property of the application."""

    changed = Signal()  # after palette, fonts and style sheet are in place

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._pictures = QTemporaryDir()
        self._choice: Choice = "system"
        self._theme: Theme | None = None
        self.reduced_motion = False
        application.setStyle("Fusion")
        application.setFont(fonts.ui())
        application.styleHints().colorSchemeChanged.connect(self._refresh)

    @property
    def theme(self) -> Theme:
        """The theme shown now."""
        return self._theme or DARK

    @property
    def choice(self) -> Choice:
        """What the person chose; `system` follows the desktop while the window is open."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Shows a theme from now on. Whoever keeps settings stores `choice`."""
        self._choice = choice
        # Tells the platform too, so that title bars and native dialogs match; refreshes us where it changes.
        self._application.styleHints().setColorScheme(_SCHEMES[choice])
        self._refresh()

    def toggle(self) -> None:
        """From dark to light or back."""
        self.choose("light" if self.theme.is_dark else "dark")

    def fade_ms(self, wanted: int = FADE_MS) -> int:
        """How long a popup may fade: never over 120 ms, and not at all where animations are switched off."""
        allowed = self._application.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
        return 0 if self.reduced_motion else min(wanted, FADE_MS, allowed)

    @Slot()
    def _refresh(self) -> None:
        theme = theme_for(self._choice, self._application.styleHints().colorScheme())
        if theme is self._theme:
            return
        self._theme = theme
        self._application.setPalette(palette(theme))
        self._application.setStyleSheet(style_sheet(theme, Path(self._pictures.path())))
        self.changed.emit()


def apply(application: QApplication, choice: Choice = "system") -> Appearance:
    """Dresses an application; a second call only changes the choice."""
    found = application.property(_PROPERTY)
    if found is None:
        found = Appearance(application)
        application.setProperty(_PROPERTY, found)
    shown = cast(Appearance, found)
    shown.choose(choice)
    return shown


@contextmanager
def dressed_once(application: QApplication) -> Iterator[None]:
    """What is built within gets its style sheet at the end, and not again whenever it is put into something."""
    sheet = application.styleSheet()
    application.setStyleSheet("")
    try:
        yield
    finally:
        application.setStyleSheet(sheet)


def appearance() -> Appearance:
    """The appearance of the running application, dressed now if nobody has done so."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("a QApplication has to exist before its theme is asked for")
    found = application.property(_PROPERTY)
    return cast(Appearance, found) if found is not None else apply(application)


def current() -> Theme:
    """The theme shown now; the dark one before there is an application. Cheap enough for `paint()`."""
    application = QApplication.instance()
    found = application.property(_PROPERTY) if application is not None else None
    return cast(Appearance, found).theme if found is not None else DARK

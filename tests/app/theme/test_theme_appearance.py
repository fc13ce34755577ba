"""Switching between dark and light, and what the style sheet does to real widgets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, qInstallMessageHandler
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTabBar, QTableWidget, QWidget

from app import theme
from app.theme.appearance import theme_for
from app.theme.style import style_sheet
from app.theme.widgets import style_table


def middle_left(widget: QWidget) -> str:
    """The colour a widget has just inside its left border."""
    widget.resize(120, 28)
    return widget.grab().toImage().pixelColor(3, 14).name()


def test_a_choice_reaches_palette_and_listeners_once(shown: theme.Appearance, qapp: QApplication) -> None:
    heard: list[str] = []
    shown.changed.connect(lambda: heard.append(theme.current().name))
    shown.choose("light")
    shown.choose("light")
    assert heard == ["light"]
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.LIGHT.panel)
    shown.toggle()
    assert heard == ["light", "dark"] and shown.choice == "dark"


@pytest.mark.parametrize("scheme", list(Qt.ColorScheme), ids=lambda scheme: scheme.name)
def test_the_system_is_followed_unless_a_choice_was_made(scheme: Qt.ColorScheme) -> None:
    assert theme_for("system", scheme) is (theme.LIGHT if scheme == Qt.ColorScheme.Light else theme.DARK)
    assert theme_for("light", scheme) is theme.LIGHT
    assert theme_for("dark", scheme) is theme.DARK


def test_applying_twice_dresses_once(shown: theme.Appearance, qapp: QApplication) -> None:
    assert theme.apply(qapp, "light") is shown
    assert theme.appearance() is shown


def test_popups_do_not_fade_under_reduced_motion(shown: theme.Appearance) -> None:
    assert 0 <= shown.fade_ms(5000) <= 120
    shown.reduced_motion = True
    assert shown.fade_ms() == 0


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=lambda look: look.name)
def test_the_style_sheet_is_complete(tmp_path: Path, shown: theme.Appearance, look: theme.Theme) -> None:
    sheet = style_sheet(look, tmp_path)
    assert "@" not in sheet and "icon(" not in sheet
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures and all(Path(picture).is_file() for picture in pictures)


def test_qt_understands_the_style_sheet(shown: theme.Appearance) -> None:
    """Qt refuses a whole style sheet at its first mistake, and says so only on stderr."""
    said: list[str] = []
    qInstallMessageHandler(lambda _kind, _context, text: said.append(text))
    try:
        shown.choose("light")
        for kind in (QWidget, QPushButton, QLineEdit, QTableWidget, QTabBar):
            kind().ensurePolished()
    finally:
        qInstallMessageHandler(None)
    assert said == []


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=lambda look: look.name)
def test_controls_have_the_colours_of_the_drawing(shown: theme.Appearance, look: theme.Theme) -> None:
    shown.choose("dark" if look.is_dark else "light")
    plain, primary = QPushButton("Tidy"), QPushButton("Run")
    theme.set_look(primary, "primary")
    assert middle_left(plain) == look.raised
    assert middle_left(primary) == look.accent
    assert middle_left(QLineEdit()) == look.input
    assert plain.sizeHint().height() == 28
    assert QLineEdit().sizeHint().height() == 26


def test_an_alarmed_field_is_told_by_its_border(shown: theme.Appearance) -> None:
    field = QLineEdit("0")
    theme.set_look(field, "", "bad")
    field.resize(120, 26)
    assert field.grab().toImage().pixelColor(60, 0).name() == theme.current().bad


def test_a_focused_button_shows_a_ring(shown: theme.Appearance) -> None:
    window = QWidget()
    button = QPushButton("Run", window)
    button.resize(80, 28)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.hasFocus()
    assert button.grab().toImage().pixelColor(40, 0).name() == theme.current().accent


def test_a_switch_is_a_check_box_to_mouse_keyboard_and_eye(shown: theme.Appearance) -> None:
    switch = theme.Switch("Trainable")
    switch.resize(switch.sizeHint())
    off = switch.grab().toImage()
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))
    assert switch.isChecked() and switch.grab().toImage() != off
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(switch.width() - 4, switch.height() // 2))
    assert not switch.isChecked()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()


def test_tables_have_rows_of_one_height(shown: theme.Appearance) -> None:
    table = QTableWidget(3, 2)
    style_table(table)
    assert [table.rowHeight(row) for row in range(3)] == [28, 28, 28]


def test_the_theme_costs_no_heavy_import() -> None:
    code = "import sys, app.theme; print([m for m in ('numpy', 'pyqtgraph', 'numba') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

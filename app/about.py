"""Two small dialogs: all keyboard shortcuts, from the table of actions, and what this program is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.actions import MENUS, Entry

GESTURES = (
    ("Drag from an output", "draw a wire; let go over nothing to search for what fits"),
    ("Drag a wire onto a wire", "merge the two: a residual edge in one gesture"),
    ("Drop a layer on a wire", "insert it there"),
    ("Double-click nothing", "search for a layer to add"),
    ("Middle-drag, wheel", "move about, zoom"),
)


def show_shortcuts(parent: QWidget) -> QDialog:
    """Opens the sheet of shortcuts beside the work, not in its way."""
    dialog = _dialog(parent, "Keyboard shortcuts")
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    for title, rows in (*shortcuts().items(), ("Mouse", GESTURES)):
        place = grid.rowCount()
        grid.addWidget(theme.label(title, "heading"), place, 0, 1, 2)
        for offset, (keys, what) in enumerate(rows, 1):
            grid.addWidget(theme.label(keys, "mono"), place + offset, 0)
            grid.addWidget(theme.label(what), place + offset, 1)
    sheet = QWidget()
    sheet.setLayout(grid)
    area = QScrollArea()
    area.setWidget(sheet)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    return _show(dialog, area, 520, 640)


def show_about(parent: QWidget) -> QDialog:
    """Opens the sentence about the program, with the versions a report of an error needs."""
    dialog = _dialog(parent, "About Layerloom")
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(theme.label(f"Layerloom {program_version()}", "headline"))
    column.addWidget(theme.label("A desktop studio in which a drawing of a neural network is the network."))
    facts = f"Python {platform.python_version()} \u00b7 Qt {qVersion()} \u00b7 NumPy {np.__version__}"
    column.addWidget(theme.label(facts, "dim", selectable=True))
    column.addWidget(
        theme.label("MIT licence. Fonts Inter and JetBrains Mono: OFL. Icons from Lucide: ISC.", "dim")
    )
    column.addStretch(1)
    return _show(dialog, page, 440, 190)


def shortcuts() -> dict[str, list[tuple[str, str]]]:
    """Keys and titles by menu, in the order of the menus."""
    found = {}
    for menu, groups in MENUS.items():
        entries = [entry for group in groups for entry in group if isinstance(entry, Entry) and entry.keys]
        found[menu] = [(_keys(entry), entry.title.rstrip("\u2026")) for entry in entries]
    return found


def program_version() -> str:
    """The version that is installed; in a checkout that was never installed, that word."""
    try:
        return version("layerloom")
    except PackageNotFoundError:
        return "(checkout)"


def _keys(entry: Entry) -> str:
    parts = QKeySequence.listFromString(entry.keys)
    return "  or  ".join(part.toString(QKeySequence.SequenceFormat.NativeText) for part in parts)


def _dialog(parent: QWidget, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _show(dialog: QDialog, content: QWidget, width: int, height: int) -> QDialog:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(12)
    column.addWidget(content, 1)
    column.addWidget(buttons)
    dialog.resize(width, height)
    dialog.show()
    return dialog

"""A small dialog: what this program is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from app import theme


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


def program_version() -> str:
    """The version that is installed; in a checkout that was never installed, that word."""
    try:
        return version("layerloom")
    except PackageNotFoundError:
        return "(checkout)"


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

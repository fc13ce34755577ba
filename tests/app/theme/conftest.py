"""One application for the tests of the look, dressed in the dark theme before each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from app import theme


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[theme.Appearance]:
    """The appearance, dark; and dark again afterwards, for whoever comes next."""
    appearance = theme.apply(qapp, "dark")
    yield appearance
    appearance.reduced_motion = False
    appearance.choose("dark")

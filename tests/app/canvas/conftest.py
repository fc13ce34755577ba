"""Canvases for tests: shown without a screen, at 100 %, with a small drawing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from app import theme
from app.bridge.session import Session
from app.canvas.canvas import Canvas
from graph_engine.document import Document, Store
from graph_engine.layout import laid_out
from tests.app.canvas.hand import Hand
from tests.engine.drawing import Drawing

Shown = Callable[[Document], Hand]


@pytest.fixture
def show(qapp: QApplication) -> Iterator[Shown]:
    """Shows a document; closed again after the test."""
    theme.apply(qapp, "dark")
    shown: list[Canvas] = []

    def show(document: Document) -> Hand:
        canvas = Canvas(Session(Store(laid_out(document))))
        shown.append(canvas)
        canvas.resize(1400, 800)
        canvas.show()
        canvas.activateWindow()
        canvas.setFocus()
        qapp.processEvents()
        canvas.view.zoom_to(1.0)
        canvas.view.center(canvas.scene.bounds().center() if canvas.scene.nodes else QPointF())
        return Hand(canvas)

    yield show
    for canvas in shown:
        canvas.close()
        canvas.deleteLater()
    qapp.processEvents()


@pytest.fixture
def chain(show: Shown) -> Hand:
    """n2 -> n5 -> n8 -> n11: an image through two convolutions to an output."""
    drawing = Drawing()
    image = drawing.node("Input", name="image", shape=[8, 8, 1])
    first = drawing.node("Conv2D", image, name="first", filters=4, kernel_size=[3, 3], padding="same")
    second = drawing.node("Conv2D", first, name="second", filters=4, kernel_size=[3, 3], padding="same")
    drawing.node("Output", second, name="out")
    return show(drawing.document)

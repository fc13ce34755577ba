"""Painted parts, worked by mouse and keys."""

from __future__ import annotations

import base64

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.evaluate.matrix import ConfusionMatrix
from app.evaluate.pad import DrawPad
from app.evaluate.shown import image_of
from app.widgets.chart import ticks

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def matrix(qtbot: QtBot, qapp: QApplication) -> ConfusionMatrix:
    theme.apply(qapp, "dark")
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(300, 200)
    matrix.show_counts([[8, 2, 0], [0, 5, 0], [1, 0, 9]], ("cat", "dog", "owl"))
    matrix.show()
    qtbot.waitExposed(matrix)
    return matrix


def test_the_pointer_is_told_what_a_cell_means(matrix: ConfusionMatrix) -> None:
    said: list[str] = []
    matrix.pointed.connect(said.append)
    QTest.mouseMove(matrix, matrix.place_of(0, 1).toPoint())
    QTest.mouseMove(matrix, matrix.place_of(1, 1).toPoint())
    assert said == ["2 of cat taken for dog, 20.0 % of them", "5 of dog recognised, 100.0 % of them"]


def test_a_cell_is_chosen_by_a_click_and_by_keys(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    with qtbot.waitSignal(matrix.chosen) as chosen:
        QTest.mouseClick(matrix, LEFT, pos=matrix.place_of(2, 0).toPoint())
    assert chosen.args == [2, 0]
    for _ in range(5):  # no further than the edge
        QTest.keyClick(matrix, Qt.Key.Key_Right)
    QTest.keyClick(matrix, Qt.Key.Key_Up)
    with qtbot.waitSignal(matrix.chosen) as chosen:
        QTest.keyClick(matrix, Qt.Key.Key_Return)
    assert chosen.args == [1, 2]


def test_a_pad_is_drawn_on_wiped_and_cleared(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    pad = DrawPad()
    qtbot.addWidget(pad)
    pad.show_image({"height": 8, "width": 8, "channels": 1, "pixels": base64.b64encode(bytes(64)).decode()})
    pad.show()

    def ink() -> int:
        image = image_of(pad.shown)
        return sum(image.pixelColor(x, y).red() for x in range(8) for y in range(8))

    assert ink() == 0
    with qtbot.waitSignal(pad.edited):
        QTest.mouseClick(pad, LEFT, pos=QPoint(72, 72))
    drawn = ink()
    assert drawn > 255
    QTest.mouseClick(pad, RIGHT, pos=QPoint(72, 72))
    assert ink() < drawn
    QTest.mouseClick(pad, LEFT, pos=QPoint(20, 20))
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert ink() == 0


def test_a_picture_is_pasted_onto_the_pad_at_its_size(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    pad = DrawPad()
    qtbot.addWidget(pad)
    empty = base64.b64encode(bytes(8 * 8 * 3)).decode()
    pad.show_image({"height": 8, "width": 8, "channels": 3, "pixels": empty})
    pad.show()
    picture = QImage(40, 60, QImage.Format.Format_RGB32)
    picture.fill(QColor(200, 100, 50))
    QApplication.clipboard().setImage(picture)
    with qtbot.waitSignal(pad.edited):
        QTest.keySequence(pad, QKeySequence(QKeySequence.StandardKey.Paste))
    found = image_of(pad.shown)
    assert (found.width(), found.height()) == (8, 8)
    assert found.pixelColor(4, 4) == QColor(200, 100, 50)
    QApplication.clipboard().clear()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (-30.0, 30.0, [-20, 0, 20]), (3.0, 3.0, [3])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.bridge.session import Session
from app.problems import Problems
from graph_engine.document import MAIN, Document, Point, Remove, Store
from tests.engine.drawing import Drawing


def drawn() -> tuple[Document, str, str]:
    """An image that lacks its channels reaches a convolution, and a layer is not wired yet."""
    drawing = Drawing()
    image = drawing.node("Input", name="image", shape=[8, 8], at=Point(0, 0))
    conv = drawing.node("Conv2D", image, name="stem", at=Point(200, 0))
    drawing.node("Output", conv, name="out", at=Point(400, 0))
    loose = drawing.node("Dense", name="loose", at=Point(0, 200))
    return drawing.document, conv, loose


@pytest.fixture
def session(qapp: object) -> Session:
    return Session(Store(drawn()[0]))


@pytest.fixture
def problems(session: Session, qtbot: QtBot) -> Problems:
    problems = Problems(session)
    qtbot.addWidget(problems)
    problems.show()
    qtbot.waitExposed(problems)
    return problems


def test_errors_come_before_warnings_and_are_counted(problems: Problems) -> None:
    assert [row.problem.severity for row in problems.rows] == ["error", "warning"]
    assert problems.counts == (1, 1)
    assert problems.rows[0].sentence.text().startswith("stem cannot take image")


def test_a_click_or_enter_reveals_the_place(problems: Problems, qtbot: QtBot) -> None:
    _, conv, loose = drawn()
    spy = QSignalSpy(problems.revealed)
    QTest.mouseClick(problems.rows[0], Qt.MouseButton.LeftButton)
    problems.rows[0].setFocus()
    QTest.keyClick(problems.rows[0], Qt.Key.Key_Down)
    QTest.keyClick(problems.rows[1], Qt.Key.Key_Return)
    assert problems.rows[1].hasFocus()
    assert [spy.at(0), spy.at(1)] == [[MAIN, conv], [MAIN, loose]]


def test_a_fix_is_one_step_that_can_be_undone(problems: Problems, session: Session, qtbot: QtBot) -> None:
    before = session.document
    button = problems.rows[0].buttons[0]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert session.document != before
    assert problems.rows[0].hasFocus()
    session.undo()
    assert session.document.graphs == before.graphs
    assert problems.counts == (1, 1)


def test_without_problems_it_says_so(problems: Problems, session: Session) -> None:
    spy = QSignalSpy(problems.countChanged)
    session.dispatch(Remove(MAIN, tuple(session.document.main.nodes)))
    assert problems.counts == (0, 0)
    assert problems.rows == []
    assert spy.at(spy.count() - 1) == [0, 0]

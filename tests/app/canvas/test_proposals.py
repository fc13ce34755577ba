"""A fix is seen before it is made: pointed at, it is drawn; left, everything is as it was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.problems import Problems
from graph_engine.document import Point
from tests.app.canvas.conftest import Shown
from tests.app.canvas.hand import Hand
from tests.engine.drawing import Drawing


def broken(show: Shown) -> Hand:
    """Two branches with 4 and 6 channels that are added."""
    drawing = Drawing()
    image = drawing.node("Input", name="image", shape=[8, 8, 4], at=Point(0, 0))
    wide = drawing.node("Conv2D", image, name="wide", filters=6, kernel_size=[1, 1], at=Point(250, 0))
    drawing.node("Output", drawing.node("Add", image, wide, name="sum", at=Point(500, 0)), at=Point(750, 0))
    return show(drawing.document)


def point_at(button: QWidget) -> None:
    middle = QPointF(button.rect().center())
    QApplication.sendEvent(button, QEnterEvent(middle, middle, button.mapToGlobal(middle)))


def leave(button: QWidget) -> None:
    QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))


def test_a_fix_that_is_pointed_at_is_drawn_and_taken_away_again(show: Shown, qtbot: QtBot) -> None:
    hand = broken(show)
    session, scene = hand.canvas.session, hand.canvas.scene
    before, nodes, wires = session.document, set(scene.nodes), set(scene.wires)
    problems = Problems(session)
    qtbot.addWidget(problems)
    problems.show()
    button = problems.rows[0].buttons[0]
    point_at(button)
    (new,) = set(scene.nodes) - nodes
    assert scene.nodes[new].state.proposed and scene.nodes[new].card.shape == "8×8×6"
    assert {edge for edge, wire in scene.wires.items() if wire.proposed} == set(scene.wires) - wires
    assert not any(scene.nodes[node].card.problem for node in scene.nodes)
    assert hand.said[-1] == "Shown as it would be: no problem would be left."
    assert session.document is before and not session.store.can_undo
    leave(button)
    assert set(scene.nodes) == nodes and set(scene.wires) == wires and hand.said[-1] == ""
    point_at(button)
    button.click()
    assert set(scene.nodes) == {*nodes, new}
    assert not any(item.state.proposed for item in scene.nodes.values())
    session.undo()
    assert session.document.graphs == before.graphs and set(scene.nodes) == nodes


def test_a_layer_that_would_be_set_otherwise_is_outlined(show: Shown, qtbot: QtBot) -> None:
    drawing = Drawing()
    words = drawing.node("Input", name="words", shape=[5], at=Point(0, 0))
    drawing.node("Embedding", words, name="embedding", input_dim=10, output_dim=4, at=Point(250, 0))
    hand = show(drawing.document)
    fix = next(fix for problem in hand.canvas.session.analysis.errors for fix in problem.fixes)
    hand.canvas.session.consider(fix.command)
    assert hand.canvas.scene.nodes[words].state.proposed
    hand.move(hand.body(words))  # a hand on the canvas wants what there is
    assert not hand.canvas.scene.nodes[words].state.proposed


def test_a_context_menu_shows_what_its_fix_would_do(show: Shown) -> None:
    hand = broken(show)
    total = next(node for node, item in hand.canvas.scene.nodes.items() if item.card.title == "sum")
    hand.click(hand.body(total), Qt.MouseButton.RightButton)
    menu = hand.canvas.findChild(QMenu)
    assert isinstance(menu, QMenu)
    menu.setActiveAction(menu.actions()[0])
    assert len(hand.canvas.scene.nodes) == 5
    menu.setActiveAction(menu.actions()[-1])
    assert len(hand.canvas.scene.nodes) == 4
    menu.close()

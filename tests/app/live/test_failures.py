"""A training that breaks shows where, over a real worker process and on the real canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import Window
from graph_engine.document import Choice, SetTraining

LONG = 60_000


def test_a_learning_rate_far_too_high_is_shown_said_and_mended_by_a_click(
    qtbot: QtBot, window: Window
) -> None:
    window.files.new("digits-residual")
    window.session.dispatch(SetTraining(optimizer=Choice("SGD", {"learning_rate": 1e30}), epochs=2))
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG) as ended:
        window.actions_["run"].trigger()
    (sentence,) = ended.args
    assert "The learning rate (1e+30) is too high: try 1e+29" in sentence
    finding = window.failures.finding
    node, (wire, *_) = window.canvas.scene.nodes[finding["node"]], finding["wires"]
    assert node.state.failed and window.canvas.scene.wires[wire].failed
    assert window.canvas.selected_nodes() == (finding["node"],)
    notice = window.notices.shown["autopsy"]
    assert notice.words.text() == sentence
    QTest.mouseClick(notice.buttons["Set it to 1e+29"], Qt.MouseButton.LeftButton)
    assert window.session.document.training.optimizer == Choice("SGD", {"learning_rate": 1e29})
    assert not window.notices.shown
    window.session.undo()
    assert window.session.document.training.optimizer.config["learning_rate"] == 1e30
    assert node.state.failed
    window.files.new("digits-residual")
    assert not any(item.state.failed for item in window.canvas.scene.nodes.values())

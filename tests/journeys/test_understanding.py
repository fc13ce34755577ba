"""Train, then find out how good it is: the matrix, the samples behind it, and a sample of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.evaluate import EvaluatePanel
from app.evaluate.pad import DrawPad
from graph_engine.document import SetTraining
from tests.journeys.person import LEFT, Person

LONG = 120_000


def train_and_evaluate(person: Person, qtbot: QtBot, template: str, epochs: int) -> EvaluatePanel:
    window = person.window
    window.files.new(template)
    window.session.dispatch(SetTraining(epochs=epochs))
    panel = window.evaluate
    window.tabs.show_page(panel)
    assert not panel.controls.go.isEnabled() and panel.empty.text().startswith("Train first")
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG):
        person.press(window.toolbar.buttons["run"])
    window.tabs.show_page(panel)
    with qtbot.waitSignal(window.evaluation.evaluated, timeout=LONG):
        person.press(panel.controls.go)
    qtbot.waitUntil(lambda: len(panel.samples.samples) == 60)
    return panel


def head(panel: EvaluatePanel) -> Any:
    assert panel.head is not None
    return panel.head


def choose(panel: EvaluatePanel, name: str, qtbot: QtBot) -> Any:
    """Another head, from the list, with the keys."""
    combo = panel.controls.heads
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Home)
    for _ in range(combo.findText(name)):
        QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: head(panel)["head"] == name)
    return head(panel)


@pytest.mark.slow
def test_digits_the_samples_of_a_cell_and_a_digit_drawn_by_hand(
    person: Person, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = train_and_evaluate(person, qtbot, "digits-residual", 2)
    report, matrix = head(panel), panel.view.matrix

    # The list of samples goes on where it is scrolled to its end.
    bar = panel.samples.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(panel.samples.samples) == 120, timeout=LONG)
    assert len({sample["row"] for sample in panel.samples.samples}) == 120

    assert report["accuracy"] == pytest.approx(person.window.bridge.history["val_accuracy"][-1])

    # A click on a cell shows what was counted there.
    true = max(range(10), key=lambda digit: report["matrix"][digit][digit])
    with qtbot.waitSignal(person.window.evaluation.sampled, timeout=LONG):
        QTest.mouseClick(matrix, LEFT, pos=matrix.place_of(true, true).toPoint())
    assert matrix.cell == (true, true)
    samples = panel.samples.samples
    assert len(samples) == min(60, report["matrix"][true][true])
    assert {(sample["true"], sample["predicted"]) for sample in samples} == {(str(true), str(true))}
    assert "recognised" in panel.about.text()

    # The keys reach every cell as well.
    with qtbot.waitSignal(person.window.evaluation.sampled, timeout=LONG):
        QTest.keyClick(matrix, Qt.Key.Key_Right if true < 9 else Qt.Key.Key_Left)
        QTest.keyClick(matrix, Qt.Key.Key_Return)
    assert matrix.cell != (true, true)

    # A digit drawn on the pad is predicted while it is drawn: an upright stroke.
    with qtbot.waitSignal(person.window.evaluation.predicted, timeout=LONG):
        person.press(panel.sides["try"])
    (pad,) = panel.trial.editors.values()
    assert isinstance(pad, DrawPad)
    person.press(panel.trial.clear)
    QTest.mousePress(pad, LEFT, pos=QPoint(76, 8))
    for y in range(8, 137, 8):
        QTest.mouseMove(pad, QPoint(76, y))
    with qtbot.waitSignal(person.window.evaluation.predicted, timeout=LONG):
        QTest.mouseRelease(pad, LEFT, pos=QPoint(76, 136))
    qtbot.waitUntil(lambda: bool(panel.trial.bars.heads))
    (answer,) = panel.trial.bars.heads
    assert sum(answer["scores"]) == pytest.approx(1.0) and answer["names"] == [
        str(digit) for digit in range(10)
    ]

    # Every prediction as a table.
    file = tmp_path / "digits.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(person.window.evaluation.exported, timeout=LONG):
        person.press(panel.export)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1 + report["entries"]

    # The same action by its key.
    with qtbot.waitSignal(person.window.evaluation.evaluated, timeout=LONG):
        person.keys("F6")

    # An edit makes the answers old, and the panel says so.
    person.window.session.dispatch(SetTraining(seed=5))
    assert "has changed" in panel.controls.line.text()


@pytest.mark.slow
def test_three_heads_of_one_text(person: Person, qtbot: QtBot) -> None:
    panel = train_and_evaluate(person, qtbot, "age-income-gender", 1)
    names = [panel.controls.heads.itemText(index) for index in range(3)]
    assert names == ["age", "income", "gender"]
    assert head(panel)["kind"] == "numbers" and panel.view.views.currentText() == "Predicted and true"
    assert len(panel.view.chart.picture.series[0].x) > 100
    assert choose(panel, "income", qtbot)["kind"] == "classes"
    assert choose(panel, "gender", qtbot)["kind"] == "binary"

    # A point of the first head's cloud shows the text it belongs to.
    choose(panel, "age", qtbot)
    chart = panel.view.chart
    series = chart.picture.series[0]
    QTest.mouseMove(chart, chart.at(series.x[0], series.y[0]).toPoint())
    with qtbot.waitSignal(person.window.evaluation.sampled, timeout=LONG):
        QTest.mouseClick(chart, LEFT, pos=chart.at(series.x[0], series.y[0]).toPoint())
    (sample,) = panel.samples.samples
    assert len(sample["inputs"][0]["text"].split()) >= 40


@pytest.mark.slow
def test_two_inputs_and_a_question_of_ones_own(person: Person, qtbot: QtBot) -> None:
    panel = train_and_evaluate(person, qtbot, "question-answering", 2)
    evaluation = person.window.evaluation
    assert head(panel)["kind"] == "classes" and len(head(panel)["names"]) == 4
    with qtbot.waitSignal(evaluation.predicted, timeout=LONG):
        person.press(panel.sides["try"])
    assert list(panel.trial.editors) == ["text", "question"]
    question = panel.trial.editors["question"]
    assert isinstance(question, QPlainTextEdit)
    before = panel.trial.bars.heads[0]["scores"]
    question.selectAll()
    with qtbot.waitSignal(evaluation.predicted, timeout=LONG):
        person.type(question, "where is mary")
    qtbot.waitUntil(lambda: panel.trial.bars.heads[0]["scores"] != before)


@pytest.mark.slow
def test_two_runs_beside_each_other_and_back_to_the_first(person: Person, qtbot: QtBot) -> None:
    window, panel = person.window, person.window.runs
    window.files.new("digits-residual")
    for size in (64, 256):
        window.session.dispatch(SetTraining(epochs=1, batch_size=size))
        with qtbot.waitSignal(window.bridge.finished, timeout=LONG):
            person.press(window.toolbar.buttons["run"])
    window.tabs.show_page(panel)
    first, second = (record.name for record in window.bridge.records)
    assert panel.table.chosen == (second, first) and len(panel.comparison.chart.picture.series) == 2

    # The older run alone: its graph and its weights, and back again.
    later = window.bridge.weights
    older = panel.table.item(1, 1)
    assert older is not None
    QTest.mouseClick(panel.table.viewport(), LEFT, pos=panel.table.visualItemRect(older).center())
    assert list(panel.table.chosen) == [first]
    person.press(panel.weights)
    assert person.document.training.batch_size == 64 and window.bridge.weights is not later
    window.tabs.show_page(window.evaluate)
    with qtbot.waitSignal(window.evaluation.evaluated, timeout=LONG) as told:
        person.press(window.evaluate.controls.go)
    assert told.args is not None
    assert told.args[0]["logs"]["loss"] == pytest.approx(
        window.bridge.records[0].history["val_loss"][-1], rel=1e-5
    )
    window.tabs.show_page(panel)
    person.press(panel.undo)
    assert person.document.training.batch_size == 256 and window.bridge.weights is later

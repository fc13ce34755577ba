"""Settings of training: every edit is a command, and the forms follow the document."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.forms import ConfiguredEditor, FieldEditor, Form
from app.training import TrainingSettings
from graph_engine.document import SetTraining


@pytest.fixture
def settings(qtbot: QtBot, session: Session, bridge: TrainingBridge) -> TrainingSettings:
    settings = TrainingSettings(session, bridge)
    qtbot.addWidget(settings)
    settings.resize(1200, 300)
    settings.show()
    qtbot.waitExposed(settings)
    return settings


def enter(form: Form, name: str, text: str) -> None:
    editor = form.rows[name].editor
    assert isinstance(editor, FieldEditor)
    editor.field.setFocus()
    editor.field.selectAll()
    QTest.keyClicks(editor.field, text)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)


@pytest.mark.parametrize("name", ["epochs", "batch_size", "seed"])
def test_a_number_is_a_command_that_can_be_undone(
    settings: TrainingSettings, session: Session, name: str
) -> None:
    before = getattr(session.document.training, name)
    enter(settings.length, name, "17")
    assert getattr(session.document.training, name) == 17
    session.undo()
    assert getattr(session.document.training, name) == before
    assert settings.length.values[name] == before


def test_another_optimizer_comes_with_its_own_settings(settings: TrainingSettings, session: Session) -> None:
    editor = settings.optimizer.rows["optimizer"].editor
    assert isinstance(editor, ConfiguredEditor)
    combo = editor.findChild(QComboBox)
    assert combo is not None
    combo.setFocus()
    QTest.keyClicks(combo, "SGD")
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    assert session.document.training.optimizer.type == "SGD"
    assert editor.form is not None and "momentum" in editor.form.rows
    session.undo()
    assert session.document.training.optimizer.config["learning_rate"] == 0.003


def test_the_forms_follow_commands_from_elsewhere(settings: TrainingSettings, session: Session) -> None:
    session.dispatch(SetTraining(epochs=99))
    assert settings.length.values["epochs"] == 99


def test_while_a_training_runs_its_length_rests_and_the_rest_can_be_steered(
    settings: TrainingSettings, bridge: TrainingBridge
) -> None:
    bridge.stateChanged.emit("running")
    assert not settings.length.isEnabled()
    assert settings.optimizer.isEnabled() and settings.callbacks.isEnabled()
    bridge.stateChanged.emit("idle")
    assert settings.length.isEnabled()


def test_callbacks_are_added_moved_and_removed(settings: TrainingSettings, session: Session) -> None:
    def names() -> list[str]:
        return [choice.type for choice in session.document.training.callbacks]

    before = names()
    for title in ("Early stopping", "Terminate on NaN"):
        combo = settings.callbacks.adder
        combo.setFocus()
        QTest.keyClicks(combo, title)
        QTest.keyClick(combo.view(), Qt.Key.Key_Return)
        QTest.qWait(QApplication.keyboardInputInterval() + 50)  # else what is typed next is one word with it
    assert names() == [*before, "EarlyStopping", "TerminateOnNaN"]
    last = settings.callbacks.chosen[-1]
    assert last.lifter is not None and last.remover is not None
    QTest.mouseClick(last.lifter, Qt.MouseButton.LeftButton)
    assert names() == [*before, "TerminateOnNaN", "EarlyStopping"]
    remover = settings.callbacks.chosen[-1].remover
    assert remover is not None
    QTest.mouseClick(remover, Qt.MouseButton.LeftButton)
    assert names() == [*before, "TerminateOnNaN"]
    for _ in range(4):
        session.undo()
    assert names() == before

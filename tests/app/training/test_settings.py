"""Settings of training: every edit is a command, and the forms follow the document."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.forms import ConfiguredEditor, FieldEditor, Form
from app.training import TrainingSettings
from graph_engine.document import SetSplit, SetTraining, Split


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


def test_the_split_is_edited_part_by_part(settings: TrainingSettings, session: Session) -> None:
    enter(settings.split, "held_back", "0.3")
    enter(settings.split, "split_seed", "4")
    split = session.document.data.split
    assert (split.validation, split.seed) == (0.3, 4)


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
    session.dispatch(SetSplit(Split("random", 0.5, 3)))
    assert settings.length.values["epochs"] == 99
    assert settings.split.values == {"held_back": 0.5, "split_seed": 3}


def test_settings_rest_while_a_training_runs(settings: TrainingSettings, bridge: TrainingBridge) -> None:
    content = settings.widget()
    assert content is not None
    bridge.stateChanged.emit("running")
    assert not content.isEnabled()
    bridge.stateChanged.emit("idle")
    assert content.isEnabled()


def test_the_data_says_which_columns_feed_which_input(settings: TrainingSettings) -> None:
    words = [found.text() for found in settings.bindings.findChildren(QLabel)]
    assert words[:4] == ["\u2192", "image", "image", "digits.npz \u00b7 rescale"]
    assert words[4:] == ["\u2190", "digit", "label", "digits.npz"]

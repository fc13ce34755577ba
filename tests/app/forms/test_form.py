from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.forms import ConfiguredEditor, Field, FieldEditor, Form
from app.forms.editors import ChoiceEditor, SwitchEditor
from graph_engine.layers.base import LAYERS
from graph_engine.training.optimizers import OPTIMIZERS

Key = Qt.Key


class Filled:
    """A form on the screen, and what it emitted."""

    def __init__(self, qtbot: QtBot, kind: Any, **values: Any) -> None:
        self.form = Form(kind)
        qtbot.addWidget(self.form)
        self.form.set_values(values)
        self.edits: list[tuple[str, Any]] = []
        self.settled = 0
        self.form.edited.connect(lambda name, value: self.edits.append((name, value)))
        self.form.settled.connect(self._count)
        self.form.show()
        qtbot.waitExposed(self.form)

    def _count(self) -> None:
        self.settled += 1

    def field(self, name: str) -> Field:
        editor = self.form.rows[name].editor
        assert isinstance(editor, FieldEditor)
        return editor.field

    def type(self, name: str, text: str, *keys: Qt.Key) -> None:
        field = self.field(name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        for key in keys:
            QTest.keyClick(field, key)

    def fault(self, name: str) -> str:
        row = self.form.rows[name]
        return row.fault.text() if row.fault.isVisible() else ""


def pick(combo: QComboBox, letters: str) -> None:
    """By keyboard alone: letters open the list and search it, Enter decides."""
    combo.setFocus()
    QTest.keyClicks(combo, letters[0])
    QTest.keyClicks(combo.view(), letters[1:])
    QTest.keyClick(combo.view(), Key.Key_Return)


@pytest.fixture
def conv(qtbot: QtBot) -> Filled:
    return Filled(qtbot, LAYERS["Conv2D"])


def test_enter_commits_what_arithmetic_gives_and_shows_it(conv: Filled) -> None:
    conv.type("filters", "64*2")
    assert conv.edits == []
    QTest.keyClick(conv.field("filters"), Key.Key_Return)
    assert conv.edits == [("filters", 128)]
    assert conv.field("filters").text() == "128"
    assert conv.settled == 1


def test_leaving_a_field_commits_once(conv: Filled) -> None:
    conv.type("kernel_size", "5", Key.Key_Return, Key.Key_Tab)
    assert conv.edits == [("kernel_size", [5, 5])]
    conv.type("strides", "2")
    QTest.keyClick(conv.field("strides"), Key.Key_Tab)
    assert conv.edits[1:] == [("strides", [2, 2])]


def test_a_wrong_value_is_explained_while_typing_and_never_committed(conv: Filled) -> None:
    conv.type("filters", "0")
    assert conv.fault("filters") == "Must be at least 1, got 0."
    assert conv.field("filters").property("state") == "bad"
    QTest.keyClick(conv.field("filters"), Key.Key_Return)
    assert conv.edits == []
    conv.type("filters", "8")
    assert not conv.fault("filters")


def test_escape_goes_back_to_the_committed_value(conv: Filled) -> None:
    conv.type("filters", "nonsense", Key.Key_Escape)
    assert conv.field("filters").text() == "32"
    assert not conv.fault("filters")
    assert conv.edits == []


def test_arrows_step_and_stop_at_the_bounds(conv: Filled) -> None:
    field = conv.field("filters")
    field.setFocus()
    QTest.keyClick(field, Key.Key_Up)
    QTest.keyClick(field, Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert [value for _, value in conv.edits] == [33, 43]
    assert conv.settled == 0
    conv.type("groups", "1")
    QTest.keyClick(conv.field("groups"), Key.Key_Down)
    assert conv.field("groups").text() == "1"


def test_values_that_do_not_go_together_are_refused(conv: Filled) -> None:
    conv.type("groups", "5", Key.Key_Return)
    assert "32 filters cannot be split into 5" in conv.fault("groups")
    assert conv.edits == []


def test_a_configuration_that_is_wrong_already_can_be_mended_step_by_step(conv: Filled) -> None:
    conv.form.set_values({"filters": 32, "groups": 5})
    conv.type("groups", "7", Key.Key_Return)
    assert conv.edits == [("groups", 7)]


def test_set_values_emits_nothing_and_keeps_a_draft(conv: Filled) -> None:
    conv.type("filters", "12")
    conv.form.set_values({"filters": 32, "strides": [2, 2]})
    assert conv.field("filters").text() == "12"
    assert conv.field("strides").text() == "2 \u00d7 2"
    conv.form.set_values({"filters": 16})
    assert conv.field("filters").text() == "16"
    assert conv.edits == []


def test_a_value_from_a_file_that_does_not_fit_is_shown_and_explained(conv: Filled) -> None:
    conv.form.set_values({"padding": "around", "filters": -3})
    assert "Expected one of valid, same" in conv.fault("padding")
    assert conv.field("filters").text() == "-3"
    assert conv.fault("filters") == "Must be at least 1, got -3."


def test_choices_and_switches_work_by_keyboard(conv: Filled) -> None:
    padding, bias = conv.form.rows["padding"].editor, conv.form.rows["use_bias"].editor
    assert isinstance(padding, ChoiceEditor)
    assert isinstance(bias, SwitchEditor)
    pick(padding.combo, "s")
    QTest.keyClick(bias.switch, Key.Key_Space)
    assert conv.edits == [("padding", "same"), ("use_bias", False)]


def test_the_wheel_changes_nothing(conv: Filled) -> None:
    combo = conv.form.rows["padding"].editor.inner
    none = Qt.KeyboardModifier.NoModifier
    center = QPointF(combo.rect().center())
    turn = QWheelEvent(
        center, combo.mapToGlobal(center), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, none,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, turn)
    assert conv.edits == []
    assert conv.form.values["padding"] == "valid"


def test_another_thing_comes_with_its_defaults_and_its_own_fields(conv: Filled) -> None:
    editor = conv.form.rows["kernel_regularizer"].editor
    assert isinstance(editor, ConfiguredEditor)
    assert editor.form is None
    pick(editor.combo, "l2")
    assert conv.edits == [("kernel_regularizer", {"type": "L2", "l2": 0.01})]
    assert editor.form is not None
    part = editor.form.rows["l2"].editor
    assert isinstance(part, FieldEditor)
    part.field.selectAll()
    QTest.keyClicks(part.field, "0.5")
    QTest.keyClick(part.field, Key.Key_Return)
    assert conv.edits[-1] == ("kernel_regularizer", {"type": "L2", "l2": 0.5})


def test_mixed_values_say_so_and_the_first_edit_is_for_all(conv: Filled) -> None:
    conv.form.set_values({"filters": 8, "use_bias": True}, mixed=("filters", "use_bias", "activation"))
    assert (conv.field("filters").text(), conv.field("filters").placeholderText()) == ("", "Mixed")
    QTest.keyClick(conv.field("filters"), Key.Key_Return)
    assert conv.edits == []
    conv.type("filters", "8", Key.Key_Return)
    assert conv.edits == [("filters", 8)]


def test_an_optional_number_can_be_emptied(qtbot: QtBot) -> None:
    shown = Filled(qtbot, OPTIMIZERS["Adam"], clipnorm=1.0)
    shown.type("clipnorm", "")
    QTest.keyClick(shown.field("clipnorm"), Key.Key_Delete)
    QTest.keyClick(shown.field("clipnorm"), Key.Key_Return)
    assert shown.edits == [("clipnorm", None)]


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_every_layer_has_a_form_whose_fields_explain_themselves(qtbot: QtBot, name: str) -> None:
    form = Form(LAYERS[name])
    qtbot.addWidget(form)
    assert set(form.rows) == set(LAYERS[name].params())
    for row in form.rows.values():
        assert row.editor.param.help[:10] in row.label.toolTip()
        assert row.editor.inner.accessibleName()
    assert LAYERS[name].from_config(form.values).config() == form.values

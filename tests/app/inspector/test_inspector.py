from __future__ import annotations

from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.bridge.session import Session
from app.forms import Field, FieldEditor, Form
from app.forms.editors import SwitchEditor
from app.inspector import Inspector
from app.inspector.facts import memory_text, port_title
from app.inspector.node_page import NodePage
from app.inspector.other_pages import MixedPage, SummaryPage
from graph_engine.document import MAIN, Choice, Configure, Group, Objective, Remove, SetObjective, Store
from tests.engine.drawing import Drawing

Key = Qt.Key
P = TypeVar("P", SummaryPage, NodePage, MixedPage)


class Desk:
    """image -> stem -> block -> block again -> digit, and the inspector beside it."""

    def __init__(self, qtbot: QtBot) -> None:
        drawing = Drawing()
        self.image = drawing.node("Input", name="image", shape=[8, 8, 16])
        self.stem = drawing.node("Conv2D", self.image, name="stem", filters=16, padding="same")
        self.block = drawing.node(
            "Conv2D", self.stem, name="block", filters=16, padding="same", use_bias=False
        )
        self.again = drawing.call(self.block, self.block)
        self.head = drawing.node("Dense", self.again, name="head", units=10)
        self.output = drawing.node("Output", self.head, name="digit")
        self.session = Session(Store(drawing.document))
        self.inspector = Inspector(self.session)
        qtbot.addWidget(self.inspector)
        self.inspector.resize(284, 900)
        self.inspector.show()
        qtbot.waitExposed(self.inspector)

    def select(self, kind: type[P], *nodes: str) -> P:
        self.inspector.show_selection(MAIN, nodes)
        assert isinstance(self.inspector.page, kind)
        return self.inspector.page

    def config(self, node: str, name: str) -> object:
        return self.session.document.layer_of(MAIN, node).config.get(name)

    def enter(self, field: Field, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Key.Key_Return)

    def pick(self, combo: QComboBox, letters: str) -> None:
        combo.setFocus()
        QTest.keyClicks(combo, letters[0])
        QTest.keyClicks(combo.view(), letters[1:])
        QTest.keyClick(combo.view(), Key.Key_Return)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def field(form: Form, name: str) -> Field:
    editor = form.rows[name].editor
    assert isinstance(editor, FieldEditor)
    return editor.field


def words(widget: QWidget) -> list[str]:
    return [found.text() for found in widget.findChildren(QLabel) if found.isVisible() and found.text()]


def test_nothing_selected_sums_the_model_up(desk: Desk) -> None:
    page = desk.select(SummaryPage)
    said = words(page)
    assert "4,794" in said  # 16*16*9 + 16 of stem, 16*16*9 of block once, 16*10 + 10 of head
    assert {"8\u00d78\u00d716", "8\u00d78\u00d710"} <= set(said)
    desk.enter(page.header.field, "reader")
    assert desk.session.document.main.name == "reader"


def test_one_node_shows_shapes_weights_and_with_whom_they_are_shared(desk: Desk) -> None:
    said = words(desk.select(NodePage, desk.block))
    assert said.count("8\u00d78\u00d716") == 2
    assert {"kernel", "3\u00d73\u00d716\u00d716", "2,304", "2,304 parameters"} <= set(said)
    assert "Shares its weights with the call after block" in said


def test_an_edit_is_one_command_and_arrow_keys_are_one_step(desk: Desk) -> None:
    filters = field(desk.select(NodePage, desk.stem).forms[0], "filters")
    desk.enter(filters, "16*2")
    assert desk.config(desk.stem, "filters") == 32
    for _ in range(3):
        QTest.keyClick(filters, Key.Key_Up)
    assert desk.config(desk.stem, "filters") == 35
    desk.session.undo()
    assert desk.config(desk.stem, "filters") == 32
    assert filters.text() == "32"
    desk.session.undo()
    assert desk.config(desk.stem, "filters") == 16


def test_a_change_from_elsewhere_is_shown_without_a_new_page(desk: Desk) -> None:
    page = desk.select(NodePage, desk.stem)
    layer = desk.session.document.main.nodes[desk.stem].layer
    desk.session.dispatch(Configure((layer,), "filters", 8))
    assert desk.inspector.page is page
    assert field(page.forms[0], "filters").text() == "8"


def test_a_name_that_is_taken_is_refused_while_typing(desk: Desk) -> None:
    header = desk.select(NodePage, desk.stem).header
    header.field.setFocus()
    header.field.selectAll()
    QTest.keyClicks(header.field, "head")
    assert "head" in header.fault.text()
    QTest.keyClick(header.field, Key.Key_Return)
    assert desk.session.document.layer_of(MAIN, desk.stem).name == "stem"
    desk.enter(header.field, "entry")
    assert desk.session.document.layer_of(MAIN, desk.stem).name == "entry"


def test_switches_freeze_and_bypass(desk: Desk) -> None:
    page = desk.select(NodePage, desk.stem)
    for form, name in ((page.trainable, "trainable"), (page.bypassed, "bypassed")):
        editor = form.rows[name].editor
        assert isinstance(editor, SwitchEditor)
        QTest.keyClick(editor.switch, Key.Key_Space)
    assert not desk.session.document.layer_of(MAIN, desk.stem).trainable
    assert desk.session.document.main.nodes[desk.stem].bypassed


def test_several_of_one_type_are_edited_as_one_step(desk: Desk) -> None:
    page = desk.select(NodePage, desk.stem, desk.block)
    bias, filters = page.forms[0].rows["use_bias"].editor, field(page.forms[0], "filters")
    assert isinstance(bias, SwitchEditor)
    assert bias.switch.text() == "Mixed"
    assert filters.text() == "16"
    desk.enter(filters, "24")
    assert (desk.config(desk.stem, "filters"), desk.config(desk.block, "filters")) == (24, 24)
    desk.session.undo()
    assert (desk.config(desk.stem, "filters"), desk.config(desk.block, "filters")) == (16, 16)


def test_different_types_can_be_frozen_together(desk: Desk) -> None:
    page = desk.select(MixedPage, desk.image, desk.stem, desk.head)
    editor = page.trainable.rows["trainable"].editor
    assert isinstance(editor, SwitchEditor)
    QTest.keyClick(editor.switch, Key.Key_Space)
    layers = [desk.session.document.layer_of(MAIN, node) for node in (desk.image, desk.stem, desk.head)]
    assert [layer.trainable for layer in layers] == [True, False, False]


def test_an_output_has_its_objective(desk: Desk) -> None:
    section = desk.select(NodePage, desk.output).objective
    assert section is not None
    desk.pick(section.loss.editor.combo, "mean squared error")
    desk.enter(field(section.weight, "weight"), "1/2")
    desk.pick(section.metrics.adder, "mean absolute error")
    objective = desk.session.document.training.objectives[desk.output]
    assert objective.loss is not None
    assert (objective.loss.type, objective.weight) == ("MeanSquaredError", 0.5)
    assert [metric.type for metric in objective.metrics] == ["MeanAbsoluteError"]
    remover = section.metrics.chosen[0].remover
    assert remover is not None
    QTest.keyClick(remover, Key.Key_Space)
    assert desk.session.document.training.objectives[desk.output].metrics == ()


def test_short_names_from_a_file_are_understood_and_left_alone(desk: Desk) -> None:
    desk.session.dispatch(SetObjective(desk.output, Objective(Choice("mse"), 1.0, (Choice("mae"),))))
    section = desk.select(NodePage, desk.output).objective
    assert section is not None
    assert section.loss.editor.combo.currentData() == "MeanSquaredError"
    assert desk.session.document.training.objectives[desk.output].loss == Choice("mse")


def test_problems_stand_on_top_with_their_fixes(desk: Desk) -> None:
    layer = desk.session.document.main.nodes[desk.image].layer
    desk.session.dispatch(Configure((layer,), "shape", [8, 8]))
    page = desk.select(NodePage, desk.stem)
    (row,) = page.troubles.rows
    before = desk.session.document.graphs
    QTest.mouseClick(row.buttons[0], Qt.MouseButton.LeftButton)
    assert desk.session.document.graphs != before
    desk.session.undo()
    assert desk.session.document.graphs == before


def test_nodes_that_are_gone_leave_the_selection(desk: Desk) -> None:
    desk.select(NodePage, desk.head)
    desk.session.dispatch(Remove(MAIN, (desk.head,)))
    assert isinstance(desk.inspector.page, SummaryPage)


def test_what_was_typed_is_kept_when_something_else_is_selected(desk: Desk) -> None:
    filters = field(desk.select(NodePage, desk.stem).forms[0], "filters")
    filters.setFocus()
    filters.selectAll()
    QTest.keyClicks(filters, "48")
    desk.select(NodePage, desk.head)
    assert desk.config(desk.stem, "filters") == 48


def test_a_model_layer_can_be_entered(desk: Desk) -> None:
    before = set(desk.session.document.main.nodes)
    desk.session.dispatch(Group(MAIN, (desk.stem,), "part"))
    (node,) = set(desk.session.document.main.nodes) - before
    page = desk.select(NodePage, node)
    spy = QSignalSpy(desk.inspector.entered)
    page.opener.click()
    assert spy.at(0) == [desk.session.document.layer_of(MAIN, node).config["graph"]]


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (10, "40 B"), (9248, "37 KB"), (25_000_000, "100 MB")]
)
def test_memory_is_said_in_round_units(count: int, text: str) -> None:
    assert memory_text(count) == text


def test_ports_are_named_as_people_would() -> None:
    assert [port_title("Input", name, 2) for name in ("1", "left", "input")] == ["Input 1", "left", "Input"]


def test_a_model_layer_can_be_called_for_every_step(desk: Desk) -> None:
    before = set(desk.session.document.main.nodes)
    desk.session.dispatch(Group(MAIN, (desk.stem,), "part"))
    (node,) = set(desk.session.document.main.nodes) - before
    editor = desk.select(NodePage, node).each_step.rows["each_step"].editor
    assert isinstance(editor, SwitchEditor)
    QTest.keyClick(editor.switch, Key.Key_Space)
    assert desk.config(node, "each_step") is True


def test_the_spread_of_trained_weights_is_shown_where_they_fit(qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    layer = desk.session.document.layer_of(MAIN, desk.head).id
    broken = np.linspace(-1, 3, 16 * 10, dtype=np.float32).reshape(16, 10)
    page = desk.select(NodePage, desk.head)
    assert not page.table.spreads
    desk.inspector.show_values({f"{layer}/kernel": broken[:8], "other/kernel": broken})
    assert not page.table.spreads  # of an earlier drawing, or another layer
    broken[0, 0] = np.nan
    desk.inspector.show_values({f"{layer}/kernel": broken})
    spread = page.table.spreads["kernel"]
    assert sum(spread.counts) == 159 and max(spread.counts) - min(spread.counts) <= 2
    assert "to 3" in spread.toolTip() and "1 are no numbers" in spread.toolTip()
    page = desk.select(NodePage, desk.stem)
    assert not page.table.spreads
    assert "kernel" in desk.select(NodePage, desk.head).table.spreads

"""The outline: one tree of all layers, in step with the canvas in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import application
from app.outline.tree import NAME, SHAPE
from app.settings import Settings
from app.window import Window
from graph_engine.document import MAIN, Configure, Group, Port
from graph_engine.layout import laid_out
from tests.engine.drawing import Drawing

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Window:
    """numbers -> a model of two layers, called twice -> sum, with the outline in sight."""
    application("dark")
    drawing = Drawing()
    given = drawing.node("Input", name="numbers", shape=[4])
    first = drawing.node("Dense", given, name="first", units=8)
    second = drawing.node("Dense", first, name="second", units=4)
    shapes = {Port(given, "output"): ([4], "float32")}
    ends = (Port(second, "output"),)
    (model,) = drawing.do(Group(MAIN, (first, second), "pair", shapes, expose_outputs=ends)).created
    inner = drawing.document.graphs[str(drawing.document.layer_of(MAIN, model).config["graph"])]
    twin = drawing.call(model)
    drawing.connect(given, Port(twin, inner.inputs[0]))
    both = [Port(node, inner.outputs[0]) for node in (model, twin)]
    drawing.node("Output", drawing.node("Add", *both, name="sum"), name="out")
    window = Window(Settings(tmp_path / "settings.ini"))
    qtbot.addWidget(window, before_close_func=lambda window: window.files.let_go())
    window.show()
    window.session.open(laid_out(drawing.document))
    window.show_outline()
    qtbot.waitUntil(lambda: window.outline.tree.rowCount() == 5)
    return window


def names(window: Window, above: QModelIndex | None = None) -> list[str]:
    tree, above = window.outline.tree, above or QModelIndex()
    return [str(tree.index(row, NAME, above).data()) for row in range(tree.rowCount(above))]


def click(window: Window, index: QModelIndex) -> None:
    view = window.outline.view
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, view.visualRect(index).center())


def test_rows_stand_in_the_order_of_computing_with_their_shapes(window: Window) -> None:
    assert names(window) == ["numbers", "pair", "pair", "sum", "out"]
    tree = window.outline.tree
    assert tree.index(3, SHAPE).data() == "4"
    assert names(window, tree.index(1, NAME))[1:3] == ["first", "second"]


def test_a_click_shows_a_layer_where_it_is_drawn_and_the_canvas_tells_what_is_selected(
    window: Window,
) -> None:
    tree, view, canvas = window.outline.tree, window.outline.view, window.canvas
    pair = tree.index(2, NAME)  # its second use
    QTest.keyClick(view, Qt.Key.Key_Down)
    view.setExpanded(pair, True)
    second = tree.index(2, NAME, pair)
    click(window, second)
    place = tree.place(second)
    assert canvas.graph == place.graph != MAIN and canvas.selected_nodes() == (place.node,)
    assert view.currentIndex() == second  # it does not jump to the first use
    canvas.graph = MAIN
    document = window.session.document
    total = next(node for node in document.main.nodes if document.layer_of(MAIN, node).name == "sum")
    canvas.select((total,))
    assert view.currentIndex().data() == "sum"
    canvas.select(())
    assert not view.currentIndex().isValid()


def test_enter_opens_a_model(window: Window) -> None:
    view, tree = window.outline.view, window.outline.tree
    view.setCurrentIndex(tree.index(1, NAME))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert window.canvas.graph == tree.place(tree.index(1, NAME)).inner


def test_an_edit_keeps_what_is_unfolded_and_a_problem_is_shown_at_its_row(
    window: Window, qtbot: QtBot
) -> None:
    tree, view, session = window.outline.tree, window.outline.view, window.session
    view.setExpanded(tree.index(1, NAME), True)
    layer = next(layer for layer in session.document.layers.values() if layer.name == "second")
    session.dispatch(Configure((layer.id,), "units", 5))
    qtbot.waitUntil(lambda: tree.index(3, SHAPE).data() == "5")
    assert view.isExpanded(tree.index(1, NAME)) and not view.isExpanded(tree.index(2, NAME))
    session.dispatch(Configure((layer.id,), "units", 0))
    inside = tree.index(1, NAME)
    qtbot.waitUntil(lambda: "units" in str(tree.index(2, SHAPE, inside).data(Qt.ItemDataRole.ToolTipRole)))
    assert tree.index(2, SHAPE, inside).data(Qt.ItemDataRole.DecorationRole) is not None


def test_qt_finds_no_fault_in_the_tree(window: Window, qtmodeltester: object) -> None:
    qtmodeltester.check(window.outline.tree)  # type: ignore[attr-defined]

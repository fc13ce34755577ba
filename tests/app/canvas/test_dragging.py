"""What is dragged onto the canvas from other parts of the window."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.widgets.mime import COLUMNS_MIME, LAYER_MIME, columns_in, write_columns
from graph_engine.document import Binding, Choice, SetSource, Source
from tests.app.canvas.hand import Hand

EMPTY = QPointF(700, 120)
AGES = Binding("t", ("age", "income"), (Choice("Impute"), Choice("Standardize", {"epsilon": 0.1})))
COPY, NONE, NO_KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


def carry(hand: Hand, mime: QMimeData, at: QPointF) -> bool:
    """Whether a drop there would be taken."""
    viewport = hand.canvas.view.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(at.toPoint(), COPY, mime, NONE, NO_KEYS))
    move = QDragMoveEvent(at.toPoint(), COPY, mime, NONE, NO_KEYS)
    QApplication.sendEvent(viewport, move)
    return move.isAccepted()


def drop(hand: Hand, mime: QMimeData, at: QPointF) -> None:
    carry(hand, mime, at)
    QApplication.sendEvent(hand.canvas.view.viewport(), QDropEvent(at, COPY, mime, NONE, NO_KEYS))


def layer(kind: str) -> QMimeData:
    mime = QMimeData()
    mime.setData(LAYER_MIME, kind.encode())
    return mime


def columns(binding: Binding) -> QMimeData:
    mime = QMimeData()
    write_columns(mime, binding)
    return mime


def test_a_layer_dropped_on_the_paper_is_placed_there(chain: Hand) -> None:
    drop(chain, layer("Dense"), EMPTY)
    (node,) = chain.canvas.selected_nodes()
    assert (chain.body(node) - EMPTY).manhattanLength() < 6
    assert len(chain.wires) == 3


def test_a_layer_dropped_on_a_wire_is_inserted(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    drop(chain, layer("Conv2D"), chain.wire(first, second))
    (node,) = chain.canvas.selected_nodes()
    assert {(first, node, "input"), (node, second, "input")} <= chain.wires


def test_columns_are_bound_to_the_input_they_are_dropped_on(chain: Hand) -> None:
    image, first, _, out = chain.graph.nodes
    session = chain.canvas.session
    session.dispatch(SetSource(Source("t", "csv", "people.csv")))
    assert not carry(chain, columns(AGES), EMPTY)
    assert not carry(chain, columns(AGES), chain.body(first))
    assert chain.said[-1] == "Drop on an input or an output of the main model."
    assert carry(chain, columns(AGES), chain.body(image))
    assert chain.said[-1] == "Drop to bind age, income to image."
    assert chain.canvas.scene.nodes[image].state.target
    drop(chain, columns(AGES), chain.body(image))
    assert session.document.data.bindings == {image: AGES}
    assert not chain.canvas.scene.nodes[image].state.target
    carry(chain, columns(AGES), chain.body(image))
    assert "in place of what feeds it now" in chain.said[-1]
    drop(chain, columns(AGES), chain.body(out))
    session.undo()
    assert session.document.data.bindings == {image: AGES}


def test_what_another_program_drags_here_is_left_alone() -> None:
    for content in (b"no JSON", b"{}", b'{"source": 1, "columns": 2, "steps": 3}'):
        mime = QMimeData()
        mime.setData(COLUMNS_MIME, content)
        assert columns_in(mime) is None
    assert columns_in(QMimeData()) is None
    assert columns_in(columns(AGES)) == AGES

"""Models as layers by hand: blocks placed, models used twice, published and taken from the library again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt

from app.canvas.stock import HERE, Stock
from graph_engine.analysis import analyze
from graph_engine.document import MAIN, MODEL, Document, Point, nested_graph
from graph_engine.templates.blocks import BLOCKS
from tests.app.canvas.conftest import Shown
from tests.app.canvas.hand import Hand
from tests.app.canvas.test_dragging import drop, layer
from tests.engine.drawing import Drawing

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
FED = {"siamese-branch": [12], "dense-head": [12]}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_takes_what_arrives_and_has_no_problems(show: Shown, name: str) -> None:
    drawing = Drawing()
    config = {"dtype": "int32"} if name == "siamese-branch" else {}
    image = drawing.node("Input", name="data", shape=FED.get(name, [8, 8, 3]), at=Point(0, 0), **config)
    hand = show(drawing.document)
    hand.canvas.select((image,))
    hand.canvas.add_layer(f"block:{name}")
    (model,) = hand.canvas.selected_nodes()
    assert hand.canvas.session.document.layer_of(MAIN, model).type == MODEL
    assert [edge.source.node for edge in hand.graph.edges.values()] == [image]
    errors = analyze(hand.canvas.session.document).errors
    assert [problem for problem in errors if problem.node] == []
    assert hand.canvas.scene.nodes[model].card.shape


def grouped(hand: Hand) -> str:
    _, first, second, _ = hand.graph.nodes
    hand.canvas.select((first, second))
    hand.key(Qt.Key.Key_G, CONTROL)
    return hand.canvas.selected_nodes()[0]


def test_a_model_is_used_again_with_weights_of_its_own_or_shared(chain: Hand) -> None:
    model = grouped(chain)
    inner = nested_graph(chain.canvas.session.document.layer_of(MAIN, model))
    chain.canvas.select(())
    chain.canvas.add_layer(f"{HERE}{inner}", Point(0, 400))
    (own,) = chain.canvas.selected_nodes()
    chain.canvas.select((model,))
    chain.key(Qt.Key.Key_D, ALT)
    (shared,) = chain.canvas.selected_nodes()
    document = chain.canvas.session.document
    layers = {name: document.layer_of(MAIN, node) for name, node in (("a", model), ("b", own), ("c", shared))}
    assert {nested_graph(layer) for layer in layers.values()} == {inner}  # one definition
    assert layers["a"].id == layers["c"].id != layers["b"].id  # two sets of weights
    chain.canvas.enter(own)
    chain.canvas.select_all()
    cards = {node: item.card for node, item in chain.canvas.scene.nodes.items()}
    edited = next(node for node, card in cards.items() if card.kind == "Conv2D")
    chain.canvas.select((edited,))
    chain.key(Qt.Key.Key_B, CONTROL)
    chain.canvas.select(())
    chain.key(Qt.Key.Key_Escape)
    assert chain.canvas.graph == MAIN
    assert len(document.graphs) == len(chain.canvas.session.document.graphs) == 2


def test_a_model_is_entered_and_left_by_keys(chain: Hand) -> None:
    model = grouped(chain)
    chain.key(Qt.Key.Key_E, CONTROL)
    assert chain.canvas.graph != MAIN
    assert not chain.canvas.actions_["enter"].isEnabled() and chain.canvas.actions_["leave"].isEnabled()
    chain.key(Qt.Key.Key_Up, ALT)
    assert chain.canvas.graph == MAIN and model in chain.graph.nodes


def test_a_published_model_is_placed_in_another_project(show: Shown, tmp_path: Path, chain: Hand) -> None:
    stock = Stock(tmp_path)
    chain.canvas._stage.stock.__init__(tmp_path)  # type: ignore[misc]  # its folder
    model = grouped(chain)
    chain.canvas.actions_["publish"].trigger()
    (part,) = [part for part in stock.parts(Document()) if part.group == "My models"]
    assert part.title == chain.canvas.session.document.layer_of(MAIN, model).name
    other = show(Document())
    other.canvas._stage.stock.__init__(tmp_path)  # type: ignore[misc]  # its folder
    other.double_click(QPointF(300, 300))
    other.type(part.title)
    other.key(Qt.Key.Key_Return)
    (node,) = other.graph.nodes
    inner = nested_graph(other.canvas.session.document.layer_of(MAIN, node))
    assert len(other.canvas.session.document.graphs[inner or ""].nodes) == 4
    stock.withdraw(part.key)
    assert not [part for part in stock.parts(Document()) if part.group == "My models"]


def test_a_block_dropped_on_a_wire_is_led_through(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    drop(chain, layer("block:residual-block"), chain.wire(first, second))
    (block,) = chain.canvas.selected_nodes()
    ends = {(edge.source.node, edge.target.node) for edge in chain.graph.edges.values()}
    assert {(first, block), (block, second)} <= ends and (first, second) not in ends

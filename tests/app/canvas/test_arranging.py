"""Lining up, spreading out, and laying out a part of the drawing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from app.canvas.arranging import aligned, spread
from graph_engine.document import Document, Point
from tests.app.canvas.conftest import Shown
from tests.app.canvas.hand import Hand
from tests.engine.drawing import Drawing

BOXES = {"a": QRectF(0, 0, 100, 50), "b": QRectF(130, 40, 100, 90), "c": QRectF(400, 10, 100, 50)}


def test_boxes_are_lined_up_on_the_edges_and_middles_of_all_of_them() -> None:
    assert {point.x for point in aligned(BOXES, "left").values()} == {0}
    assert {point.x + 100 for point in aligned(BOXES, "right").values()} == {500}
    assert {point.y for point in aligned(BOXES, "top").values()} == {0}
    bottoms = {aligned(BOXES, "bottom")[name].y + box.height() for name, box in BOXES.items()}
    middles = {aligned(BOXES, "middle")[name].y + box.height() / 2 for name, box in BOXES.items()}
    assert bottoms == {130} and middles == {65}


def test_the_outermost_boxes_stay_and_the_gaps_become_equal() -> None:
    places = spread(BOXES, "across")
    assert (places["a"].x, places["c"].x) == (0, 400)
    assert places["b"].x - 100 == places["c"].x - (places["b"].x + 100)
    assert all(places[name].y == box.y() for name, box in BOXES.items())


def scattered() -> Document:
    drawing = Drawing()
    image = drawing.node("Input", name="image", shape=[8], at=Point(0, 300))
    first = drawing.node("Dense", image, name="first", at=Point(900, 40))
    second = drawing.node("Dense", first, name="second", at=Point(310, 510))
    drawing.node("Output", second, name="out", at=Point(20, 20))
    return drawing.document


def test_tidy_lays_out_only_what_is_selected(show: Shown) -> None:
    hand = show(scattered())
    image, first, second, out = hand.graph.nodes
    before = hand.graph.positions
    hand.canvas.select((first, second))
    hand.key(Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    after = hand.graph.positions
    assert (after[image], after[out]) == (before[image], before[out])
    assert after[first].x < after[second].x and after[first].y == after[second].y
    assert hand.canvas.session.store.undo_label == "Tidy layout"


def test_aligning_is_one_step_and_needs_two(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    chain.canvas.select((first,))
    assert not chain.canvas.actions_["align-top"].isEnabled()
    chain.drag(chain.body(second), chain.body(second) + QPointF(0, 140))
    chain.canvas.select((first, second))
    chain.canvas.actions_["align-top"].trigger()
    assert chain.graph.positions[first].y == chain.graph.positions[second].y
    assert chain.canvas.session.store.undo_label == "Align top"


def test_tidy_glides_and_a_press_puts_everything_in_place(show: Shown) -> None:
    hand = show(scattered())
    _, first, *_ = hand.graph.nodes
    item = hand.canvas.scene.nodes[first]
    before = item.pos()
    hand.canvas.tidy()
    assert item.pos() == before  # the document is there already, the picture follows
    hand.press(QPointF(2, 2))
    assert (item.x(), item.y()) == hand.graph.positions[first]
    hand.release(QPointF(2, 2))
    hand.canvas.session.undo()
    assert (item.x(), item.y()) == hand.graph.positions[first]

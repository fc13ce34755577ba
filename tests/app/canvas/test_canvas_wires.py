from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from app.canvas.search import SearchPopup
from graph_engine.document import Document, Point
from tests.app.canvas.conftest import Shown
from tests.app.canvas.hand import Hand
from tests.engine.drawing import Drawing

ALT = Qt.KeyboardModifier.AltModifier


def pair() -> tuple[Document, str, str]:
    drawing = Drawing()
    source = drawing.node("Input", name="numbers", shape=[4], at=Point(0, 0))
    target = drawing.node("Dense", name="dense", units=3, at=Point(300, 0))
    return drawing.document, source, target


def test_a_wire_is_drawn_from_output_to_input_and_says_the_shape_it_will_give(show: Shown) -> None:
    document, source, target = pair()
    hand = show(document)
    hand.take(hand.output(source), hand.input(target))
    (ghost,) = hand.canvas.view.decorations
    assert ghost.text == "4 \u2192 3"  # type: ignore[attr-defined]  # a ghost
    hand.release(hand.input(target))
    assert hand.wires == {(source, target, "input")}
    assert not hand.canvas.view.decorations


def test_a_wire_is_drawn_backwards_from_input_to_output(show: Shown) -> None:
    document, source, target = pair()
    hand = show(document)
    hand.drag(hand.input(target), hand.output(source))
    assert hand.wires == {(source, target, "input")}


def test_a_drop_on_the_body_of_a_node_finds_its_port(show: Shown) -> None:
    document, source, target = pair()
    hand = show(document)
    hand.drag(hand.output(source), hand.body(target))
    assert hand.wires == {(source, target, "input")}


def test_a_wire_back_is_refused_with_a_sentence_and_nodes_that_refuse_are_dimmed(chain: Hand) -> None:
    _image, first, second, _ = chain.graph.nodes
    before = chain.canvas.session.document
    chain.take(chain.output(second), chain.input(first))
    assert "close a loop" in chain.said[-1]
    assert chain.canvas.scene.nodes[first].state.refusing
    chain.release(chain.input(first))
    assert chain.canvas.session.document is before
    assert not any(item.state.refusing for item in chain.canvas.scene.nodes.values())


def test_a_shape_that_does_not_fit_is_told_before_release(show: Shown) -> None:
    drawing = Drawing()
    source = drawing.node("Input", name="numbers", shape=[4], at=Point(0, 0))
    target = drawing.node("Conv2D", name="conv", at=Point(300, 0))
    hand = show(drawing.document)
    hand.take(hand.output(source), hand.input(target))
    assert "conv" in hand.said[-1]
    assert "numbers" in hand.said[-1]
    assert hand.canvas.scene.nodes[target].state.refusing
    hand.key(Qt.Key.Key_Escape)
    assert not hand.wires


def test_dragging_off_a_connected_input_takes_the_wire_along(chain: Hand) -> None:
    _image, first, second, out = chain.graph.nodes
    chain.drag(chain.input(out), chain.input(out) + QPointF(-60, 180))
    assert (second, out, "input") not in chain.wires
    chain.canvas.session.undo()
    chain.drag(chain.input(out), chain.input(first))
    assert (second, out, "input") in chain.wires  # a loop is refused, and the wire stays what it was


def test_a_taken_wire_put_back_changes_nothing(chain: Hand) -> None:
    *_, out = chain.graph.nodes
    before = chain.canvas.session.document
    chain.drag(chain.input(out), chain.input(out) + QPointF(3, 3))
    chain.take(chain.input(out), chain.input(out) + QPointF(-80, 120))
    chain.move(chain.input(out))
    chain.release(chain.input(out))
    assert chain.canvas.session.document is before
    assert chain.said[-1] == ""


def test_a_wire_dropped_in_the_open_searches_for_what_fits_and_adds_it_connected(chain: Hand) -> None:
    _, first, *_ = before = list(chain.graph.nodes)
    chain.drag(chain.output(first), chain.output(first) + QPointF(40, 200))
    popup = chain.canvas.findChild(SearchPopup)
    assert isinstance(popup, SearchPopup) and popup.isVisible()
    assert "Embedding" not in popup.offered  # it takes whole numbers
    chain.type("conv2d")
    chain.key(Qt.Key.Key_Return)
    (added,) = set(chain.graph.nodes) - set(before)
    assert (first, added, "input") in chain.wires
    assert chain.canvas.selected_nodes() == (added,)
    assert not chain.canvas.view.decorations


def test_a_wire_dropped_on_a_wire_merges_both(chain: Hand) -> None:
    _, first, second, out = before = list(chain.graph.nodes)
    chain.drag(chain.output(first), chain.wire(second, out))
    (merge,) = set(chain.graph.nodes) - set(before)
    assert chain.canvas.session.document.layer_of(chain.canvas.graph, merge).type == "Add"
    assert {(second, merge, "0"), (first, merge, "1"), (merge, out, "input")} <= chain.wires


def test_alt_takes_another_merge(chain: Hand) -> None:
    _, first, second, out = before = list(chain.graph.nodes)
    chain.take(chain.output(first), chain.wire(second, out))
    chain.key(Qt.Key.Key_Alt, ALT)
    chain.release(chain.wire(second, out))
    (merge,) = set(chain.graph.nodes) - set(before)
    assert chain.canvas.session.document.layer_of(chain.canvas.graph, merge).type == "Concatenate"


def test_a_merge_always_offers_one_more_port(show: Shown) -> None:
    drawing = Drawing()
    sources = [drawing.node("Input", name=f"in_{i}", shape=[4], at=Point(0, 110 * i)) for i in range(3)]
    merge = drawing.node("Add", name="sum", at=Point(300, 100))
    hand = show(drawing.document)
    for index, source in enumerate(sources):
        hand.drag(hand.output(source), hand.input(merge, str(index)))
    assert hand.wires == {(source, merge, str(index)) for index, source in enumerate(sources)}
    assert list(hand.canvas.scene.nodes[merge].body.inputs) == ["0", "1", "2", "3"]


def test_alt_click_on_a_port_breaks_its_wires(chain: Hand) -> None:
    image, first, *_ = chain.graph.nodes
    chain.click(chain.output(image), keys=ALT)
    assert (image, first, "input") not in chain.wires


def test_a_stroke_cuts_the_wires_it_crosses(chain: Hand) -> None:
    image, first, second, out = chain.graph.nodes
    middle = chain.wire(first, second)
    control = Qt.KeyboardModifier.ControlModifier
    chain.drag(middle - QPointF(0, 30), middle + QPointF(0, 30), Qt.MouseButton.RightButton, control)
    assert chain.wires == {(image, first, "input"), (second, out, "input")}


def test_ctrl_drag_moves_all_wires_of_an_output(chain: Hand) -> None:
    image, first, second, out = chain.graph.nodes
    control = Qt.KeyboardModifier.ControlModifier
    chain.take(chain.output(second), chain.output(image), keys=control)
    (ghost,) = chain.canvas.view.decorations
    assert ghost.text == "1 wire"  # type: ignore[attr-defined]  # a ghost
    chain.release(chain.output(image), keys=control)
    assert chain.wires == {(image, first, "input"), (first, second, "input"), (image, out, "input")}
    chain.drag(chain.output(image), chain.output(image) + QPointF(0, 200), keys=control)
    assert chain.wires == {(first, second, "input")}
    chain.canvas.session.undo()
    chain.drag(chain.output(first), chain.output(second), keys=control)
    assert "cannot feed itself" in chain.said[-1]


def test_wires_of_a_merge_change_their_order_by_a_drag(show: Shown) -> None:
    drawing = Drawing()
    sources = [drawing.node("Input", name=f"in_{i}", shape=[4], at=Point(0, 110 * i)) for i in range(3)]
    merge = drawing.node("Concatenate", *sources, at=Point(300, 100))
    hand = show(drawing.document)
    hand.drag(hand.input(merge, "2"), hand.input(merge, "0"))
    assert hand.wires == {(sources[2], merge, "0"), (sources[0], merge, "1"), (sources[1], merge, "2")}


def test_alt_click_puts_a_dot_on_a_wire_which_is_dragged_moves_along_and_goes(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    chain.click(chain.wire(first, second), keys=ALT)
    ((edge, (dot,)),) = chain.graph.bends.items()
    at = chain.canvas.view.view_point(QPointF(*dot))
    chain.drag(at, at + QPointF(4, 160))
    assert chain.graph.bends == {edge: (Point(dot.x + 4, dot.y + 160),)}
    course = chain.canvas.scene.wires[edge].course
    assert course is not None and course.distance(dot.x + 4, dot.y + 160) < 1
    chain.canvas.select((first, second))
    chain.drag(chain.body(first), chain.body(first) + QPointF(0, -90), keys=ALT)
    assert chain.graph.bends == {edge: (Point(dot.x + 4, dot.y + 70),)}
    chain.click(chain.canvas.view.view_point(QPointF(dot.x + 4, dot.y + 70)), keys=ALT)
    assert not chain.graph.bends
    chain.canvas.session.undo()
    chain.canvas.select((edge,))
    chain.canvas.actions_["straighten"].trigger()
    assert not chain.graph.bends


def test_a_second_dot_takes_its_place_in_the_order_and_tidy_takes_dots_away(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    middle = chain.wire(first, second)
    chain.drag(middle, middle + QPointF(0, 150), keys=ALT)
    edge = next(iter(chain.graph.bends))
    start, (dot,) = chain.output(first), chain.graph.bends[edge]
    between = (start + chain.canvas.view.view_point(QPointF(*dot))) / 2
    wire = chain.canvas.scene.wires[edge]
    assert wire.course is not None
    near = min(
        (chain.canvas.view.view_point(wire.course.path.pointAtPercent(part / 100)) for part in range(5, 45)),
        key=lambda spot: (spot - between).manhattanLength(),
    )
    chain.click(near, keys=ALT)
    assert chain.graph.bends[edge][1] == dot
    chain.canvas.select(())
    chain.canvas.tidy()
    assert not chain.graph.bends


def test_an_optional_port_stands_aside_until_it_is_wired(show: Shown) -> None:
    drawing = Drawing()
    steps = drawing.node("Input", name="steps", shape=[4, 3])
    mask = drawing.node("Input", name="mask", shape=[4], dtype="bool")
    reader = drawing.node("LSTM", steps, units=2)
    drawing.node("Output", reader, name="out")
    hand = show(drawing.document)
    body = hand.canvas.scene.nodes[reader].body
    assert body.inputs["input"] == QPointF(0, body.height / 2)
    assert body.inputs["mask"].y() == body.height and body.inputs["mask"].x() > 0
    hand.drag(hand.output(mask), hand.input(reader, "mask"))
    assert (mask, reader, "mask") in hand.wires
    assert hand.canvas.scene.nodes[reader].body.inputs["mask"].x() == 0

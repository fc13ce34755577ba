"""What hands expect of a node editor, a test for each row of the table of gestures, at the real window.

`test_real_screen` runs them again with what a screen makes of a mouse and a keyboard.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.canvas.search import SearchPopup
from app.commands import CommandPalette
from app.shortcuts import Sheet
from graph_engine.document import MAIN, MODEL, Point, SetTraining
from graph_engine.layout import laid_out
from tests.engine.drawing import Drawing
from tests.journeys.person import Person

Key, Button, Keys = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
SHIFT, CONTROL, ALT = Keys.ShiftModifier, Keys.ControlModifier, Keys.AltModifier
LONG = 30_000


@pytest.fixture
def chain(person: Person) -> tuple[str, str, str, str]:
    """An image through two convolutions to an output, at 100 %; the nodes in this order."""
    drawing = Drawing()
    image = drawing.node("Input", name="image", shape=[8, 8, 4])
    first = drawing.node("Conv2D", image, name="first", filters=4, kernel_size=[3, 3], padding="same")
    second = drawing.node("Conv2D", first, name="second", filters=4, kernel_size=[3, 3], padding="same")
    out = drawing.node("Output", second, name="out")
    window = person.window
    window.session.open(laid_out(drawing.document))
    window.show_canvas()
    window.canvas.view.zoom_to(1.0)
    window.canvas.view.center(window.canvas.scene.bounds().center())
    window.canvas.setFocus()
    QApplication.processEvents()
    return image, first, second, out


Chain = tuple[str, str, str, str]


def paper(person: Person) -> QPointF:
    """A spot in the view with nothing on it, above the drawing."""
    return QPointF(person.hand.body(next(iter(person.document.main.nodes)))) - QPointF(0, 170)


def kinds(person: Person) -> list[str]:
    document = person.document
    return [document.layer_of(MAIN, node).type for node in document.main.nodes]


def popup(person: Person) -> SearchPopup:
    found = person.window.canvas.findChild(SearchPopup)
    assert isinstance(found, SearchPopup) and found.isVisible()
    return found


def test_the_paper_is_boxed_moved_and_zoomed(person: Person, chain: Chain) -> None:
    hand, canvas = person.hand, person.window.canvas
    _image, first, second, _out = chain
    hand.drag(hand.body(first) - QPointF(30, 110), hand.body(second) + QPointF(20, 10))
    assert canvas.selected_nodes() == (first, second)
    start = hand.body(first)
    hand.drag(paper(person), paper(person) + QPointF(40, 30), Button.MiddleButton)
    assert hand.body(first) == start + QPointF(40, 30)
    hand.hold(Key.Key_Space)
    hand.drag(hand.body(second), hand.body(second) - QPointF(40, 30))
    hand.let_go(Key.Key_Space)
    assert hand.body(first) == start
    fixed = canvas.view.scene_point(start)
    hand.wheel(start, 2)
    assert canvas.view.scale_now > 1.3
    assert (canvas.view.view_point(fixed) - start).manhattanLength() <= 2


@pytest.mark.parametrize("way", ["Tab", "Shift+A", "double click"])
def test_search_opens_takes_letters_at_once_and_enter_places_wired(
    person: Person, chain: Chain, way: str
) -> None:
    hand, (_image, first, *_) = person.hand, chain
    if way == "double click":
        hand.double_click(paper(person))
    else:
        hand.click(hand.body(first))
        hand.key(Key.Key_A, SHIFT) if way == "Shift+A" else hand.key(Key.Key_Tab)
    hand.type("c2")
    assert popup(person).current == "Conv2D"
    hand.key(Key.Key_Return)
    (added,) = set(person.document.main.nodes) - set(chain)
    assert ((first, added, "input") in hand.wires) == (way != "double click")


def test_a_wire_let_go_over_nothing_asks_what_fits(person: Person, chain: Chain) -> None:
    hand, (_image, first, *_) = person.hand, chain
    hand.drag(hand.output(first), hand.output(first) + QPointF(30, 150))
    assert "Embedding" not in popup(person).offered  # it takes whole numbers
    hand.type("flatten")
    hand.key(Key.Key_Return)
    (added,) = set(person.document.main.nodes) - set(chain)
    assert (first, added, "input") in hand.wires and person.shape(added) == "256"


def test_a_wire_onto_a_wire_is_a_residual_edge_and_alt_takes_another_merge(
    person: Person, chain: Chain
) -> None:
    hand, (image, _first, second, out) = person.hand, chain
    hand.drag(hand.output(image), hand.wire(second, out))
    assert "Add" in kinds(person)
    hand.key(Key.Key_Z, CONTROL)
    hand.take(hand.output(image), hand.wire(second, out))
    hand.hold(Key.Key_Alt)
    hand.release(hand.wire(second, out), keys=ALT)
    hand.let_go(Key.Key_Alt)
    assert "Concatenate" in kinds(person) and "Add" not in kinds(person)


def test_a_wire_over_ports_tells_the_shape_and_those_that_refuse_say_why(
    person: Person, chain: Chain
) -> None:
    hand, (image, first, second, out) = person.hand, chain
    hand.key(Key.Key_A, CONTROL)  # of what is selected, nothing comes in the way of a wire
    hand.take(hand.output(image), hand.body(second))
    (ghost,) = person.window.canvas.view.decorations
    assert ghost.text.endswith("8×8×4")  # type: ignore[attr-defined]  # a ghost
    hand.release(hand.body(second))
    hand.key(Key.Key_Z, CONTROL)
    hand.take(hand.output(second), hand.input(first))
    assert person.window.canvas.scene.nodes[first].state.refusing
    assert "close a loop" in person.window.status.currentMessage()
    hand.release(hand.input(first))
    assert hand.wires == {(image, first, "input"), (first, second, "input"), (second, out, "input")}


def test_a_layer_dropped_on_a_wire_is_inserted_and_alt_leaves_it_beside(person: Person, chain: Chain) -> None:
    hand, canvas = person.hand, person.window.canvas
    _image, first, second, _out = chain
    canvas.select(())
    canvas.add_layer("Conv2D", Point(*_below(person, first)))
    (loose,) = set(person.document.main.nodes) - set(chain)
    spot = hand.wire(first, second)
    hand.drag(hand.body(loose), spot, keys=ALT)
    assert (first, second, "input") in hand.wires
    hand.key(Key.Key_Z, CONTROL)
    hand.drag(hand.body(loose), spot)
    assert {(first, loose, "input"), (loose, second, "input")} <= hand.wires


def _below(person: Person, node: str) -> tuple[int, int]:
    rect = person.window.canvas.scene.nodes[node].rect()
    return round(rect.left()), round(rect.bottom() + 110)


def test_wires_are_moved_broken_and_cut(person: Person, chain: Chain) -> None:
    hand, (image, first, second, out) = person.hand, chain
    hand.drag(hand.output(second), hand.output(first), keys=CONTROL)
    assert (first, out, "input") in hand.wires
    hand.key(Key.Key_Z, CONTROL)
    hand.click(hand.output(image), keys=ALT)
    assert hand.wires == {(first, second, "input"), (second, out, "input")}
    hand.key(Key.Key_Z, CONTROL)
    middle = hand.wire(first, second)
    hand.drag(middle - QPointF(0, 30), middle + QPointF(0, 30), Button.RightButton, CONTROL)
    assert hand.wires == {(image, first, "input"), (second, out, "input")}


def test_a_dot_on_a_wire_leads_it(person: Person, chain: Chain) -> None:
    hand, (_image, first, second, _out) = person.hand, chain
    hand.click(hand.wire(first, second), keys=ALT)
    ((edge, (dot,)),) = person.document.main.bends.items()
    at = person.window.canvas.view.view_point(QPointF(*dot))
    hand.drag(at, at + QPointF(4, 120))
    assert person.document.main.bends == {edge: (Point(dot.x + 4, dot.y + 120),)}


def test_delete_removes_and_with_ctrl_reconnects(person: Person, chain: Chain) -> None:
    hand, (image, first, second, out) = person.hand, chain
    hand.click(hand.body(first))
    hand.key(Key.Key_Delete)
    assert hand.wires == {(second, out, "input")}
    hand.key(Key.Key_Z, CONTROL)
    hand.click(hand.body(first))
    hand.key(Key.Key_Delete, CONTROL)
    assert hand.wires == {(image, second, "input"), (second, out, "input")}


def test_undo_redo_and_the_clipboard(person: Person, chain: Chain) -> None:
    hand, (_image, first, second, _out) = person.hand, chain
    hand.click(hand.body(first))
    hand.key(Key.Key_X, CONTROL)
    assert len(kinds(person)) == 3
    hand.key(Key.Key_Z, CONTROL)
    hand.key(Key.Key_Z, CONTROL | SHIFT)
    assert len(kinds(person)) == 3
    hand.key(Key.Key_Z, CONTROL)
    hand.key(Key.Key_Y, CONTROL)
    hand.key(Key.Key_Z, CONTROL)
    hand.click(hand.body(second))
    hand.key(Key.Key_C, CONTROL)
    hand.key(Key.Key_V, CONTROL)
    (plain,) = set(person.document.main.nodes) - set(chain)
    assert not person.window.canvas.scene.nodes[plain].card.inputs[0].connected
    hand.key(Key.Key_V, CONTROL | SHIFT)
    (wired,) = set(person.document.main.nodes) - {*chain, plain}
    assert (first, wired, "input") in hand.wires
    hand.key(Key.Key_A, CONTROL)
    assert set(person.window.canvas.selected_nodes()) == set(person.document.main.nodes)


def test_duplicates_have_weights_of_their_own_or_share_them(person: Person, chain: Chain) -> None:
    hand, (_image, first, *_) = person.hand, chain
    nodes = person.document.main.nodes
    hand.click(hand.body(first))
    hand.key(Key.Key_D, CONTROL)
    (own,) = set(person.document.main.nodes) - set(nodes)
    assert person.document.main.nodes[own].layer != nodes[first].layer
    hand.key(Key.Key_Z, CONTROL)
    hand.click(hand.body(first))
    hand.key(Key.Key_D, ALT)
    (shared,) = set(person.document.main.nodes) - set(nodes)
    assert person.document.main.nodes[shared].layer == nodes[first].layer


def test_views_layout_and_models(person: Person, chain: Chain) -> None:
    hand, canvas = person.hand, person.window.canvas
    _image, first, second, _out = chain
    hand.click(hand.body(first))
    canvas.view.zoom_to(0.5)
    hand.key(Key.Key_F)
    assert canvas.view.visible().contains(canvas.scene.nodes[first].rect())
    canvas.view.zoom_to(3.0)
    hand.key(Key.Key_H)
    assert canvas.view.visible().contains(canvas.scene.bounds())
    hand.drag(hand.body(second), hand.body(second) + QPointF(0, 150), keys=ALT)
    moved = person.document.main.positions[second]
    hand.click(paper(person))
    hand.key(Key.Key_L, SHIFT)
    assert person.document.main.positions[second] != moved
    person.window.canvas._glide.finish()  # the picture is where the document is
    hand.click(hand.body(first))
    hand.click(hand.body(second), keys=SHIFT)
    hand.key(Key.Key_G, CONTROL)
    (model,) = (node for node in person.document.main.nodes if node not in chain)
    assert person.document.layer_of(MAIN, model).type == MODEL
    hand.double_click(hand.body(model))
    assert canvas.graph != MAIN
    hand.key(Key.Key_Escape)
    hand.key(Key.Key_Escape)
    assert canvas.graph == MAIN


def test_keys_bypass_rename_walk_and_nudge_and_shift_keeps_to_the_grid(person: Person, chain: Chain) -> None:
    hand, canvas = person.hand, person.window.canvas
    image, first, second, _out = chain
    hand.click(hand.body(first))
    hand.key(Key.Key_B, CONTROL)
    assert person.document.main.nodes[first].bypassed
    hand.key(Key.Key_F2)
    hand.type("stem")
    hand.key(Key.Key_Return)
    assert person.document.layer_of(MAIN, first).name == "stem"
    hand.key(Key.Key_Right)
    assert canvas.selected_nodes() == (second,)
    hand.key(Key.Key_Left)
    hand.key(Key.Key_Left)
    assert canvas.selected_nodes() == (image,)
    before = person.document.main.positions[image]
    hand.key(Key.Key_Down, CONTROL)
    assert person.document.main.positions[image] == Point(before.x, before.y + 22)
    hand.drag(hand.body(image), hand.body(image) + QPointF(-37, 61), keys=SHIFT)
    after = person.document.main.positions[image]
    assert after != before and after.x % 22 == 0 and after.y % 22 == 0


def test_keys_train_list_every_action_and_show_every_shortcut(
    person: Person, chain: Chain, qtbot: QtBot
) -> None:
    hand, window = person.hand, person.window
    window.files.new("digits-residual")
    window.session.dispatch(SetTraining(epochs=5000))
    window.canvas.setFocus()
    hand.key(Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: window.bridge.state == "running", timeout=LONG)
    hand.key(Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: window.bridge.state == "idle", timeout=LONG)
    hand.key(Key.Key_P, CONTROL | SHIFT)
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette) and palette.isVisible()
    hand.key(Key.Key_Escape)
    hand.type("?")
    qtbot.waitUntil(lambda: any(sheet.isVisible() for sheet in window.findChildren(Sheet)))
    hand.key(Key.Key_Escape)

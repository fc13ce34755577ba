from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app.canvas.search import SearchPopup
from graph_engine.document import MODEL, Configure, Document, Point, Remove
from tests.app.canvas.conftest import Shown
from tests.app.canvas.hand import Hand
from tests.engine.drawing import Drawing

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
EMPTY = QPointF(700, 120)


def types(hand: Hand) -> list[str]:
    document = hand.canvas.session.document
    return [document.layer_of(hand.canvas.graph, node).type for node in hand.graph.nodes]


# Selecting


def test_a_click_selects_shift_adds_and_a_click_beside_clears(chain: Hand) -> None:
    heard: list[tuple[str, ...]] = []
    chain.canvas.selectionEdited.connect(heard.append)
    _, first, second, _ = chain.graph.nodes
    chain.click(chain.body(first))
    chain.click(chain.body(second), keys=SHIFT)
    chain.click(chain.body(first), keys=SHIFT)
    chain.click(EMPTY)
    assert heard == [(first,), (first, second), (second,), ()]
    assert not chain.canvas.session.store.can_undo


def test_a_box_selects_what_it_touches(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    start = chain.body(first) - QPointF(20, 120)
    chain.drag(start, chain.body(second) + QPointF(20, 10))
    assert chain.canvas.selected_nodes() == (first, second)
    assert not chain.canvas.view.decorations


def test_a_wire_is_selected_by_a_click_and_removed_by_delete(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    chain.click(chain.wire(first, second))
    assert len(chain.canvas.selected_wires()) == 1
    chain.key(Qt.Key.Key_Delete)
    assert len(chain.wires) == 2


# Moving


def test_a_drag_moves_all_that_is_selected_in_one_undo_step(chain: Hand) -> None:
    session = chain.canvas.session
    _, first, second, _ = chain.graph.nodes
    before = chain.graph.positions
    chain.canvas.select((first, second))
    chain.drag(chain.body(first), chain.body(first) + QPointF(31, 204), keys=ALT)
    moved = {node: (x - before[node].x, y - before[node].y) for node, (x, y) in chain.graph.positions.items()}
    assert moved[first] == moved[second] == (31, 204)
    assert sum(way != (0, 0) for way in moved.values()) == 2
    session.undo()
    assert chain.graph.positions == before
    assert not session.store.can_undo
    assert chain.canvas.scene.nodes[first].y() == before[first].y


def test_escape_gives_up_a_drag(chain: Hand) -> None:
    _, first, *_ = chain.graph.nodes
    before, document = chain.body(first), chain.canvas.session.document
    chain.take(chain.body(first), chain.body(first) + QPointF(30, 200))
    chain.key(Qt.Key.Key_Escape)
    chain.release(before + QPointF(30, 200))
    assert chain.body(first) == before
    assert chain.canvas.session.document is document


def test_a_dragged_node_snaps_to_its_neighbours_and_shows_why(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    chain.drag(chain.body(first), chain.body(first) + QPointF(20, 150))
    chain.take(chain.body(first), chain.body(first) + QPointF(4, -147))
    assert chain.canvas.view.decorations
    chain.release(chain.body(first))
    assert chain.graph.positions[first].y == chain.graph.positions[second].y
    assert not chain.canvas.view.decorations


def test_arcs_and_sizes_follow_a_drag_to_where_the_document_has_it(chain: Hand) -> None:
    _, first, _second, _ = chain.graph.nodes
    chain.drag(chain.body(first), chain.body(first) + QPointF(0, 250), keys=ALT)
    assert chain.canvas.scene.wires.keys() == chain.graph.edges.keys()
    for wire in chain.graph.edges.values():
        course = chain.canvas.scene.wires[wire.id].course
        assert course is not None
        assert (
            course.path.elementAt(0).y == chain.canvas.scene.nodes[wire.source.node].spot("output", False).y()
        )


def test_a_loose_node_dropped_on_a_wire_is_inserted_unless_alt_is_held(chain: Hand) -> None:
    _, first, second, _ = before = list(chain.graph.nodes)
    chain.canvas.select(())
    chain.canvas.add_layer("Conv2D", Point(0, 320))
    (loose,) = set(chain.graph.nodes) - set(before)
    spot = chain.wire(first, second)
    chain.drag(chain.body(loose), spot, keys=ALT)
    assert (first, second, "input") in chain.wires
    chain.canvas.session.undo()
    chain.drag(chain.body(loose), spot)
    assert {(first, loose, "input"), (loose, second, "input")} <= chain.wires
    chain.canvas.session.undo()
    assert (first, second, "input") in chain.wires


# Moving about


def test_middle_drag_space_drag_and_shift_wheel_pan_and_the_wheel_zooms_at_the_pointer(chain: Hand) -> None:
    view, (_, first, *_) = chain.canvas.view, chain.graph.nodes
    start = chain.body(first)
    chain.drag(EMPTY, EMPTY + QPointF(50, 30), Qt.MouseButton.MiddleButton)
    assert chain.body(first) == start + QPointF(50, 30)
    chain.hold(Qt.Key.Key_Space)
    chain.drag(EMPTY, EMPTY - QPointF(50, 30))
    chain.let_go(Qt.Key.Key_Space)
    assert chain.body(first) == start
    chain.wheel(start, 1, SHIFT)
    assert chain.body(first) == start + QPointF(120, 0)
    fixed = view.scene_point(start)
    chain.wheel(start, 2)
    assert view.scale_now > 1.3
    assert (view.view_point(fixed) - start).manhattanLength() <= 2


def test_fit_shows_everything_and_f_the_selection(chain: Hand) -> None:
    view, scene = chain.canvas.view, chain.canvas.scene
    chain.canvas.view.zoom_to(3.0)
    chain.key(Qt.Key.Key_H)
    assert view.visible().contains(scene.bounds())
    first, *_ = chain.graph.nodes
    view.center(QPointF(5000, 5000))
    chain.canvas.select((first,))
    chain.key(Qt.Key.Key_F)
    assert view.visible().contains(scene.nodes[first].rect())


# Keyboard


def test_arrows_walk_along_wires_and_ctrl_arrows_nudge_in_one_step(chain: Hand) -> None:
    image, first, *_ = chain.graph.nodes
    chain.key(Qt.Key.Key_Right)
    assert chain.canvas.selected_nodes() == (image,)
    chain.key(Qt.Key.Key_Right)
    assert chain.canvas.selected_nodes() == (first,)
    before = chain.graph.positions
    chain.key(Qt.Key.Key_Down, CONTROL)
    chain.key(Qt.Key.Key_Down, CONTROL)
    assert chain.graph.positions[first].y == before[first].y + 44
    chain.canvas.session.undo()
    assert chain.graph.positions == before


def test_enter_searches_typing_narrows_and_enter_adds_wired_to_the_selection(chain: Hand) -> None:
    _, first, *_ = before = list(chain.graph.nodes)
    chain.canvas.select((first,))
    chain.key(Qt.Key.Key_Return)
    chain.type("c2")
    popup = chain.canvas.findChild(SearchPopup)
    assert isinstance(popup, SearchPopup) and popup.current == "Conv2D"
    chain.key(Qt.Key.Key_Return)
    (added,) = set(chain.graph.nodes) - set(before)
    assert (first, added, "input") in chain.wires
    assert not popup.isVisible() and chain.canvas.view.hasFocus()


def test_escape_closes_search_then_clears_the_selection(chain: Hand) -> None:
    chain.canvas.select_all()
    chain.key(Qt.Key.Key_Tab)
    chain.key(Qt.Key.Key_Escape)
    popup = chain.canvas.findChild(SearchPopup)
    assert isinstance(popup, SearchPopup) and not popup.isVisible()
    assert len(chain.canvas.selected_nodes()) == 4
    chain.key(Qt.Key.Key_Escape)
    assert chain.canvas.selected_nodes() == ()


def test_a_double_click_on_the_paper_searches_there(show: Shown) -> None:
    hand = show(Document())
    at = QPointF(300, 200)
    hand.double_click(at)
    hand.type("input")
    hand.key(Qt.Key.Key_Return)
    (node,) = hand.graph.nodes
    rect = hand.canvas.scene.nodes[node].rect()
    assert (hand.canvas.view.view_point(rect.center()) - at).manhattanLength() < 2


def test_a_double_click_on_a_title_renames_in_place_and_a_refused_name_stays_to_be_mended(
    chain: Hand,
) -> None:
    _, first, *_ = chain.graph.nodes
    chain.double_click(chain.title(first))
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit) and field.selectedText() == "first"
    chain.type("second")
    chain.key(Qt.Key.Key_Return)
    assert field.isVisible() and "second" in chain.said[-1]
    field.setText("stem")
    chain.key(Qt.Key.Key_Return)
    assert chain.canvas.session.document.layer_of("main", first).name == "stem"
    assert not field.isVisible()


# Commands


def test_delete_with_ctrl_reconnects(chain: Hand) -> None:
    image, first, second, _ = chain.graph.nodes
    chain.canvas.select((first,))
    chain.key(Qt.Key.Key_Delete, CONTROL)
    assert (image, second, "input") in chain.wires


def test_copy_and_paste_go_through_text_and_paste_beside(chain: Hand) -> None:
    _, first, second, _ = before = list(chain.graph.nodes)
    chain.canvas.select((first, second))
    chain.canvas.copy()
    chain.canvas.paste()
    pasted = chain.canvas.selected_nodes()
    assert len(pasted) == 2 and not set(pasted) & set(before)
    assert (pasted[0], pasted[1], "input") in chain.wires
    chain.canvas.paste()
    again = chain.canvas.selected_nodes()
    assert chain.graph.positions[again[0]] != chain.graph.positions[pasted[0]]


def test_pasting_something_else_says_so(chain: Hand) -> None:
    QApplication.clipboard().setText("no layers")
    chain.canvas.paste()
    assert "clipboard holds no layers" in chain.said[-1]


def test_cut_takes_away_and_paste_brings_back(chain: Hand) -> None:
    _, first, *_ = chain.graph.nodes
    chain.canvas.select((first,))
    chain.canvas.cut()
    assert first not in chain.graph.nodes
    chain.canvas.paste()
    assert types(chain).count("Conv2D") == 2


def test_duplicates_may_share_weights(chain: Hand) -> None:
    _, first, *_ = chain.graph.nodes
    chain.canvas.select((first,))
    chain.canvas.duplicate(shared=True)
    (copy,) = chain.canvas.selected_nodes()
    assert chain.graph.nodes[copy].layer == chain.graph.nodes[first].layer
    assert chain.canvas.scene.nodes[first].card.shared == 2


def test_a_shared_layer_gets_weights_of_its_own(chain: Hand) -> None:
    _, first, *_ = chain.graph.nodes
    chain.canvas.select((first,))
    chain.key(Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    (copy,) = chain.canvas.selected_nodes()
    chain.key(Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert chain.graph.nodes[copy].layer != chain.graph.nodes[first].layer
    layers = [chain.canvas.session.document.layer_of("main", node) for node in (first, copy)]
    assert layers[0].config == layers[1].config and layers[0].name != layers[1].name
    assert not chain.canvas.actions_["unlink"].isEnabled()


def test_a_layer_is_replaced_with_its_wires_and_what_both_know(chain: Hand) -> None:
    image, first, second, _ = chain.graph.nodes
    layer = chain.graph.nodes[first].layer
    chain.canvas.select((first,))
    chain.key(Qt.Key.Key_R)
    chain.type("conv1d")
    chain.key(Qt.Key.Key_Return)
    record = chain.canvas.session.document.layer_of("main", first)
    assert record.type == "Conv1D" and record.config["filters"] == 4
    assert record.id == layer  # weights go by it: those that fit are kept
    assert {(image, first, "input"), (first, second, "input")} <= chain.wires
    chain.canvas.session.undo()
    assert chain.canvas.session.document.layer_of("main", first).type == "Conv2D"


def test_find_selects_and_shows_by_name_or_type(chain: Hand) -> None:
    *_, second, out = chain.graph.nodes
    chain.canvas.view.center(QPointF(9000, 9000))
    chain.key(Qt.Key.Key_F, CONTROL)
    chain.type("output")
    chain.key(Qt.Key.Key_Return)
    assert chain.canvas.selected_nodes() == (out,)
    assert chain.canvas.view.visible().contains(chain.canvas.scene.nodes[out].rect())
    chain.key(Qt.Key.Key_F, CONTROL)
    chain.type("second")
    chain.key(Qt.Key.Key_Return)
    assert chain.canvas.selected_nodes() == (second,)


def test_pasting_keeps_inputs_where_it_is_asked_to(chain: Hand) -> None:
    image, first, *_ = chain.graph.nodes
    chain.canvas.select((first,))
    chain.key(Qt.Key.Key_C, CONTROL)
    chain.key(Qt.Key.Key_V, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    (pasted,) = chain.canvas.selected_nodes()
    assert (image, pasted, "input") in chain.wires


def test_keys_of_an_open_field_are_its_own(chain: Hand) -> None:
    chain.key(Qt.Key.Key_Tab)
    popup = chain.canvas.findChild(SearchPopup)
    assert isinstance(popup, SearchPopup)
    best = popup.current
    chain.key(Qt.Key.Key_Tab)
    assert popup.current != best  # the next row, not search anew
    chain.key(Qt.Key.Key_D, CONTROL)
    assert len(chain.graph.nodes) == 4


def test_why_nothing_happened_is_said(chain: Hand) -> None:
    chain.canvas.select(())
    chain.key(Qt.Key.Key_B, CONTROL)
    assert chain.said[-1] == "Nothing is selected."


def test_with_the_other_mouse_preset_a_left_drag_moves_the_paper_and_shift_selects(chain: Hand) -> None:
    _, first, *_ = chain.graph.nodes
    chain.canvas.set_left_pans(True)
    start = chain.body(first)
    chain.drag(EMPTY, EMPTY + QPointF(50, 30))
    assert chain.body(first) == start + QPointF(50, 30) and not chain.canvas.selected_nodes()
    end = QPointF(1390, 790)
    chain.drag(QPointF(5, 5), end, keys=Qt.KeyboardModifier.ShiftModifier)
    assert len(chain.canvas.selected_nodes()) == 4


def test_bypass_is_switched_on_and_off(chain: Hand) -> None:
    _, first, *_ = chain.graph.nodes
    chain.canvas.select((first,))
    chain.canvas.bypass()
    assert chain.canvas.scene.nodes[first].card.bypassed
    chain.canvas.bypass()
    assert not chain.canvas.scene.nodes[first].card.bypassed


def test_a_group_is_entered_by_a_double_click_and_left_by_escape(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    chain.canvas.select((first, second))
    chain.canvas.group()
    (model,) = chain.canvas.selected_nodes()
    assert chain.canvas.session.document.layer_of("main", model).type == MODEL
    assert chain.canvas.scene.nodes[model].card.shape == "8\u00d78\u00d74"
    chain.double_click(chain.body(model))
    assert chain.canvas.graph != "main" and types(chain).count("Conv2D") == 2
    chain.key(Qt.Key.Key_Escape)
    assert chain.canvas.graph == "main"
    chain.canvas.select((model,))
    chain.canvas.ungroup()
    assert types(chain).count("Conv2D") == 2


def test_tidy_is_one_step_that_keeps_the_corner(chain: Hand) -> None:
    _first, *_ = chain.graph.nodes
    corner = chain.canvas.scene.bounds(list(chain.graph.nodes)).topLeft()
    chain.canvas.select(())
    chain.canvas.add_layer("Dense", Point(900, 900))
    chain.canvas.tidy()
    assert chain.canvas.session.store.undo_label == "Tidy layout"
    assert chain.canvas.scene.bounds(list(chain.graph.nodes)).topLeft() == corner


def test_nothing_selected_is_said(chain: Hand) -> None:
    chain.canvas.delete()
    assert chain.said == ["Nothing is selected."]


# What is shown


def test_a_problem_is_drawn_and_explained(chain: Hand) -> None:
    _, first, _second, _ = chain.graph.nodes
    layer = chain.graph.nodes[first].layer
    chain.canvas.session.dispatch(Configure((layer,), "kernel_size", [0, 0]))
    card = chain.canvas.scene.nodes[first].card
    assert card.problem == "error"
    assert card.sentences[0] in chain.canvas.view._tips.at(chain.body(first)).replace("&#x27;", "'")


def test_wires_and_ports_tell_their_shape(chain: Hand) -> None:
    _, first, second, _ = chain.graph.nodes
    tips = chain.canvas.view._tips
    assert "first \u2192 second" in tips.at(chain.wire(first, second))
    assert "8\u00d78\u00d74 float32" in tips.at(chain.wire(first, second))
    assert "8\u00d78\u00d74" in tips.at(chain.input(second))


def test_the_canvas_follows_undo_and_another_document(chain: Hand) -> None:
    session = chain.canvas.session
    session.dispatch(Remove("main", tuple(chain.graph.nodes)))
    assert not chain.canvas.scene.nodes
    session.undo()
    assert len(chain.canvas.scene.nodes) == 4
    other = Drawing()
    other.node("Input", name="one", shape=[3])
    session.open(other.document)
    assert [item.card.title for item in chain.canvas.scene.nodes.values()] == ["one"]


def test_a_context_menu_offers_the_fixes_of_a_problem(show: Shown) -> None:
    drawing = Drawing()
    image = drawing.node("Input", name="image", shape=[8, 8, 1], at=Point(0, 0))
    drawing.node("Dense", name="dense", units=3, at=Point(300, 0))
    hand = show(drawing.document)
    _, dense = hand.graph.nodes
    hand.click(hand.body(dense), Qt.MouseButton.RightButton)
    menu = hand.canvas.findChild(QMenu)
    assert isinstance(menu, QMenu)
    fix = menu.actions()[0]
    assert fix.text() == "Connect image"
    fix.trigger()
    menu.close()
    assert hand.wires == {(image, dense, "input")}


def test_nothing_is_selected_in_a_project_that_was_just_opened(chain: Hand) -> None:
    """Ids mean other things there."""
    _, first, *_ = chain.graph.nodes
    chain.click(chain.body(first))
    assert chain.canvas.selected_nodes() == (first,)
    chain.canvas.session.open(chain.canvas.session.document)
    assert chain.canvas.selected_nodes() == ()

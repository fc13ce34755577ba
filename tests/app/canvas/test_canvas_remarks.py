"""Frames and notes by hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit

from app.canvas.hits import Hit
from app.canvas.noting import NoteField
from tests.app.canvas.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier


def framed(hand: Hand) -> str:
    """A frame around the two convolutions."""
    _, first, second, _ = hand.graph.nodes
    hand.canvas.select((first, second))
    hand.key(Qt.Key.Key_J, CONTROL)
    (frame,) = hand.graph.frames
    return frame


def head(hand: Hand, frame: str) -> QPointF:
    rect = hand.canvas.scene.remarks[frame].rect()
    return hand.canvas.view.view_point(rect.topLeft() + QPointF(rect.width() - 30, 12))


def corner(hand: Hand, remark: str) -> QPointF:
    return hand.canvas.view.view_point(hand.canvas.scene.remarks[remark].rect().bottomRight() - QPointF(5, 5))


def test_a_frame_is_put_around_the_selection_and_asks_for_its_title(chain: Hand) -> None:
    frame = framed(chain)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    chain.type("Stem")
    chain.key(Qt.Key.Key_Return)
    assert chain.graph.frames[frame].title == "Stem"
    around = chain.canvas.scene.remarks[frame].rect()
    _, first, second, _ = chain.graph.nodes
    assert all(around.contains(chain.canvas.scene.nodes[node].rect()) for node in (first, second))


def test_a_frame_takes_along_what_lies_in_it_and_its_inside_is_paper(chain: Hand) -> None:
    frame = framed(chain)
    chain.key(Qt.Key.Key_Escape)
    image, first, second, _ = chain.graph.nodes
    before = chain.graph
    chain.drag(head(chain, frame), head(chain, frame) + QPointF(0, 130), keys=Qt.KeyboardModifier.NoModifier)
    after = chain.graph
    moved = after.frames[frame].y - before.frames[frame].y
    assert moved > 100
    assert all(after.positions[node].y == before.positions[node].y + moved for node in (first, second))
    assert after.positions[image] == before.positions[image]
    chain.canvas.session.undo()
    assert chain.graph.frames == before.frames and chain.graph.positions == before.positions
    inside = chain.body(first) + QPointF(0, 44)
    chain.click(inside)
    assert chain.canvas.selected_items() == ()


def test_a_corner_makes_it_larger(chain: Hand) -> None:
    frame = framed(chain)
    chain.key(Qt.Key.Key_Escape)
    before = chain.graph.frames[frame]
    chain.drag(corner(chain, frame), corner(chain, frame) + QPointF(60, 40))
    after = chain.graph.frames[frame]
    assert (after.width, after.height) == (before.width + 60, before.height + 40)
    chain.take(corner(chain, frame), corner(chain, frame) + QPointF(60, 40))
    chain.key(Qt.Key.Key_Escape)
    assert chain.graph.frames[frame] == after
    assert chain.canvas.scene.remarks[frame].size == (after.width, after.height)


def test_colour_delete_and_duplicate_by_menu_and_keys(chain: Hand) -> None:
    frame = framed(chain)
    chain.key(Qt.Key.Key_Escape)
    chain.click(head(chain, frame))
    assert chain.canvas.selected_items() == (frame,)
    menu = chain.canvas._menu.build(Hit(remark=frame), chain.canvas)
    colours = next(child for child in menu.findChildren(QMenu) if child.title() == "Colour")
    next(action for action in colours.actions() if action.text() == "Green").trigger()
    assert chain.graph.frames[frame].colour == "merge"
    chain.key(Qt.Key.Key_D, CONTROL)
    assert len(chain.graph.frames) == 2
    chain.key(Qt.Key.Key_Delete)
    assert list(chain.graph.frames) == [frame]


def test_a_note_is_written_in_place_and_goes_when_it_is_empty(chain: Hand) -> None:
    chain.key(Qt.Key.Key_N)
    field = QApplication.focusWidget()
    assert isinstance(field, QPlainTextEdit)
    chain.type("why *two* convolutions")
    chain.key(Qt.Key.Key_Return, CONTROL)
    (note,) = chain.graph.notes
    assert chain.graph.notes[note].text == "why *two* convolutions"
    chain.canvas.select((note,))
    chain.key(Qt.Key.Key_F2)
    written = chain.canvas.findChild(NoteField)
    assert isinstance(written, NoteField) and written.toPlainText() == "why *two* convolutions"
    written.clear()
    chain.key(Qt.Key.Key_Return, CONTROL)
    assert not chain.graph.notes
    chain.canvas.session.undo()
    assert note in chain.graph.notes


def test_a_note_of_a_stranger_reads_no_files(chain: Hand) -> None:
    chain.key(Qt.Key.Key_N)
    chain.type("![x](/dev/zero)")
    chain.key(Qt.Key.Key_Return, CONTROL)
    chain.canvas.grab()
    assert len(chain.graph.notes) == 1

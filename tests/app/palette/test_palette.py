from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.canvas.stock import Part
from app.palette import Palette
from app.palette.library import FAVOURITES, FOLDED, STARRED, TYPE, rows_for
from app.widgets.matching import score
from app.widgets.mime import LAYER_MIME
from graph_engine.layers.base import LAYERS

Key = Qt.Key


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    palette = Palette()
    qtbot.addWidget(palette)
    palette.resize(220, 500)
    palette.show()
    qtbot.waitExposed(palette)
    return palette


def shown(palette: Palette) -> list[str]:
    library = palette.list.library
    rows = (library.index(row).data(TYPE) for row in range(library.rowCount()))
    return [name for name in rows if name]


def test_the_library_holds_every_layer_meant_for_it_once(palette: Palette) -> None:
    assert sorted(shown(palette)) == sorted(name for name, cls in LAYERS.items() if cls.in_library)


def test_layers_stand_under_their_family(palette: Palette) -> None:
    heading = ""
    for row in rows_for(""):
        heading = row.family if not row.type else heading
        assert row.family == heading
        assert not row.type or row.docs


def test_typing_narrows_and_enter_chooses_the_best(palette: Palette, qtbot: QtBot) -> None:
    spy = QSignalSpy(palette.chosen)
    QTest.keyClicks(palette.field, "conv")
    assert len(shown(palette)) < sum(cls.in_library for cls in LAYERS.values())
    best = shown(palette)[0]
    assert best.startswith("Conv")
    QTest.keyClick(palette.field, Key.Key_Down)
    QTest.keyClick(palette.field, Key.Key_Return)
    assert spy.at(0) == [shown(palette)[1]]
    QTest.keyClick(palette.field, Key.Key_Escape)
    assert palette.field.text() == ""


def test_nothing_found_is_said(palette: Palette, qtbot: QtBot) -> None:
    spy = QSignalSpy(palette.chosen)
    QTest.keyClicks(palette.field, "zzz")
    assert palette.nothing.isVisible()
    assert "zzz" in palette.nothing.text()
    QTest.keyClick(palette.field, Key.Key_Return)
    assert spy.count() == 0


def test_a_double_click_chooses_and_a_heading_does_not(palette: Palette, qtbot: QtBot) -> None:
    spy = QSignalSpy(palette.chosen)
    library, viewport = palette.list.library, palette.list.viewport()
    first = library.index(1).data(TYPE)
    for row in (1, 0):
        place = palette.list.visualRect(library.index(row)).center()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert [spy.at(place) for place in range(spy.count())] == [[first]]


def test_what_is_dragged_names_the_layer(palette: Palette) -> None:
    library = palette.list.library
    data = library.mimeData([library.first_layer()])
    assert bytes(data.data(LAYER_MIME).data()).decode() == library.first_layer().data(TYPE)


@pytest.mark.parametrize("query", ["batch", "bn", "norm", "btchnrm"])
def test_a_name_is_found_by_its_start_initials_middle_or_letters(query: str) -> None:
    assert score(query, "BatchNormalization") > 0


def test_better_matches_score_higher() -> None:
    marks = [
        score("add", name, docs)
        for name, docs in (("Add", ""), ("AddMore", ""), ("PadAdd", ""), ("Sum", "adds"))
    ]
    assert marks == sorted(set(marks), reverse=True)
    assert score("add", "Dense", "weighted sums") == 0


def test_a_group_is_folded_by_a_click_or_enter_and_says_how_many_it_hides(palette: Palette) -> None:
    library, view = palette.list.library, palette.list
    before = shown(palette)
    heading = library.index(0)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(heading).center())
    hidden = library.index(0).data(FOLDED)
    assert hidden and len(shown(palette)) == len(before) - hidden
    view.setFocus()
    view.setCurrentIndex(library.index(0))
    QTest.keyClick(view, Key.Key_Return)
    assert shown(palette) == before


def test_favourites_stand_first_and_are_marked_by_key_or_star(palette: Palette) -> None:
    library, view = palette.list.library, palette.list
    dense = next(row for row in range(library.rowCount()) if library.index(row).data(TYPE) == "Dense")
    view.setFocus()
    view.setCurrentIndex(library.index(dense))
    QTest.keyClicks(view, "*")
    assert library.index(0).data() == FAVOURITES and library.index(1).data(TYPE) == "Dense"
    assert library.index(1).data(STARRED)
    place = view.visualRect(library.index(1))
    star = place.topRight() + (place.bottomRight() - place.topRight()) / 2
    star.setX(view.viewport().width() - 10)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=star)
    assert library.index(0).data() != FAVOURITES


def test_parts_are_found_and_placed_like_layers(palette: Palette) -> None:
    palette.stock([Part("block:one", "Residual block", "Two convolutions", "Blocks")])
    assert palette.list.library.index(0).data() == "Blocks"
    spy = QSignalSpy(palette.chosen)
    QTest.keyClicks(palette.field, "resid")
    QTest.keyClick(palette.field, Key.Key_Return)
    assert spy.at(0) == ["block:one"]


def test_searching_finds_operations_after_layers(palette: Palette, qtbot: QtBot) -> None:
    QTest.keyClicks(palette.field, "reshape")
    assert shown(palette)[0] == "Reshape"
    assert "ReshapeOp" in shown(palette)
    QTest.keyClicks(palette.field, "op")
    assert shown(palette)[0] == "ReshapeOp"

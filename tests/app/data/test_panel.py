"""From a source to a model that trains on it: every edit is a command."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.bridge.session import Session
from app.data import DataPanel
from app.data.header import what_it_holds
from app.widgets.mime import columns_in
from graph_engine.analysis import analyze
from graph_engine.document import Binding, Choice, RemoveSource, SetSource, Source
from tests.engine.data.messy import ROWS


def click_head(
    panel: DataPanel, name: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """On the head of a column, where it can be seen."""
    place = next(n for n, profile in enumerate(panel.preview.rows.profiles) if profile.name == name)
    heads = panel.preview.heads
    panel.preview.table.scrollTo(panel.preview.rows.index(0, place))
    at = QPoint(heads.sectionViewportPosition(place) + 20, 20)
    QTest.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, keys, at)


def propose(panel: DataPanel, name: str) -> None:
    click_head(panel, name)
    QTest.mouseClick(panel.propose, Qt.MouseButton.LeftButton)


def test_the_table_is_shown_with_what_its_columns_hold(panel: DataPanel) -> None:
    rows = panel.preview.rows
    assert (rows.rowCount(), rows.columnCount()) == (ROWS, 7)
    held = {profile.name: what_it_holds(profile) for profile in rows.profiles}
    assert held["Stadt"] == "3 categories" and held["Gekauft am"] == "date" and held["Bemerkung"] == "text"
    assert held["Größe"].startswith("number · ") and held["Größe"].endswith(" missing")
    assert panel.preview.notes.text() == (
        f"{ROWS} rows, 7 columns · 1 of {ROWS + 1} lines left out that have not 7 values: {ROWS + 2} · "
        "“;” between values, decimals after “,”, stored as cp1252"
    )


def test_a_source_that_cannot_be_read_says_why_and_an_option_mends_it(
    panel: DataPanel, session: Session, qtbot: QtBot
) -> None:
    options = panel.sources.options
    assert options is not None
    switch = options.rows["skip"].editor.inner
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(8, switch.height() // 2))
    qtbot.waitUntil(lambda: "has 2 values where the table has 7 columns" in panel.preview.words.text())
    assert session.document.data.sources["t"].options["skip"] is False
    session.undo()
    qtbot.waitUntil(lambda: panel.preview.rows.rowCount() == ROWS)


def test_a_model_is_proposed_in_one_step(panel: DataPanel, session: Session, qtbot: QtBot) -> None:
    propose(panel, "Güte")
    document = session.document
    assert analyze(document).problems == ()
    names = {document.layer_of("main", node).name for node in document.main.inputs}
    assert names == {"numbers", "categories", "gekauft_am", "bemerkung"}
    qtbot.waitUntil(lambda: panel.feeds.words.text() == "192 rows to learn from, 48 to check on.")
    shown = {terminal.name.text(): terminal.shape.text() for terminal in panel.feeds.terminals.values()}
    assert shown["numbers"] == "2" and shown["gekauft_am"] == "5"
    session.undo()
    assert not session.document.main.nodes and "t" in session.document.data.sources


def test_what_cannot_be_foretold_is_refused_in_words(
    panel: DataPanel, session: Session, qtbot: QtBot
) -> None:
    before = session.document
    with qtbot.waitSignal(panel.refused) as told:
        propose(panel, "Bemerkung")
    assert told.args[0].startswith("'Bemerkung' cannot be foretold")
    assert session.document is before


def test_chosen_columns_are_bound_with_the_steps_they_need(panel: DataPanel, session: Session) -> None:
    propose(panel, "Güte")
    document = session.document
    node = next(n for n in document.main.inputs if document.layer_of("main", n).name == "numbers")
    click_head(panel, "Größe")
    click_head(panel, "Nr", Qt.KeyboardModifier.ControlModifier)
    terminal = panel.feeds.terminals[node]
    assert terminal.bind.text() == "Bind 2 columns"
    QTest.mouseClick(terminal.bind, Qt.MouseButton.LeftButton)
    assert session.document.data.bindings[node] == Binding("t", ("Nr", "Größe"), (Choice("Impute"),))
    QTest.mouseClick(terminal.unbind, Qt.MouseButton.LeftButton)
    assert node not in session.document.data.bindings
    assert terminal.columns.text() == "bound to no data yet"


def test_a_wrong_step_is_said_where_the_data_is_bound(
    panel: DataPanel, session: Session, qtbot: QtBot
) -> None:
    propose(panel, "Güte")
    document = session.document
    node = next(n for n in document.main.inputs if document.layer_of("main", n).name == "categories")
    remover = panel.feeds.terminals[node].steps.chosen[0].remover
    assert remover is not None
    QTest.mouseClick(remover, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "its data holds words: add CategoryIds or OneHot" in panel.feeds.words.text())


def test_rows_are_parted_by_a_column(panel: DataPanel, session: Session, qtbot: QtBot) -> None:
    propose(panel, "Güte")
    parting = panel.feeds.parting
    parting.form.edited.emit("parted", "time")
    assert not parting.form.rows["column"].isHidden()
    parting.form.edited.emit("column", "Gekauft am")
    split = session.document.data.split
    assert (split.kind, split.source, split.column) == ("time", "t", "Gekauft am")
    qtbot.waitUntil(lambda: panel.feeds.words.text().startswith("192 rows to learn from"))


def test_without_a_source_the_panel_says_what_to_do(panel: DataPanel, session: Session) -> None:
    session.dispatch(RemoveSource("t"))
    assert panel.preview.words.text().startswith("Drop a file here, or add one")
    assert panel.sources.list.isHidden() and panel.propose.isHidden()


def test_a_file_that_changes_is_read_again(panel: DataPanel, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b\n1;2\n")
    panel.refresh(tmp_path)
    qtbot.waitUntil(lambda: panel.preview.rows.columnCount() == 2)


def test_chosen_columns_are_dragged_by_a_head_with_the_steps_they_need(
    panel: DataPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Binding | None] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: taken.append(columns_in(drag.mimeData())))
    click_head(panel, "Gewicht")
    click_head(panel, "Größe", Qt.KeyboardModifier.ControlModifier)
    names = [profile.name for profile in panel.preview.chosen]
    heads, viewport = panel.preview.heads, panel.preview.heads.viewport()
    place = [profile.name for profile in panel.preview.rows.profiles].index("Größe")
    start = QPoint(heads.sectionViewportPosition(place) + 20, 20)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(viewport, start + QPoint(0, -8 * step))
    assert [profile.name for profile in panel.preview.chosen] == names  # a drag chooses nothing else
    (binding,) = taken
    assert binding == Binding("t", tuple(names), (Choice("Impute"),))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=start)
    assert [profile.name for profile in panel.preview.chosen] == ["Größe"]


def test_two_sources_are_joined_to_a_third(
    panel: DataPanel, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    assert panel.sources.join.isHidden()
    (tmp_path / "cities.csv").write_text("Stadt,Land\nKöln,DE\nBern,CH\n", encoding="utf-8")
    session.dispatch(SetSource(Source("c", "csv", "cities.csv")))
    panel.sources.list.setCurrentRow(0)
    QTest.mouseClick(panel.sources.join, Qt.MouseButton.LeftButton)
    menu = panel.sources.findChild(QMenu)
    assert isinstance(menu, QMenu)
    (offer,) = menu.actions()
    assert offer.text() == "with cities.csv"
    offer.trigger()
    menu.close()
    qtbot.waitUntil(lambda: "Land" in [profile.name for profile in panel.preview.rows.profiles])
    assert "rows have no match in cities.csv" in panel.preview.notes.text()
    item = panel.sources.list.currentItem()
    assert item is not None and item.text() == "t.csv + cities.csv"
    session.undo()
    assert list(session.document.data.sources) == ["t", "c"]

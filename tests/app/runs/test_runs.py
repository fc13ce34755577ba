"""The Runs tab with real runs behind it, worked by mouse and keys; everything done there is undone there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app import theme
from app.bridge.ledger import Ledger
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.runs import RunsPanel
from app.runs.settings import compared
from app.runs.table import NOTE, STAR
from graph_engine.document import Document, SetTraining
from graph_engine.project import Project, load, save
from graph_engine.templates import TEMPLATES
from graph_engine.training import train_project

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    """A project with two runs of one epoch each, and where they lie."""
    folder = tmp_path_factory.mktemp("runs")
    document = TEMPLATES["digits-residual"].document()
    project = Project(document)
    for name, rate in (("first", 64), ("second", 128)):
        training = replace(document.training, batch_size=rate)
        project = train_project(
            replace(project, document=replace(document, training=training)), folder / name, epochs=1
        ).project
    return project, folder


@pytest.fixture
def bridge(
    qtbot: QtBot, qapp: QApplication, trained: tuple[Project, Path], tmp_path: Path
) -> Iterator[TrainingBridge]:
    theme.apply(qapp, "dark")
    project, folder = trained
    shutil.copytree(folder, tmp_path / "runs")
    session = Session()
    session.open(replace(project.document, training=replace(project.document.training, epochs=7)))
    bridge = TrainingBridge(session, runs=tmp_path / "runs")
    bridge.take(project)
    yield bridge
    bridge.shut_down()


@pytest.fixture
def panel(qtbot: QtBot, bridge: TrainingBridge) -> RunsPanel:
    panel = RunsPanel(Ledger(bridge._session, bridge, bridge))
    qtbot.addWidget(panel)
    panel.resize(1060, 250)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def press(button: QPushButton) -> None:
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, LEFT)


def click(panel: RunsPanel, row: int, column: int = 1, *, also: bool = False) -> None:
    item = panel.table.item(row, column)
    assert item is not None
    keys = Qt.KeyboardModifier.ControlModifier if also else Qt.KeyboardModifier.NoModifier
    at = panel.table.visualItemRect(item).center()
    QTest.mouseClick(panel.table.viewport(), LEFT, keys, QPoint(at.x(), at.y()))


def document(bridge: TrainingBridge) -> Document:
    return bridge._session.document


def test_a_run_keeps_what_it_was_trained_with_through_the_file(
    trained: tuple[Project, Path], tmp_path: Path
) -> None:
    project, _ = trained
    starred = replace(project.runs[0], note="the better one", starred=True)
    save(tmp_path / "p.loom", replace(project, runs=(starred, project.runs[1])))
    found = load(tmp_path / "p.loom").runs
    assert found == (starred, project.runs[1])
    assert found[0].document is not None and found[0].document.training.batch_size == 64
    assert found[0].seconds > 0


def test_the_newest_is_on_top_and_two_are_compared(panel: RunsPanel) -> None:
    assert panel.table.rowCount() == 2
    click(panel, 0)
    click(panel, 1, also=True)
    assert panel.table.chosen == ("second", "first")
    assert [len(line.x) for line in panel.comparison.chart.picture.series] == [1, 1]
    press(panel.comparison.settings)
    table = panel.comparison.table
    differing = table.item(0, 0)
    assert differing is not None and differing.text() == "batch size" and differing.font().bold()
    assert [item.text() for column in (1, 2) if (item := table.item(0, column))] == ["128", "64"]
    assert not panel.graph.isEnabled()


def test_a_star_and_a_note_are_kept_and_undone(
    qtbot: QtBot, panel: RunsPanel, bridge: TrainingBridge
) -> None:
    before = bridge.records
    click(panel, 1, STAR)
    assert [run.name for run in bridge.records if run.starred] == ["first"]
    assert panel.table.chosen[-1:] and panel._ledger.records[0].name == "first"
    item = panel.table.item(0, NOTE)
    assert item is not None
    panel.table.setCurrentItem(item)
    panel.table.editItem(item)
    editor = panel.table.viewport().findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "small batches")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.records[0].note == "small batches")
    press(panel.undo)
    press(panel.undo)
    assert bridge.records == before
    assert not panel.undo.isEnabled()


def test_a_star_and_a_note_outlive_a_project_that_was_not_saved(
    panel: RunsPanel, bridge: TrainingBridge, trained: tuple[Project, Path], tmp_path: Path
) -> None:
    project, _ = trained
    panel._ledger.star("first")
    panel._ledger.annotate("first", "small batches")
    again = TrainingBridge(Session(), runs=tmp_path / "runs")
    again.take(project)  # as it was saved: without either
    assert [(run.name, run.starred, run.note) for run in again.records] == [
        ("first", True, "small batches"),
        ("second", False, ""),
    ]
    (tmp_path / "runs" / "first" / "remarks.json").write_text("[]")
    again.take(project)
    assert again.records == project.runs
    again.shut_down()


def test_the_graph_of_a_run_is_an_edit_that_can_be_undone(panel: RunsPanel, bridge: TrainingBridge) -> None:
    mine = document(bridge)
    click(panel, 1)
    press(panel.graph)
    assert document(bridge).training.batch_size == 64 and document(bridge).training.epochs == 1
    bridge._session.undo()
    assert document(bridge) == mine


def test_weights_are_restored_with_their_graph_and_given_back(
    panel: RunsPanel, bridge: TrainingBridge, trained: tuple[Project, Path]
) -> None:
    mine, weights = document(bridge), bridge.weights
    click(panel, 1)
    press(panel.weights)
    path = next(path for path, array in weights.items() if array.ndim == 4)
    assert not np.array_equal(bridge.weights[path], weights[path])
    assert bridge.history == bridge.records[0].history
    press(panel.undo)
    assert bridge.weights is weights and document(bridge) == mine


def test_a_deleted_run_comes_back_with_its_directory(panel: RunsPanel, bridge: TrainingBridge) -> None:
    click(panel, 0)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [run.name for run in bridge.records] == ["first"]
    assert bridge.place_of("second") is None
    press(panel.undo)
    assert [run.name for run in bridge.records] == ["first", "second"]
    assert bridge.place_of("second") is not None


def test_a_run_whose_directory_is_gone_shows_what_the_project_kept(
    panel: RunsPanel, bridge: TrainingBridge
) -> None:
    shutil.rmtree(bridge.runs / "first")
    click(panel, 1)
    assert len(panel.comparison.chart.picture.series) == 1
    assert panel.graph.isEnabled() and not panel.weights.isEnabled()
    assert "directory is gone" in panel.weights.toolTip()
    press(panel.graph)
    assert document(bridge).training.batch_size == 64


def test_a_project_without_runs_says_what_to_do(panel: RunsPanel, bridge: TrainingBridge) -> None:
    bridge.forget()
    bridge._session.open(Document())
    assert panel._stack.currentIndex() == 0


def test_settings_that_differ_come_first() -> None:
    one = TEMPLATES["digits-residual"].document()
    answer = SetTraining(epochs=99).apply(one)
    rows = compared([one, answer.document, None])  # type: ignore[union-attr]  # no refusal
    assert rows[0].name == "epochs" and rows[0].values == ("12", "99", "")
    same = [row for row in compared([one, one]) if row.differs]
    assert not same

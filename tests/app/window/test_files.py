"""Opening and saving through the window: nothing is lost, whatever the file or the disk does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.window import Window
from graph_engine.data import read_source
from graph_engine.document import MAIN, AddNode, Rename, SetTraining
from graph_engine.project import Project, load
from graph_engine.training import train_project
from graph_engine.values import LayerloomError

Answer = QMessageBox.StandardButton

EPOCHS = 40  # more than a busy machine trains while its window does not come round


@pytest.fixture
def drawn(window: Window) -> Window:
    window.session.dispatch(AddNode(MAIN, "Dense", {"units": 7}))
    return window


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    """Presses a button of every question; what was asked."""
    asked: list[str] = []

    def respond(box: QMessageBox) -> int:
        asked.append(box.text())
        return button.value

    monkeypatch.setattr(QMessageBox, "exec", respond)
    return asked


def test_what_is_saved_is_what_is_opened(drawn: Window, tmp_path: Path) -> None:
    drawn.bridge.weights = {"n1/kernel": np.arange(6.0).reshape(2, 3)}
    drawn.bridge.history = {"loss": [0.5, 0.25], "val_loss": [0.6, 0.3]}
    before = drawn.session.document
    drawn.files.save(tmp_path / "net")
    assert not drawn.isWindowModified() and drawn.windowTitle() == "net.loom[*]"
    drawn.files.new("digits-residual")
    assert drawn.filing.open(tmp_path / "net.loom")
    assert drawn.session.document == before
    assert drawn.bridge.history == {"loss": [0.5, 0.25], "val_loss": [0.6, 0.3]}
    assert np.array_equal(drawn.bridge.weights["n1/kernel"], [[0, 1, 2], [3, 4, 5]])
    assert drawn.settings.recent == [tmp_path / "net.loom"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 not a zip", b"\x80\x04\x95 pickle", b"{}", b"[" * 100_000], ids=range(5)
)
@pytest.mark.parametrize("name", ["bad.loom", "bad.loom.json"])
def test_a_file_that_is_no_project_leaves_the_open_one_alone(
    drawn: Window, tmp_path: Path, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, Answer.Discard)
    file = tmp_path / name
    file.write_bytes(content)
    drawn.settings.remember(file)
    before = drawn.session.document
    assert not drawn.filing.open(file)
    assert drawn.session.document is before and drawn.files.path is None
    assert drawn.session.store.can_undo
    assert drawn.status.currentMessage().startswith(f"{name} could not be opened: ")
    assert file not in drawn.settings.recent


def test_a_file_that_is_not_there_is_said(drawn: Window, tmp_path: Path) -> None:
    with pytest.raises(LayerloomError, match=r"gone\.loom could not be opened"):
        drawn.files.open(tmp_path / "gone.loom")


def test_a_save_that_fails_keeps_the_old_file_and_the_unsaved_mark(drawn: Window, tmp_path: Path) -> None:
    file = drawn.files.save(tmp_path / "net.loom")
    content = file.read_bytes()
    drawn.session.dispatch(AddNode(MAIN, "Dense", {}))
    with pytest.raises(LayerloomError, match=r"could not be saved"):
        drawn.files.save(tmp_path / "missing" / "\0" / "net.loom")
    assert file.read_bytes() == content
    assert drawn.files.path == file and drawn.files.is_modified


def test_undoing_back_to_what_was_saved_needs_no_saving(drawn: Window, tmp_path: Path) -> None:
    drawn.files.save(tmp_path / "net.loom")
    node = next(iter(drawn.session.document.main.nodes.values()))
    drawn.session.dispatch(Rename(node.layer, "other"))
    assert drawn.isWindowModified()
    drawn.session.undo()
    assert not drawn.isWindowModified()


@pytest.mark.parametrize(
    ("button", "closed"),
    [(Answer.Cancel, False), (Answer.Discard, True), (Answer.Save, True)],
    ids=str,
)
def test_closing_asks_once_and_does_what_was_said(
    drawn: Window,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    button: QMessageBox.StandardButton,
    closed: bool,
) -> None:
    asked = answer(monkeypatch, button)
    file = tmp_path / "kept.loom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    assert drawn.close() is closed
    assert len(asked) == 1
    assert file.exists() == (button == Answer.Save)
    if file.exists():
        assert load(file).document == drawn.session.document


def test_giving_up_the_save_dialog_gives_up_closing(drawn: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, Answer.Save)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    assert not drawn.close()
    assert drawn.isVisible()


def test_a_project_dropped_anywhere_on_the_window_opens(window: Window, tmp_path: Path) -> None:
    window.files.new("digits-residual")
    file = window.files.save(tmp_path / "dropped.loom")
    window.files.new("digits-residual")
    for target in (window, window.canvas.view.viewport()):
        window.files.path = None
        drop(target, file)
        assert window.files.path == file


def test_a_window_that_closes_keeps_what_it_trains_and_goes_on_exactly_when_it_is_opened_again(
    window: Window, qtbot: QtBot, tmp_path: Path, settings: Settings
) -> None:
    window.files.new("digits-residual")
    window.session.dispatch(SetTraining(epochs=EPOCHS))
    window.files.save(tmp_path / "digits.loom")
    whole = train_project(Project(window.session.document), tmp_path / "whole").project
    window.filing.may_let_go = lambda: bool(window.files.save())  # type: ignore[method-assign]  # a person says: save
    with qtbot.waitSignal(
        window.bridge.progressed, timeout=60_000, check_params_cb=lambda progress: progress.epoch >= 1
    ):
        window.run()
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    kept = load(tmp_path / "digits.loom")
    assert 1 <= len(kept.history["loss"]) < EPOCHS and kept.runs[-1].ending == "stopped"

    again = Window(settings)
    again.files.open(tmp_path / "digits.loom")
    assert again.bridge.can_resume
    with qtbot.waitSignal(again.bridge.finished, timeout=60_000):
        again.bridge.run(resume=True)
    assert again.bridge.history == whole.history
    again.files.let_go()
    again.close()
    again.deleteLater()


def test_a_project_that_moves_still_finds_its_data(window: Window, tmp_path: Path) -> None:
    beside, elsewhere = tmp_path / "one", tmp_path / "two"
    for folder in (beside, elsewhere):
        folder.mkdir()
    (beside / "t.csv").write_text("a,b\n1,2\n")
    window.filing.add_data(beside / "t.csv")
    (name,) = window.session.document.data.sources
    paths = []
    for folder in (beside, elsewhere, beside):
        window.files.save(folder / "p.loom")
        source = load(folder / "p.loom").document.data.sources[name]
        assert read_source(source, folder)["a"].tolist() == [1]
        paths.append(source.path)
    assert paths == ["t.csv", (beside / "t.csv").as_posix(), "t.csv"]


def test_a_file_of_no_known_kind_is_refused_in_words(window: Window, tmp_path: Path) -> None:
    before = window.session.document
    drop(window, tmp_path / "notes.exe")
    assert window.status.currentMessage().startswith("notes.exe is of no kind that is read here; there are ")
    assert window.session.document is before


def drop(target: QWidget, file: Path) -> None:
    """As Qt delivers it: enter, then drop, to the widget below the pointer."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(200, 200), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(
        target, QDropEvent(QPoint(200, 200), Qt.DropAction.CopyAction, mime, buttons, keys)
    )


def test_curves_are_saved_once_there_are_some(
    drawn: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    file = tmp_path / "curves"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    action = drawn.actions_["curves-csv"]
    assert not action.isEnabled() and action.toolTip() == "Nothing has been trained yet."
    drawn.training.plots.show_history({"loss": [2.0, 1.0]})
    qtbot.waitUntil(lambda: bool(drawn.training.plots.plots))
    drawn.actions_.refresh()
    action.trigger()
    assert file.with_suffix(".csv").read_text().splitlines()[:2] == ["epoch,loss", "1.0,2.0"]
    assert drawn.status.currentMessage() == "Saved curves.csv."

"""What TensorBoard is shown of a run: its readers are asked in tests/app/bridge and tests/peers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graph_engine.document import Choice, Document
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import Run, train_project
from graph_engine.training.boards import FILES, FOLDER, board


def trained(folder: Path, *callbacks: Choice) -> Run:
    document: Document = TEMPLATES["dense-stack"].document()
    document = replace(document, training=replace(document.training, callbacks=callbacks))
    train_project(Project(document), folder, epochs=1)
    return Run.read(folder)


def test_files_of_the_callback_are_shown_as_they_are(tmp_path: Path) -> None:
    run = trained(tmp_path / "run", Choice("TensorBoard"))
    assert board(run) == run.directory and not (run.directory / FOLDER).exists()


def test_a_history_is_written_once_and_again_when_it_has_grown(tmp_path: Path) -> None:
    run = trained(tmp_path / "run")
    place = board(run)
    files = set(place.rglob(FILES))
    assert {path.parent.name for path in files} == {"train", "validation"}
    assert set(board(run).rglob(FILES)) == files
    log = run.log()
    log.write('{"event": "resumed", "time": 0}')
    log.close()
    assert not set(board(run).rglob(FILES)) & files

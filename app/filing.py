"""What is asked and said around files: which one, save first?, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.bridge.joining import Left
from app.files import SUFFIX
from graph_engine.data import SOURCES, kind_of
from graph_engine.document import SetSource, Source
from graph_engine.project.journal import Recovered
from graph_engine.values import LayerloomError

if TYPE_CHECKING:
    from app.window import Window

PROJECTS = "Layerloom projects (*.loom *.loom.json)"
SAVED = f"{PROJECTS};;Without weights, for version control (*.loom.json)"
PICTURES = "Pictures (*.png);;Drawings (*.svg)"
Answer = QMessageBox.StandardButton


class Filing:
    """The File menu. Every method leaves the open project alone until the person has said what becomes of it."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def new(self, template: str) -> bool:
        return self.may_let_go() and self._try(lambda: self._window.files.new(template))

    def new_empty(self) -> bool:
        return self.may_let_go() and self._try(self._window.files.new_empty)

    def ask_open(self) -> bool:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a project", self._folder(), PROJECTS)
        return bool(name) and self.open(Path(name))

    def open(self, file: Path) -> bool:
        return self.may_let_go() and self._try(lambda: self._window.files.open(file))

    def recover(self, found: Recovered) -> bool:
        return self.may_let_go() and self._try(lambda: self._window.files.recover(found))

    def rejoin(self, left: Left, found: Recovered | None) -> bool:
        """The project of a run that went on without a window, with the edits made beside it."""
        return self.may_let_go() and self._try(lambda: self._window.files.rejoin(left, found))

    def save(self) -> bool:
        if self._window.files.path is None:
            return self.save_as()
        return self._save(None)

    def save_as(self) -> bool:
        files = self._window.files
        start = files.path or Path(self._folder()) / f"{files.name}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the project", str(start), SAVED)
        return bool(name) and self._save(Path(name))

    def save_picture(self, only: Collection[str] = ()) -> bool:
        """The graph that is shown, or some items of it, as a picture (PNG) or a drawing (SVG)."""
        files = self._window.files
        start = Path(self._folder()) / f"{files.name.partition('.')[0]}.png"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save a picture", str(start), PICTURES)
        if not name:
            return False
        file = Path(name) if name.endswith((".png", ".svg")) else Path(f"{name}.png")
        saved = self._try(lambda: self._write_picture(file, only))
        if saved:
            self._window.tell(f"Saved {file.name}.")
        return saved

    def _write_picture(self, file: Path, only: Collection[str]) -> None:
        canvas = self._window.canvas
        if file.suffix == ".svg":
            canvas.draw(file, only)
        elif not canvas.picture(2.0, only).save(str(file)):
            raise LayerloomError(f"{file.name} could not be written there.")

    def save_curves(self, kind: str) -> bool:
        """All plots, as a file of this kind."""
        files = self._window.files
        start = Path(self._folder()) / f"{files.name.partition('.')[0]}-curves.{kind}"
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the curves", str(start), f"{kind.upper()} (*.{kind})"
        )
        if not name:
            return False
        file = Path(name).with_suffix(f".{kind}")
        saved = self._try(lambda: self._window.training.plots.save(file))
        if saved:
            self._window.tell(f"Saved {file.name}.")
        return saved

    def ask_data(self) -> bool:
        name, _ = QFileDialog.getOpenFileName(self._window, "Add data", self._folder(), _data_files())
        return bool(name) and self.add_data(Path(name))

    def ask_data_folder(self) -> bool:
        name = QFileDialog.getExistingDirectory(
            self._window, "Add a folder of pictures or texts", self._folder()
        )
        return bool(name) and self.add_data(Path(name))

    def add_data(self, file: Path) -> bool:
        """A file or folder as a source of the open project, and its rows in sight."""
        return self._try(lambda: self._add_data(file))

    def _add_data(self, file: Path) -> None:
        kind, files = kind_of(file), self._window.files
        inside = files.path is not None and file.is_relative_to(files.path.parent)
        path = file.relative_to(files.path.parent) if inside and files.path else file.absolute()
        self._window.show_canvas()
        self._window.session.dispatch(SetSource(Source("", kind, path.as_posix())))
        self._window.show_tab(self._window.data)

    def may_let_go(self) -> bool:
        """Whether the open project may be closed: it is saved, or the person said so."""
        files = self._window.files
        if not files.is_modified:
            return True
        box = QMessageBox(self._window)
        box.setWindowTitle("Layerloom")
        box.setText(f"Save the changes to {files.name}?")
        box.setInformativeText("They are lost otherwise.")
        box.setStandardButtons(Answer.Save | Answer.Discard | Answer.Cancel)
        box.setDefaultButton(Answer.Save)
        answer = box.exec()
        return self.save() if answer == Answer.Save else answer == Answer.Discard

    def _save(self, file: Path | None) -> bool:
        return self._try(lambda: self._window.tell(f"Saved {self._window.files.save(file).name}."))

    def _try(self, what: Callable[[], object]) -> bool:
        """Does something with files; where it fails, says why and changes nothing."""
        try:
            what()
        except LayerloomError as error:
            self._window.tell(str(error), warning=True)
            return False
        return True

    def _folder(self) -> str:
        path = self._window.files.path
        return str(path.parent if path else Path.home())


def _data_files() -> str:
    """The dialog's filter: every kind of file that is read."""
    endings = [ending for reader in SOURCES.values() if not reader.of_folders for ending in reader.endings]
    return f"Data ({' '.join(f'*{ending}' for ending in endings)})"

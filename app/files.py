"""The project that is open, as a file: new, open, save. Asks nothing and shows nothing; errors are sentences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.bridge.joining import Left
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.settings import Settings
from app.watching import Watch
from graph_engine.data import SAMPLE, SOURCES
from graph_engine.document import Change, Document, Sequence, SetSource, Source
from graph_engine.project import Project, load, save
from graph_engine.project.journal import Recovered
from graph_engine.templates import TEMPLATES
from graph_engine.values import LayerloomError

SUFFIX = ".loom"
SUFFIXES = (SUFFIX, ".loom.json")


def is_project(file: Path) -> bool:
    """Whether a file's name says that it is a project."""
    return file.name.endswith(SUFFIXES)


class Files(QObject):
    """Keeps session, training results and file in step.

    A project is read whole before anything open is let go, and written beside the old file before that is
    replaced: whatever fails, what was there stays.
    """

    changed = Signal()  # the name, or whether there is something to save
    saved = Signal()  # nothing is lost when the window goes now
    recovered = Signal()  # what is open comes from a journal
    altered = Signal()  # another program has changed the file

    def __init__(
        self, session: Session, bridge: TrainingBridge, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._settings = session, bridge, settings
        self._project = Project(session.document)
        self._unsaved = False  # something that the document does not show: what was trained, or recovered
        self.path: Path | None = None
        self._name = "untitled"
        self._watch = Watch(self)
        self._watch.changed.connect(self.altered)
        session.documentChanged.connect(self._follow)
        bridge.finished.connect(self._keep_results)
        bridge.recordsChanged.connect(self._keep_results)

    @property
    def name(self) -> str:
        """What the title shows."""
        return self.path.name if self.path else self._name

    @property
    def is_modified(self) -> bool:
        """Whether closing now would lose something."""
        return self._session.store.is_dirty or self._unsaved

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been opened or drawn yet."""
        return self.path is None and not self.is_modified and not self._session.document.layers

    def holds(self, left: Left) -> bool:
        """Whether what is open is the project of that run, as its file has it."""
        return self.path is not None and self.path == left.file and not self.is_modified

    def new(self, template: str) -> None:
        """A project that is not on disk yet, from a template."""
        self._require_idle()
        self._show(Project(TEMPLATES[template].document()), None, template)

    def new_empty(self) -> None:
        """A project that holds nothing yet."""
        self._require_idle()
        self._show(Project(Document()), None, "untitled")

    def open(self, file: Path) -> None:
        """Raises LayerloomError with a sentence; then the project that was open still is."""
        self._require_idle()
        try:
            project = load(file)
        except (LayerloomError, OSError) as error:
            self._settings.forget(file)
            self.changed.emit()
            raise LayerloomError(_sentence(f"{file.name} could not be opened", error)) from error
        self._settings.remember(file)
        self._show(project, file.absolute(), file.stem)

    def save(self, file: Path | None = None) -> Path:
        """To a file, or to the one it came from. Raises LayerloomError; then the old file is untouched."""
        target = file or self.path
        if target is None:
            raise LayerloomError("This project has no file yet: choose one with Save as.")
        if not is_project(target):
            target = target.with_name(target.name + SUFFIX)
        if target.absolute() == self.path and self._watch.is_stale:
            raise LayerloomError(
                f"{target.name} was changed by another program since you opened it: reload it, keep yours, "
                "or save under another name."
            )
        self._lead_to_data(target.absolute().parent)
        self.write(target)
        self.path = target.absolute()
        self._watch.keep(self.path)
        self._bridge.belong(self.name, self.path)
        self.let_go()
        self._settings.remember(self.path)
        self.saved.emit()
        self.changed.emit()
        return self.path

    def _lead_to_data(self, folder: Path) -> None:
        """From the project's new place data are found as well: beside it by a relative path, else by a whole one."""
        before = self._bridge.folder or Path.cwd()
        moved = []
        for source in self._session.document.data.sources.values():
            seen = _led(source, before, folder)
            moved += [SetSource(seen)] if seen != source else []
        if moved:
            self._session.dispatch(Sequence("Lead to the data", tuple(moved)))

    def keep_mine(self) -> None:
        """The next save may replace what another program has written."""
        self._watch.keep(self.path)

    def recover(self, found: Recovered) -> None:
        """The last committed state of a window that is gone, with the weights of its file or of its last run."""
        self._require_idle()
        origin = found.origin
        try:
            project = load(origin.file) if origin.file and origin.file.exists() else Project(found.document)
        except LayerloomError:  # its weights are lost with it; the drawing is not
            project = Project(found.document)
        self._show(replace(project, document=found.document), origin.file, origin.name)
        if origin.run is not None:
            self._bridge.recall(origin.run)
        self._unsaved = True
        self.recovered.emit()
        self.changed.emit()

    def rejoin(self, left: Left, found: Recovered | None = None) -> None:
        """The project of a run that a window left behind, with unsaved edits where there are, and what it does."""
        self._require_idle()
        if found is not None:
            self.recover(found)
        elif left.file is not None and left.file.exists():
            self.open(left.file)
        else:
            self._show(load(left.directory / "project.loom"), None, left.name)
        self._bridge.join(left.directory)

    def let_go(self) -> None:
        """What is open may be closed without being saved."""
        self._unsaved = False
        self._session.store.mark_saved()

    def write(self, file: Path) -> None:
        """A copy of what is open now, which does not become its file."""
        self._project = self._bridge.into(replace(self._project, document=self._session.document))
        try:
            save(file, self._project)
        except (LayerloomError, OSError, ValueError) as error:  # ValueError: no system has such a path
            raise LayerloomError(_sentence(f"{file.name} could not be saved", error)) from error

    def _show(self, project: Project, path: Path | None, name: str) -> None:
        self._project, self.path, self._name, self._unsaved = project, path, name, False
        self._bridge.belong(self.name, path)
        self._bridge.take(project)
        self._watch.keep(path)
        self._session.open(project.document)
        self.changed.emit()

    def _require_idle(self) -> None:
        if self._bridge.state != "idle":
            raise LayerloomError("A training is running: stop it before you open another project.")

    def _follow(self, change: Change) -> None:
        self.changed.emit()

    def _keep_results(self) -> None:
        self._unsaved = True
        self.changed.emit()


def _led(source: Source, before: Path, folder: Path) -> Source:
    """The source with every path of it as it is seen from another folder."""

    def seen(path: str) -> str:
        return path if not path or path.startswith(SAMPLE) else _seen_from(folder, before / path)

    reader = SOURCES.get(source.kind)
    paths = reader.paths if reader is not None else ()
    options = {name: seen(value) if name in paths else value for name, value in source.options.items()}
    return replace(source, path=seen(source.path), options=options)


def _seen_from(folder: Path, file: Path) -> str:
    return (file.relative_to(folder) if file.is_relative_to(folder) else file.absolute()).as_posix()


def _sentence(what: str, error: Exception) -> str:
    why = str(error) if isinstance(error, LayerloomError) else getattr(error, "strerror", None) or str(error)
    return f"{what}: {why.rstrip('.')}."

"""The open document as the window sees it: one store, its current analysis, and Qt signals about both."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from graph_engine.analysis import Analysis, analyze
from graph_engine.document import Change, Command, Document, Edit, Refusal, Store


@dataclass(frozen=True, slots=True)
class Preview:
    """What a command would lead to. Nothing has happened yet."""

    edit: Edit
    analysis: Analysis


class Session(QObject):
    """Holds the store and keeps the analysis of its document in step.

    Everything that shows the document connects to `documentChanged`, and reads `document` and `analysis` at
    any time. The change's label is empty when another document was opened.
    """

    documentChanged = Signal(object, object)
    considered = Signal(
        object
    )  # a Preview of an edit that a person looks at before it is made; None: of none
    refused = Signal(str)  # why a command could not be done

    def __init__(self, store: Store | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store or Store(Document())
        self._analysis = analyze(self.store.document)
        self._is_considered = False
        self.store.subscribe(self._on_change)

    @property
    def document(self) -> Document:
        return self.store.document

    @property
    def analysis(self) -> Analysis:
        return self._analysis

    def open(self, document: Document) -> None:
        """Shows another document, with a history of its own."""
        self.store.open(document)

    def dispatch(self, command: Command) -> Edit | Refusal:
        """Does a command. A refusal is also told to whoever shows it to the person."""
        answer = self.store.dispatch(command)
        if isinstance(answer, Refusal):
            self.refused.emit(answer.reason)
        return answer

    def preview(self, command: Command) -> Preview | Refusal:
        """What the command would give, or why it would be refused: asked many times during a drag."""
        answer = command.apply(self.document)
        if isinstance(answer, Refusal):
            return answer
        return Preview(answer, analyze(answer.document, self._analysis))

    def consider(self, command: Command | None) -> None:
        """Shows what a command would give, where it is drawn, until it is done, another is considered, or none."""
        preview = self.preview(command) if command is not None else None
        found = preview if isinstance(preview, Preview) else None
        if found is not None or self._is_considered:
            self._is_considered = found is not None
            self.considered.emit(found)

    def undo(self) -> None:
        self.store.undo()

    def redo(self) -> None:
        self.store.redo()

    def _on_change(self, change: Change) -> None:
        self._analysis = analyze(change.after, self._analysis)
        self._is_considered = False
        self.documentChanged.emit(change, self._analysis)

"""The one place where the present document changes, and from which everyone hears of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from graph_engine.document.commands.base import Command, Edit, Refusal
from graph_engine.document.diff import Diff, diff
from graph_engine.document.history import History
from graph_engine.document.records import Document


@dataclass(frozen=True, slots=True)
class Change:
    """``created``: ids that the canvas selects. ``label`` is empty when another document was opened."""

    before: Document
    after: Document
    diff: Diff
    label: str
    created: tuple[str, ...] = ()


Listener = Callable[[Change], None]


class Store:
    """Holds a document and its history. Every listener hears of every change, in order.

    A listener may dispatch: its change is applied at once and told after the present one, to everyone.
    Where listeners raise, all others are still told; then the errors come out together as an
    ExceptionGroup. The document and the history are complete before the first listener is called.
    """

    def __init__(self, document: Document) -> None:
        self._history = History(document)
        self._listeners: dict[int, Listener] = {}
        self._next_listener = 0
        self._pending: deque[Change] = deque()
        self._telling = False

    @property
    def document(self) -> Document:
        return self._history.document

    @property
    def can_undo(self) -> bool:
        return self._history.undo_label is not None

    @property
    def can_redo(self) -> bool:
        return self._history.redo_label is not None

    @property
    def undo_label(self) -> str | None:
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        return self._history.redo_label

    @property
    def is_dirty(self) -> bool:
        """Whether the document differs from what was saved or opened."""
        return self._history.is_dirty

    def dispatch(self, command: Command) -> Edit | Refusal:
        """Apply a command. A refusal, or an edit that changes nothing, leaves no step and tells nobody."""
        before = self.document
        result = command.apply(before)
        if isinstance(result, Edit) and result.document is not before:
            self._history.record(result.document, command.label, command.merge_key)
            self._tell(before, command.label, result.created)
        return result

    def undo(self) -> bool:
        """Whether there was something to undo."""
        label, before = self.undo_label, self.document
        if label is None:
            return False
        self._history.undo()
        self._tell(before, f"Undo {label}")
        return True

    def redo(self) -> bool:
        """Whether there was something to redo."""
        label, before = self.redo_label, self.document
        if label is None:
            return False
        self._history.redo()
        self._tell(before, f"Redo {label}")
        return True

    def seal(self) -> None:
        """End a gesture: the next command starts an undo step of its own, whatever its merge key."""
        self._history.seal()

    def mark_saved(self) -> None:
        self._history.mark_saved()

    def open(self, document: Document) -> None:
        """Hold another document, with a history of its own."""
        before = self.document
        self._history = History(document)
        self._tell(before, "")

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener on every change, until the returned function is called."""
        key = self._next_listener
        self._next_listener += 1
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    def _tell(self, before: Document, label: str, created: tuple[str, ...] = ()) -> None:
        after = self.document
        found = diff(before, after)
        if found or not label:
            self._pending.append(Change(before, after, found, label, created))
        if not self._telling:
            self._tell_pending()

    def _tell_pending(self) -> None:
        errors: list[Exception] = []
        self._telling = True
        try:
            while self._pending:
                errors.extend(self._tell_all(self._pending.popleft()))
        finally:
            self._telling = False
            self._pending.clear()
        if errors:
            raise ExceptionGroup("listeners failed on a change of the document", errors)

    def _tell_all(self, change: Change) -> list[Exception]:
        errors: list[Exception] = []
        for key, listener in list(self._listeners.items()):
            if key in self._listeners:  # an earlier one may have ended this one's subscription
                try:
                    listener(change)
                except Exception as error:
                    errors.append(error)
        return errors

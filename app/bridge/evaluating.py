"""Evaluation as the window sees it: questions about the trained model, and answers as Qt signals."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.bridge.worker import WorkerProcess
from graph_engine.document import Document
from graph_engine.project import Project, save
from graph_engine.serving import program
from graph_engine.training.events import Event
from graph_engine.values import LayerloomError

State = Literal["idle", "evaluating", "stopping"]


class EvaluationBridge(QObject):
    """Asks a process of its own, started with the first question, about what training has made of the drawing.

    The weights are handed over once, and again when they or the drawing have changed since.
    """

    stateChanged = Signal(str)
    progressed = Signal(float, float)  # share that is done, seconds left
    evaluated = Signal(object, object)  # the report as `Report.as_json` writes it, columns to group by
    sampled = Signal(object)  # samples as `Sample.as_json` writes them
    predicted = Signal(object)  # what every head says
    exampled = Signal(object)  # inputs of a row
    exported = Signal(str)  # the file
    failed = Signal(str, str)  # which command, a sentence

    def __init__(self, session: Session, training: TrainingBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._training = session, training
        self._process = WorkerProcess(self, program("evaluator"))
        self._process.told.connect(self._hear)
        self._process.died.connect(self._lose)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._given: tuple[Document, Mapping[str, Any]] | None = None
        self._state: State = "idle"
        self._asks = 0
        self._newest: dict[str, int] = {}

    @property
    def state(self) -> State:
        return self._state

    @property
    def can_ask(self) -> bool:
        """Whether there are trained weights."""
        return bool(self._training.weights)

    @property
    def is_current(self) -> bool:
        """Whether answers so far are about the drawing and the weights as they are now."""
        if self._given is None:
            return False
        document, weights = self._given
        return weights is self._training.weights and document == self._session.document

    def evaluate(self, rows: str = "validation") -> None:
        """`validation`, `training`, or the path of a file."""
        if self._state == "idle" and self._ask("evaluate", rows=rows):
            self._set("evaluating")

    def stop(self) -> None:
        """Within one batch."""
        if self._state == "evaluating":
            self._process.send(command="stop")
            self._set("stopping")

    def forget(self) -> None:
        """Another model is open, or it was trained anew: answers that are still to come are of no interest."""
        self.stop()
        self._given = None
        self._newest.clear()

    def group(self, column: str) -> None:
        """The errors of the groups that a column makes; none with an empty name."""
        self._ask("group", column=column)

    def samples(self, head: str, **which: Any) -> None:
        """`cell=(true, predicted)`, `order="worst"` or `"surprising"`, or `rows=[...]`."""
        self._ask("samples", head=head, **which)

    def predict(self, inputs: Mapping[str, Any]) -> None:
        """One row by Input name; of several questions in a row only the last is answered."""
        self._ask("predict", inputs=inputs)

    def example(self, row: int) -> None:
        """The inputs of a row that is held back."""
        self._ask("example", row=row)

    def export(self, head: str, file: Path) -> None:
        self._ask("export", head=head, path=str(file))

    def shut_down(self) -> None:
        """The window closes."""
        self._process.shut_down()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _ask(self, name: str, **fields: Any) -> bool:
        if not self.can_ask:
            self.failed.emit(name, "This model has no trained weights yet: train it first.")
            return False
        about_the_model = name in ("evaluate", "predict", "example")  # others ask about what was evaluated
        if about_the_model and not self.is_current and not self._hand_over():
            return False
        self._asks += 1
        self._newest[name] = self._asks
        self._process.send(command=name, ask=self._asks, **fields)
        return True

    def _hand_over(self) -> bool:
        """Gives the process the project as it is now."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="layerloom-")
        file = Path(self._folder.name) / "project.loom"
        try:
            save(file, self._training.into(Project(self._session.document)))
        except (LayerloomError, OSError) as error:
            self.failed.emit("open", f"The model could not be handed over: {error}")
            return False
        folder = self._training.folder
        self._process.send(command="open", project=str(file), folder=str(folder) if folder else None)
        self._given = self._session.document, self._training.weights
        return True

    def _hear(self, event: Event) -> None:
        match event["event"]:
            case "evaluating":
                self.progressed.emit(event["done"] / event["total"], event["left"])
            case "evaluated":
                self._set("idle")
                if event["ask"] in self._newest.values():
                    self.evaluated.emit(event["report"], event["columns"])
            case "stopped":
                self._set("idle")
            case "samples":
                self._tell("samples", event, self.sampled, event["samples"])
            case "predicted":
                self._tell("predict", event, self.predicted, event["heads"])
            case "example":
                self._tell("example", event, self.exampled, event["inputs"])
            case "exported":
                self.exported.emit(event["path"])
            case "failed":
                self._fail(event.get("command", ""), event["message"])

    def _tell(self, name: str, event: Event, signal: Any, answer: Sequence[Any]) -> None:
        """Only the answer to the last question of its kind is still of interest."""
        if event["ask"] == self._newest.get(name):
            signal.emit(answer)

    def _fail(self, name: str, sentence: str) -> None:
        if name == "open":
            self._given = None
        if name in ("open", "evaluate"):
            self._set("idle")
        self.failed.emit(name, sentence[:1].upper() + sentence[1:])

    def _lose(self, sentence: str) -> None:
        self._given = None
        self._set("idle")
        self.failed.emit("evaluate", sentence.replace("training process", "evaluating process"))

    def _set(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit(state)

"""How to train, and on what: every edit is a command, so all of it can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.forms import Form
from app.theme import label
from app.training.bindings import Bindings
from graph_engine.document import Choice, Document, SetSplit, SetTraining
from graph_engine.params import JSON, Boolean, Configured, Integer, Number, Param
from graph_engine.training import OPTIMIZERS

_LENGTH: Final[dict[str, Param]] = {
    "epochs": Integer("How often the model sees every training row.", minimum=1),
    "batch_size": Integer("Rows the model sees before its weights are changed.", minimum=1),
    "from_weights": Boolean("Train on from the weights there are, trained or opened, not from fresh ones."),
    "seed": Integer("Of weights, shuffling and dropout. Equal seeds give equal runs.", minimum=0),
}
_OPTIMIZER: Final[dict[str, Param]] = {
    "optimizer": Configured("How weights follow their gradients.", False, OPTIMIZERS)
}
_SPLIT: Final[dict[str, Param]] = {
    "held_back": Number(
        "Share of the rows that are held back to check on, from 0 to 1.", minimum=0.0, maximum=0.99
    ),
    "split_seed": Integer("Which rows are held back. Equal seeds hold back equal rows.", minimum=0),
}
_NARROWEST, _WIDEST = 200, 300


class TrainingSettings(QScrollArea):
    """Three columns: length, optimizer, data. They belong to the next run, and rest while one is going."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.length, self.optimizer, self.split = Form(_LENGTH), Form(_OPTIMIZER), Form(_SPLIT)
        self.bindings = Bindings()
        for form in (self.length, self.optimizer, self.split):
            form.edited.connect(self._on_edited)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(24)
        row.addWidget(_column("Length", self.length), 2)
        row.addWidget(_column("Optimizer", self.optimizer), 3)
        row.addWidget(_column("Data", self.split, self.bindings), 3)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        session.documentChanged.connect(lambda change, _analysis: self._follow(change.before, change.after))
        bridge.stateChanged.connect(lambda state: content.setEnabled(state == "idle"))
        self._show(session.document)

    def _follow(self, before: Document, after: Document) -> None:
        if before.training is not after.training or before.data is not after.data:
            self._show(after)

    def _show(self, document: Document) -> None:
        training, split = document.training, document.data.split
        optimizer = {"type": training.optimizer.type, **training.optimizer.config}
        self.length.set_values({name: getattr(training, name) for name in _LENGTH})
        self.optimizer.set_values({"optimizer": optimizer})
        self.split.set_values({"held_back": split.validation, "split_seed": split.seed})
        self.bindings.show_data(document)

    def _on_edited(self, name: str, value: JSON) -> None:
        split = self._session.document.data.split
        match name:
            case "optimizer":
                config = {key: part for key, part in value.items() if key != "type"}
                self._session.dispatch(SetTraining(optimizer=Choice(value["type"], config)))
            case "held_back":
                self._session.dispatch(SetSplit(replace(split, validation=value)))
            case "split_seed":
                self._session.dispatch(SetSplit(replace(split, seed=value)))
            case _:
                self._session.dispatch(SetTraining(**{name: value}))


def _column(heading: str, *parts: QWidget) -> QWidget:
    result = QWidget()
    if heading != "Data":
        result.setMinimumWidth(_NARROWEST)
        result.setMaximumWidth(_WIDEST)
    column = QVBoxLayout(result)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(label(heading, "heading"))
    for part in parts:
        column.addWidget(part)
        column.setAlignment(part, Qt.AlignmentFlag.AlignTop)
    column.addStretch(1)
    return result

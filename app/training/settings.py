"""How to train: every edit is a command, so all of it can be undone."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.forms import Form
from graph_engine.document import Choice, Document, SetSplit, SetTraining, Split
from graph_engine.params import JSON, Configured, Integer, Number, Param
from graph_engine.training import OPTIMIZERS

_LENGTH: Final[dict[str, Param]] = {
    "epochs": Integer("How often the model sees every training row.", minimum=1),
    "batch_size": Integer("Rows the model sees before its weights are changed.", minimum=1),
    "validation": Number(
        "Share of the rows that are held back to check on, from 0 to 1.", minimum=0.0, maximum=0.99
    ),
    "seed": Integer("Equal seeds give equal runs.", minimum=0),
    "optimizer": Configured("How weights follow their gradients.", False, OPTIMIZERS),
}


class TrainingSettings(QWidget):
    """While a training runs nothing here changes it: settings belong to the next run."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.form = Form(_LENGTH)
        self.form.edited.connect(self._on_edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 16, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        session.documentChanged.connect(lambda change, _analysis: self._follow(change.before, change.after))
        bridge.stateChanged.connect(lambda state: self.setEnabled(state == "idle"))
        self._show(session.document)

    def _follow(self, before: Document, after: Document) -> None:
        if before.training is not after.training or before.data is not after.data:
            self._show(after)

    def _show(self, document: Document) -> None:
        training = document.training
        self.form.set_values(
            {
                "epochs": training.epochs,
                "batch_size": training.batch_size,
                "validation": document.data.split.validation,
                "seed": training.seed,
                "optimizer": {"type": training.optimizer.type, **training.optimizer.config},
            }
        )

    def _on_edited(self, name: str, value: JSON) -> None:
        split = self._session.document.data.split
        match name:
            case "optimizer":
                config = {key: part for key, part in value.items() if key != "type"}
                self._session.dispatch(SetTraining(optimizer=Choice(value["type"], config)))
            case "validation":
                self._session.dispatch(SetSplit(Split(split.kind, value, split.seed)))
            case "epochs":
                self._session.dispatch(SetTraining(epochs=value))
            case "batch_size":
                self._session.dispatch(SetTraining(batch_size=value))
            case "seed":
                self._session.dispatch(SetTraining(seed=value))

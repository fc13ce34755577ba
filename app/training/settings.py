"""How to train, and on what: every edit is a command, so all of it can be undone."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.forms import Form, Several, as_choice
from app.theme import label
from graph_engine.document import Choice, Document, SetTraining
from graph_engine.params import JSON, Boolean, Configured, Integer, Param
from graph_engine.training import CALLBACKS, OPTIMIZERS

_LENGTH: Final[dict[str, Param]] = {
    "epochs": Integer("How often the model sees every training row.", minimum=1),
    "batch_size": Integer("Rows the model sees before its weights are changed.", minimum=1),
    "from_weights": Boolean("Train on from the weights there are, trained or opened, not from fresh ones."),
    "recompute_activations": Boolean(
        "A batch takes less memory and somewhat more time: what layers gave is computed again for the gradients rather "
        "than kept. Results are the same to the bit."
    ),
    "seed": Integer("Of weights, shuffling and dropout. Equal seeds give equal runs.", minimum=0),
}
_OPTIMIZER: Final[dict[str, Param]] = {
    "optimizer": Configured("How weights follow their gradients.", False, OPTIMIZERS)
}
_CALLBACK: Final = "What happens at the edges of training: after a batch, an epoch, at the end."
_NARROWEST, _WIDEST = 200, 300


class TrainingSettings(QScrollArea):
    """Three columns: length, optimizer, callbacks. A training takes another learning rate and other callbacks while it
    runs; its length rests."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.length, self.optimizer = Form(_LENGTH), Form(_OPTIMIZER)
        self.callbacks = Several(CALLBACKS, "callback", _CALLBACK, self._on_callbacks, ordered=True)
        for form in (self.length, self.optimizer):
            form.edited.connect(self._on_edited)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(24)
        row.addWidget(_column("Length", self.length), 2)
        row.addWidget(_column("Optimizer", self.optimizer), 3)
        row.addWidget(_column("Callbacks, in their order", self.callbacks), 3)
        row.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        session.documentChanged.connect(lambda change, _analysis: self._follow(change.before, change.after))
        bridge.stateChanged.connect(lambda state: self.length.setEnabled(state == "idle"))
        self._show(session.document)

    def _follow(self, before: Document, after: Document) -> None:
        if before.training is not after.training:
            self._show(after)

    def _show(self, document: Document) -> None:
        training = document.training
        optimizer = {"type": training.optimizer.type, **training.optimizer.config}
        self.length.set_values({name: getattr(training, name) for name in _LENGTH})
        self.optimizer.set_values({"optimizer": optimizer})
        self.callbacks.show_choices(training.callbacks)

    def _on_edited(self, name: str, value: JSON) -> None:
        given: Any = as_choice(value) if name == "optimizer" else value
        self._session.dispatch(SetTraining(**{name: given}))

    def _on_callbacks(self, callbacks: tuple[Choice, ...]) -> None:
        self._session.dispatch(SetTraining(callbacks=callbacks))


def _column(heading: str, *parts: QWidget) -> QWidget:
    result = QWidget()
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

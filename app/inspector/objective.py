"""What an output is trained for: its loss, how much that counts, and what is measured beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.bridge.session import Session
from app.forms import Chosen, Form, Several, as_choice, as_json
from app.inspector.parts import Section
from app.theme import label
from graph_engine.document import Document, Objective, SetObjective
from graph_engine.params import Configured, Number
from graph_engine.training.losses import LOSSES
from graph_engine.training.metrics import METRICS

_LOSS: Final = Configured("How far the output is from its target; training makes this small.", True, LOSSES)
_METRIC: Final = "A number that is reported after every epoch and changes nothing."
_WEIGHT: Final = {"weight": Number("How much this loss counts in the sum over all outputs.")}


class ObjectiveSection(Section):
    """Every change is a command; the section shows what the document says."""

    def __init__(self, session: Session, output: str, parent: QWidget | None = None) -> None:
        super().__init__("Objective", parent=parent)
        self._session, self._output = session, output
        self.loss = Chosen(_LOSS, "Loss")
        self.loss.editor.edited.connect(self._on_loss)
        self.weight = Form(_WEIGHT)
        self.weight.edited.connect(lambda _name, value: self._set(weight=value))
        self.metrics = Several(METRICS, "metric", _METRIC, lambda metrics: self._set(metrics=metrics))
        self.add(label("Loss", "dim"))
        self.add(self.loss)
        self.add(self.weight)
        self.add(label("Metrics", "dim"))
        self.add(self.metrics)
        self.refresh(session.document)

    def refresh(self, document: Document) -> None:
        """Shows the document's objective, or the empty one."""
        objective = document.training.objectives.get(self._output, Objective())
        self.loss.editor.show_value(as_json(objective.loss))
        self.weight.set_values({"weight": objective.weight})
        self.metrics.show_choices(objective.metrics)

    def _on_loss(self, value: Any) -> None:
        self._set(loss=None if value is None else as_choice(value))

    def _set(self, **changes: Any) -> None:
        before = self._session.document.training.objectives.get(self._output, Objective())
        after = replace(before, **changes)
        self._session.dispatch(SetObjective(self._output, None if after == Objective() else after))

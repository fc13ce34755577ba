"""What an output is trained for: its loss, how much that counts, and what is measured beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.bridge.session import Session
from app.forms import CatalogueCombo, ConfiguredEditor, Form, defaults_of
from app.inspector.facts import as_choice, as_json
from app.inspector.parts import Section, column, empty
from app.theme import label, set_icon, set_look
from graph_engine.document import Choice, Document, Objective, SetObjective
from graph_engine.params import Configured, Number
from graph_engine.training.losses import LOSSES
from graph_engine.training.metrics import METRICS

_LOSS: Final = Configured("How far the output is from its target; training makes this small.", True, LOSSES)
_METRIC: Final = Configured(
    "A number that is reported after every epoch and changes nothing.", False, METRICS
)
_WEIGHT: Final = {"weight": Number("How much this loss counts in the sum over all outputs.")}
_ADD: Final = "Add a metric"


class ObjectiveSection(Section):
    """Every change is a command; the section shows what the document says."""

    def __init__(self, session: Session, output: str, parent: QWidget | None = None) -> None:
        super().__init__("Objective", parent=parent)
        self._session, self._output = session, output
        self.loss = _Chosen(_LOSS, "Loss")
        self.loss.editor.edited.connect(self._on_loss)
        self.weight = Form(_WEIGHT)
        self.weight.edited.connect(lambda _name, value: self._set(weight=value))
        self.metrics = Metrics(lambda metrics: self._set(metrics=metrics))
        self.add(label("Loss", "dim"))
        self.add(self.loss)
        self.add(self.weight)
        self.add(self.metrics)
        self.refresh(session.document)

    def refresh(self, document: Document) -> None:
        """Shows the document's objective, or the empty one."""
        objective = document.training.objectives.get(self._output, Objective())
        self.loss.editor.show_value(as_json(objective.loss))
        self.weight.set_values({"weight": objective.weight})
        self.metrics.show_metrics(objective.metrics)

    def _on_loss(self, value: Any) -> None:
        self._set(loss=None if value is None else as_choice(value))

    def _set(self, **changes: Any) -> None:
        before = self._session.document.training.objectives.get(self._output, Objective())
        after = replace(before, **changes)
        self._session.dispatch(SetObjective(self._output, None if after == Objective() else after))


class Metrics(QWidget):
    """A list that grows at its end: each metric with its parameters and a button that takes it away."""

    def __init__(self, changed: Callable[[tuple[Choice, ...]], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._changed = changed
        self._metrics: tuple[Choice, ...] = ()
        self.chosen: list[_Chosen] = []
        self._rows = column(spacing=4)
        self.adder = CatalogueCombo(METRICS)
        self.adder.setAccessibleName(_ADD)
        self.adder.setToolTip(f"{_ADD}: a number that is reported after every epoch")
        self.adder.show_name("", _ADD)
        self.adder.chosen.connect(self._on_added)
        outer = column(self, spacing=4)
        outer.addWidget(label("Metrics", "dim"))
        outer.addLayout(self._rows)
        outer.addWidget(self.adder)

    def show_metrics(self, metrics: tuple[Choice, ...]) -> None:
        """Rows are kept while the number of metrics stays, so that the focus stays too."""
        self._metrics = metrics
        if len(metrics) != len(self.chosen):
            empty(self._rows)
            self.chosen = [self._row(place) for place in range(len(metrics))]
        for row, metric in zip(self.chosen, metrics, strict=True):
            row.editor.show_value(as_json(metric))

    def _row(self, place: int) -> _Chosen:
        row = _Chosen(_METRIC, f"Metric {place + 1}", partial(self._on_removed, place))
        row.editor.edited.connect(partial(self._on_edited, place))
        self._rows.addWidget(row)
        return row

    def _on_added(self, name: str) -> None:
        self.adder.show_name("", _ADD)
        self._changed((*self._metrics, Choice(name, defaults_of(METRICS[name]))))

    def _on_removed(self, place: int) -> None:
        self._changed((*self._metrics[:place], *self._metrics[place + 1 :]))

    def _on_edited(self, place: int, value: Any) -> None:
        self._changed((*self._metrics[:place], as_choice(value), *self._metrics[place + 1 :]))


class _Chosen(QWidget):
    """A configurable thing with a long name: the whole width for it, its parameters below."""

    def __init__(self, param: Configured, name: str, remove: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.editor = ConfiguredEditor(param)
        self.editor.inner.setToolTip(param.help)
        self.editor.inner.setAccessibleName(name)
        self.remover = _remover(name, remove) if remove else None
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.editor, 1)
        if self.remover is not None:
            line.addWidget(self.remover)
        outer = column(self, spacing=4)
        outer.addLayout(line)
        assert self.editor.below is not None
        outer.addWidget(self.editor.below)


def _remover(name: str, remove: Callable[[], None]) -> QPushButton:
    button = QPushButton()
    set_look(button, "icon")
    set_icon(button, "close", "dim")
    button.setToolTip(f"Remove {name.lower()}")
    button.setAccessibleName(f"Remove {name.lower()}")
    button.clicked.connect(lambda _checked: remove())
    return button

"""One node, or several of one type that are edited as one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.bridge.session import Session
from app.forms import Form
from app.inspector import facts
from app.inspector.header import Header
from app.inspector.objective import ObjectiveSection
from app.inspector.parts import Facts, Section, column
from app.inspector.shapes import Shapes
from app.inspector.shared import Shared
from app.inspector.troubles import Troubles
from app.inspector.weights import Weights
from app.theme import set_icon
from graph_engine.document import (
    MAIN,
    MODEL,
    OUTPUT,
    Bypass,
    Configure,
    Layer,
    Rename,
    SetTrainable,
    each_step,
    is_terminal,
    nested_graph,
)
from graph_engine.layers.base import LAYERS
from graph_engine.params import Boolean

_GESTURES = itertools.count()
_TRAINABLE = {"trainable": Boolean("Whether training changes the weights; off freezes them.")}
_BYPASSED = {"bypassed": Boolean("On: the node passes on what it gets, as if it were not there.")}
_EACH_STEP = {"each_step": LAYERS[MODEL].params()["each_step"]}


class NodePage(QWidget):
    """All edits are commands on the layers that the nodes call; the page shows what the document says."""

    entered = Signal(str)  # the graph of a model layer

    def __init__(
        self, session: Session, graph: str, nodes: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._graph, self._nodes = session, graph, tuple(nodes)
        self.values: Mapping[str, npt.NDArray[Any]] = {}  # of the model's weights, by path
        self._gesture = next(_GESTURES)
        # Kept, because a field tells its last words when the page goes, and the nodes may be gone by then.
        self._layers = tuple(record.id for record in self._records())
        self.type = self._records()[0].type
        self._class = facts.layer_class(self.type)
        self._parts()
        self._lay_out()
        self.refresh()

    def _parts(self) -> None:
        single = len(self._nodes) == 1
        layer = self._records()[0].id
        renaming = (lambda name: Rename(layer, name)) if single else None
        self.troubles = Troubles(self._session)
        self.header = Header(self._session, facts.family_of(self.type), renaming)
        self.shapes = Shapes()
        self.layer = Section("Layer")
        self.weights = Section("Weights")
        self.shared = Shared()
        self.table = Weights()
        self.forms = self._layer_forms()
        self.opener = self._opener()
        self.kept = Facts()
        self.each_step = self._switch(_EACH_STEP, self._on_edited)
        self.bypassed = self._switch(_BYPASSED, self._on_bypassed)
        self.trainable = self._switch(_TRAINABLE, self._on_trainable)
        at_home = single and self._graph == MAIN and self.type == OUTPUT
        self.objective = ObjectiveSection(self._session, self._nodes[0]) if at_home else None

    def _layer_forms(self) -> tuple[Form, ...]:
        """What the layer computes, and how its weights start and are kept small."""
        if self._class is None:
            return ()
        params = self._class.params()
        below = [name for name, param in params.items() if facts.about_weights(param)]
        above = [name for name in params if name not in below]
        forms = (Form(self._class, above), Form(self._class, below))
        for form in forms:
            form.edited.connect(self._on_edited)
            form.settled.connect(self._on_settled)
        return forms

    def _switch(self, params: dict[str, Any], slot: Any) -> Form:
        form = Form(params)
        form.edited.connect(slot)
        return form

    def _lay_out(self) -> None:
        page = column(self, spacing=12)
        for part in (self.troubles, self.header, self.shapes, self.layer, self.weights):
            page.addWidget(part)
        if self.forms:
            self.layer.add(self.forms[0])
            self.weights.add(self.shared)
            self.weights.add(self.forms[1])
        elif self.type == MODEL:
            self.layer.add(self.opener)
            self.layer.add(self.each_step)
            self.weights.add(self.shared)
        else:
            self.layer.add(self.kept)
        self.layer.add(self.bypassed)
        self.weights.add(self.trainable)
        self.weights.add(self.table)
        if self.objective is not None:
            page.addWidget(self.objective)
        page.addStretch(1)

    def _opener(self) -> QPushButton:
        button = QPushButton("Open model")
        set_icon(button, "enter")
        button.clicked.connect(lambda: self.entered.emit(nested_graph(self._records()[0])))
        return button

    def _records(self) -> list[Layer]:
        """The layers of the nodes, each once."""
        document = self._session.document
        found = {(record := document.layer_of(self._graph, node)).id: record for node in self._nodes}
        return list(found.values())

    def refresh(self) -> None:
        """Shows the document as it is now."""
        records, analysis = self._records(), self._session.analysis
        infos = [analysis.node(self._graph, node) for node in self._nodes]
        self.troubles.show_problems(
            tuple(found for node in self._nodes for found in analysis.problems_at(self._graph, node))
        )
        several = len(self._nodes) > 1
        title = f"{len(self._nodes)} \u00d7 {self.type}" if several else records[0].name
        formula = self._class.formula if self._class else ""
        self.header.show_name(title, facts.docs_of(records[0]), formula)
        self.shapes.setVisible(not several)
        self.shapes.show_ports(replace(infos[0], outputs=()) if self.type == OUTPUT else infos[0])
        self._refresh_layer(records)
        self._refresh_weights(records, infos[0].weights if len(records) == 1 else ())
        if self.objective is not None:
            self.objective.refresh(self._session.document)

    def _refresh_layer(self, records: Sequence[Layer]) -> None:
        nodes = [self._session.document.graphs[self._graph].nodes[node] for node in self._nodes]
        self.layer.setVisible(not is_terminal(records[0]) or self._has_params())
        self.bypassed.setVisible(not is_terminal(records[0]))
        _show_switch(self.bypassed, "bypassed", [node.bypassed for node in nodes])
        if self._class is None:
            if self.type == MODEL:
                _show_switch(self.each_step, "each_step", [each_step(record) for record in records])
                return
            config = records[0].config
            self.kept.show_facts(tuple((name, str(value), "mono") for name, value in config.items()))
            return
        params = self._class.params()
        defaults = self.forms[0].defaults
        configs = [facts.canonical({**defaults, **record.config}, params) for record in records]
        mixed = facts.differing(configs, params)
        for form in self.forms:
            form.set_values({**defaults, **records[0].config}, mixed)

    def _has_params(self) -> bool:
        return bool(self.forms and self.forms[0].rows)

    def _refresh_weights(self, records: Sequence[Layer], weights: tuple[Any, ...]) -> None:
        document, analysis = self._session.document, self._session.analysis
        self.weights.setVisible(facts.has_weights(self.type))
        count = facts.total_parameters(document, analysis, self._graph, self._nodes)
        self.weights.side.setText(facts.count_text(count, "parameter") if count else "")
        self.shared.show_words(
            facts.sharing(document, self._graph, self._nodes[0]) if len(self._nodes) == 1 else ""
        )
        _show_switch(self.trainable, "trainable", [record.trainable for record in records])
        self.table.show_weights(weights, _of_layer(self.values, records[0].id))

    def _on_edited(self, name: str, value: Any) -> None:
        self._session.dispatch(Configure(self._layers, name, value, str(self._gesture)))

    def _on_settled(self) -> None:
        self._gesture = next(_GESTURES)

    def _on_bypassed(self, _name: str, on: bool) -> None:
        self._session.dispatch(Bypass(self._graph, self._nodes, on))

    def _on_trainable(self, _name: str, on: bool) -> None:
        self._session.dispatch(SetTrainable(self._layers, on))


def _of_layer(values: Mapping[str, npt.NDArray[Any]], layer: str) -> dict[str, npt.NDArray[Any]]:
    """By the weight's name; of a model that is used with weights of its own, those of the first use."""
    found: dict[str, npt.NDArray[Any]] = {}
    for path, array in values.items():
        home, _, name = path.partition(f"{layer}/")
        if name and (not home or home.endswith("/")):
            found.setdefault(name, array)
    return found


def _show_switch(form: Form, name: str, values: Sequence[bool]) -> None:
    form.set_values({name: values[0]}, (name,) if len(set(values)) > 1 else ())

"""The model when nothing is selected, and a selection of different layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from app.bridge.session import Session
from app.forms import Form
from app.inspector import facts
from app.inspector.header import Header
from app.inspector.parts import Facts, Section, column
from app.inspector.troubles import Troubles
from app.theme import label
from graph_engine.analysis import GraphInfo
from graph_engine.document import MAIN, Choice, RenameGraph, SetTrainable
from graph_engine.params import Boolean, Catalogue
from graph_engine.training.losses import LOSSES
from graph_engine.training.optimizers import OPTIMIZERS

Fact = tuple[str, str, str]


class SummaryPage(QWidget):
    """A graph as a whole."""

    def __init__(self, session: Session, graph: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._graph = session, graph
        self.troubles = Troubles(session)
        self.header = Header(session, "model", lambda name: RenameGraph(graph, name))
        self.totals, self.ports, self.training = Facts(), Facts(), Facts()
        self._training_section = Section("Training")
        page = column(self, spacing=12)
        page.addWidget(self.troubles)
        page.addWidget(self.header)
        for heading, body in (("Totals", self.totals), ("Inputs and outputs", self.ports)):
            section = Section(heading)
            section.add(body)
            page.addWidget(section)
        self._training_section.add(self.training)
        page.addWidget(self._training_section)
        self._training_section.setVisible(graph == MAIN)  # in its place: before, it would be a window
        page.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Shows the document as it is now."""
        document = self._session.document
        graph, info = document.graphs[self._graph], self._session.analysis.graphs[self._graph]
        docs = document.description if self._graph == MAIN else "A model used as a layer"
        self.header.show_name(graph.name, docs)
        self.troubles.show_problems(self._session.analysis.problems_at(self._graph, ""))
        self.totals.show_facts(_totals(info))
        self.ports.show_facts(self._ports(info))
        self.training.show_facts(self._training())

    def _ports(self, info: GraphInfo) -> tuple[Fact, ...]:
        document = self._session.document
        graph = document.graphs[self._graph]
        found: list[Fact] = []
        for arrow, nodes in (("\u2192", graph.inputs), ("\u2190", graph.outputs)):
            for node in nodes:
                ports = info.nodes[node].outputs or info.nodes[node].inputs
                spec = ports[0].spec if ports else None
                name = document.layer_of(self._graph, node).name
                found.append((f"{arrow} {name}", str(spec) if spec else "?", "chip"))
        return tuple(found) or (("None yet", "", ""),)

    def _training(self) -> tuple[Fact, ...]:
        document = self._session.document
        training, main = document.training, document.main
        losses = [
            (f"Loss of {document.layer_of(MAIN, node).name}", _loss(training.objectives[node].loss), "")
            for node in main.outputs
            if node in training.objectives
        ]
        return (
            *losses,
            ("Optimizer", _title(OPTIMIZERS, training.optimizer.type), ""),
            ("Epochs", facts.count_text(training.epochs), ""),
            ("Batch size", facts.count_text(training.batch_size), ""),
        )


class MixedPage(QWidget):
    """Layers of different types have no parameters in common, but can be frozen together."""

    def __init__(
        self, session: Session, graph: str, nodes: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._graph, self._nodes = session, graph, tuple(nodes)
        self._section = Section("Selection")
        self.types = Facts()
        self.trainable = Form(
            {"trainable": Boolean("Whether training changes the weights; off freezes them.")}
        )
        self.trainable.edited.connect(self._on_trainable)
        self.headline = label("", "headline")
        page = column(self, spacing=12)
        page.addWidget(self.headline)
        page.addWidget(self._section)
        self._section.add(self.types)
        self._section.add(self.trainable)
        page.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Shows the document as it is now."""
        document, analysis = self._session.document, self._session.analysis
        records = [document.layer_of(self._graph, node) for node in self._nodes]
        counts = Counter(record.type for record in records)
        self.headline.setText(facts.count_text(len(self._nodes), "node"))
        count = facts.total_parameters(document, analysis, self._graph, self._nodes)
        self._section.side.setText(facts.count_text(count, "parameter") if count else "")
        self.types.show_facts(tuple((name, facts.count_text(found), "") for name, found in counts.items()))
        weighty = {record.trainable for record in records if facts.has_weights(record.type)}
        self.trainable.setVisible(bool(weighty))
        self.trainable.set_values({"trainable": True in weighty}, ("trainable",) if len(weighty) > 1 else ())

    def _on_trainable(self, _name: str, on: Any) -> None:
        document = self._session.document
        records = {(record := document.layer_of(self._graph, node)).id: record for node in self._nodes}
        able = tuple(key for key, record in records.items() if facts.has_weights(record.type))
        self._session.dispatch(SetTrainable(able, bool(on)))


def _totals(info: GraphInfo) -> tuple[Fact, ...]:
    frozen = info.parameters - info.trainable_parameters
    found: list[Fact] = [
        ("Nodes", facts.count_text(len(info.nodes)), ""),
        ("Parameters", facts.count_text(info.parameters), ""),
    ]
    if frozen:
        found.append(("Trained", facts.count_text(info.trainable_parameters), ""))
        found.append(("Not trained", facts.count_text(frozen), ""))
    found.append(("Size of weights", facts.memory_text(info.parameters), ""))
    return tuple(found)


def _loss(choice: Choice | None) -> str:
    return "None" if choice is None else _title(LOSSES, choice.type)


def _title(catalogue: Catalogue[Any], name: str) -> str:
    """The title of a class by its name or alias; what is unknown is called what the file calls it."""
    known = name if name in catalogue else catalogue.aliases.get(name.lower(), name)
    return catalogue[known].title if known in catalogue else name

"""What feeds each Input, and what each Output is to learn: columns, and the steps they pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.bridge.looks import Fed
from app.bridge.session import Session
from app.data.fed_pictures import FedPictures
from app.data.parting import Parting
from app.forms import Several
from app.theme import label, set_icon, set_look
from graph_engine.data import STEPS, Profile
from graph_engine.document import Bind, Binding, Choice, Document
from graph_engine.values import shape_text

WIDTH: Final = 320
_STEP: Final = (
    "Done to each value before the model sees it; what it must know it learns from the training rows."
)


class Feeds(QScrollArea):
    """One part for each Input and Output; the chosen columns can be bound to any of them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.terminals: dict[str, Terminal] = {}
        self.parting = Parting(session)
        self.words = label("", "dim")
        self._column = QVBoxLayout()
        self._build()

    def _build(self) -> None:
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(0, 0, 8, 0)
        outer.setSpacing(12)
        self._column.setSpacing(12)
        outer.addWidget(label("Inputs and outputs", "heading"))
        outer.addWidget(self.words)
        outer.addLayout(self._column)
        outer.addWidget(self.parting)
        outer.addStretch(1)
        self.setWidget(inside)

    def show_document(self, document: Document) -> None:
        main = document.main
        wanted = [*main.inputs, *main.outputs]
        if list(self.terminals) != wanted:
            for old in self.terminals.values():
                old.hide()
                old.deleteLater()
            self.terminals = {node: Terminal(self._session, node, node in main.inputs) for node in wanted}
            for terminal in self.terminals.values():
                self._column.addWidget(terminal)
        for terminal in self.terminals.values():
            terminal.show_document(document)
        self.parting.show_document(document)
        self.parting.setVisible(bool(document.data.bindings))

    def show_choice(self, source: str, columns: Sequence[Profile]) -> None:
        for terminal in self.terminals.values():
            terminal.show_choice(source, columns)

    def show_fed(self, fed: Fed | None) -> None:
        """How many rows there are, and what is wrong with them."""
        for node, terminal in self.terminals.items():
            name = self._session.document.layer_of("main", node).name
            terminal.show_shape((fed.shapes or {}).get(name) if fed else None)
            if fed is not None:  # until then what was seen last stays
                terminal.fed.show_rows(fed.pictures.get(name))
        self._say(*_told(fed, bool(self.terminals)))

    def show_progress(self, done: int, count: int) -> None:
        """So many of so many rows were passed through their steps."""
        self._say("dim", f"Looking at the rows\u2026 {done:,} of {count:,}")

    def _say(self, look: str, words: str) -> None:
        set_look(self.words, look)
        self.words.setText(words)
        self.words.setVisible(bool(words))


class Terminal(QWidget):
    """An Input or an Output: what it is bound to, a button that binds what is chosen, the steps and what they give."""

    bound = Signal()

    def __init__(self, session: Session, node: str, is_input: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._node, self._is_input = session, node, is_input
        self._offered: Binding | None = None
        self.name, self.shape, self.columns = label("", "title"), label("", "chip"), label("", "mono")
        self.bind, self.unbind, self.fed = QPushButton(), QPushButton(), FedPictures()
        self.steps = Several(STEPS, "step", _STEP, self._on_steps, ordered=True)
        self._build()
        self.bind.clicked.connect(lambda: self._session.dispatch(Bind(self._node, self._offered)))
        self.unbind.clicked.connect(lambda: self._session.dispatch(Bind(self._node, None)))

    def _build(self) -> None:
        set_look(self.unbind, "icon")
        set_icon(self.unbind, "unlink", "dim")
        self.columns.setWordWrap(True)
        self.columns.setTextFormat(Qt.TextFormat.PlainText)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label("\u2192" if self._is_input else "\u2190", "dim"))
        top.addWidget(self.name)
        top.addWidget(self.shape)
        top.addStretch(1)
        top.addWidget(self.bind)
        top.addWidget(self.unbind)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addLayout(top)
        outer.addWidget(self.columns)
        outer.addWidget(self.fed)
        outer.addWidget(self.steps)

    def show_document(self, document: Document) -> None:
        binding = document.data.bindings.get(self._node)
        name = document.layer_of("main", self._node).name
        self.name.setText(name)
        self.unbind.setVisible(binding is not None)
        self.unbind.setToolTip(f"Unbind {name}")
        self.unbind.setAccessibleName(f"Unbind {name}")
        self.bind.setAccessibleName(f"Bind {name}")
        self.steps.setVisible(binding is not None)
        if binding is None:
            self.fed.show_rows(None)
        self.columns.setText(", ".join(binding.columns) if binding else "bound to no data yet")
        set_look(self.columns, "mono" if binding else "warn" if self._is_input else "dim")
        self.steps.show_choices(binding.steps if binding else ())

    def show_choice(self, source: str, columns: Sequence[Profile]) -> None:
        """Whether the chosen columns can be bound here."""
        self._offered = binding_of(source, columns)
        self.bind.setVisible(bool(columns))
        self.bind.setText(f"Bind {columns[0].name}" if len(columns) == 1 else f"Bind {len(columns)} columns")

    def show_shape(self, shape: tuple[int, ...] | None) -> None:
        self.shape.setText(shape_text(shape) if shape else "")
        self.shape.setVisible(bool(shape))

    def _on_steps(self, steps: tuple[Choice, ...]) -> None:
        binding = self._session.document.data.bindings.get(self._node)
        if binding is not None:
            self._session.dispatch(Bind(self._node, replace(binding, steps=steps)))


def binding_of(source: str, columns: Sequence[Profile]) -> Binding:
    return Binding(source, tuple(column.name for column in columns), usual_steps(columns))


def usual_steps(columns: Sequence[Profile]) -> tuple[Choice, ...]:
    """What columns like these need before numbers can be made of them."""
    kinds = {column.kind for column in columns}
    missing = (Choice("Impute"),) if any(column.missing for column in columns) else ()
    if kinds <= {"number", "whole number"}:
        return missing
    if kinds == {"date"}:
        return (Choice("DateParts"), *missing, Choice("Standardize"))
    if kinds == {"text"}:
        return (Choice("WordIds"),)
    if kinds == {"picture"}:
        return (Choice("Rescale", {"scale": 1 / 255}),)
    return (Choice("CategoryIds"),) if "array" not in kinds else ()


def _told(fed: Fed | None, any_terminals: bool) -> tuple[str, str]:
    """The look and the words of what training would get."""
    if not any_terminals:
        return "dim", "The drawing has no inputs and outputs yet: draw them, or choose a column to foretell."
    if fed is None:
        return "dim", ""
    if fed.fault:
        return "bad", fed.fault[:1].upper() + fed.fault[1:] + "."
    rows = f"{fed.training:,} rows to learn from, {fed.validation:,} to check on."
    if not fed.warnings:
        return "dim", rows
    return "warn", " ".join([rows, *(f"{each[:1].upper()}{each[1:]}." for each in fed.warnings)])

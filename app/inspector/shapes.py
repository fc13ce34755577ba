"""What goes into a node and what comes out of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.inspector.facts import port_title
from app.inspector.parts import Facts, chip, column, empty
from app.theme import label
from graph_engine.analysis import NodeInfo, PortInfo


class Shapes(QWidget):
    """One line where there is at most one of each, else a row for every port."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._rows = Facts()
        self._shown: tuple[tuple[PortInfo, ...], tuple[PortInfo, ...]] | None = None
        outer = column(self, spacing=0)
        outer.addLayout(self._line)
        outer.addWidget(self._rows)

    def show_ports(self, info: NodeInfo) -> None:
        """Free slots of a growing list are no ports yet."""
        inputs = tuple(port for port in info.inputs if not port.free)
        ports = (inputs, info.outputs)
        if ports == self._shown:
            return
        self._shown = ports
        short = len(inputs) <= 1 and len(info.outputs) <= 1
        empty(self._line)
        if short:
            self._show_line(inputs, info.outputs)
        self._rows.show_facts(() if short else (*_facts("Input", inputs), *_facts("Output", info.outputs)))

    def _show_line(self, inputs: tuple[PortInfo, ...], outputs: tuple[PortInfo, ...]) -> None:
        chips = [chip(_text(port), _tip("Input", port)) for port in inputs]
        chips += [chip(_text(port), _tip("Output", port)) for port in outputs]
        for place, found in enumerate(chips):
            if place:
                self._line.addWidget(label("\u2192", "dim"))
            self._line.addWidget(found)
        self._line.addStretch(1)


def _facts(kind: str, ports: tuple[PortInfo, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((port_title(kind, port.label, len(ports)), _text(port), "chip") for port in ports)


def _text(port: PortInfo) -> str:
    return str(port.spec) if port.spec else "?"


def _tip(kind: str, port: PortInfo) -> str:
    if port.spec is None:
        return f"{kind}: the shape is not known yet"
    return f"{kind}: {port.spec} for each sample, {port.spec.dtype}"

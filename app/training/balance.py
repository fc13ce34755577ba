"""Which output the shared layers follow: a bar of shares, a sentence where one drowns the others, and its mending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app import theme
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.theme import label, set_icon
from graph_engine.document import Sequence, SetObjective
from graph_engine.training import Callback
from graph_engine.training.diagnostics.balance import percent
from graph_engine.training.events import Logs

_HEIGHT: Final = 8
_GAP: Final = 2  # between two shares


class Shares(Callback):
    """The last balance that a training told (see `graph_engine.training.events`)."""

    def __init__(self) -> None:
        self.latest: Mapping[str, Any] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.latest = {}

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "balance":
            self.latest = event


class BalancePanel(QWidget):
    """Hidden while several outputs share nothing. Its button gives all outputs the same pull: an edit that can be
    undone, and that a training takes at its next batch."""

    def __init__(self, session: Session, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge = session, bridge
        self.heard = Shares()
        self.bar = ShareBar()
        self.legend, self.sentence = label("", "small"), label("", "small")
        self.button = QPushButton("Balance them")
        self._lay_out()
        self.button.clicked.connect(self._balance)
        bridge.follow(self.heard)
        bridge.progressed.connect(lambda _progress: self.refresh())
        bridge.stateChanged.connect(lambda _state: self.refresh())
        session.documentChanged.connect(
            lambda change, _analysis: self._forget() if not change.label else self.refresh()
        )
        self.refresh()

    def _lay_out(self) -> None:
        for words in (self.legend, self.sentence):
            words.setWordWrap(True)
        set_icon(self.button, "sliders", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        for widget in (
            label("Pull on the shared layers", "heading"),
            self.bar,
            self.legend,
            self.sentence,
            self.button,
        ):
            column.addWidget(widget)

    def refresh(self) -> None:
        """Shows what was heard last."""
        told = self.heard.latest
        self.setVisible(bool(told))
        if not told:
            return
        self.bar.show_shares(told["shares"])
        self.legend.setText(_legend(told["shares"]))
        self.sentence.setText(told["sentence"])
        offers = bool(told["sentence"]) and not self._is_balanced()
        self.sentence.setVisible(offers)
        self.button.setVisible(offers)
        changes = (f"{name} {weight:.3g}" for name, weight in told["proposed"].items())
        self.button.setToolTip(f"Weights of the losses: {', '.join(changes)}")

    def _is_balanced(self) -> bool:
        """Whether the drawing has the weights that were proposed, although no training has shown them yet."""
        now = self._objectives()
        proposed = self.heard.latest["proposed"]
        return self._bridge.state == "idle" and all(now[name][1].weight == proposed[name] for name in now)

    def _objectives(self) -> dict[str, Any]:
        """Node and objective of every output that is proposed a weight, by name."""
        document = self._session.document
        found = {}
        for node, objective in document.training.objectives.items():
            name = document.layer_of(document.main.id, node).name
            if name in self.heard.latest["proposed"]:
                found[name] = node, objective
        return found

    def _balance(self) -> None:
        """An edit; a training takes it at its next batch."""
        self._write(self.heard.latest["proposed"])

    def _write(self, weights: Mapping[str, float]) -> None:
        edits = (
            SetObjective(node, replace(objective, weight=weights[name]))
            for name, (node, objective) in self._objectives().items()
            if name in weights
        )
        self._session.dispatch(Sequence("Balance the losses", tuple(edits)))

    def _forget(self) -> None:
        self.heard.latest = {}
        self.refresh()


class ShareBar(QWidget):
    """Shares side by side, in the colours that the outputs' losses have in the plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: Mapping[str, float] = {}
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName("Shares of the gradient on the shared layers")

    def show_shares(self, shares: Mapping[str, float]) -> None:
        self._shares = shares
        told = ", ".join(f"{name} {percent(share)}" for name, share in shares.items())
        self.setAccessibleDescription(told)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.width() - _GAP * max(0, len(self._shares) - 1)
        left = 0.0
        for place, share in enumerate(self._shares.values()):
            painter.fillRect(QRectF(left, 0, share * room, _HEIGHT), QColor(_tint(place)))
            left += share * room + _GAP


def _legend(shares: Mapping[str, float]) -> str:
    parts = (
        f'<nobr><span style="color:{_tint(place)}">\u25cf</span> {name} {escape(percent(share))}</nobr>'
        for place, (name, share) in enumerate(shares.items())
    )
    return " &nbsp; ".join(parts)


def _tint(place: int) -> str:
    """The first colour is the total's."""
    series = theme.current().series
    return series[(place + 1) % len(series)]

"""How far a training is: epoch, batch, time left; and the buttons that start, pause and stop it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.bridge.progress import Progress
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from app.plots import Curves
from app.theme import label, set_icon, set_look
from app.training.balance import BalancePanel
from app.training.lines import data_line, memory_line
from app.training.results import Results
from graph_engine.document import SetTraining
from graph_engine.training.callbacks.progress import duration

FINE: Final = 1000  # steps of the bar


class TrainingStatus(QWidget):
    """Says what is going on in words; the same actions as in the toolbar stand under them."""

    def __init__(
        self, session: Session, bridge: TrainingBridge, curves: Curves, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._curves = session, bridge, curves
        self._plain = ""  # what is said while nothing is going on
        self.headline = label("", "title")
        self.bar = QProgressBar()
        self.bar.setRange(0, FINE)
        self.bar.setTextVisible(False)
        self.lines = label("", "small")
        self.lines.setWordWrap(True)
        self.run, self.pause, self.stop = QPushButton("Run"), QPushButton(), QPushButton()
        self.resume, self.step = QPushButton("Continue"), QPushButton()
        self.recompute = QPushButton("Recompute activations")
        self.balance = BalancePanel(session, bridge)
        self.results = Results()
        self._lay_out()
        self.run.clicked.connect(self._start)
        self.recompute.clicked.connect(lambda: session.dispatch(SetTraining(recompute_activations=True)))
        self.resume.clicked.connect(lambda: bridge.run(resume=True))
        self.pause.clicked.connect(self._pause)
        self.step.clicked.connect(bridge.step)
        self.stop.clicked.connect(bridge.stop)
        bridge.stateChanged.connect(lambda _state: self.refresh())
        bridge.progressed.connect(self._show)
        bridge.planning.changed.connect(self._replan)
        bridge.finished.connect(self._end)
        bridge.failed.connect(self._fail)
        session.documentChanged.connect(
            lambda _change, _analysis: self._idle() if bridge.state == "idle" else None
        )
        self.refresh()

    def _lay_out(self) -> None:
        set_look(self.run, "primary")
        set_icon(self.run, "run", "on_accent")
        set_icon(self.stop, "stop")
        self.stop.setToolTip("Stop after this batch")
        set_icon(self.step, "step")
        self.step.setToolTip("Train one batch")
        self.step.setAccessibleName("Train one batch")
        self.recompute.setToolTip("Batches take less memory and somewhat more time; results are the same")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.run, self.resume, self.pause, self.step, self.stop):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.headline)
        column.addWidget(self.bar)
        column.addWidget(self.lines)
        column.addWidget(self.recompute, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addLayout(buttons)
        column.addWidget(self.balance)
        column.addWidget(self.results)
        column.addStretch(1)

    def refresh(self) -> None:
        """Shows the bridge's state."""
        state = self._bridge.state
        idle, paused = state == "idle", state == "paused"
        self.run.setVisible(idle)
        self.resume.setVisible(idle and self._bridge.can_resume)
        self.pause.setVisible(not idle)
        self.step.setVisible(paused)
        self.stop.setVisible(not idle)
        self._offer()
        self.pause.setEnabled(state in ("running", "paused"))
        self.stop.setEnabled(state != "stopping")
        set_icon(self.pause, "run" if paused else "pause")
        self.pause.setToolTip("Go on" if paused else "Pause after this batch")
        if idle:
            self._idle()
        elif state == "starting":
            self.headline.setText("Starting")
            self.lines.setText("The data is being read.")
            self.bar.setValue(0)
        else:
            self._show(self._bridge.progress)

    def _show(self, progress: Progress) -> None:
        state = {"paused": "Paused, ", "stopping": "Stopping, "}.get(self._bridge.state, "")
        epoch = min(progress.epoch + 1, progress.epochs)
        self.headline.setText(f"{state}{'e' if state else 'E'}poch {epoch} of {progress.epochs}")
        self.bar.setValue(round(FINE * progress.share))
        left = "" if progress.left is None else f" \u00b7 {duration(progress.left)} left"
        speed = f"{progress.speed * self._bridge.facts.get('batch_size', 0):,.0f} rows per second"
        self.lines.setText(f"batch {progress.batch} of {progress.steps}{left}\n{speed}")
        self.results.show_logs(self._curves.latest)

    def show_past(self) -> None:
        """Another project is open: what it was trained to."""
        self.bar.setValue(0)
        self.refresh()

    def _idle(self) -> None:
        self._offer()
        self.run.setEnabled(not self._session.analysis.errors)
        epochs = len(next(iter(self._bridge.history.values()), ()))
        count = f"{epochs} epoch{'' if epochs == 1 else 's'}"
        self.headline.setText(f"Trained for {count}" if epochs else "Not trained yet")
        self._plain = self._facts()
        self.lines.setText(self._plain)
        self.results.show_logs(self._curves.latest)

    def _facts(self) -> str:
        lines = (
            data_line(self._session.document, self._bridge.facts),
            memory_line(self._bridge.planning.planned),
        )
        return "\n".join(filter(None, lines))

    def _replan(self) -> None:
        """What a training takes is known; a sentence about what broke stays."""
        self._offer()
        if self._bridge.state == "idle" and self.lines.text() == self._plain:
            self._plain = self._facts()
            self.lines.setText(self._plain)

    def _offer(self) -> None:
        """The one click that makes a training fit, where there is one."""
        planned = self._bridge.planning.planned
        is_on = self._session.document.training.recompute_activations
        idle = self._bridge.state == "idle"
        self.recompute.setVisible(idle and not is_on and planned is not None and planned.would_fit)

    def _end(self, reason: str) -> None:
        self._idle()
        if reason.endswith("."):
            self.lines.setText(reason)  # a sentence of its own, such as what broke
        elif reason != "finished":
            self.headline.setText(f"{self.headline.text()}, {reason}")
        else:
            self.bar.setValue(FINE)

    def _fail(self, sentence: str) -> None:
        self.headline.setText("Could not train")
        self.lines.setText(sentence)

    def _start(self) -> None:
        self._bridge.run()

    def _pause(self) -> None:
        if self._bridge.state == "paused":
            self._bridge.go_on()
        else:
            self._bridge.pause()

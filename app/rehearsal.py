"""The real window, worked by nobody: opens a template, presses Run, and waits on Qt's event loop until it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer

from app.settings import Settings
from app.window import Window
from graph_engine.document import SetTraining
from graph_engine.values import LayerloomError

SETTLE_MS = 300  # for plots, which are drawn at most once a frame

Say = Callable[[str], None]


class Rehearsal(QObject):
    """Holds its window until it is let go. `say` is told every epoch in a line."""

    def __init__(self, settings: Path, epochs: int | None = None, say: Say | None = None) -> None:
        super().__init__()
        self.window = Window(Settings(settings))
        self.window.resize(1600, 1000)
        self.window.show()
        self.window.files.new("digits-residual")
        if epochs is not None:
            self.window.session.dispatch(SetTraining(epochs=epochs))
        self._say = say
        self._told = 0
        self._error = ""

    @property
    def history(self) -> Mapping[str, Sequence[float]]:
        """What was logged, by name, a value for every epoch."""
        return self.window.bridge.history

    def play(self, seconds: float) -> None:
        """Presses Run and returns when the training has ended. Raises LayerloomError when it failed."""
        bridge, loop = self.window.bridge, QEventLoop()
        bridge.progressed.connect(self._tell)
        bridge.finished.connect(loop.quit)
        bridge.failed.connect(self._fail)
        bridge.failed.connect(loop.quit)
        limit = QTimer(self, singleShot=True, interval=round(1000 * seconds))
        limit.timeout.connect(loop.quit)
        limit.start()
        run = self.window.actions_["run"]
        if not run.isEnabled():
            raise LayerloomError("Run cannot be pressed.")
        run.trigger()
        loop.exec()
        if self._error:
            raise LayerloomError(self._error)
        if not limit.isActive():
            raise LayerloomError(f"The training did not end within {seconds:g} seconds.")
        self._tell()
        self.wait(SETTLE_MS)

    def wait(self, milliseconds: int) -> None:
        """Lets the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def close(self) -> None:
        """Closes the window without a question: what it did was only a rehearsal."""
        self.window.files.let_go()
        self.window.close()

    def _fail(self, sentence: str) -> None:
        self._error = sentence

    def _tell(self, _event: object = None) -> None:
        """Says the epochs that were finished since the last time."""
        done = min((len(values) for values in self.history.values()), default=0)
        while self._told < done and self._say is not None:
            values = (f"{name} {series[self._told]:.4f}" for name, series in self.history.items())
            self._say(f"epoch {self._told + 1}: {', '.join(values)}")
            self._told += 1

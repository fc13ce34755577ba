"""TensorBoard beside the window: a program of its own on this machine alone, shown by the browser."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.bridge.training import TrainingBridge
from graph_engine.training import Run
from graph_engine.training.boards import board
from graph_engine.values import LayerloomError

MISSING: Final = "TensorBoard is not installed: `pip install tensorboard`, and it opens from here."
PATIENCE_MS: Final = 60_000
_ADDRESS: Final = re.compile(r"https?://\S+")


def program() -> list[str]:
    """What starts it; empty where it is not installed."""
    if find_spec("tensorboard") is not None and not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "tensorboard.main"]
    found = shutil.which("tensorboard")
    return [found] if found else []


class Boards(QObject):
    """Started when it is first asked for; asked again, it shows the runs that there are then. Ends with the window."""

    told = Signal(str)  # how far it is, or why it cannot be shown

    def __init__(self, bridge: TrainingBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._process: QProcess | None = None
        self._shown: dict[str, Path] = {}
        self._said = ""
        self.address = ""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._give_up("TensorBoard did not come up within a minute."))

    @property
    def blocked(self) -> str:
        """Why it cannot be opened now; empty where it can."""
        if not self._bridge.records and self._bridge.state == "idle":
            return "Nothing has been trained yet."
        return "" if program() else MISSING

    def open(self) -> None:
        places = self._places()
        if not places:
            self.told.emit(
                "The directories of these runs are gone, and what TensorBoard could show with them."
            )
        elif self.address and places == self._shown:
            QDesktopServices.openUrl(QUrl(self.address))
        else:
            self.shut_down()
            self._start(places)

    def shut_down(self) -> None:
        process, self._process, self.address, self._said = self._process, None, "", ""
        self._patience.stop()
        if process is not None:
            process.finished.disconnect()
            process.kill()
            process.waitForFinished()
            process.deleteLater()

    def _places(self) -> dict[str, Path]:
        """By run, where its event files lie."""
        running = (
            [self._bridge.directory.name] if self._bridge.directory and self._bridge.state != "idle" else []
        )
        places: dict[str, Path] = {}
        for name in dict.fromkeys([*(record.name for record in self._bridge.records), *running]):
            place = self._bridge.place_of(name)
            try:
                if place is not None:
                    places[name] = board(Run.read(place))
            except (LayerloomError, OSError) as error:
                self.told.emit(f"{name} is left out: {error}")
        return places

    def _start(self, places: dict[str, Path]) -> None:
        self._shown = places
        first, *rest = program()
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyRead.connect(self._listen)
        process.finished.connect(lambda *_: self._give_up(f"TensorBoard ended: {self._last_words}"))
        process.errorOccurred.connect(lambda _error: self._give_up(process.errorString()))
        process.start(first, [*rest, *arguments(places)])
        self._patience.start()
        self.told.emit("TensorBoard starts; it opens in the browser.")

    def _listen(self) -> None:
        if self._process is None:
            return
        self._said = (self._said + bytes(self._process.readAll().data()).decode(errors="replace"))[-4000:]
        found = _ADDRESS.search(self._said)
        if found and not self.address:
            self._patience.stop()
            self.address = found.group()
            QDesktopServices.openUrl(QUrl(self.address))
            self.told.emit(f"TensorBoard is at {self.address} until the window closes.")

    @property
    def _last_words(self) -> str:
        return (self._said.strip().splitlines() or ["it said nothing"])[-1]

    def _give_up(self, sentence: str) -> None:
        if self._process is not None:
            self.shut_down()
            self.told.emit(sentence)


def arguments(places: dict[str, Path]) -> Sequence[str]:
    """Each run by its name, for this machine alone; a comma in a path would part it in two, so then its parent is
    shown."""
    local = ["--host", "127.0.0.1", "--port", "0"]
    if any("," in str(place) for place in places.values()):
        return [*local, "--logdir", str(next(iter(places.values())).parent)]
    return [*local, "--logdir_spec", ",".join(f"{name}:{place}" for name, place in places.items())]

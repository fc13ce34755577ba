"""What a training says about itself, as Qt signals: where a value broke, how layers are doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.bridge.training import TrainingBridge
from graph_engine.training import Callback
from graph_engine.training.events import Logs


class Diagnosis(QObject):
    """Hears of every training of a bridge."""

    began = Signal()
    autopsied = Signal(object)  # the fields of the event (see `graph_engine.training.events`)
    layersTold = Signal(object)  # the same

    def __init__(self, bridge: TrainingBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        bridge.follow(_Ear(self))

    def hear(self, event: Mapping[str, Any]) -> None:
        """An event that is no call of Keras' protocol."""
        if event["event"] == "autopsy":
            self.autopsied.emit(event)
        elif event["event"] == "layers":
            self.layersTold.emit(event)


class _Ear(Callback):
    """A QObject cannot be a Callback as well: both say ``params`` and mean other things."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        self._diagnosis = diagnosis

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._diagnosis.began.emit()

    def on_notice(self, event: Mapping[str, Any]) -> None:
        self._diagnosis.hear(event)

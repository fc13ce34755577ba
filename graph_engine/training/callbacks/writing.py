"""The callback that writes events, and its inverse that turns events back into calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from graph_engine.training.callbacks.base import Callback, CallbackList
from graph_engine.training.events import Event, Logs, encode

PERIOD: Final = 1 / 30  # seconds between events about batches


class EventWriter(Callback):
    """Writes every call as an event to each sink (a function that takes one line).

    Put it last: then it also records what other callbacks add to the logs. A sink that fails because
    nobody reads it any more is dropped, so that a run outlives the window that watches it. ``without``: notices
    that are not written.
    """

    def __init__(
        self,
        *sinks: Callable[[str], None],
        without: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._sinks = list(sinks)
        self._without = without
        self._clock, self._now = clock, now
        self._pending: list[Logs] = []
        self._losses: list[Logs] = []
        self._points: list[Event] = []
        self._first = self._epoch = 0
        self._sent = self._epoch_began = -PERIOD

    def emit(self, event: str, **fields: Any) -> None:
        self._flush()
        self._write({"event": event, "time": self._now(), **fields})

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.emit("train_begin", params=dict(self.training))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch, self._epoch_began = epoch, self._clock()
        self.emit("epoch_begin", epoch=epoch)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._pending:
            self._first = batch
        self._pending.append(dict(logs or {}))
        self._losses.append(self.trainer.batch_losses if self.trainer is not None else {})
        if self._clock() - self._sent >= PERIOD:
            self._flush()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self.emit("test_begin")

    def on_test_end(self, logs: Logs | None = None) -> None:
        self.emit("test_end", logs=dict(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.emit("epoch_end", epoch=epoch, logs=dict(logs or {}), seconds=self._clock() - self._epoch_began)

    def on_train_end(self, logs: Logs | None = None) -> None:
        reason = self.trainer.reason if self.trainer is not None else "finished"
        self.emit("train_end", logs=dict(logs or {}), reason=reason)

    def on_notice(self, event: Mapping[str, Any]) -> None:
        if event["event"] in self._without:
            return
        if event["event"] == "values":
            self._points.append({name: value for name, value in event.items() if name != "event"})
        else:
            self.emit(**event)

    def _flush(self) -> None:
        now = self._now()
        if self._pending:
            self._sent = self._clock()
            told = {"epoch": self._epoch, "first": self._first, "logs": self._pending, "losses": self._losses}
            self._write({"event": "batches", "time": now, **told})
            self._pending, self._losses = [], []
        if self._points:
            self._write({"event": "values", "time": now, "points": self._points})
            self._points = []

    def _write(self, event: Mapping[str, Any]) -> None:
        line = encode(event)
        for sink in tuple(self._sinks):
            try:
                sink(line)
            except BrokenPipeError:
                self._sinks.remove(sink)


class Replay:
    """Calls callbacks as the events tell: from a pipe while training goes on, or from a finished run."""

    def __init__(self, callbacks: Iterable[Callback]) -> None:
        self._callbacks = tuple(callbacks)
        self._list = CallbackList(self._callbacks, None, {})

    def feed(self, event: Event) -> None:
        """One event. Those that are no call of the protocol reach ``on_notice``."""
        match event["event"]:
            case "train_begin":
                self._list = CallbackList(self._callbacks, None, event["params"])
                self._list.call("on_train_begin")
            case "epoch_begin":
                self._list.call("on_epoch_begin", event["epoch"])
            case "batches":
                losses = event.get("losses") or [{}] * len(event["logs"])  # runs of older versions have none
                for batch, (logs, own) in enumerate(zip(event["logs"], losses, strict=True), event["first"]):
                    self._list.call("on_train_batch_begin", batch)
                    if own:
                        self._list.call("on_notice", {"event": "batch", "losses": own})
                    self._list.call("on_train_batch_end", batch, logs)
            case "epoch_end":
                self._list.call("on_epoch_end", event["epoch"], event["logs"])
            case "test_begin":
                self._list.call("on_test_begin")
            case "test_end" | "train_end":
                self._list.call(f"on_{event['event']}", event["logs"])
            case "values":
                for point in event["points"]:
                    self._list.call("on_notice", {"event": "values", **point})
            case _:
                self._list.call("on_notice", event)

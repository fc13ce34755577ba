"""Requests to a training from outside its thread: stop, pause, resume, change a setting.

They take effect at the next batch boundary, where the trainer calls ``attend``.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from graph_engine.values import LayerloomError

if TYPE_CHECKING:
    from graph_engine.training.trainer import Trainer


class Control:
    """A queue of requests. Every method may be called from any thread or signal handler."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._steps = False  # the next batch is the last before another pause

    def stop(self) -> None:
        """End training within one batch. Its state is kept, so that it can continue exactly."""
        self._requests.put(("stop", None))

    def pause(self) -> None:
        self._requests.put(("pause", None))

    def resume(self) -> None:
        self._requests.put(("resume", None))

    def step(self) -> None:
        """While paused: one batch more."""
        self._requests.put(("step", None))

    def change(self, what: str, value: Any) -> None:
        """Set what ``Trainer.change`` names; also while paused."""
        self._requests.put(("change", (what, value)))

    def watch(self, what: str) -> None:
        """What is told of layers while training; nothing where it is empty (see ``LayerInsight``)."""
        self._requests.put(("watch", what))

    def clear(self) -> None:
        """Forget what was asked of a training that has ended meanwhile."""
        self._steps = False
        while not self._requests.empty():
            self._requests.get()

    def attend(self, trainer: Trainer) -> bool:
        """Carry out what was asked for. True when training must end."""
        if self._steps:
            self._steps = False
            return self._wait(trainer)
        while not self._requests.empty():
            if self._carry_out(*self._requests.get(), trainer):
                return True
        return False

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Ctrl-C asks for a stop instead of raising; pressed again it raises. In the main thread only."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)

        def interrupt(number: int, frame: Any) -> None:
            self.stop()
            signal.signal(signal.SIGINT, before)

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _carry_out(self, request: str, detail: Any, trainer: Trainer) -> bool:
        match request:
            case "stop":
                return True
            case "pause":
                return self._wait(trainer)
            case "change":
                self._change(trainer, *detail)
            case "watch":
                trainer.watched = detail
        return False

    @staticmethod
    def _change(trainer: Trainer, what: str, value: Any) -> None:
        """What cannot be changed is told, and training goes on as it was."""
        try:
            trainer.change(what, value)
        except LayerloomError as error:
            trainer.notify("refused", what=what, message=str(error))

    def _wait(self, trainer: Trainer) -> bool:
        """Until resumed or stopped; settings may be changed meanwhile."""
        trainer.notify("paused")
        while True:
            request, detail = self._requests.get()
            if request in ("resume", "step"):
                self._steps = request == "step"
                trainer.notify("resumed")
                return False
            if request != "pause" and self._carry_out(request, detail, trainer):
                return True

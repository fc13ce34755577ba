"""What a callback is: Keras' protocol (``keras.callbacks.Callback``), and the list that calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graph_engine.params import Config
from graph_engine.training.aliases import AliasCatalogue
from graph_engine.training.events import Logs

if TYPE_CHECKING:
    from graph_engine.training.trainer import Trainer

_ALIASES = {
    "on_train_batch_begin": "on_batch_begin",
    "on_train_batch_end": "on_batch_end",
}  # Keras' older names

HOOKS = tuple(
    f"on_{what}_{when}"
    for what in ("train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch")
    for when in ("begin", "end")
)


class Callback:
    """Override what is of interest. Where events are replayed, as in the window, ``trainer`` is None.

    Epochs and batches count from 0. ``logs`` at a batch's end are running means over the epoch so far;
    at an epoch's end they are one dict that all callbacks share and may add to, as in Keras.
    """

    training: Mapping[str, Any] = {}
    trainer: Trainer | None = None

    @property
    def params(self) -> Any:
        """Keras' name for ``training``: epochs, steps, batch_size, metrics, directions (see ``events``)."""
        return self.training

    @property
    def model(self) -> Any:
        """What Keras' callbacks call ``self.model``: the model that is trained, else the trainer."""
        return self.trainer.model if self.trainer is not None else None

    def set_params(self, params: Mapping[str, Any]) -> None:
        self.training = params

    def set_trainer(self, trainer: Trainer | None) -> None:
        self.trainer = trainer

    def on_train_begin(self, logs: Logs | None = None) -> None: ...
    def on_train_end(self, logs: Logs | None = None) -> None: ...
    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None: ...
    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None: ...
    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_test_begin(self, logs: Logs | None = None) -> None: ...
    def on_test_end(self, logs: Logs | None = None) -> None: ...
    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_predict_begin(self, logs: Logs | None = None) -> None: ...
    def on_predict_end(self, logs: Logs | None = None) -> None: ...
    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...
    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...

    def plot(self, title: str, values: Mapping[str, float]) -> None:
        """Draw values, by name, into the plot called ``title``: live in the window, and kept with the run.

        They stand where training is now. Nothing happens where events are replayed: they were drawn already.
        """
        if self.trainer is not None:
            at = self.trainer.epoch + self.trainer.batch / max(1, self.training.get("steps", 1))
            numbers = {name: float(value) for name, value in values.items()}
            self.trainer.notify("values", plot=title, at=at, values=numbers)

    def on_notice(self, event: Mapping[str, Any]) -> None:
        """Something Keras has no hook for: a checkpoint was written, a setting edited (see ``events``)."""

    def state(self) -> dict[str, Any]:
        """What must be known to continue from a checkpoint: JSON values and arrays, by name."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what ``state`` gave; called after ``on_train_begin``."""


class ConfiguredCallback(Config, Callback):
    """A callback with typed parameters, so that a document can name it. It has state, so it is not frozen."""

    __setattr__ = object.__setattr__  # type: ignore[assignment]  # any name, any number of times


CALLBACKS: AliasCatalogue[ConfiguredCallback] = AliasCatalogue(
    ConfiguredCallback,
    "graph_engine.training.callbacks",
    "callback",
    left_out={
        "RemoteMonitor": "training writes to the run's directory alone, and opens no connections",
        "OrbaxCheckpoint": "it writes another program's format; ModelCheckpoint keeps all there is to keep",
        "ProgbarLogger": "a terminal has its bar anyway, and the window its own",
    },
    plugins="layerloom.callbacks",
)


class CallbackList:
    """Calls callbacks in order, and only those that override a hook."""

    def __init__(
        self, callbacks: Iterable[Callback], trainer: Trainer | None, params: Mapping[str, Any]
    ) -> None:
        self.callbacks, self.params = tuple(callbacks), params
        self._calls = {hook: self._overriding(hook) for hook in (*HOOKS, "on_notice")}
        for callback in self.callbacks:
            callback.set_params(params)
            callback.set_trainer(trainer)

    def has(self, hook: str) -> bool:
        """Whether anybody listens: what only a listener needs is not computed otherwise."""
        return bool(self._calls[hook])

    def call(self, hook: str, *arguments: Any) -> None:
        """Hooks always hear of logs, as in Keras; ``{}`` where there are none."""
        if hook in HOOKS and len(arguments) < 1 + ("epoch" in hook or "batch" in hook):
            arguments = (*arguments, {})
        for method in self._calls[hook]:
            method(*arguments)

    def state(self) -> list[dict[str, Any]]:
        return [callback.state() for callback in self.callbacks]

    def restore(self, states: Iterable[Mapping[str, Any]]) -> None:
        """Hand states back by position. Callbacks added since have none."""
        for callback, state in zip(self.callbacks, states, strict=False):
            callback.restore(state)

    def _overriding(self, hook: str) -> list[Any]:
        found = ((callback, _overridden(callback, hook)) for callback in self.callbacks)
        return [getattr(callback, name) for callback, name in found if name]


def _overridden(callback: Callback, hook: str) -> str:
    """The name under which a callback overrides a hook; empty where it does not."""
    for name in (hook, _ALIASES.get(hook, hook)):
        if getattr(type(callback), name) is not getattr(Callback, name) or name in vars(callback):
            return name
    return ""

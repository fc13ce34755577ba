"""A trainer's state as a checkpoint, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from graph_engine.training.callbacks import Callback, CallbackList
from graph_engine.training.checkpoints import Checkpoint
from graph_engine.training.interventions import exchanged, freeze

if TYPE_CHECKING:
    from graph_engine.training.tally import Tally
    from graph_engine.training.trainer import Trainer


def checkpoint_of(trainer: Trainer, tally: Tally, calls: CallbackList) -> Checkpoint:
    """Everything the rest of the training depends on, in its own memory: to be written at once.

    Random numbers depend on seed and step alone.
    """
    callbacks = {key: callback.state() for key, callback in _keyed(calls)}
    arrays = {
        f"{key}/{name}": value
        for key, state in callbacks.items()
        for name, value in state.items()
        if isinstance(value, np.ndarray)
    }
    return Checkpoint(
        weights=trainer.parameters,
        slots={**trainer.steered.slots, **trainer.optimizer.tensors()},
        arrays=arrays,
        state={
            "epoch": trainer.epoch,
            "batch": trainer.batch,
            "seed": trainer.seed,
            "optimizer": type(trainer.optimizer.optimizer).__name__,
            "iterations": trainer.optimizer.iterations,
            "learning_rate": trainer.optimizer.learning_rate,
            "loss_weights": trainer.loss_weights,
            "steered": trainer.steered.state(),
            "tally": tally.state(),
            "callbacks": {key: _without_arrays(state) for key, state in callbacks.items()},
        },
    )


def restore_trainer(
    trainer: Trainer, checkpoint: Checkpoint, tally: Tally, calls: CallbackList
) -> CallbackList:
    """Continue as if never interrupted, with the callbacks it had then. Weights and slots that no longer fit the
    drawing start anew."""
    state = checkpoint.state
    calls = _steer_again(trainer, calls, state.get("steered", {}))
    trainer.parameters.load(checkpoint.weights)
    trainer.optimizer.restore(checkpoint.slots, state["iterations"], state["learning_rate"])
    known = trainer.optimizer.tensors()
    trainer.steered.slots = {name: slot for name, slot in checkpoint.slots.items() if name not in known}
    trainer.seed = state["seed"]
    weights = trainer.loss_weights
    weights.update({name: value for name, value in state["loss_weights"].items() if name in weights})
    if state["batch"]:
        tally.restore(state["tally"])
    for key, callback in _keyed(calls):
        if key in state["callbacks"]:
            callback.restore({**state["callbacks"][key], **_arrays_of(key, checkpoint)})
    return calls


def _steer_again(trainer: Trainer, calls: CallbackList, steered: Mapping[str, Any]) -> CallbackList:
    """What was changed while it trained, before its state is handed back."""
    for layer, on in steered.get("trainable", {}).items():
        record = trainer.document.layers.get(layer)
        if record is not None and record.trainable != on:
            freeze(trainer, layer, on)
    callbacks = steered.get("callbacks")
    return calls if callbacks is None else exchanged(trainer, calls, callbacks)


def _keyed(calls: CallbackList) -> Iterator[tuple[str, Callback]]:
    """Callbacks by class and ordinal: whoever continues may have added others, such as a progress bar."""
    seen: Counter[str] = Counter()
    for callback in calls.callbacks:
        name = type(callback).__name__
        yield f"{name}.{seen[name]}", callback
        seen[name] += 1


def _without_arrays(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}


def _arrays_of(key: str, checkpoint: Checkpoint) -> dict[str, Any]:
    prefix = f"{key}/"
    found = checkpoint.arrays.items()
    return {name.removeprefix(prefix): array for name, array in found if name.startswith(prefix)}

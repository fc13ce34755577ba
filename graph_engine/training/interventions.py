"""Changes of a training that runs which reach deeper than a number: what is frozen, and who is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graph_engine.kernels.program import Array
from graph_engine.params import JSON
from graph_engine.training.callbacks import CALLBACKS, CallbackList, ConfiguredCallback
from graph_engine.training.optimizers import OptimizerState

if TYPE_CHECKING:
    from graph_engine.training.trainer import Trainer


@dataclass(slots=True)
class Steered:
    """How a training has come to differ from its document, and what the optimizer knew of layers that are frozen now.

    ``callbacks``: those it has instead of the document's; None where they are the same.
    """

    trainable: dict[str, bool] = field(default_factory=dict)
    callbacks: Sequence[JSON] | None = None
    slots: dict[str, Array] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """For a checkpoint, as JSON."""
        return {"trainable": self.trainable, "callbacks": self.callbacks}


def freeze(trainer: Trainer, layer: str, on: bool) -> None:
    """Lays the weights out anew, the trained ones first, with the slots of those that are trained now."""
    document, state, steered = trainer.document, trainer.optimizer, trainer.steered
    record = replace(document.layers[layer], trainable=on)
    known = {**steered.slots, **{name: view.copy() for name, view in state.tensors().items()}}
    trainer.session.freeze(replace(document, layers={**document.layers, layer: record}))
    fresh = OptimizerState(state.optimizer, trainer.parameters)
    fresh.restore(known, state.iterations, state.learning_rate)
    trainer.document, trainer.optimizer = trainer.session.document, fresh
    steered.trainable[layer] = on
    steered.slots = {name: slot for name, slot in known.items() if name not in fresh.tensors()}


def exchanged(trainer: Trainer, calls: CallbackList, choices: Sequence[JSON]) -> CallbackList:
    """The list with other configured callbacks in the place of those there are; what watches every training stays.

    Of those that were there already, whatever their settings were, each goes on from its state.
    """
    old = [callback for callback in calls.callbacks if isinstance(callback, ConfiguredCallback)]
    watching = [callback for callback in old if type(callback).__name__ == "NaNAutopsy"]
    left = [callback for callback in old if callback not in watching]
    fresh = [CALLBACKS.decode(choice) for choice in choices]
    wanted = [callback for callback in fresh if type(callback).__name__ != "NaNAutopsy"]
    others = [callback for callback in calls.callbacks if callback not in old]
    exchanged = CallbackList([*wanted, *watching, *others], trainer, calls.params)
    for callback in wanted:
        _begin(trainer, callback, left)
    trainer.steered.callbacks = list(choices)
    return exchanged


def _begin(trainer: Trainer, callback: ConfiguredCallback, left: list[ConfiguredCallback]) -> None:
    """In the middle of a training it hears of its beginning, then has the state of the one it takes the place of."""
    callback.on_train_begin({})
    if trainer.batch:
        callback.on_epoch_begin(trainer.epoch, {})
    before = next((other for other in left if type(other) is type(callback)), None)
    if before is not None:
        left.remove(before)
        callback.restore(before.state())


def title_of(choice: JSON) -> str:
    return str(choice["type"]) if isinstance(choice, dict) else str(choice)

"""The callback that judges a training by the running mean of its weights."""

from __future__ import annotations

from graph_engine.params import boolean
from graph_engine.training.callbacks.base import ConfiguredCallback
from graph_engine.training.events import Logs


class SwapEMAWeights(ConfiguredCallback):
    """Puts the optimizer's running mean in place of the weights while the model is tested (``keras.callbacks``).

    The optimizer must keep one: ``use_ema``.
    """

    title = "Swap running mean of weights"
    swap_on_epoch: bool = boolean(False, help="Also at the end of each epoch, for what other callbacks save.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._swapped = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._swapped = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._put(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._put(True)
            if self.trainer is not None and epoch == self.training.get("epochs", 0) - 1:
                self.trainer.optimizer.settle_average()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._put(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._put(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._put(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._put(False)

    def _put(self, average: bool) -> None:
        """Have the running mean in the model, or the weights that are trained."""
        if self.trainer is not None and self._swapped is not average:
            self.trainer.optimizer.swap_average()
            self._swapped = average

"""The training loop: plain, in Keras' order of events, deterministic under a seed, resumable at any batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from graph_engine.data import DataError, Dataset, Gatherer, batch_count, batches_of
from graph_engine.document import Document, Objective
from graph_engine.kernels.program import Array
from graph_engine.runtime import Parameters
from graph_engine.training.callbacks import Callback, CallbackList, History
from graph_engine.training.checkpoints import Checkpoint
from graph_engine.training.control import Control
from graph_engine.training.events import Logs
from graph_engine.training.feeding import Feeder, Rows
from graph_engine.training.heads import require_loss
from graph_engine.training.optimizers import OPTIMIZERS, Optimizer, OptimizerState
from graph_engine.training.runs import LATEST
from graph_engine.training.saving import checkpoint_of, restore_trainer
from graph_engine.training.session import Session
from graph_engine.values import DType, LayerloomError


class Trainer:
    """Trains the main graph of a document.

    Callbacks may use ``parameters``, ``optimizer``, ``stop``, ``set_learning_rate``, ``set_loss_weight``,
    ``save_checkpoint``, ``directory`` and ``reason``; setting Keras' ``stop_training`` works as well.
    """

    def __init__(
        self,
        document: Document,
        *,
        objectives: Mapping[str, Objective] | None = None,
        optimizer: Optimizer | None = None,
        parameters: Parameters | None = None,
        seed: int | None = None,
        dtype: DType = "float32",
        directory: Path | None = None,
        control: Control | None = None,
        model: Any = None,
    ) -> None:
        self.document = document
        self.seed = document.training.seed if seed is None else seed
        self.session = Session(document, objectives, parameters, self.seed, dtype)
        self.optimizer = OptimizerState(optimizer or optimizer_of(document), self.parameters)
        self.directory = directory
        self.control = control or Control()
        self.model = self if model is None else model
        self.epoch = self.batch = 0  # what comes next
        self.stop_training = self._interrupted = False
        self.reason = ""
        self._tally = self.session.tally()
        self._calls = CallbackList((), self, {})
        self._wanted: list[Path] = []

    @property
    def parameters(self) -> Parameters:
        return self.session.parameters

    @property
    def interrupted(self) -> bool:
        """Whether training was stopped from outside, so that it can go on where it was."""
        return self._interrupted

    def train_on_batch(self, batch: Dataset) -> Logs:
        """One optimizer step on all rows of ``batch``, outside of any epoch; logs of that batch alone."""
        feeder = self._feeder(batch, len(batch))
        self._tally.reset()
        self._train(feeder, feeder.in_order())
        return self._tally.logs()

    @property
    def loss_weights(self) -> dict[str, float]:
        """By Output name; read at each batch."""
        return self.session.loss_weights

    def fit(
        self,
        training: Dataset,
        *,
        validation: Dataset | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        callbacks: Iterable[Callback] = (),
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        shuffle: bool = True,
        resume: Checkpoint | None = None,
    ) -> History:
        """Train. The History returned holds every epoch's logs; ``resume`` continues where it was saved."""
        require_loss(self.session.heads)
        epochs = self.document.training.epochs if epochs is None else epochs
        size = batch_size or self.document.training.batch_size
        feeder = self._feeder(training, size)
        checks = self._feeder(validation, validation_batch_size or size) if validation else None
        history = History()
        begin = resume.state if resume else {"epoch": initial_epoch, "batch": 0}
        facts = self._facts(epochs, (begin["epoch"], begin["batch"]), feeder, checks)
        self._begin([*callbacks, history], facts)
        self.epoch, self.batch = initial_epoch, 0
        self._calls.call("on_train_begin")
        if resume is not None:
            self._resume(resume)
        logs: Logs = {}
        while self.epoch < epochs and not self.stop_training:
            check = checks if (self.epoch + 1) % validation_freq == 0 else None
            logs = self._epoch(feeder, check, shuffle) or logs
        self._end(logs)
        return history

    def evaluate(
        self, dataset: Dataset, *, batch_size: int | None = None, callbacks: Iterable[Callback] = ()
    ) -> Logs:
        """Loss, losses of the outputs and metrics over a dataset, in inference mode."""
        feeder = self._feeder(dataset, batch_size or self.document.training.batch_size)
        self._begin(callbacks, self._facts(1, (0, 0), feeder, None))
        return self._test(feeder) or {}

    def predict(
        self,
        inputs: Mapping[str, Array],
        *,
        batch_size: int | None = None,
        callbacks: Iterable[Callback] = (),
    ) -> dict[str, Array]:
        """Outputs by name, one row for each row of the inputs."""
        dataset = Dataset(self.session.as_inputs(inputs))
        size = max(1, min(batch_size or self.document.training.batch_size, len(dataset)))
        gatherer = Gatherer(dataset.inputs, size)
        calls = CallbackList(callbacks, self, {"steps": batch_count(len(dataset), size)})
        calls.call("on_predict_begin")
        parts: dict[str, list[Array]] = {name: [] for name in self.session.outputs}
        for batch, rows in enumerate(batches_of(np.arange(len(dataset)), size)):
            calls.call("on_predict_batch_begin", batch)
            feeds = gatherer.gather(rows)
            results = self.session.executor("predict", feeds).run(feeds, seed=self.seed)
            for name, found in parts.items():
                found.append(results[f"output/{name}"].copy())
            calls.call("on_predict_batch_end", batch)
        calls.call("on_predict_end")
        return {name: np.concatenate(found) for name, found in parts.items() if found}

    # What callbacks and the outside may ask for; all of it at batch boundaries only.

    def stop(self, reason: str) -> None:
        """End training after this batch and the epoch's validation, as Keras' ``stop_training`` does."""
        self.stop_training, self.reason = True, reason

    def set_learning_rate(self, value: float) -> None:
        if value != self.optimizer.learning_rate:
            self.optimizer.learning_rate = value
            self.notify("changed", what="learning_rate", value=value)

    def set_loss_weight(self, output: str, value: float) -> None:
        if output not in self.loss_weights:
            known = ", ".join(map(repr, self.loss_weights)) or "none"
            raise LayerloomError(f"there is no output {output!r} with a loss; there are {known}")
        self.loss_weights[output] = value
        self.notify("changed", what=f"loss_weights/{output}", value=value)

    def change(self, what: str, value: float) -> None:
        """Set ``learning_rate`` or ``loss_weights/OUTPUT``."""
        kind, _, output = what.partition("/")
        if kind == "loss_weights":
            self.set_loss_weight(output, value)
        elif what == "learning_rate":
            self.set_learning_rate(value)
        else:
            raise LayerloomError(f"{what!r} cannot be changed while training")

    def save_checkpoint(self, path: Path) -> None:
        """Ask for a checkpoint. It is written when every callback has seen the batch or epoch that ended."""
        self._wanted.append(path)

    def notify(self, event: str, **fields: Any) -> None:
        """Tell callbacks of something Keras has no hook for (see ``events``)."""
        self._calls.call("on_notice", {"event": event, **fields})

    # The loop.

    def _epoch(self, feeder: Feeder, checks: Feeder | None, shuffle: bool) -> Logs | None:
        """One epoch from ``self.batch`` on; None when it was interrupted."""
        if self.batch == 0:
            self._tally.reset()
            self._calls.call("on_epoch_begin", self.epoch)
        order = feeder.shuffled(self.seed, self.epoch) if shuffle else feeder.in_order()
        for rows in feeder.batches(order, first=self.batch):
            self._train(feeder, rows)
            if self.stop_training:
                break
        if self._interrupted:
            return None
        logs = self._tally.logs()
        if checks is not None:
            found = self._test(checks)
            if found is None:
                return None
            logs |= {f"val_{name}": value for name, value in found.items()}
        ended, self.epoch, self.batch = self.epoch, self.epoch + 1, 0
        self._calls.call("on_epoch_end", ended, logs)
        self._boundary()
        return logs

    def _train(self, feeder: Feeder, rows: Rows) -> None:
        batch = self.batch
        self._calls.call("on_train_batch_begin", batch)
        feeds, valid = feeder.feeds(rows)
        executor = self.session.executor("train", feeds)
        results = executor.run(feeds, step=self.optimizer.iterations, seed=self.seed)
        self._tally.add(results, len(rows), valid)
        self.optimizer.step(executor.gradients, executor.plan.gradients)
        self.batch += 1
        if self._calls.has("on_train_batch_end"):
            self._calls.call("on_train_batch_end", batch, self._tally.logs())
        self._boundary()

    def _test(self, feeder: Feeder) -> Logs | None:
        """Logs over all rows of ``feeder``; None when interrupted."""
        tally = self.session.tally()
        self._calls.call("on_test_begin")
        for batch, rows in enumerate(feeder.batches(feeder.in_order())):
            self._calls.call("on_test_batch_begin", batch)
            feeds, valid = feeder.feeds(rows)
            results = self.session.executor("test", feeds).run(feeds, seed=self.seed)
            tally.add(results, len(rows), valid)
            if self._calls.has("on_test_batch_end"):
                self._calls.call("on_test_batch_end", batch, tally.logs())
            self._attend()
            if self._interrupted:
                return None
        logs = tally.logs()
        self._calls.call("on_test_end", logs)
        return logs

    def _boundary(self) -> None:
        """Between batches: write the checkpoints asked for, then do what was asked from outside."""
        while self._wanted:
            self._write_checkpoint(self._wanted.pop(0))
        self._attend()

    def _attend(self) -> None:
        if self.control.attend(self):
            self._interrupted = True
            self.stop("stopped")

    def _begin(self, callbacks: Iterable[Callback], facts: Mapping[str, Any]) -> None:
        self._tally.reset()
        self._calls = CallbackList(callbacks, self, facts)
        self.stop_training = self._interrupted = False
        self.reason = "finished"
        self._wanted.clear()

    def _end(self, logs: Logs) -> None:
        if self.stop_training and self.reason == "finished":
            self.reason = "stopped by a callback"
        if self.directory is not None:  # before callbacks bring back the best weights
            self._write_checkpoint(self.directory / LATEST)
        if not self._interrupted:
            self.optimizer.finish()
        self._calls.call("on_train_end", logs)

    def _resume(self, checkpoint: Checkpoint) -> None:
        """In the middle of an epoch callbacks see the epoch begin, then their own state as it was saved."""
        self.epoch, self.batch = checkpoint.state["epoch"], checkpoint.state["batch"]
        if self.batch:
            self._calls.call("on_epoch_begin", self.epoch)
        restore_trainer(self, checkpoint, self._tally, self._calls)

    def _write_checkpoint(self, path: Path) -> None:
        checkpoint_of(self, self._tally, self._calls).write(path)
        inside = self.directory is not None and path.is_relative_to(self.directory)
        shown = path.relative_to(self.directory).as_posix() if inside and self.directory else str(path)
        self.notify("checkpoint", epoch=self.epoch, batch=self.batch, path=shown)

    def _feeder(self, dataset: Dataset, batch_size: int) -> Feeder:
        if not len(dataset):
            raise DataError("there are no rows to train or evaluate on")
        return self.session.feeder(dataset, batch_size)

    def _facts(
        self, epochs: int, initial: tuple[int, int], feeder: Feeder, checks: Feeder | None
    ) -> dict[str, Any]:
        """What callbacks know as ``training`` (see ``train_begin`` in ``events``)."""
        directions = self.session.names.all(validated=checks is not None)
        return {
            "epochs": epochs,
            "initial_epoch": initial[0],
            "initial_batch": initial[1],
            "steps": feeder.steps,
            "batch_size": feeder.batch_size,
            "samples": feeder.rows,
            "validation_samples": checks.rows if checks else 0,
            "outputs": list(self.session.outputs),
            "metrics": list(directions),
            "directions": directions,
        }


def optimizer_of(document: Document) -> Optimizer:
    chosen = document.training.optimizer
    return OPTIMIZERS.decode({"type": chosen.type, **chosen.config})

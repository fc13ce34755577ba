"""The training loop: plain, in Keras' order of events, deterministic under a seed, resumable at any batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from graph_engine.data import DataError, Dataset, Gatherer, Stream, batch_count, batches_of
from graph_engine.document import Document, Objective
from graph_engine.kernels.program import Array
from graph_engine.params import JSON
from graph_engine.runtime import Parameters
from graph_engine.training.callbacks import Callback, CallbackList, History
from graph_engine.training.checkpoints import Checkpoint
from graph_engine.training.control import Control
from graph_engine.training.events import Logs
from graph_engine.training.feeding import Batch, Feeder, StreamFeeder
from graph_engine.training.heads import require_loss
from graph_engine.training.interventions import Steered, exchanged, freeze, title_of
from graph_engine.training.optimizers import OPTIMIZERS, Optimizer, OptimizerState
from graph_engine.training.runs import LATEST
from graph_engine.training.saving import checkpoint_of, restore_trainer
from graph_engine.training.session import Session
from graph_engine.training.tally import Tally
from graph_engine.values import DType, LayerloomError

AnyFeeder = Feeder | StreamFeeder


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
        self.feeder: AnyFeeder | None = None  # of the training that runs, and whether it shuffles
        self.shuffle = True
        self.watched = ""  # what is looked at of layers (see ``LayerInsight``)
        self.latest: Batch | None = None  # what was trained on last; the next batch overwrites it
        self.stop_training = self._interrupted = False
        self.reason = ""
        self._tally = self.session.tally()
        self._calls = CallbackList((), self, {})
        self._wanted: list[tuple[Path, bool]] = []
        self._resumed: Checkpoint | None = None
        self._shares_weights = parameters is not None
        self.steered = Steered()

    @property
    def parameters(self) -> Parameters:
        return self.session.parameters

    @property
    def interrupted(self) -> bool:
        """Whether training was stopped from outside, so that it can go on where it was."""
        return self._interrupted

    @property
    def batch_losses(self) -> Logs:
        """Of the last batch alone, under the names of their logs."""
        return self._tally.losses

    def train_on_batch(self, batch: Dataset) -> Logs:
        """One optimizer step on all rows of ``batch``, outside of any epoch; logs of that batch alone."""
        require_loss(self.session.heads)
        self._tally.reset()
        self._step(self._whole(batch))
        return self._tally.logs()

    def test_on_batch(self, batch: Dataset) -> Logs:
        """Losses and metrics of all rows of ``batch``, in inference mode."""
        tally = self.session.tally()
        self._test_batch(self._whole(batch), tally)
        return tally.logs()

    @property
    def loss_weights(self) -> dict[str, float]:
        """By Output name; read at each batch."""
        return self.session.loss_weights

    def fit(
        self,
        training: Dataset | Stream,
        *,
        validation: Dataset | Stream | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        callbacks: Iterable[Callback] = (),
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
        shuffle: bool = True,
        resume: Checkpoint | None = None,
    ) -> History:
        """Train. The History returned holds every epoch's logs; ``resume`` continues where it was saved."""
        require_loss(self.session.heads)
        epochs = self.document.training.epochs if epochs is None else epochs
        size = batch_size or self.document.training.batch_size
        feeder = self.feeder = self._feeder(training, size)
        self.shuffle = shuffle
        checks = None if validation is None else self._feeder(validation, validation_batch_size or size)
        history = History()
        begin = resume.state if resume else {"epoch": initial_epoch, "batch": 0}
        facts = self._facts(epochs, (begin["epoch"], begin["batch"]), feeder, checks)
        self._begin([*callbacks, history], facts)
        self.epoch, self.batch = initial_epoch, 0
        self._resumed = resume
        self._calls.call("on_train_begin")
        if self._resumed is not None:
            self._resume(self._resumed)
        logs: Logs = {}
        while self.epoch < epochs and not self.stop_training:
            check = checks if _is_due(self.epoch + 1, validation_freq) else None
            logs = self._epoch(feeder, check, shuffle) or logs
        self._end(logs)
        return history

    def evaluate(
        self, dataset: Dataset | Stream, *, batch_size: int | None = None, callbacks: Iterable[Callback] = ()
    ) -> Logs:
        """Loss, losses of the outputs and metrics over a dataset, in inference mode."""
        feeder = self._feeder(dataset, batch_size or self.document.training.batch_size)
        self._begin(callbacks, self._facts(1, (0, 0), feeder, None))
        return self._test(feeder) or {}

    def predict(
        self,
        inputs: Mapping[str, Array] | Stream,
        *,
        batch_size: int | None = None,
        callbacks: Iterable[Callback] = (),
    ) -> dict[str, Array]:
        """Outputs by name, one row for each row of the inputs."""
        steps, batches = self._unlabelled(inputs, batch_size or self.document.training.batch_size)
        calls = CallbackList(callbacks, self, {"steps": steps})
        calls.call("on_predict_begin")
        parts: dict[str, list[Array]] = {name: [] for name in self.session.outputs}
        for batch, feeds in enumerate(batches):
            calls.call("on_predict_batch_begin", batch)
            outputs = self.predict_on_batch(feeds)
            for name, found in parts.items():
                found.append(outputs[name])
            calls.call("on_predict_batch_end", batch, {"outputs": outputs})
        calls.call("on_predict_end")
        if not all(parts.values()):
            raise DataError("there are no rows to predict")
        return {name: np.concatenate(found) for name, found in parts.items()}

    def predict_on_batch(self, feeds: Mapping[str, Array], *, training: bool = False) -> dict[str, Array]:
        """Outputs by name for one batch of inputs; with ``training`` as a training step would compute them."""
        results = self.session.executor("forward" if training else "predict", feeds).run(
            feeds, seed=self.seed
        )
        return {name: results[f"output/{name}"].copy() for name in self.session.outputs}

    def _unlabelled(
        self, inputs: Mapping[str, Array] | Stream, batch_size: int
    ) -> tuple[int | None, Iterator[Mapping[str, Array]]]:
        """How many batches there are, and each as feeds."""
        if isinstance(inputs, Stream):
            datasets = inputs.epoch(0, self.seed, shuffle=False)
            return inputs.steps, (self.session.as_inputs(dataset.inputs) for dataset in datasets)
        dataset = Dataset(self.session.as_inputs(inputs))
        size = max(1, min(batch_size, len(dataset)))
        gatherer = Gatherer(dataset.inputs, size)
        batches = batches_of(np.arange(len(dataset)), size)
        return batch_count(len(dataset), size), (feeds for _, feeds in gatherer.each(batches))

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

    def set_trainable(self, layer: str, on: bool) -> None:
        """Freeze a layer, by its id, or train it again; what the optimizer knew of it is kept meanwhile."""
        if layer not in self.document.layers:
            raise LayerloomError(f"there is no layer {layer!r} in the model that is trained")
        if self._shares_weights:
            raise LayerloomError(
                "these weights belong to a model: set its layers' trainable and compile it again"
            )
        freeze(self, layer, on)
        self.notify("changed", what=f"trainable/{self.document.layers[layer].name}", value=on)

    def set_callbacks(self, choices: Sequence[JSON]) -> None:
        """Other configured callbacks than those it began with; one of the same type goes on from where the old one
        was."""
        self._calls = exchanged(self, self._calls, choices)
        self.notify("changed", what="callbacks", value=", ".join(map(title_of, choices)))

    def change(self, what: str, value: Any) -> None:
        """Set ``learning_rate``, ``loss_weights/OUTPUT``, ``trainable/LAYER`` (its id) or ``callbacks``."""
        kind, _, name = what.partition("/")
        if kind == "loss_weights":
            self.set_loss_weight(name, float(value))
        elif kind == "trainable":
            self.set_trainable(name, bool(value))
        elif what == "learning_rate":
            self.set_learning_rate(float(value))
        elif what == "callbacks":
            self.set_callbacks(value)
        else:
            raise LayerloomError(f"{what!r} cannot be changed while training")

    def resume_from(self, checkpoint: Checkpoint) -> None:
        """Asked for when training begins: go on where ``checkpoint`` was written."""
        self._resumed = checkpoint

    def save_checkpoint(self, path: Path, *, weights_only: bool = False) -> None:
        """Ask for a checkpoint. It is written when every callback has seen the batch or epoch that ended."""
        self._wanted.append((path, weights_only))

    def notify(self, event: str, **fields: Any) -> None:
        """Tell callbacks of something Keras has no hook for (see ``events``)."""
        self._calls.call("on_notice", {"event": event, **fields})

    # The loop.

    def _epoch(self, feeder: AnyFeeder, checks: AnyFeeder | None, shuffle: bool) -> Logs | None:
        """One epoch from ``self.batch`` on; None when it was interrupted."""
        if self.batch == 0:
            self._tally.reset()
            self._calls.call("on_epoch_begin", self.epoch)
        for batch in feeder.epoch(self.epoch, self.seed, shuffle, first=self.batch, varied=True):
            self._train(batch)
            if self.stop_training:
                break
        if feeder.exhausted and not self.stop_training:
            self._run_dry(feeder)
        if self._interrupted or not self.batch:
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

    def _run_dry(self, feeder: AnyFeeder) -> None:
        if not self.batch and not self.epoch:
            raise DataError("the data gave no batch: a generator can be run through only once")
        told = f"{self.batch} of {feeder.steps} batches" if feeder.steps else "no batch"
        self.stop(f"the data ran out: epoch {self.epoch + 1} has {told}")

    def _train(self, data: Batch) -> None:
        batch = self.batch
        self._calls.call("on_train_batch_begin", batch)
        self._step(data)
        self.batch += 1
        if self._calls.has("on_train_batch_end"):
            self._calls.call("on_train_batch_end", batch, self._tally.logs())
        self._boundary()

    def _step(self, data: Batch) -> None:
        self.latest = data
        executor = self.session.executor("train", data.feeds)
        results = executor.run(data.feeds, step=self.optimizer.iterations, seed=self.seed)
        self._tally.add(results, data.rows, data.valid)
        self.optimizer.step(executor.gradients, executor.plan.gradients)

    def _test_batch(self, data: Batch, tally: Tally) -> None:
        results = self.session.executor("test", data.feeds).run(data.feeds, seed=self.seed)
        tally.add(results, data.rows, data.valid)

    def _test(self, feeder: AnyFeeder) -> Logs | None:
        """Logs over all rows of ``feeder``; None when interrupted."""
        tally = self.session.tally()
        self._calls.call("on_test_begin")
        for batch, data in enumerate(feeder.epoch(0, self.seed, shuffle=False)):
            self._calls.call("on_test_batch_begin", batch)
            self._test_batch(data, tally)
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
            self._write_checkpoint(*self._wanted.pop(0))
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
        self._calls = restore_trainer(self, checkpoint, self._tally, self._calls)

    def _write_checkpoint(self, path: Path, weights_only: bool = False) -> None:
        if weights_only:
            Checkpoint(self.parameters).write(path)
        else:
            checkpoint_of(self, self._tally, self._calls).write(path)
        inside = self.directory is not None and path.is_relative_to(self.directory)
        shown = path.relative_to(self.directory).as_posix() if inside and self.directory else str(path)
        self.notify("checkpoint", epoch=self.epoch, batch=self.batch, path=shown)

    def _feeder(self, data: Dataset | Stream, batch_size: int) -> AnyFeeder:
        if isinstance(data, Stream):
            return StreamFeeder(data, self._rows)
        return self._rows(data, batch_size)

    def _rows(self, data: Dataset, batch_size: int | None = None) -> Feeder:
        if not len(data):
            raise DataError("there are no rows to train or evaluate on")
        return self.session.feeder(data, batch_size or len(data))

    def _whole(self, data: Dataset) -> Batch:
        return self._rows(data).whole()

    def _facts(
        self, epochs: int, initial: tuple[int, int], feeder: AnyFeeder, checks: AnyFeeder | None
    ) -> dict[str, Any]:
        """What callbacks know as ``training`` (see ``train_begin`` in ``events``)."""
        directions = self.session.names.all(validated=checks is not None)
        return {
            "epochs": epochs,
            "initial_epoch": initial[0],
            "initial_batch": initial[1],
            "steps": feeder.steps or 0,
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


def _is_due(epoch: int, frequency: int | Collection[int]) -> bool:
    """Whether epoch number ``epoch``, counted from 1, is validated: every so many, or those that are listed."""
    return epoch % frequency == 0 if isinstance(frequency, int) else epoch in frequency

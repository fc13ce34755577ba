"""What a Model does with data: compile, fit, evaluate, predict, and single batches. Arguments and names as in Keras."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from graph_engine.analysis import Analysis
from graph_engine.data import Dataset, RowStream, Stream, is_stream
from graph_engine.document import Document
from graph_engine.evaluation import Report, head_report, judged_heads, output_masks
from graph_engine.model.answering import Answerer
from graph_engine.model.feeds import Binder
from graph_engine.model.structure import packed
from graph_engine.params import ParamError
from graph_engine.runtime import Parameters
from graph_engine.training import Callback, History, ProgressBar, Trainer
from graph_engine.training.arguments import objectives, optimizer_choice, require_numbers
from graph_engine.training.events import Logs
from graph_engine.values import LayerloomError


class Trainable:
    """The part of a Model that trains. ``history`` is that of the last ``fit``."""

    name: str
    document: Document
    history: History | None
    input_structure: Any
    output_structure: Any
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    parameters: Parameters
    _trainer: Trainer | None
    _answerer: Answerer | None
    _optimizer_state: Mapping[str, Any]  # what the next trainer's optimizer continues from
    _analysis: Analysis

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        *,
        recompute_activations: bool = False,
    ) -> None:
        """Choose what to train for. Losses: one for all outputs, or one for each, by name or in their order.

        ``recompute_activations``: a training step computes them again for the gradients rather than keep them, which
        takes less memory, the time of another forward pass at most, and gives the same numbers.

        Names, ``Loss``/``Metric``/``Optimizer`` objects or classes are taken. Recorded in ``document.training``.
        """
        chosen = objectives(self.output_names, loss, loss_weights, metrics, weighted_metrics)
        by_node = dict(zip(self.document.main.outputs, chosen.values(), strict=True))
        training = replace(
            self.document.training,
            objectives=by_node,
            optimizer=optimizer_choice(optimizer),
            recompute_activations=recompute_activations,
        )
        self.document = replace(self.document, training=training)
        self._trainer, self._optimizer_state = None, {}

    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: bool | int | str = False,
        callbacks: Callback | Iterable[Callback] = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
    ) -> History:
        """Train; arguments and log names as in Keras. ``validation_split`` takes the last rows.

        ``x`` holds arrays, or is a generator (or an object with ``__len__`` and ``__getitem__``) of batches
        ``(x, y)`` or ``(x, y, sample_weight)``. ``class_weight`` is by class, or by output name and class.
        """
        self._require_compiled("fit")
        require_numbers(
            batch_size=batch_size,
            epochs=epochs,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
        )
        training = self._data(x, y, sample_weight, class_weight, steps_per_epoch)
        validation = None
        if validation_data is not None:
            validation = self._validation(validation_data, validation_steps)
        elif validation_split:
            training, validation = _split(training, validation_split)
        self.history = self.trainer.fit(
            _continued(training, steps_per_epoch, batch_size or 32),
            validation=None
            if validation is None
            else _limited(validation, validation_steps, validation_batch_size or batch_size or 32),
            epochs=epochs,
            batch_size=batch_size or 32,
            validation_batch_size=validation_batch_size,
            initial_epoch=initial_epoch,
            validation_freq=_frequency(validation_freq),
            shuffle=shuffle,
            callbacks=[*_listed(callbacks), *([ProgressBar()] if verbose not in (False, 0, "auto") else [])],
        )
        return self.history

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Callback | Iterable[Callback] = (),
        return_dict: bool = True,
    ) -> Any:
        """Loss, losses of the outputs and metrics in inference mode: by name, or as Keras' list."""
        self._require_compiled("evaluate")
        require_numbers(batch_size=batch_size, steps=steps)
        data = _limited(self._data(x, y, sample_weight, None, steps), steps, batch_size or 32)
        logs = self.trainer.evaluate(data, batch_size=batch_size or 32, callbacks=_listed(callbacks))
        return self._results(logs, return_dict)

    def report(self, x: Any, y: Any, batch_size: int | None = None) -> Report:
        """What there is to say about every output on these rows: confusion, curves, calibration, residuals."""
        self._require_compiled("report")
        dataset = self.binder.dataset(x, y)
        found = self.trainer.predict(dataset.inputs, batch_size=batch_size or 32)
        masks = output_masks(self.trainer, dataset.inputs)
        heads = judged_heads(self.trainer, dataset, found, {}, masks)
        logs = self.evaluate(x, y, batch_size=batch_size)
        return Report(f"{len(dataset):,} rows", len(dataset), logs, tuple(map(head_report, heads.values())))

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        steps: int | None = None,
        callbacks: Callback | Iterable[Callback] = (),
    ) -> Any:
        """The outputs for every row, in the structure the model was given its outputs in."""
        require_numbers(batch_size=batch_size, steps=steps)
        size = batch_size or 32
        inputs = Stream(x, self._unlabelled, steps) if is_stream(x) else self.binder.named_inputs(x)
        if not isinstance(inputs, Stream) and steps:
            inputs = {name: array[: steps * size] for name, array in inputs.items()}
        return self._shaped(self.trainer.predict(inputs, batch_size=size, callbacks=_listed(callbacks)))

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = True,
    ) -> Any:
        """One optimizer step on one batch; its losses and metrics."""
        self._require_compiled("train_on_batch")
        dataset = self.binder.dataset(x, y, sample_weight, class_weight)
        return self._results(self.trainer.train_on_batch(dataset), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = True
    ) -> Any:
        """Losses and metrics of one batch, in inference mode."""
        self._require_compiled("test_on_batch")
        logs = self.trainer.test_on_batch(self.binder.dataset(x, y, sample_weight))
        return self._results(logs, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch."""
        trainer = self.trainer
        arrays = x if type(x) is list else [x]
        known = self._answerer
        if known is not None and known.takes(trainer, arrays):
            return packed(self.output_structure, known.answer(arrays))
        feeds = trainer.session.as_inputs(self.binder.named_inputs(x))
        outputs = trainer.predict_on_batch(feeds)
        if [id(array) for array in arrays] == [id(array) for array in feeds.values()]:
            self._answerer = Answerer(trainer, feeds, self.output_names)
        return self._shaped(outputs)

    @property
    def optimizer(self) -> Any:
        """The optimizer with its state: ``learning_rate`` may be set."""
        return self.trainer.optimizer

    @property
    def loss_weights(self) -> dict[str, float]:
        """By output name; what is written here counts from the next batch on."""
        return self.trainer.loss_weights

    @property
    def stop_training(self) -> bool:
        """Set by a callback, it ends training after this batch."""
        return self.trainer.stop_training

    @stop_training.setter
    def stop_training(self, value: bool) -> None:
        self.trainer.stop_training = value

    @property
    def metrics_names(self) -> list[str]:
        """Names of the logs, in the order of ``evaluate``'s results."""
        return self._order(list(self.trainer.session.names.directions))

    @property
    def trainer(self) -> Trainer:
        parameters = self.parameters  # also fetches what other models changed
        if self._trainer is None:
            self._trainer = Trainer(self.document, parameters=parameters, model=self)
            self._trainer.optimizer.take(self._optimizer_state)
        return self._trainer

    @property
    def binder(self) -> Binder:
        """Names arrays after the inputs and outputs."""
        session = self.trainer.session
        active = tuple(head.name for head in session.heads if head.active)
        return Binder(
            self.input_structure,
            self.output_structure,
            self.input_names,
            self.output_names,
            active,
            session.outputs,
        )

    def _data(self, x: Any, y: Any, weight: Any, classes: Any, steps: int | None) -> Dataset | Stream:
        if not is_stream(x):
            return self.binder.dataset(x, y, weight, classes)
        if y is not None or weight is not None:
            raise LayerloomError(
                "a generator gives its targets and weights with each batch: pass no y or sample_weight"
            )
        binder = self.binder

        def bind(item: Any) -> Dataset:
            return binder.dataset(*_unpacked(item), class_weight=classes)

        return Stream(x, bind, steps)

    def _validation(self, given: Any, steps: int | None) -> Dataset | Stream:
        if isinstance(given, Dataset) or is_stream(given):
            return self._data(given, None, None, None, steps)
        if not isinstance(given, (list, tuple)) or len(given) not in (2, 3):
            count = f"{len(given)} things" if isinstance(given, (list, tuple)) else type(given).__name__
            raise LayerloomError(
                f"validation_data is (inputs, targets) or (inputs, targets, sample weights), got {count}"
            )
        return self.binder.dataset(*given)

    def _unlabelled(self, item: Any) -> Dataset:
        return Dataset(self.binder.named_inputs(item[0] if isinstance(item, tuple) else item))

    def _shaped(self, by_name: Mapping[str, Any]) -> Any:
        return packed(self.output_structure, [by_name[name] for name in self.output_names])

    def _require_compiled(self, what: str) -> None:
        if not any(objective for objective in self.document.training.objectives.values()):
            raise LayerloomError(
                f"{self.name} has nothing to train for yet: call compile(...) before {what}(...)"
            )

    def _results(self, logs: Logs, by_name: bool) -> Any:
        if by_name:
            return dict(logs)
        values = [logs[name] for name in self._order(list(logs))]
        return values[0] if len(values) == 1 else values

    def _order(self, names: list[str]) -> list[str]:
        """Keras' order: loss, losses of the outputs, metrics; those of several outputs sorted by name."""
        losses = ["loss", *self.trainer.session.names.losses.values()]
        metrics = [name for name in names if name not in losses]
        return [*losses, *(sorted(metrics) if len(self.output_names) > 1 else metrics)]


def _unpacked(item: Any) -> tuple[Any, Any, Any]:
    """``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``."""
    parts = tuple(item) if isinstance(item, (list, tuple)) else (item,)
    if not 1 <= len(parts) <= 3:
        raise LayerloomError(f"a batch is (x, y) or (x, y, sample_weight), got {len(parts)} things")
    return (*parts, *(None,) * (3 - len(parts)))


def _split(data: Dataset | Stream, share: float) -> tuple[Dataset, Dataset]:
    if isinstance(data, Stream):
        raise LayerloomError("validation_split parts arrays; pass validation_data beside a generator")
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share < 1:
        raise LayerloomError(f"validation_split is a part of the rows between 0 and 1, got {share}")
    cut = int(len(data) * (1.0 - share))
    if cut in (0, len(data)):
        raise LayerloomError(f"validation_split={share} of {len(data)} rows leaves one side empty")
    return data.take(slice(0, cut)), data.take(slice(cut, None))


def _continued(data: Dataset | Stream, steps: int | None, size: int) -> Dataset | Stream:
    """Arrays whose every epoch goes on where the last one ended, as generators do."""
    if steps is None or isinstance(data, Stream):
        return data
    _require_rows(data, steps, size)
    return RowStream(data, size, steps)


def _limited(data: Dataset | Stream, steps: int | None, size: int) -> Dataset | Stream:
    """The first ``steps`` batches of arrays; all of them without."""
    if steps is None or isinstance(data, Stream):
        return data
    _require_rows(data, steps, size)
    return data.take(slice(0, steps * size))


def _require_rows(data: Dataset, steps: int, size: int) -> None:
    if steps * size > len(data) + size - 1:
        raise LayerloomError(
            f"{steps} steps of {size} rows need {steps * size} rows, but there are {len(data)}"
        )


def _frequency(given: Any) -> int | Collection[int]:
    if isinstance(given, int) and not isinstance(given, bool) and given >= 1:
        return given
    if isinstance(given, (list, tuple, set, frozenset)) and all(isinstance(each, int) for each in given):
        return given
    raise ParamError(
        f"validation_freq is a number of epochs of at least 1, or a list of epochs, got {given!r}"
    )


def _listed(callbacks: Any) -> list[Callback]:
    if callbacks is None:
        return []
    listed = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in listed:
        if not isinstance(callback, Callback):
            raise LayerloomError(f"callbacks: expected Callback objects, got {callback!r}")
    return listed

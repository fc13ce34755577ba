"""The callback that writes what TensorBoard shows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from graph_engine.params import boolean, integer, text
from graph_engine.training.callbacks.base import ConfiguredCallback
from graph_engine.training.callbacks.frequency import batches, frequency
from graph_engine.training.callbacks.places import output_path
from graph_engine.training.events import Logs
from graph_engine.training.tensorboard import EventFile, graph_def, histograms, scalars


class TensorBoard(ConfiguredCallback):
    """Writes curves, histograms of weights and the graph for TensorBoard (``keras.callbacks.TensorBoard``).

    Steps are epochs from 0 in ``epoch_...``, batches since training began, from 1, in ``batch_...``, and
    updates of the weights in ``evaluation_..._vs_iterations``.
    """

    title = "TensorBoard"
    log_dir: str = text("logs", help="Directory to write, inside the run's directory if there is one.")
    histogram_freq: int = integer(
        0, minimum=0, help="Histograms of the weights every so many epochs; 0: none."
    )
    write_graph: bool = boolean(True, help="Write the drawing as a graph.")
    update_freq: str | int = frequency(
        "epoch", help="epoch: write after each epoch alone; batch, or a number: also every so many batches."
    )
    write_steps_per_second: bool = boolean(False, help="Write how many batches a second are trained.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._every = batches(self.update_freq)
        self._files: dict[str, EventFile] = {}
        self._batches = self._epoch_iterations = 0
        self._epoch_began = self._batch_began = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._files = {}
        self._batches = 0
        if self.write_graph and self.trainer is not None:
            graph = graph_def(self.trainer.document, self.trainer.session.analysis)
            self._file("train").add_graph(graph)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch_iterations, self._epoch_began = self._iterations, time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._batch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if not self._every or self._batches % self._every:
            return
        found = dict(logs or {})
        if self.write_steps_per_second:
            found["steps_per_second"] = 1.0 / (time.perf_counter() - self._batch_began)
        self._write("train", "batch_{}", found, self._batches)

    def on_test_end(self, logs: Logs | None = None) -> None:
        if self.trainer is not None:
            self._write("validation", "evaluation_{}_vs_iterations", logs or {}, self._iterations)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        found = logs or {}
        training = {name: value for name, value in found.items() if not name.startswith("val_")}
        validation = {name[4:]: value for name, value in found.items() if name.startswith("val_")}
        if self.trainer is not None:
            training["learning_rate"] = self.trainer.optimizer.rate
        if self.write_steps_per_second:
            seconds = time.perf_counter() - self._epoch_began
            training["steps_per_second"] = (self._iterations - self._epoch_iterations) / seconds
        self._write("train", "epoch_{}", training, epoch)
        self._write("validation", "epoch_{}", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)

    def state(self) -> dict[str, Any]:
        return {"batches": self._batches}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._batches = state["batches"]
        self._epoch_iterations = self._iterations

    @property
    def _iterations(self) -> int:
        return self.trainer.optimizer.updates if self.trainer is not None else self._batches

    def _write_histograms(self, epoch: int) -> None:
        if self.trainer is None:
            return
        layers = self.trainer.document.layers
        found = {}
        for path, array in self.trainer.parameters.items():
            *place, weight = path.split("/")
            found["/".join((*(layers[layer].name for layer in place), weight, "histogram"))] = array
        self._file("train").add_summary(histograms(found), epoch)

    def _write(self, run: str, tag: str, values: Logs, step: int) -> None:
        if values:
            tagged = {tag.format(name): value for name, value in values.items()}
            self._file(run).add_summary(scalars(tagged), step)

    def _file(self, run: str) -> EventFile:
        """Made with the first thing to write: a training without validation has no such directory."""
        if run not in self._files:
            self._files[run] = EventFile(output_path(self.trainer, self.log_dir) / run)
        return self._files[run]

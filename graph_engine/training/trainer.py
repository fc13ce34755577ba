"""The training loop: plain, in Keras' order of events, deterministic under a seed, resumable at any batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import Dataset, batch_count, batches_of, epoch_order
from graph_engine.document import Document, Objective
from graph_engine.kernels.program import Array
from graph_engine.runtime import Parameters
from graph_engine.training.callbacks import Callback, CallbackList, History
from graph_engine.training.checkpoints import Checkpoint
from graph_engine.training.control import Control
from graph_engine.training.events import Logs
from graph_engine.training.feeding import Feeder
from graph_engine.training.heads import require_loss
from graph_engine.training.optimizers import OPTIMIZERS, Optimizer, OptimizerState
from graph_engine.training.saving import checkpoint_of, restore_trainer
from graph_engine.training.session import Session
from graph_engine.training.tally import Tally
from graph_engine.values import DType, LayerloomError


class Trainer:
    """Trains the main graph of a document.

    What callbacks may use: ``parameters``, ``optimizer``, ``stop``, ``set_learning_rate``,
    ``set_loss_weight``, ``save_checkpoint``, ``directory``, ``reason``. Keras' ``stop_training`` works too.
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
        self.optimizer = OptimizerState(optimizer or _optimizer_of(document), self.parameters)
        self.directory = directory
        self.control = control or Control()
        self.model = self if model is None else model
        self.stop_training = False
        self.reason = ""
        self.epoch = self.batch = 0  # the batch that comes next
        self._calls = CallbackList((), self, {})
        self._wanted_checkpoints: list[Path] = []

    @property
    def parameters(self) -> Parameters:
        return self.session.parameters

    @property
    def loss_weights(self) -> dict[str, float]:
        """By Output name; read at each batch."""
        return self.session.loss_weights

    # --- the loop -----------------------------------------------------------------------------------

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
        """Train; the returned History holds every epoch's logs. ``resume`` continues where it was saved."""
        require_loss(self.session.heads)
        epochs = self.document.training.epochs if epochs is None else epochs
        size = min(batch_size or self.document.training.batch_size, max(1, len(training)))
        validation = validation if validation is not None and len(validation) else None
        feeder = self.session.feeder(training, size)
        checking = validation and self._checker(validation, validation_batch_size or size)
        steps = batch_count(len(training), size)
        history = History()
        self._begin([*callbacks, history], initial_epoch, self._params(epochs, steps, size, training, validation))
        tally = self.session.tally()
        first = initial_epoch
        logs: Logs = {}
        ...

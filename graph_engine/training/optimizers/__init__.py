"""Optimizers: update rules over one flat buffer, number for number those of Keras 3 (``keras.optimizers``).

A configuration (``Adam(learning_rate=0.01)``) is immutable; ``OptimizerState`` holds what training changes.
"""

from __future__ import annotations

from graph_engine.params import Catalogue
from graph_engine.training.optimizers.adam import Adam, Adamax, AdamW, Nadam
from graph_engine.training.optimizers.base import Block, Optimizer
from graph_engine.training.optimizers.momentum import SGD, Lion
from graph_engine.training.optimizers.scaled import Adadelta, Adagrad, RMSprop
from graph_engine.training.optimizers.state import OptimizerState

OPTIMIZERS: Catalogue[Optimizer] = Catalogue(Optimizer, "graph_engine.training.optimizers", "optimizer")

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Block",
    "Lion",
    "Nadam",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
]

"""Optimizers: update rules over one flat buffer, number for number those of Keras 3 (``keras.optimizers``).

A configuration (``Adam(learning_rate=0.01)``) is immutable; ``OptimizerState`` holds what training changes.
"""

from graph_engine.training.aliases import AliasCatalogue
from graph_engine.training.optimizers.adam import Adam, Adamax, AdamW, Nadam
from graph_engine.training.optimizers.base import Block, Optimizer
from graph_engine.training.optimizers.followers import Ftrl, ScheduleFreeAdamW
from graph_engine.training.optimizers.layerwise import Adafactor, Lamb, Muon
from graph_engine.training.optimizers.momentum import SGD, Lion
from graph_engine.training.optimizers.scaled import Adadelta, Adagrad, RMSprop
from graph_engine.training.optimizers.state import OptimizerState, kept_state, slot_names

OPTIMIZERS: AliasCatalogue[Optimizer] = AliasCatalogue(
    Optimizer,
    "graph_engine.training.optimizers",
    "optimizer",
    left_out={
        "LossScaleOptimizer": "it guards float16 from underflow, and training here is in float32 or float64",
        "MultiOptimizer": "it needs code that says which optimizer a weight belongs to",
    },
)

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Block",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
    "ScheduleFreeAdamW",
    "kept_state",
    "slot_names",
]

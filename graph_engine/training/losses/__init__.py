"""Losses: numbers per entry from target and output. ``LOSSES`` finds them by name or alias."""

from graph_engine.training.aliases import AliasCatalogue
from graph_engine.training.losses.base import Loss
from graph_engine.training.losses.classification import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    Crossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from graph_engine.training.losses.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from graph_engine.training.losses.margin import CategoricalHinge, Circle, Hinge, SquaredHinge
from graph_engine.training.losses.overlap import Dice, Tversky
from graph_engine.training.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
)

LOSSES: AliasCatalogue[Loss] = AliasCatalogue(
    Loss,
    "graph_engine.training.losses",
    "loss",
    left_out={
        "CTC": "it aligns label sequences of another length than the output, for which there is no primitive"
    },
)

__all__ = [
    "LOSSES",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Crossentropy",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
]

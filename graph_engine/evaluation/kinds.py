"""What a head answers: one of two, one of several, several at once, or numbers. Its loss and targets say so."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from graph_engine.training.heads import Head
from graph_engine.training.losses import LOSSES
from graph_engine.training.targets import class_count, target_spec
from graph_engine.values import TensorSpec

Array = npt.NDArray[Any]
Kind = Literal["binary", "classes", "labels", "numbers"]

_ON_OR_OFF: Final = (
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "Dice",
    "Tversky",
    "Hinge",
    "SquaredHinge",
)
_ONE_OF: Final = (
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "KLDivergence",
    "Crossentropy",
)
_MARGINS: Final = ("Hinge", "SquaredHinge", "CategoricalHinge")
assert {*_ON_OR_OFF, *_ONE_OF} <= set(LOSSES), "losses are called by their names"


def kind_of(head: Head, output: TensorSpec, target: Array) -> Kind:
    """``target`` as the loss takes it, its rows along the first axis."""
    if _is_ids(head, output, target):
        return "classes"
    single = output.rank == 1 or output.shape[-1] == 1
    loss = type(head.loss).__name__ if head.loss else ""
    metrics = {type(metric).__name__ for metric in head.metrics.values()}
    on_or_off = loss in _ON_OR_OFF or (single and loss == "Crossentropy")
    if on_or_off or (not loss and metrics & {"BinaryAccuracy", "Accuracy"} and single):
        values = {-1, 0, 1} if loss in _MARGINS else {0, 1}
        if not set(np.unique(target[: 10**6]).tolist()) <= values:
            return "numbers"  # grey values of a picture, say
        return "binary" if single else "labels"
    one_of = loss in _ONE_OF or (not loss and "CategoricalAccuracy" in metrics)
    return "classes" if one_of and not single and _is_one_hot(target) else "numbers"


def probabilities(head: Head, kind: Kind, outputs: Array) -> Array:
    """Outputs as shares of certainty, classes along the last axis; a binary head's one number becomes two.

    Margins are squeezed in the same way as logits: their order is right, their size is no probability.
    """
    axis = getattr(head.loss, "axis", -1)
    scores = np.moveaxis(outputs, axis, -1) if kind == "classes" else outputs
    scores = scores.astype(np.float64)
    squeeze = getattr(head.loss, "from_logits", False) or type(head.loss).__name__ in _MARGINS
    if kind in ("binary", "labels"):
        scores = _sigmoid(scores) if squeeze else np.clip(scores, 0.0, 1.0)
        if kind == "binary":
            one = scores[..., 0] if scores.ndim > 1 else scores
            return np.stack([1.0 - one, one], axis=-1)
        return scores
    if squeeze:
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = scores / np.maximum(scores.sum(axis=-1, keepdims=True), 1e-300)
    return shares


def is_calibrated(head: Head) -> bool:
    """Whether its scores claim to be probabilities."""
    return type(head.loss).__name__ not in _MARGINS


def _is_ids(head: Head, output: TensorSpec, target: Array) -> bool:
    spec = target_spec(head, output, target.shape)
    return class_count(head, output) is not None and spec.rank < output.rank


def _is_one_hot(target: Array) -> bool:
    return bool(np.all(target.max(axis=-1) == 1) and np.all(np.abs(target).sum(axis=-1) == 1))


def _sigmoid(values: Array) -> Array:
    found: Array = 0.5 * (1.0 + np.tanh(0.5 * values))  # cannot overflow
    return found

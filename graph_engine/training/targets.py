"""What a head's target must look like, and targets made ready: checked, converted, missing ones marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import DataError, Dataset, fitted
from graph_engine.training.heads import Head
from graph_engine.training.losses.base import class_ids
from graph_engine.values import LayerloomError, TensorSpec

Array = npt.NDArray[Any]


def target_spec(head: Head, output: TensorSpec) -> TensorSpec:
    """The spec the head's loss and metrics agree on. Raises LayerloomError where they do not."""
    if head.loss is not None:
        expected, owner = head.loss.target(output), f"loss {type(head.loss).__name__}"
    else:
        expected, owner = _metrics_target(head, output)
    for metric in head.metrics.values():
        wanted = metric.target(output)
        if wanted is not None and wanted.shape != expected.shape:
            raise LayerloomError(
                f"output {head.name!r}: metric {type(metric).__name__} needs {_words(wanted, output)} as target, "
                f"but {owner} takes {_words(expected, output)}"
            )
    return expected


@dataclass(frozen=True, slots=True)
class Target:
    """One head's targets for every row. ``present`` and ``weight`` are None where they are 1 throughout."""

    values: Array
    present: Array | None = None
    weight: Array | None = None


def targets_of(
    dataset: Dataset, heads: Sequence[Head], outputs: Mapping[str, TensorSpec]
) -> dict[str, Target]:
    """Targets by Output name, checked against the specs of the outputs before anything runs."""
    _require_names(dataset, heads)
    return {head.name: _target(dataset, head, outputs[head.name]) for head in heads if head.active}


def _target(dataset: Dataset, head: Head, output: TensorSpec) -> Target:
    spec = target_spec(head, output)
    raw = dataset.targets[head.name]
    present = _present(raw, spec)
    what = f"the target of output {head.name!r}"
    filled = raw if present is None else np.where(_spread(present, raw), raw, 0)
    values = fitted(filled, spec, what)
    if spec.shape == class_ids(output).shape and spec.dtype == "int32":
        _require_classes(values, output, what)
    return Target(values, present, _weights(dataset, head))


def _present(raw: Array, spec: TensorSpec) -> Array | None:
    """Rows whose target is there: not NaN, and not -1 where class ids are expected."""
    if raw.dtype.kind == "f":
        gone = np.isnan(raw)
    elif raw.dtype.kind == "i" and spec.dtype == "int32":
        gone = raw == -1
    else:
        return None
    if not gone.any():
        return None
    present: Array = np.logical_not(gone.reshape(len(raw), -1).any(axis=1))
    return present


def _weights(dataset: Dataset, head: Head) -> Array | None:
    weights = dataset.weights.get(head.name)
    if weights is None:
        return None
    if weights.ndim == 2 and weights.shape[1] == 1:
        weights = weights[:, 0]
    if weights.ndim != 1 or weights.dtype.kind not in "biuf":
        raise DataError(
            f"sample weights of output {head.name!r}: expected one number per row, got {weights.shape}"
        )
    return weights


def _require_names(dataset: Dataset, heads: Sequence[Head]) -> None:
    needed = [head.name for head in heads if head.active]
    known = [head.name for head in heads]
    missing = [name for name in needed if name not in dataset.targets]
    if missing:
        given = ", ".join(map(repr, dataset.targets)) or "none"
        raise DataError(f"output {missing[0]!r} has a loss or metrics but no target; targets given: {given}")
    unknown = [name for name in (*dataset.targets, *dataset.weights) if name not in known]
    if unknown:
        raise DataError(f"there is no output {unknown[0]!r}; the outputs are {', '.join(map(repr, known))}")


def _require_classes(values: Array, output: TensorSpec, what: str) -> None:
    classes = output.shape[-1]
    if values.size and classes is not None and (values.min() < 0 or values.max() >= classes):
        worst = int(values.max() if values.max() >= classes else values.min())
        raise DataError(
            f"{what} holds class {worst}, but the output has {classes} classes: 0 to {classes - 1}"
        )


def _metrics_target(head: Head, output: TensorSpec) -> tuple[TensorSpec, str]:
    for metric in head.metrics.values():
        wanted = metric.target(output)
        if wanted is not None:
            return wanted, f"metric {type(metric).__name__}"
    several = output.rank > 1 and output.shape[-1] != 1
    return (class_ids(output) if several else output), "metric Accuracy"


def _words(target: TensorSpec, output: TensorSpec) -> str:
    return "class ids" if target.rank < output.rank else f"{target} per row"


def _spread(rows: Array, like: Array) -> Array:
    return rows.reshape(len(rows), *(1,) * (like.ndim - 1))

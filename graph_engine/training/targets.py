"""What a head's target must look like, and targets made ready: checked, converted, missing ones marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.data import Column, DataError, Dataset, Draw, closest, fitted
from graph_engine.data.columns import Making
from graph_engine.training.heads import Head
from graph_engine.training.losses import Loss
from graph_engine.training.losses.classification import fitting_target
from graph_engine.training.metrics import Metric
from graph_engine.values import LayerloomError, Shape, TensorSpec, shape_text

Array = npt.NDArray[Any]


def target_spec(head: Head, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
    """The spec the head's loss and metrics agree on, for a target of the shape ``given``.

    Raises LayerloomError where they do not agree.
    """
    if head.loss is not None:
        expected, owner = head.loss.target(output, given), f"loss {type(head.loss).__name__}"
    else:
        expected, owner = _metrics_target(head, output, given)
    for metric in head.metrics.values():
        wanted = metric.target(output)
        if wanted is not None and wanted.shape != expected.shape:
            raise LayerloomError(
                f"output {head.name!r}: metric {type(metric).__name__} needs {_words(wanted, output)} as target, "
                f"but {owner} takes {_words(expected, output)}"
            )
    return expected


def class_count(head: Head, output: TensorSpec) -> int | None:
    """How many classes the head's targets may name; None where they are no class ids."""
    owners: list[Loss | Metric] = [*([head.loss] if head.loss else []), *head.metrics.values()]
    return next((count for owner in owners if (count := owner.classes(output)) is not None), None)


@dataclass(frozen=True, slots=True)
class Target:
    """One head's targets for every row. ``present`` (1 where there is one) and ``weight`` may be 1 throughout: None.

    Both are per row, or per entry: a step of a sequence, a pixel.
    """

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
    raw = dataset.targets[head.name]
    spec = target_spec(head, output, raw.shape)
    what = f"the target of output {head.name!r}"
    ids = spec.dtype == "int32" and spec.rank < output.rank
    classes = class_count(head, output) if ids else None
    ignored = head.loss.ignored() if head.loss else None
    if isinstance(raw, Column):
        values = fitted(raw.then(_checked(classes, ignored, what)), spec, what)
        return Target(values, None, _weights(dataset, head, _entries(values, ids)))
    gone = _missing(raw, markers=classes is not None and ignored != -1)
    values = fitted(raw if gone is None else np.where(gone, 0, raw), spec, what)
    if classes is not None:
        _require_classes(values, classes, ignored, what)
    present = None if gone is None else _present(gone.reshape(values.shape), ids)
    return Target(values, present, _weights(dataset, head, _entries(values, ids)))


def _checked(classes: int | None, ignored: int | None, what: str) -> Making:
    """Targets that are made batch by batch are looked at then: none may be missing."""

    def check(rows: Array, _numbers: Array, _draw: Draw | None) -> Array:
        if classes is not None:
            _require_classes(rows, classes, ignored, what)
        return rows

    return check


def _entries(values: Array, ids: bool) -> tuple[int, ...]:
    """The shape of what counts by itself."""
    return values.shape if ids else values.shape[:-1] or values.shape


def _missing(raw: Array, *, markers: bool) -> Array | None:
    """Where a target is missing: NaN, or -1 where class ids are expected."""
    gone: Array
    if raw.dtype.kind == "f":
        gone = np.isnan(raw)
    elif raw.dtype.kind == "i" and markers:
        gone = raw == -1
    else:
        return None
    return gone if gone.any() else None


def _present(gone: Array, ids: bool) -> Array:
    """Entries whose target is there, all of its numbers."""
    missing = gone if ids or gone.ndim == 1 else gone.any(axis=-1)
    return np.logical_not(missing)


def _weights(dataset: Dataset, head: Head, entries: tuple[int, ...]) -> Array | None:
    weights = dataset.weights.get(head.name)
    if weights is None:
        return None
    if weights.ndim > 1 and weights.ndim > len(entries) and weights.shape[-1] == 1:
        weights = weights[..., 0]
    what = f"sample weights of output {head.name!r}"
    if weights.dtype.kind not in "biuf":
        raise DataError(f"{what} are numbers, got {weights.dtype}")
    if weights.shape != entries[: weights.ndim]:
        per_entry = f", or {shape_text(entries[1:])} per row" if len(entries) > 1 else ""
        given = shape_text(weights.shape[1:]) if weights.ndim > 1 else "one number"
        raise DataError(f"{what}: expected one number per row{per_entry}, got {given} per row")
    if not np.isfinite(weights).all():
        raise DataError(f"{what}: every weight is a finite number, but {_bad(weights)} is among them")
    return weights


def _bad(weights: Array) -> str:
    return str(weights[~np.isfinite(weights)].ravel()[0])


def _require_names(dataset: Dataset, heads: Sequence[Head]) -> None:
    needed = [head.name for head in heads if head.active]
    known = [head.name for head in heads]
    for what, given in (("", dataset.targets), ("sample weights: ", dataset.weights)):
        unknown = [name for name in given if name not in known]
        if unknown:
            hint = closest(unknown[0], known)
            names = ", ".join(map(repr, known))
            raise DataError(f"{what}there is no output {unknown[0]!r}; the outputs are {names}{hint}")
    missing = [name for name in needed if name not in dataset.targets]
    if missing:
        given_names = ", ".join(map(repr, dataset.targets)) or "none"
        raise DataError(
            f"output {missing[0]!r} has a loss or metrics but no target; targets given: {given_names}"
        )


def _require_classes(values: Array, classes: int, ignored: int | None, what: str) -> None:
    wrong = (values < 0) | (values >= classes)
    if ignored is not None:
        wrong &= values != ignored
    if wrong.any():
        worst = int(values[wrong].max())
        raise DataError(
            f"{what} holds class {worst}, but the output has {classes} classes: 0 to {classes - 1}"
        )


def _metrics_target(head: Head, output: TensorSpec, given: Shape | None) -> tuple[TensorSpec, str]:
    for metric in head.metrics.values():
        wanted = metric.target(output, given)
        if wanted is not None:
            return wanted, f"metric {type(metric).__name__}"
    return fitting_target(output, given), "metric Accuracy"


def _words(target: TensorSpec, output: TensorSpec) -> str:
    return "class ids" if target.rank < output.rank else f"{target} per row"

"""``fit``'s arguments as people pass them -> datasets with every array named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graph_engine.data import Dataset, named_arrays
from graph_engine.kernels.program import Array
from graph_engine.values import LayerloomError

if TYPE_CHECKING:
    from graph_engine.model.model import Model


def datasets(
    model: Model, x: Any, y: Any, sample_weight: Any, validation_split: float, validation_data: Any
) -> tuple[Dataset, Dataset | None]:
    """Training and validation data. The split takes the last rows, before any shuffling, as Keras does."""
    whole = dataset(model, x, y, sample_weight)
    if validation_data is not None:
        return whole, _validation(model, validation_data)
    if not validation_split:
        return whole, None
    if not 0 < validation_split < 1:
        raise LayerloomError(
            f"validation_split is a part of the rows between 0 and 1, got {validation_split}"
        )
    cut = int(len(whole) * (1 - validation_split))
    if cut in (0, len(whole)):
        raise LayerloomError(
            f"validation_split={validation_split} of {len(whole)} rows leaves one side empty"
        )
    return whole.take(slice(0, cut)), whole.take(slice(cut, None))


def dataset(model: Model, x: Any, y: Any, sample_weight: Any = None) -> Dataset:
    if isinstance(x, Dataset):
        return x
    inputs = named_arrays(x, model.input_names, "input")
    targets = _targets(model, y)
    return Dataset(inputs, targets, _weights(sample_weight, list(targets)))


def _targets(model: Model, y: Any) -> dict[str, Array]:
    """Outputs without loss and metrics need no target; a mapping, or a list with None, leaves them out."""
    trained = model.document.training.objectives
    active = [
        name
        for name, node in zip(model.output_names, model.document.main.outputs, strict=True)
        if node in trained and (trained[node].loss is not None or trained[node].metrics)
    ]
    if y is None:
        return {}
    if isinstance(y, (list, tuple)) and len(y) == len(model.output_names) > 1:
        return {
            name: np.asarray(value)
            for name, value in zip(model.output_names, y, strict=True)
            if value is not None
        }
    if isinstance(y, Mapping):
        return named_arrays(
            {name: value for name, value in y.items() if value is not None}, list(y), "target"
        )
    return named_arrays(y, active or model.output_names, "target")


def _weights(given: Any, targets: Sequence[str]) -> dict[str, Array]:
    """Sample weights: one array for all outputs, or a list or mapping with one for some of them."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {name: np.asarray(value) for name, value in given.items() if value is not None}
    if isinstance(given, (list, tuple)) and len(targets) > 1:
        if len(given) != len(targets):
            names = ", ".join(targets)
            raise LayerloomError(f"sample_weight: expected {len(targets)} arrays ({names}), got {len(given)}")
        return {
            name: np.asarray(value) for name, value in zip(targets, given, strict=True) if value is not None
        }
    return {name: np.asarray(given) for name in targets}


def _validation(model: Model, given: Any) -> Dataset:
    if isinstance(given, Dataset):
        return given
    if not isinstance(given, (list, tuple)) or len(given) not in (2, 3):
        raise LayerloomError("validation_data is (inputs, targets) or (inputs, targets, sample weights)")
    return dataset(model, *given)

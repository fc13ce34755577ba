"""``fit``'s arguments as people pass them -> named arrays, checked: by name or by structure, never by guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_engine.data import DataError, Dataset, as_array, named_arrays
from graph_engine.kernels.program import Array
from graph_engine.model.classweights import class_weighted
from graph_engine.model.structure import Mismatch, aligned, is_nested
from graph_engine.model.symbols import Symbol, require_symbols
from graph_engine.values import LayerloomError, TensorSpec


@dataclass(frozen=True, slots=True)
class Binder:
    """Names arrays after a model's inputs and outputs. ``active``: outputs with a loss or metrics."""

    inputs: Any  # the structure inputs were given in
    outputs: Any
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    active: tuple[str, ...]
    specs: Mapping[str, TensorSpec]  # of outputs, by name

    def named_inputs(self, x: Any) -> dict[str, Array]:
        if is_nested(self.inputs):
            try:
                found = aligned(self.inputs, x)
            except Mismatch:
                return named_arrays(x, self.input_names, "input")
            _require_arrays(found, self.input_names, "input")
            return {name: as_array(value, name) for name, value in zip(self.input_names, found, strict=True)}
        return named_arrays(x, self.input_names, "input")

    def named_targets(self, y: Any) -> dict[str, Array]:
        """Outputs without loss and metrics need no target: None, or nothing, in their place."""
        if y is None:
            return {}
        return self._by_output(y, "target")

    def named_weights(self, given: Any, targets: Sequence[str]) -> dict[str, Array]:
        """Sample weights: one array for all outputs, or a structure with one for some of them."""
        if given is None:
            return {}
        if not is_nested(given) or (isinstance(given, (list, tuple)) and not _holds_arrays(given)):
            return {name: as_array(given, name) for name in targets}
        return self._by_output(given, "sample weight")

    @staticmethod
    def symbols(structure: Any, names: Sequence[str], given: Any, model: str) -> tuple[Symbol, ...]:
        """The symbols for a model's inputs: nested as they were declared, by name, or in order."""
        try:
            found = aligned(structure, given)
        except Mismatch:
            if isinstance(given, Mapping) and set(given) == set(names):
                found = [given[name] for name in names]
            else:
                found = list(given) if isinstance(given, (list, tuple)) else [given]
        if len(found) != len(names):
            raise LayerloomError(f"{model} takes {len(names)} inputs ({', '.join(names)}), got {len(found)}")
        return require_symbols(tuple(found), model)

    def dataset(self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None) -> Dataset:
        if isinstance(x, Dataset):
            if y is not None or sample_weight is not None:
                raise LayerloomError(
                    "a Dataset holds its targets and weights: pass no y or sample_weight with it"
                )
            found = x
        else:
            targets = self.named_targets(y)
            found = Dataset(self.named_inputs(x), targets, self.named_weights(sample_weight, list(targets)))
        if class_weight is None:
            return found
        return class_weighted(found, class_weight, self.active, self.specs)

    def _by_output(self, given: Any, what: str) -> dict[str, Array]:
        names = self.output_names
        if is_nested(self.outputs) and is_nested(given):
            try:
                return _there(names, aligned(self.outputs, given, partial=True))
            except Mismatch:
                pass
        if isinstance(given, Mapping):
            return _there(tuple(given), list(given.values()))
        several = isinstance(given, (list, tuple)) and (len(names) > 1 or _holds_arrays(given))
        items = list(given) if several else [given]
        if len(items) == len(names):
            return _there(names, items)
        if len(items) == len(self.active):
            return _there(self.active, items)
        asked = ", ".join(map(repr, names))
        raise DataError(f"expected {what}s for the outputs {asked}, but {_arrays(len(items))} given")


def _there(names: Sequence[str], values: Sequence[Any]) -> dict[str, Array]:
    return {
        name: as_array(value, name) for name, value in zip(names, values, strict=True) if value is not None
    }


def _require_arrays(found: Sequence[Any], names: Sequence[str], what: str) -> None:
    for name, value in zip(names, found, strict=True):
        if value is None:
            raise DataError(f"{what} {name!r} is None: every input needs an array")


def _holds_arrays(value: Sequence[Any]) -> bool:
    return bool(value) and all(item is None or hasattr(item, "__array__") for item in value)


def _arrays(count: int) -> str:
    return "1 array was" if count == 1 else f"{count} arrays were"

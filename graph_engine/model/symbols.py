"""Symbolic tensors: what ``Input`` returns and layers are called on. They remember how they were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graph_engine.layers.base import LAYERS, Layer as LayerClass
from graph_engine.model.operators import Operators
from graph_engine.values import DType, LayerloomError, Shape, ShapeError, TensorSpec


class Callable(Protocol):
    """What a call may call: a layer or a model."""

    @property
    def name(self) -> str | None: ...


@dataclass(frozen=True, eq=False, slots=True)
class Recorded:
    """One call: a node to be. ``target`` is a Layer instance or a Model; ``training`` as in the document's Node.

    ``specs``: those of the outputs.
    """

    target: Any
    inputs: tuple[Symbol | None, ...]
    training: bool | None = None
    specs: tuple[TensorSpec, ...] = ()

    @property
    def sources(self) -> tuple[Symbol, ...]:
        """The inputs that are there: optional ports may have none."""
        return tuple(symbol for symbol in self.inputs if symbol is not None)

    @property
    def result(self) -> Any:
        """The symbols of the outputs: one, or a tuple of several."""
        symbols = tuple(Symbol(self, index, spec) for index, spec in enumerate(self.specs))
        return symbols[0] if len(symbols) == 1 else symbols


@dataclass(frozen=True, eq=False, slots=True)
class Symbol(Operators):
    """The ``index``-th output of a recorded call, with its inferred spec (batch axis first)."""

    call: Recorded
    index: int
    spec: TensorSpec = field(default_factory=lambda: TensorSpec(()))

    @property
    def shape(self) -> Shape:
        return self.spec.shape

    @property
    def dtype(self) -> DType:
        return self.spec.dtype

    def record_call(self, layer: LayerClass, inputs: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Called by ``Layer.__call__``. Raises ShapeError where the layer cannot take these inputs."""
        named = dict(named)
        training = named.pop("training", None)
        symbols = _by_port(layer, require_symbols(inputs, type(layer).__name__), named)
        try:
            result = layer.infer(*(None if symbol is None else symbol.spec for symbol in symbols))  # type: ignore[arg-type]  # None where it may be
        except ShapeError as error:
            present = tuple(symbol for symbol in symbols if symbol is not None)
            raise ShapeError(
                f"{_sources(present)} cannot enter {_title(layer)}: {error}", error.hint
            ) from None
        return record(layer, symbols, result if isinstance(result, tuple) else (result,), training)

    def __bool__(self) -> bool:
        raise LayerloomError("a symbolic tensor has no value: it stands for data that a model will be fed")

    def __iter__(self) -> Iterator[Any]:
        raise LayerloomError("a symbolic tensor cannot be looped over")


def Input(  # noqa: N802  (Keras' name)
    shape: Any, name: str | None = None, dtype: DType = "float32", *, batch_size: int | None = None
) -> Symbol:
    """A model's input. ``shape`` is one sample's, without the batch axis; None where a size is left open.

    ``batch_size``: how many samples every batch has, which layers must know that keep states between batches.
    """
    layer = LAYERS["Input"](shape=shape, dtype=dtype, batch_size=batch_size, name=name)
    spec = layer.infer()
    assert isinstance(spec, TensorSpec)
    symbol = record(layer, (), (spec,))
    assert isinstance(symbol, Symbol)
    return symbol


def record(
    target: Any,
    inputs: tuple[Symbol | None, ...],
    specs: tuple[TensorSpec, ...],
    training: bool | None = None,
) -> Any:
    """The symbols of a call's outputs: one, or a tuple of several."""
    if training is not None and not isinstance(training, bool):
        raise LayerloomError(f"training: expected True, False or None, got {training!r}")
    call = Recorded(target, inputs, training, specs)
    _remember(call)
    return call.result


def _remember(call: Recorded) -> None:
    """A layer's first call gives its ``input`` and ``output``, as in Keras: where models may be cut."""
    if isinstance(call.target, LayerClass) and "output" not in vars(call.target):
        entering = call.sources
        object.__setattr__(call.target, "input", entering[0] if len(entering) == 1 else entering)
        object.__setattr__(call.target, "output", call.result)


def require_symbols(values: tuple[Any, ...], owner: str) -> tuple[Symbol, ...]:
    for value in values:
        if not isinstance(value, Symbol):
            raise LayerloomError(
                f"{owner} was called on {type(value).__name__}, not on the result of another layer"
            )
    return values


def _by_port(
    layer: LayerClass, given: tuple[Symbol, ...], named: Mapping[str, Any]
) -> tuple[Symbol | None, ...]:
    """What enters at each port, None where nothing does."""
    ports = layer.input_ports()
    if ports.is_list:
        if len(given) < ports.minimum or named:
            raise ShapeError(
                f"{_title(layer)} merges a list of at least {ports.minimum} tensors, got {len(given)}"
            )
        return given
    found: dict[str, Any] = dict(zip(ports.all, given, strict=False))
    for name, value in named.items():
        several = isinstance(value, (list, tuple)) or (name not in ports.all and f"{name}_0" in ports.all)
        items = value if isinstance(value, (list, tuple)) else (value,)
        found |= {f"{name}_{index}": item for index, item in enumerate(items)} if several else {name: value}
    wrong = [name for name in found if name not in ports.all]
    missing = [name for name in ports.names if found.get(name) is None]
    if len(given) > len(ports.all) or wrong or missing:
        told = f", and if wanted {', '.join(ports.optional)}" if ports.optional else ""
        raise ShapeError(
            f"{_title(layer)} takes {len(ports.names)} input ({', '.join(ports.names)}){told}; "
            f"got {len(given)}{''.join(f' and {name}' for name in named)}"
        )
    require_symbols(tuple(value for value in found.values() if value is not None), type(layer).__name__)
    return tuple(found.get(name) for name in ports.all)


def _sources(symbols: tuple[Symbol, ...]) -> str:
    return " and ".join(f"{_title(symbol.call.target)} ({symbol.spec})" for symbol in symbols)


def _title(target: Any) -> str:
    return target.name or type(target).__name__

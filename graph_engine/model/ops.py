"""Keras' functions of tensors on symbols, by their names in ``keras.ops``: ``ops.mean(x, axis=1)``.

Each records a call of the layer of its name (``MeanOp``). Numbers and small arrays among the arguments become
the layer's parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from graph_engine.layers.base import LAYERS
from graph_engine.layers.operations.base import Operation
from graph_engine.model.symbols import Symbol
from graph_engine.values import LayerloomError

_ALIASES: Final = {"abs": "absolute", "swish": "silu", "hardswish": "hardsilu", "get": "getitem"}


def __getattr__(name: str) -> Callable[..., Any]:
    wanted = name.replace("_", "")
    wanted = f"{_ALIASES.get(wanted, wanted)}op"
    kind = next((cls for found, cls in LAYERS.items() if found.lower() == wanted), None)
    if name.startswith("_") or kind is None or not issubclass(kind, Operation):
        raise AttributeError(f"there is no operation {name!r} on symbols")
    return lambda *given, **named: apply(kind, *given, **named)


def apply(kind: type[Operation], *given: Any, name: str | None = None, **named: Any) -> Any:
    """The symbol (or symbols) of a call; arguments as Keras' function takes them."""
    params, wires = kind.bind(given, named, lambda value: isinstance(value, Symbol))
    symbols = [wire for wire in wires.values() if isinstance(wire, Symbol)]
    if len(symbols) < len(wires) or not symbols:
        raise LayerloomError(f"{kind.keras.name} takes symbols: at least one, and nothing else in a list")
    specs = {port: wire.spec for port, wire in wires.items()}
    layer = kind(**kind.completed(params, specs), name=name)
    in_order, by_port = (tuple(symbols), {}) if kind.ports.is_list else ((), wires)
    return symbols[0].record_call(layer, in_order, by_port)

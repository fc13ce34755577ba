"""What enters at the ports of a layer -> the arguments Keras calls it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from graph_engine.layers.base import Layer
from graph_engine.layers.operations.base import Operation
from graph_engine.layers.recurrent.cell import Cell
from graph_engine.params import JSON, Index, index_items

_NUMBERED: Final = re.compile(r"(.+)_(\d+)")
_MERGES: Final = "merge"
_MASK: Final = "_mask"


class Tensor(dict[str, Any]):
    """A serialized tensor, told apart from other mappings."""


def arguments_of(layer: Layer, tensors: Mapping[str, Tensor]) -> tuple[list[JSON], dict[str, JSON]]:
    """Positional and named arguments. ``tensors`` by port, in the order of the ports."""
    if isinstance(layer, Operation):
        return _of_operation(layer, tensors)
    ports = layer.input_ports()
    if ports.is_list:
        return [list(tensors.values())], {}
    required = [tensors[name] for name in ports.names]
    if isinstance(layer, Cell):
        states = required[1:]
        return [required[0], states[0] if len(states) == 1 else list(states)], {}
    listed = type(layer).keras.listed or layer.family == _MERGES
    if listed and ports.optional:
        required += [tensors[name] for name in ports.optional if name in tensors and not name.endswith(_MASK)]
    args: list[JSON] = [required] if listed else list(required)
    return args, {**_settings(layer), **_named(layer, tensors, listed)}


def _settings(layer: Layer) -> dict[str, JSON]:
    """Arguments of the call that are no tensors, where they are not what Keras takes anyway."""
    plain = type(layer)()
    found = {name: getattr(layer, name) for name in type(layer).keras.called}
    return {name: value for name, value in found.items() if value != getattr(plain, name)}


def _named(layer: Layer, tensors: Mapping[str, Tensor], listed: bool) -> dict[str, JSON]:
    """Tensors at optional ports: ``NAME_0``, ``NAME_1`` are one list; masks of listed inputs are one as well."""
    optional = layer.input_ports().optional
    masks = [name for name in optional if name.endswith(_MASK)] if listed else []
    named: dict[str, JSON] = {}
    if any(name in tensors for name in masks):
        named["mask"] = [tensors.get(name) for name in masks]
    for name in optional:
        if name not in tensors or listed:
            continue
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None:
            named[name] = tensors[name]
        else:
            named.setdefault(numbered[1], []).append(tensors[name])
    return named


def _of_operation(layer: Operation, tensors: Mapping[str, Tensor]) -> tuple[list[JSON], dict[str, JSON]]:
    if layer.ports.is_list:
        listed = list(tensors.values())
        return (listed if "operands" in layer.operands else [listed]), {}
    args: list[JSON] = []
    for name in called(layer):
        args.append(tensors[name] if name in tensors else _constant(layer, name))
    while args and args[-1] is None:
        args.pop()
    return args, {}


def called(layer: Layer) -> tuple[str, ...]:
    """What Keras takes when it calls the layer, rather than when it makes it, in the order of an operation's call."""
    if isinstance(layer, Operation):
        return layer.called_with()
    return type(layer).keras.called


def _constant(layer: Any, name: str) -> JSON:
    param = layer.params().get(name)
    if param is None:
        return None
    if isinstance(param, Index):
        items = [_item(item) for item in index_items(getattr(layer, name))]
        return items[0] if len(items) == 1 else items
    encoded = param.encode(getattr(layer, name))
    if isinstance(encoded, Mapping):
        return {"class_name": "__numpy__", "config": dict(encoded)}
    return encoded


def _item(item: Any) -> JSON:
    if item is ...:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(item, slice):
        ends = {"start": item.start, "stop": item.stop, "step": item.step}
        return {"class_name": "__slice__", "config": ends}
    return item

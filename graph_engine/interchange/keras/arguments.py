"""What enters at the ports of a layer -> the arguments Keras calls it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from graph_engine.layers.base import Layer
from graph_engine.params import JSON, Index, index_items

_NUMBERED: Final = re.compile(r"(.+)_(\d+)")
_MERGES: Final = "merge"


class Tensor(dict[str, Any]):
    """A serialized tensor, told apart from other mappings."""


def arguments_of(layer: Layer, tensors: Mapping[str, Tensor]) -> tuple[list[JSON], dict[str, JSON]]:
    """Positional and named arguments. ``tensors`` by port, in the order of the ports."""
    if hasattr(layer, "signature"):
        return _of_operation(layer, tensors)
    ports = layer.input_ports()
    if ports.is_list:
        return [list(tensors.values())], {}
    required = [tensors[name] for name in ports.names]
    args: list[JSON] = [required] if layer.family == _MERGES else list(required)
    named: dict[str, JSON] = {}
    for name in ports.optional:
        if name not in tensors:
            continue
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None:
            named[name] = tensors[name]
        else:
            named.setdefault(numbered[1], []).append(tensors[name])
    return args, named


def _of_operation(layer: Any, tensors: Mapping[str, Tensor]) -> tuple[list[JSON], dict[str, JSON]]:
    if layer.ports.is_list:
        listed = list(tensors.values())
        return (listed if "operands" in layer.signature() else [listed]), {}
    args: list[JSON] = []
    for name in layer.signature():
        if name in tensors:
            args.append(tensors[name])
        elif name in called(layer):
            args.append(_constant(layer, name))
    while args and args[-1] is None:
        args.pop()
    return args, {}


def called(layer: Any) -> tuple[str, ...]:
    """Parameters that Keras' operation takes when it is called, rather than when it is made."""
    indices = (name for name, param in layer.params().items() if isinstance(param, Index))
    return (*layer.operands, *indices)


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

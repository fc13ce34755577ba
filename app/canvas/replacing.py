"""Another layer in the place of one: which ones could stand there, and the command that puts them there.

Wires stay, parameters that both have stay, and a layer that nobody shares stays the same layer to the project: the
weights whose names and shapes the new one has are still its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.canvas.fitting import accepts
from app.canvas.stage import Stage
from graph_engine.document import INPUT, MODEL, OUTPUT, Command, Replace
from graph_engine.layers.base import LAYERS, Layer
from graph_engine.params import ParamError
from graph_engine.values import ShapeError, TensorSpec


def replacements(stage: Stage, node: str) -> Mapping[str, str]:
    """Types that take as many wires as the node has, with the shape each would give; empty while unknown.

    Types that refuse the shapes come without: a person may want to mend the shapes afterwards.
    """
    count = len(_fed(stage, node))
    own = stage.layer(node).type
    return {
        name: _shape(stage, node, kind)
        for name, kind in LAYERS.items()
        if kind.in_library and name not in (INPUT, OUTPUT, own) and _has_room(kind, count)
    }


def replacing(stage: Stage, node: str, kind: str) -> Command:
    fed = _fed(stage, node)
    if stage.layer(node).type == MODEL:
        return Replace(stage.graph.id, node, kind)  # matched in order by the command itself
    inputs = dict(zip(fed, _ports(LAYERS[kind], len(fed)), strict=False))
    outputs = dict(zip(_left(stage, node), LAYERS[kind].outputs, strict=False))
    return Replace(stage.graph.id, node, kind, _kept(stage, node, LAYERS[kind]), inputs, outputs)


def _fed(stage: Stage, node: str) -> list[str]:
    """The input ports that hold a wire, in order."""
    return [port.name for port in stage.scene.nodes[node].card.inputs if port.connected]


def _left(stage: Stage, node: str) -> list[str]:
    return [port.name for port in stage.scene.nodes[node].card.outputs]


def _ports(kind: type[Layer], count: int) -> tuple[str, ...]:
    return tuple(str(index) for index in range(count)) if kind.ports.is_list else tuple(kind.ports.names)


def _has_room(kind: type[Layer], count: int) -> bool:
    return kind.ports.is_list or 0 < len(kind.ports.names) >= count


def _is_full(kind: type[Layer], count: int) -> bool:
    return count >= kind.ports.minimum if kind.ports.is_list else len(kind.ports.names) == count


def _kept(stage: Stage, node: str, kind: type[Layer]) -> dict[str, Any]:
    """The parameters that both types have, where the new one takes the values."""
    config: dict[str, Any] = {}
    for name, value in stage.layer(node).config.items():
        if name in kind.params():
            try:
                kind.params()[name].check(value)
            except ParamError:
                continue
            config[name] = value
    return config


def _shape(stage: Stage, node: str, kind: type[Layer]) -> str:
    specs = _arriving(stage, node)
    if specs is None or not _is_full(kind, len(specs)):
        return ""
    try:
        layer = kind.from_config(_kept(stage, node, kind))
        if not accepts(layer, specs):
            return ""
        made = layer.infer_first(*specs)
    except (ParamError, ShapeError):
        return ""
    return str(made[0] if isinstance(made, tuple) else made)


def _arriving(stage: Stage, node: str) -> tuple[TensorSpec, ...] | None:
    specs = [port.spec for port in stage.node_info(node).inputs if port.connected]
    known = tuple(spec for spec in specs if spec is not None)
    return known if known and len(known) == len(specs) else None

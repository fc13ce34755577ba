"""The order in which Keras lists the layers of a model, on which the names in a weights file depend.

As ``keras.src.ops.function.map_graph`` says it: deepest first, the depth of a layer being the longest way from any
of its calls to an output; layers of one depth as they are met on the way from the outputs to the inputs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

H = TypeVar("H", bound=Hashable)


def flattened(structure: Any) -> Iterator[Any]:
    """The leaves of nested lists and mappings as Keras counts them: a mapping's by name, not as they were written."""
    if isinstance(structure, Mapping):
        structure = [structure[name] for name in sorted(structure)]
    if isinstance(structure, list):
        for part in structure:
            yield from flattened(part)
    else:
        yield structure


@dataclass(frozen=True, slots=True)
class Step:
    """A call: the layer, and the calls whose results enter, in the order of the arguments."""

    layer: str
    sources: tuple[Hashable, ...]


def keras_order(calls: Mapping[H, Step], outputs: Sequence[H], inputs: Sequence[H]) -> list[str]:
    """Layers by name. ``inputs`` that lead to no output stand last, but first among those of their depth."""
    met: dict[str, int] = {}
    finished = list(_finished(calls, outputs, met))
    depth_of_call: dict[Hashable, int] = {}
    depth_of_layer: dict[str, int] = {}
    for call in reversed(finished):
        layer = calls[call].layer
        depth = max(depth_of_call.get(call, 0), depth_of_layer.get(layer, 0))
        depth_of_call[call] = depth_of_layer[layer] = depth
        for source in calls[call].sources:
            depth_of_call[source] = max(depth + 1, depth_of_call.get(source, 0))
    for call in inputs:
        layer = calls[call].layer
        if layer not in depth_of_layer:
            depth_of_layer[layer] = 0
            met[layer] = -1
    return sorted(depth_of_layer, key=lambda layer: (-depth_of_layer[layer], met[layer]))


def _finished(calls: Mapping[H, Step], outputs: Sequence[H], met: dict[str, int]) -> Iterator[H]:
    """Every call after those it needs; ``met``: layers in the order in which they are reached."""
    done: set[Hashable] = set()
    todo: list[tuple[H, bool]] = [(call, False) for call in reversed(outputs)]
    while todo:
        call, ready = todo.pop()
        if ready:
            yield call
        elif call not in done:
            done.add(call)
            met.setdefault(calls[call].layer, len(met))
            todo.append((call, True))
            todo.extend((source, False) for source in reversed(calls[call].sources))  # type: ignore[misc]  # sources are calls, too

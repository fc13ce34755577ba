"""Which records in a file are one object.

Keras marks the second and later records of an object with an id. It marks the first one too, but forgets that mark
where the first lies inside a nested model; that record is then recognised by its class, name and configuration.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from graph_engine.interchange.keras.saved import SavedLayer, SavedModel

_MARK: Final = "shared_object_id"
_OF_THE_PLACE: Final = (_MARK, "inbound_nodes", "build_config", "compile_config")


def shared_objects(saved: SavedModel) -> dict[int, int]:
    """A number for each record (by ``id``) of an object that has several records."""
    records = [layer for layer in _all(saved) if not layer.is_operation and not layer.is_input]
    marked: dict[int, list[SavedLayer]] = defaultdict(list)
    for layer in records:
        if layer.shared is not None:
            marked[layer.shared].append(layer)
    found: dict[int, int] = {}
    for mark, group in marked.items():
        same = [layer for layer in group if (layer.kind, layer.config.get("name")) == _who(group[0])]
        if len(same) == 1:
            same += _unmarked(same[0], records)
        elif (
            same[0].model is not None
        ):  # a model at every step is inside a layer's config, wherever it is called
            first = next(index for index, layer in enumerate(records) if layer is same[0])
            same += _unmarked(same[0], records[:first])
        if len(same) > 1:
            found |= {id(layer): mark for layer in same}
    return found


def _all(saved: SavedModel) -> Iterator[SavedLayer]:
    for layer in saved.layers:
        yield layer
        if layer.model is not None:
            yield from _all(layer.model)


def _who(layer: SavedLayer) -> tuple[str, Any]:
    return layer.kind, layer.config.get("name")


def _unmarked(layer: SavedLayer, records: list[SavedLayer]) -> list[SavedLayer]:
    """The one record that is the same but for its mark; none where several are."""
    wanted = _bare(layer.config)
    found = [
        each
        for each in records
        if each.shared is None and _who(each) == _who(layer) and _bare(each.config) == wanted
    ]
    return found if len(found) == 1 else []


def _bare(value: Any) -> Any:
    """A configuration without what depends on where it was written."""
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if key not in _OF_THE_PLACE}
    return [_bare(item) for item in value] if isinstance(value, list) else value

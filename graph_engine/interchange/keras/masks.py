"""Masks that Keras wrote as operations of their own, recognised, so that they need not be drawn.

Keras records the mask that reaches a call among its arguments, together with the operations that made it. Our
wires carry masks themselves. So every tensor gets a key that says how it was computed, and every mask that our
wires will carry gets the key of the operations that Keras would have written for it: where the keys are equal,
the argument says nothing new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from graph_engine.interchange.keras.calls import is_mask
from graph_engine.interchange.keras.saved import Ref, SavedCall, SavedLayer, flatten
from graph_engine.layers.base import Layer


class Key(NamedTuple):
    """Equal for tensors that are computed in the same way from the same tensors."""

    number: int


_MERGES: Final = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
_LAST: Final = {"axis": -1, "keepdims": False}


@dataclass(slots=True)
class Masks:
    """Told every call of one model, sources first."""

    _keys: dict[Any, Key] = field(default_factory=dict)
    _tensors: dict[Ref, Key] = field(default_factory=dict)
    _masks: dict[Ref, Key | None] = field(default_factory=dict)

    def simplified(
        self, layer: SavedLayer, cls: type[Layer] | None, index: int, call: SavedCall
    ) -> SavedCall:
        """The call without arguments that only repeat what reaches it anyway."""
        first = list(flatten(call.args[0])) if call.args else []
        reaching = [self._masks.get(ref) if isinstance(ref, Ref) else None for ref in first]
        explicit = call.kwargs.get("mask")
        if isinstance(explicit, Ref):
            self._remember(layer, cls, index, call, first, [self._tensor(explicit)])
        else:
            self._remember(layer, cls, index, call, first, reaching)
        kwargs = {
            name: value
            for name, value in call.kwargs.items()
            if not (is_mask(name) and self._repeats(name, value, call, reaching))
        }
        return SavedCall(call.args, kwargs)

    def _repeats(self, name: str, value: Any, call: SavedCall, reaching: list[Key | None]) -> bool:
        if value is None:
            return True
        given = [self._tensor(leaf) if isinstance(leaf, Ref) else None for leaf in flatten(value)]
        if name == "mask":
            return given == reaching[: len(given)] and bool(given)
        owner = name.removesuffix("_mask")  # query_mask of query
        source = call.kwargs.get(owner)
        place = ("query", "value", "key").index(owner) if owner in ("query", "value", "key") else -1
        if not isinstance(source, Ref) and 0 <= place < len(call.args):
            source = call.args[place]
        if source is None and owner == "key" and len(call.args) > 1:
            source = call.args[1]  # the key is the value where none is given
        return isinstance(source, Ref) and given == [self._masks.get(source)]

    def _remember(
        self,
        layer: SavedLayer,
        cls: type[Layer] | None,
        index: int,
        call: SavedCall,
        first: list[Any],
        reaching: list[Key | None],
    ) -> None:
        if layer.is_operation:
            inputs = json.dumps([self._described(value) for value in (call.args, dict(call.kwargs))])
            config = {name: value for name, value in layer.config.items() if name != "name"}
            self._tensors[Ref(layer.name, index, 0)] = self._key(layer.kind, config, inputs)
            return
        masks = self._leaving(layer, cls, first, reaching)
        self._masks |= {Ref(layer.name, index, output): mask for output, mask in enumerate(masks)}

    def _leaving(
        self, layer: SavedLayer, cls: type[Layer] | None, first: list[Any], reaching: list[Key | None]
    ) -> list[Key | None]:
        config, mask = layer.config, reaching[0] if reaching else None
        if layer.kind == "Embedding":
            return [self._operation("NotEqual", {}, first[0], 0)] if config.get("mask_zero") and first else []
        if layer.kind == "Masking" and first:
            differs = self._operation("NotEqual", {}, first[0], config.get("mask_value"))
            return [self._operation("Any", _LAST, differs)]
        if layer.kind in _MERGES:
            return [self._either(reaching)]
        if layer.kind == "Concatenate":
            return [self._beside(first, reaching, config.get("axis"))]
        recurrent = _recurrent(config)
        if recurrent is not None:
            return [mask] if recurrent.get("return_sequences") else []
        return [mask] if cls is not None and cls.keeps_mask else []

    def _either(self, masks: list[Key | None]) -> Key | None:
        """Keras ORs the masks of what it merges, one after the other; one without a mask takes all away."""
        if not masks or None in masks:
            return None
        found = masks[0]
        for mask in masks[1:]:
            found = self._operation("LogicalOr", {}, found, mask)
        return found

    def _beside(self, inputs: list[Any], masks: list[Key | None], axis: Any) -> Key | None:
        """As ``Concatenate.compute_mask`` does for sequences: widen each mask, set them side by side, any."""
        if all(mask is None for mask in masks):
            return None
        wide = [
            self._operation("OnesLike", {}, ref) if mask is None else self._widened(mask, ref)
            for ref, mask in zip(inputs, masks, strict=True)
        ]
        return self._operation("Any", _LAST, self._operation("Concatenate", {"axis": axis}, wide))

    def _widened(self, mask: Key, ref: Any) -> Key:
        last = self._operation("ExpandDims", {"axis": -1}, mask)
        return self._operation("LogicalOr", {}, last, self._operation("ZerosLike", {}, ref))

    def _operation(self, kind: str, config: Mapping[str, Any], *inputs: Any) -> Key:
        return self._key(kind, config, json.dumps([self._described(inputs), {}]))

    def _key(self, kind: str, config: Mapping[str, Any], inputs: str) -> Key:
        told = (kind, json.dumps(config, sort_keys=True, default=str), inputs)
        return self._keys.setdefault(told, Key(len(self._keys)))

    def _tensor(self, ref: Ref) -> Key:
        known = self._tensors.get(ref)
        return self._keys.setdefault(ref, Key(len(self._keys))) if known is None else known

    def _described(self, value: Any) -> Any:
        """A value as JSON, tensors by their keys."""
        if isinstance(value, (Key, Ref)):
            return {"tensor": (self._tensor(value) if isinstance(value, Ref) else value).number}
        if isinstance(value, Mapping):
            return {str(key): self._described(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._described(item) for item in value]
        if isinstance(value, (bool, int, float)):
            return float(value)
        return str(value)


def _recurrent(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The configuration that says whether a recurrent layer returns sequences, also inside a Bidirectional."""
    if "return_sequences" in config:
        return config
    inner = config.get("layer")
    inner = inner.get("config") if isinstance(inner, Mapping) and "backward_layer" in config else None
    return inner if isinstance(inner, Mapping) and "return_sequences" in inner else None

"""The arguments of a call: which tensor enters at which port, and what else the call says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graph_engine.interchange.keras.saved import Ref, SavedCall, flatten
from graph_engine.layers.base import Layer, Ports

_TRAINING: Final = "training"
_MASK: Final = "mask"
_MASKS: Final = "_mask"


@dataclass(frozen=True, slots=True)
class Wired:
    """``ports``: what enters at each input port. ``settings``: arguments that are no tensors, by Keras' name.

    ``training`` is what the call insists on, None where it does as the model does.
    """

    ports: Mapping[str, Ref] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    training: bool | None = None


def settings_of(cls: type[Layer] | None, call: SavedCall) -> dict[str, Any]:
    """Constants among the arguments, by the names Keras' function gives them."""
    named = {**_by_position(cls, call), **call.kwargs}
    return {
        name: _constant(value)
        for name, value in named.items()
        if name not in (_TRAINING, _MASK)
        and value is not None
        and not any(isinstance(leaf, Ref) for leaf in flatten(value))
    }


def wired(cls: type[Layer] | None, ports: Ports | None, call: SavedCall, recurrent: bool) -> Wired:
    """``ports`` of the configured layer; None for layers that are not known, whose inputs are counted."""
    training = call.kwargs.get(_TRAINING)
    unsaid = False if recurrent else cls.keras.training if cls is not None else None
    if training is unsaid:
        training = None
    entering = dict(_entering(cls, ports, call))
    return Wired(entering, settings_of(cls, call), training if isinstance(training, bool) else None)


def _entering(cls: type[Layer] | None, ports: Ports | None, call: SavedCall) -> Iterator[tuple[str, Ref]]:
    if cls is not None and hasattr(cls, "signature") and ports is not None and not ports.is_list:
        for name, value in {**_by_position(cls, call), **call.kwargs}.items():
            yield from _named(name, value)
        return
    names = None if ports is None or ports.is_list else ports.all
    place = 0
    for value in flatten(list(call.args)):
        if isinstance(value, Ref):
            yield (names[place] if names and place < len(names) else str(place)), value
        place += isinstance(value, Ref) or (value is None and names is not None)
    for name, value in call.kwargs.items():
        if name == _MASK and cls is not None and cls.keras.listed and isinstance(value, (list, tuple)):
            yield from _masks(names or (), value)
            continue
        known = names is not None and any(port == name or port.startswith(f"{name}_") for port in names)
        if known or place or name == _MASK:
            alone = (
                names is not None and name not in names and f"{name}_0" in names
            )  # one state needs no list
            yield from _named(name, [value] if alone and isinstance(value, Ref) else value)
        else:  # the only input, given by its name
            yield from (
                (names[0] if names else "0", leaf) for leaf in flatten(value) if isinstance(leaf, Ref)
            )
            place += 1


def _named(name: str, value: Any) -> Iterator[tuple[str, Ref]]:
    """A list enters at ``NAME_0``, ``NAME_1`` ..."""
    if isinstance(value, Ref):
        yield name, value
    elif isinstance(value, (list, tuple, Mapping)):
        for index, leaf in enumerate(flatten(value)):
            if isinstance(leaf, Ref):
                yield f"{name}_{index}", leaf


def _masks(names: Sequence[str], value: Sequence[Any]) -> Iterator[tuple[str, Ref]]:
    """A list of masks enters at the ports of the masks, in their order."""
    ports = [name for name in names if name.endswith(_MASKS)]
    yield from ((port, mask) for port, mask in zip(ports, value, strict=False) if isinstance(mask, Ref))


def _by_position(cls: type[Layer] | None, call: SavedCall) -> dict[str, Any]:
    """Positional arguments of an operation by name; layers take tensors alone by position."""
    signature = getattr(cls, "signature", None)
    if signature is None:
        return {f"argument {index}": value for index, value in enumerate(call.args) if _is_constant(value)}
    names: tuple[str, ...] = signature()
    return dict(zip(names, call.args, strict=False))


def _is_constant(value: Any) -> bool:
    return value is not None and not any(isinstance(leaf, Ref) for leaf in flatten(value))


def _constant(value: Any) -> Any:
    """Lists that hold slices are indices, which Python has as tuples."""
    if isinstance(value, list) and any(
        item is ... or item is None or isinstance(item, slice) for item in value
    ):
        return tuple(value)
    return value


def is_mask(argument: str) -> bool:
    """Whether Keras fills in the argument from the masks of what enters."""
    return argument == _MASK or (argument.endswith(_MASKS) and argument != "attention_mask")

"""Values of arguments: as Keras serializes them <-> as our parameters take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.saved import module_of, of_keras
from graph_engine.layers.activations import ACTIVATIONS
from graph_engine.layers.constraints import CONSTRAINTS
from graph_engine.layers.initializers import INITIALIZERS
from graph_engine.layers.regularizers import REGULARIZERS
from graph_engine.params import (
    JSON,
    Catalogue,
    Choice,
    Config,
    Configured,
    Constant,
    Integer,
    IntTuple,
    Numbers,
    Param,
)

_SYNONYMS: Final = {"swish": "silu", "hard_swish": "hard_silu", "relu_6": "relu6"}
_MODULES: Final = {
    id(INITIALIZERS): "keras.initializers",
    id(REGULARIZERS): "keras.regularizers",
    id(CONSTRAINTS): "keras.constraints",
}
_STARTS_ALONE: Final = (
    "seed",
    "input_axes",
    "output_axes",
    "dtype",
    "name",
)  # change no number after the start


def from_keras(param: Param, value: Any) -> Any:
    """A value that ``param.check`` takes, or refuses by a sentence that shows it."""
    if isinstance(param, Configured):
        return _object(value, param)
    if isinstance(param, Choice):
        return _chosen(value)
    if isinstance(param, IntTuple) and isinstance(value, list):
        return list(_leaves(value))
    if isinstance(param, Integer) and isinstance(value, list) and len(value) == 1:
        return value[0]  # axes of normalizations
    return value


def to_keras(param: Param, name: str, value: Any) -> JSON:
    """What Keras' own ``from_config`` takes."""
    if isinstance(param, Configured):
        return None if value is None else _told(value, param.kind)
    encoded = param.encode(value)
    if encoded is None:
        return "channels_last" if name == "data_format" else None  # which operations do not look up
    if isinstance(param, IntTuple) and isinstance(encoded, list) and len(encoded) == 1:
        return encoded[0]  # along a sequence
    if isinstance(param, Numbers) and len(encoded) == 1:
        return encoded[0]  # as far either way, or one number for all axes
    if isinstance(param, Constant) and isinstance(encoded, dict):
        return encoded["value"]
    if isinstance(param, Constant) and encoded in ("inf", "-inf"):
        return float(encoded)  # the order of a norm
    if isinstance(param, IntTuple) and name in ("padding", "cropping") and len(encoded) > 2:
        return [encoded[start : start + 2] for start in range(0, len(encoded), 2)]
    return encoded


def serialized(
    module: str, kind: str, config: Mapping[str, JSON], registered: str | None = None
) -> dict[str, JSON]:
    """An object as Keras writes it."""
    return {"module": module, "class_name": kind, "config": dict(config), "registered_name": registered}


def class_and_config(value: Any, what: str) -> tuple[str, Mapping[str, Any]]:
    """The class of a serialized object of Keras' own. Raises KerasError for others: their code is not here."""
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, Mapping) or not isinstance(value.get("class_name"), str):
        raise KerasError(f"{what}: expected an object of Keras, got {str(value)[:80]}")
    kind, config, module = value["class_name"], value.get("config"), module_of(value)
    if kind == "function":
        kind, config = str(config), {}
    if module != "builtins" and "module" in value and not of_keras(module):
        raise KerasError(f"{what} {kind!r} comes from {module or 'code of its own'}, which is not run")
    if kind.startswith("__"):
        raise KerasError(f"{what}: {kind.strip('_')} holds code, which is not run")
    return kind, config if isinstance(config, Mapping) else {}


def _object(value: Any, param: Configured) -> Any:
    if value is None:
        return None
    assert param.kind is not None
    kind, config = class_and_config(value, param.kind.kind)
    known = {alias.lower(): name for alias, name in param.kind.aliases.items()} | {
        name.lower(): name for name in param.kind
    }
    found = known.get(kind.lower())
    if found is None:
        return kind  # the catalogue's own error lists what there is
    params = param.kind[found].params()
    given = {
        name: from_keras(params[name], item) if name in params else item
        for name, item in config.items()
        if name in params or (item is not None and name not in _STARTS_ALONE)
    }
    return {"type": found, **given}


def _chosen(value: Any) -> Any:
    """An activation may be written as a name or as a function of Keras'."""
    if isinstance(value, Mapping):
        value, config = class_and_config(value, "activation")
        if config or value not in ACTIVATIONS:
            return f"{value}({', '.join(f'{key}={item}' for key, item in config.items())})"
    return _SYNONYMS.get(value, value) if isinstance(value, str) else value


def _told(value: Config, catalogue: Catalogue[Any] | None) -> JSON:
    config = {name: to_keras(param, name, getattr(value, name)) for name, param in value.params().items()}
    return serialized(_MODULES[id(catalogue)], type(value).__name__, config)


def _leaves(value: Sequence[Any]) -> Iterator[Any]:
    for item in value:
        if isinstance(item, list):
            yield from _leaves(item)
        else:
            yield item

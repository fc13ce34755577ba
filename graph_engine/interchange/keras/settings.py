"""A layer's configuration: Keras' arguments <-> our parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from graph_engine.document import DecodeError
from graph_engine.document.plain import plain
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.values import class_and_config, from_keras, serialized, to_keras
from graph_engine.layers.base import Layer
from graph_engine.params import JSON, Configured, ConfiguredList, Param, ParamError
from graph_engine.values import LayerloomError

# Arguments of every layer that change no number here.
_IGNORED: Final = frozenset(
    {
        "name", "trainable", "dtype", "seed", "batch_input_shape", "batch_shape", "input_shape", "autocast",
        "quantization_config", "unroll", "implementation", "synchronized", "generator",
        "renorm_momentum",  # of what is refused where it is switched on
    }
)  # fmt: skip
# What an argument that a layer lacks may be: what it does without the argument.
_NEUTRAL: Final[Mapping[str, tuple[Any, ...]]] = {
    "data_format": ("channels_last",),
    "stateful": (False,),
    "mask_zero": (False,),
    "zero_output_for_mask": (False,),
    "time_major": (False,),
    "antialias": (False,),
    "pad_to_aspect_ratio": (False,),
    "fill_mode": ("constant",),
    "fill_value": (0, 0.0),
    "renorm": (False,),
    "recurrent_dropout": (0, 0.0),
    "recurrent_activation": ("sigmoid",),
}
_DTYPES: Final = ("float32", "int32", "int64", "bool")


def imported(cls: type[Layer], config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, JSON]:
    """Our configuration for Keras' one; ``given``: what the calls of the layer set.

    What does not fit is kept as it is, so that analysis says so by name.
    """
    arguments = {cls.keras.renamed.get(name, name): name for name in cls.params()}
    found: dict[str, Any] = {}
    for argument, value in {**config, **given}.items():
        name = arguments.get(argument)
        if name is not None:
            found[name] = _converted(cls, name, value)
        elif argument not in _IGNORED and argument not in cls.keras.ignored and not _neutral(argument, value):
            found[argument] = value
    try:
        checked: dict[str, JSON] = cls.from_config(found).config()
        return checked
    except (ParamError, LayerloomError, TypeError, ValueError):
        return kept(found)


def exported(layer: Layer) -> dict[str, JSON]:
    """The arguments of Keras' layer, but ``name`` and ``trainable``."""
    renamed = type(layer).keras.renamed
    return {
        renamed.get(name, name): _told(param, renamed.get(name, name), getattr(layer, name))
        for name, param in layer.params().items()
    }


def kept(config: Mapping[str, Any]) -> dict[str, JSON]:
    """As much of a configuration as a document can hold, for a layer that cannot run."""
    held = {}
    for name, value in config.items():
        try:
            held[name] = plain(value)
        except DecodeError:
            held[name] = str(value)[:200]
    return held


def dtype_of(config: Mapping[str, Any]) -> str:
    """The dtype, or the name of the dtype policy, that a layer is configured with."""
    policy = config.get("dtype")
    if isinstance(policy, Mapping):
        inner = policy.get("config")
        policy = inner.get("name") if isinstance(inner, Mapping) else None
    return policy if isinstance(policy, str) else "float32"


def input_dtype(name: str, config: Mapping[str, Any]) -> str:
    """The nearest dtype there is for what an Input declares."""
    dtype = dtype_of(config)
    if dtype in _DTYPES:
        return dtype
    if dtype.startswith(("float", "bfloat", "mixed")):
        return "float32"
    if dtype.startswith(("int", "uint")):
        return "int64" if dtype.endswith("64") else "int32"
    raise KerasError(
        f"Input {name!r} takes {dtype}, but only numbers can be fed; encode them before the model"
    )


def _converted(cls: type[Layer], name: str, value: Any) -> Any:
    param = cls.params()[name]
    try:
        if isinstance(param, ConfiguredList) and isinstance(value, list):
            return [_part(param.each, item) for item in value]
        return _part(param, value) if _holds_layers(param) else from_keras(param, value)
    except KerasError as error:
        return str(error)


def _holds_layers(param: Param) -> TypeGuard[Configured]:
    return isinstance(param, Configured) and param.kind is not None and issubclass(param.kind.base, Layer)


def _part(param: Configured, value: Any) -> Any:
    """A layer inside a layer, by value."""
    if value is None:
        return None
    assert param.kind is not None
    kind, config = class_and_config(value, "layer")
    found = {cls.keras.name or name: name for name, cls in param.kind.items()}.get(kind)
    if found is None:
        return kind  # the catalogue's own error lists what there is
    return {"type": found, **imported(param.kind[found], config, {})}


def _told(param: Param, argument: str, value: Any) -> JSON:
    if isinstance(param, ConfiguredList):
        return [_told(param.each, argument, each) for each in value]
    if not isinstance(value, Layer):
        return to_keras(param, argument, value)
    return serialized("keras.layers", value.keras.name or type(value).__name__, exported(value))


def _neutral(argument: str, value: Any) -> bool:
    return value is None or value in _NEUTRAL.get(argument, ())

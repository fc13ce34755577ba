"""Which of our layers a Keras class or operation is, from what the layers say of themselves (``Layer.keras``)."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from graph_engine.document import INPUT, MODEL, OUTPUT
from graph_engine.interchange.keras.saved import SavedLayer, of_keras
from graph_engine.layers.base import LAYERS, Layer

_PRIVATE = "src."


def class_of(saved: SavedLayer) -> type[Layer] | None:
    """None for what no layer of ours is, and for whatever is not Keras' own, though its name be known."""
    if not of_keras(saved.module) or saved.registered not in (None, saved.kind):
        return None
    return _known().get((_place(saved.module), saved.kind))


def keras_name(cls: type[Layer]) -> str:
    return cls.keras.name or cls.title


def keras_module(cls: type[Layer]) -> str:
    """As Keras writes it: public for layers, private for operations."""
    module = cls.keras.module
    return f"keras.{module}" if module == "layers" else f"keras.{_PRIVATE}{module}"


def is_operation(cls: type[Layer]) -> bool:
    """Whether Keras has it as an operation: no layer, and so without a place in the weights file."""
    return cls.keras.module != "layers"


@functools.cache
def _known() -> Mapping[tuple[str, str], type[Layer]]:
    ours = (cls for name, cls in LAYERS.items() if name not in (INPUT, OUTPUT, MODEL))
    return {(cls.keras.module, keras_name(cls)): cls for cls in ours}


def _place(module: str) -> str:
    """``layers`` for all modules of layers, ``ops.numpy`` for ``keras.src.ops.numpy``."""
    inner = module.removeprefix("keras.").removeprefix(_PRIVATE)
    return "layers" if inner.split(".")[0] == "layers" else inner

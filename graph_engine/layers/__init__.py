"""Every layer, one class each, one file per family: ``from graph_engine.layers import Conv2D, Dense``.

The names come from the catalogue, so that adding a layer touches no other file.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    from graph_engine.layers.base import LAYERS  # the catalogue imports this package's modules

    if name.startswith("_") or name not in LAYERS:
        raise AttributeError(f"module 'graph_engine.layers' has no layer {name!r}")
    return LAYERS[name]

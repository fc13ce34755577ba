"""All binders: importing this registers every native kernel's primitives."""

from __future__ import annotations

from graph_engine.kernels.native import (
    chains,
    indexing,
    moving,
    normalization,
    pooling,
    products,
    recurrent,
    reductions,
    scanning,
    softmax,
    transposing,
    windows,
)
from graph_engine.kernels.native.rows import BINDERS

__all__ = [
    "BINDERS",
    "chains",
    "indexing",
    "moving",
    "normalization",
    "pooling",
    "products",
    "recurrent",
    "reductions",
    "scanning",
    "softmax",
    "transposing",
    "windows",
]

"""All binders: importing this registers every native kernel's primitives."""

from __future__ import annotations

from graph_engine.kernels.native import (
    chains,
    indexing,
    moving,
    products,
    reductions,
    softmax,
    transposing,
)
from graph_engine.kernels.native.rows import BINDERS

__all__ = ["BINDERS", "chains", "indexing", "moving", "products", "reductions", "softmax", "transposing"]

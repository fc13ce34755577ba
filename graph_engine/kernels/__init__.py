"""Primitives: shape rule, numpy definition and gradient rule of each. The only place that may import numba."""

from graph_engine.kernels import ops as ops  # first, so that primitives may be imported in any order

"""Primitives: shape rule, numpy definition and gradient rule of each. The only place that may import numba."""

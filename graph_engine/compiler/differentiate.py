"""The gradients that training follows."""

from __future__ import annotations

from collections.abc import Sequence

from graph_engine.kernels.differentiate import gradients as gradients
from graph_engine.kernels.program import Program, Value


def loss_gradients(program: Program, loss: Value, wrt: Sequence[Value]) -> list[Value | None]:
    """Gradients of a scalar."""
    return gradients(program, [loss], [program.constant(1.0, loss.dtype)], wrt)

"""An LSTM over all steps of a sequence as one coarse step (Hochreiter and Schmidhuber, 1997).

Gates in Keras' order i, f, c, o along the last axis of kernels and bias. Shapes: ``x`` (batch, steps,
features), ``kernel`` (features, 4 units), ``recurrent`` (units, 4 units), ``bias`` (4 units), states
(batch, units). The activations of all gates are kept for the gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.primitive import Gradients, Primitive, Specs, size_of
from graph_engine.kernels.program import Array, Op, Value
from graph_engine.values import LayerloomError, TensorSpec


class Lstm(Primitive):
    """(x, kernel, recurrent, bias, h, c) -> hidden states and cell states of every step, and the gates.

    Time comes first in all three outputs: (steps, batch, units), and (steps, batch, 4 units) for the gates.
    """

    name = "lstm"

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        x, _, recurrent, *_ = inputs
        batch, steps, _ = x.shape
        states = x.with_shape((steps, batch, recurrent.shape[0]))
        return states, states, x.with_shape((steps, batch, recurrent.shape[1]))

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        _, kernel, recurrent, *_, c = inputs
        return kernel, recurrent, inputs[0].with_shape((c.shape[0], recurrent.shape[1])), c

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        """Sigmoid is ``(1 + tanh(x / 2)) / 2``, so one tanh over all gates does, halved before and after."""
        (hidden, cells, gates), (x, kernel, recurrent, bias, h, c) = outputs, inputs
        halved_kernel, halved_recurrent, part, gated = attrs["scratch"]
        half, rest = _squash_factors(h.shape[1], x.dtype)
        np.multiply(recurrent, half, out=halved_recurrent)
        np.matmul(x.swapaxes(0, 1), np.multiply(kernel, half, out=halved_kernel), out=gates)
        gates += bias * half
        for gate, cell, state in zip(gates, cells, hidden, strict=True):
            gate += np.matmul(h, halved_recurrent, out=part)
            np.tanh(gate, out=gate)
            gate *= half
            gate += rest
            i, f, g, o = _parts(gate)
            np.multiply(f, c, out=cell)
            cell += np.multiply(i, g, out=gated)
            np.multiply(o, np.tanh(cell, out=gated), out=state)
            h, c = state, cell

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        hidden, cells, gates = op.outputs
        arriving = [
            _or_zeros(gradient, like) for gradient, like in zip(gradients[:2], (hidden, cells), strict=True)
        ]
        return lstm_gradient.several(*op.inputs, hidden, cells, gates, *arriving)

    def flops(self, op: Op) -> int:
        x, kernel, recurrent, *_ = op.inputs
        batch, steps, features = x.shape
        return 2 * batch * steps * (features + recurrent.shape[0]) * kernel.shape[1] + 20 * size_of(
            op.outputs[0].spec
        )


class LstmGradient(Primitive):
    """Gradients for all six inputs, from inputs, outputs and the gradients of hidden and cell states."""

    def infer(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        return inputs[:6]

    def scratch(self, *inputs: TensorSpec, **attrs: Any) -> Specs:
        *_, hidden, _, gates, _, _ = inputs
        return gates, gates, hidden

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        dx, dkernel, drecurrent, dbias, dh, dc = outputs
        x, kernel, recurrent, _, h0, c0, hidden, cells, gates, dhidden, dcells = inputs
        dgates, rows, slopes = attrs["scratch"]
        _slopes(dgates, slopes, gates, cells, c0)
        dh.fill(0)
        dc.fill(0)
        for step in reversed(range(len(gates))):
            _, f, _, _ = _parts(gates[step])
            dgate = _quarters(dgates[step])
            dh += dhidden[step]
            dc += dcells[step]
            dc += dh * slopes[step]
            dgate[:, :3] *= dc[:, None]
            dgate[:, 3] *= dh
            dc *= f
            np.matmul(dgates[step], recurrent.T, out=dh)
        np.matmul(_flat(hidden[:-1]).T, _flat(dgates[1:]), out=drecurrent)
        drecurrent += h0.T @ dgates[0]
        rows = rows.reshape(*x.shape[:2], -1)
        np.copyto(rows, dgates.swapaxes(0, 1))
        np.matmul(_flat(rows), kernel.T, out=_flat(dx))
        np.matmul(_flat(x).T, _flat(rows), out=dkernel)
        _flat(rows).sum(axis=0, out=dbias)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError(
            "an LSTM has no second derivative: compute its steps from matmul, sigmoid and tanh to have one"
        )

    def flops(self, op: Op) -> int:
        x, kernel, recurrent, *_ = op.inputs
        batch, steps, features = x.shape
        return 4 * batch * steps * (features + recurrent.shape[0]) * kernel.shape[1]


def _slopes(dgates: Array, slopes: Array, gates: Array, cells: Array, c0: Array) -> None:
    """What does not depend on arriving gradients, for all steps at once.

    ``dgates``: by how much each gate's preactivation moves the cell (output gate: the hidden state).
    ``slopes``: by how much the cell moves the hidden state.
    """
    i, _, g, o = _parts(gates)
    di, df, dg, do = _parts(dgates)
    np.multiply(gates, 1.0 - gates, out=dgates)
    di *= g
    df[0] *= c0
    df[1:] *= cells[:-1]
    np.multiply(i, 1.0 - g * g, out=dg)
    squashed = np.tanh(cells)
    do *= squashed
    np.multiply(o, 1.0 - squashed * squashed, out=slopes)


def _squash_factors(units: int, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Rows for all gates: halves for the three sigmoids and 1 for the candidate's tanh; and what is then added."""
    half = np.full(4 * units, 0.5, dtype)
    _quarters(half)[2] = 1.0
    return half, 1.0 - half


def _quarters(gates: Array) -> Array:
    """(..., 4 units) as (..., 4, units)."""
    quarters: Array = gates.reshape(*gates.shape[:-1], 4, -1)
    return quarters


def _parts(gates: Array) -> tuple[Array, Array, Array, Array]:
    quarters = _quarters(gates)
    return quarters[..., 0, :], quarters[..., 1, :], quarters[..., 2, :], quarters[..., 3, :]


def _flat(array: Array) -> Array:
    flat: Array = array.reshape(-1, array.shape[-1])
    return flat


def _or_zeros(gradient: Value | None, like: Value) -> Value:
    return gradient if gradient is not None else ops.broadcast_to(ops.number(0.0, like), like.shape)


lstm_ = Lstm()
lstm_gradient = LstmGradient()

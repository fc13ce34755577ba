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

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        (hidden, cells, gates), (x, kernel, recurrent, bias, h, c) = outputs, inputs
        np.matmul(x.swapaxes(0, 1), kernel, out=gates)
        gates += bias
        units = h.shape[1]
        for step, gate in enumerate(gates):
            gate += h @ recurrent
            i, f, g, o = _parts(gate, units)
            for part in (i, f, o):
                _sigmoid(part)
            np.tanh(g, out=g)
            np.multiply(f, c, out=cells[step])
            cells[step] += i * g
            np.multiply(o, np.tanh(cells[step]), out=hidden[step])
            h, c = hidden[step], cells[step]

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
        return (inputs[8],)

    def forward(self, outputs: Sequence[Array], inputs: Sequence[Array], **attrs: Any) -> None:
        dx, dkernel, drecurrent, dbias, dh, dc = outputs
        x, kernel, recurrent, _, h0, c0, hidden, cells, gates, dhidden, dcells = inputs
        (dgates,) = attrs["scratch"]
        units = h0.shape[1]
        dh.fill(0)
        dc.fill(0)
        drecurrent.fill(0)
        for step in reversed(range(len(gates))):
            before = cells[step - 1] if step else c0
            i, f, g, o = _parts(gates[step], units)
            di, df, dg, do = _parts(dgates[step], units)
            squashed = np.tanh(cells[step])
            dh += dhidden[step]
            dc += dcells[step]
            np.multiply(dh * squashed, o * (1.0 - o), out=do)
            dc += dh * o * (1.0 - squashed * squashed)
            np.multiply(dc * g, i * (1.0 - i), out=di)
            np.multiply(dc * before, f * (1.0 - f), out=df)
            np.multiply(dc * i, 1.0 - g * g, out=dg)
            dc *= f
            np.matmul(dgates[step], recurrent.T, out=dh)
            drecurrent += (hidden[step - 1] if step else h0).T @ dgates[step]
        rows = dgates.swapaxes(0, 1).reshape(-1, dgates.shape[-1])
        np.matmul(rows, kernel.T, out=dx.reshape(-1, dx.shape[-1]))
        np.matmul(x.reshape(-1, x.shape[-1]).T, rows, out=dkernel)
        rows.sum(axis=0, out=dbias)

    def vjp(self, op: Op, *gradients: Value | None) -> Gradients:
        raise LayerloomError("LSTM has no second derivative")

    def flops(self, op: Op) -> int:
        x, kernel, recurrent, *_ = op.inputs
        batch, steps, features = x.shape
        return 4 * batch * steps * (features + recurrent.shape[0]) * kernel.shape[1]


def _parts(gates: Array, units: int) -> tuple[Array, Array, Array, Array]:
    i, f, g, o = (gates[:, start : start + units] for start in range(0, 4 * units, units))
    return i, f, g, o


def _sigmoid(x: Array) -> None:
    """In place, as ``(1 + tanh(x / 2)) / 2``, which never overflows."""
    x *= 0.5
    np.tanh(x, out=x)
    x += 1.0
    x *= 0.5


def _or_zeros(gradient: Value | None, like: Value) -> Value:
    return gradient if gradient is not None else ops.broadcast_to(ops.number(0.0, like), like.shape)


lstm_ = Lstm()
lstm_gradient = LstmGradient()

"""The nine models as jax computes them from our weights: functions that return logits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from typing import Any, Final

import jax
from jax import lax, nn, numpy as jnp

from benchmarks._nine import CASES, Case

AXES: Final = ("NHWC", "HWIO", "NHWC")
MOMENTUM: Final = 0.99  # of moving means and variances

Layer = Callable[[Any], Any]


class Weights:
    """Hands out weights layer by layer, in the order in which our builder makes layers.

    ``moving``: mean and variance of each batch normalization; ``moved``: what they are after the batch.
    """

    def __init__(self, trained: Sequence[Any], moving: Sequence[Any]) -> None:
        self.trained, self._left, self._moving = trained, iter(trained), iter(moving)
        self.moved: list[Any] = []

    def dense(self) -> Layer:
        kernel, bias = next(self._left)
        return lambda x: x @ kernel + bias

    def conv(self, padding: str = "SAME", stride: int = 1) -> Layer:
        kernel, *bias = next(self._left)

        def convolve(x: Any) -> Any:
            y = lax.conv_general_dilated(x, kernel, (stride, stride), padding, dimension_numbers=AXES)
            return y + bias[0] if bias else y

        return convolve

    def norm(self) -> Layer:
        (gamma, beta), (old_mean, old_variance) = next(self._left), next(self._moving)

        def normalize(x: Any) -> Any:
            mean = x.mean((0, 1, 2))
            variance = (x * x).mean((0, 1, 2)) - mean * mean
            news = ((old_mean, mean), (old_variance, variance))
            self.moved.append([MOMENTUM * old + (1 - MOMENTUM) * new for old, new in news])
            scale = gamma * lax.rsqrt(variance + 1e-3)
            return x * scale + (beta - mean * scale)

        return normalize

    def lstm(self) -> Layer:
        """The last state, of rows of sequences."""
        kernel, recurrent, bias = next(self._left)

        def read(x: Any) -> Any:
            def step(state: Any, given: Any) -> tuple[Any, None]:
                hidden, cell = state
                to_add, to_keep, new, to_show = jnp.split(given + hidden @ recurrent, 4, -1)
                cell = nn.sigmoid(to_keep) * cell + nn.sigmoid(to_add) * jnp.tanh(new)
                return (nn.sigmoid(to_show) * jnp.tanh(cell), cell), None

            zeros = jnp.zeros((len(x), len(recurrent)))
            return lax.scan(step, (zeros, zeros), x.swapaxes(0, 1) @ kernel + bias)[0][0]

        return read

    def embedding(self) -> Layer:
        (table,) = next(self._left)
        return lambda ids: table[ids]

    def layer_norm(self) -> Layer:
        gamma, beta = next(self._left)

        def normalize(x: Any) -> Any:
            centred = x - x.mean(-1, keepdims=True)
            return centred * lax.rsqrt((centred * centred).mean(-1, keepdims=True) + 1e-6) * gamma + beta

        return normalize

    def attention(self) -> Layer:
        query, query_bias, key, key_bias, value, value_bias, out, out_bias = next(self._left)

        def attend(x: Any) -> Any:
            q, k, v = (
                jnp.einsum("bsd,dhk->bhsk", x, kernel) + bias[:, None]
                for kernel, bias in ((query, query_bias), (key, key_bias), (value, value_bias))
            )
            scores = nn.softmax(q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5)
            return jnp.einsum("bhsk,hkd->bsd", scores @ v, out) + out_bias

        return attend


def max_pool(x: Any, size: int, stride: int, padding: int = 0) -> Any:
    """As maxima of slices, for jax takes the gradient of its own windows one after the other."""
    edges = (padding, padding)
    x = jnp.pad(x, ((0, 0), edges, edges, (0, 0)), constant_values=-jnp.inf)
    ends = x.shape[1] - size + 1
    taps = product(range(size), range(size))
    return reduce(jnp.maximum, [x[:, i : i + ends : stride, j : j + ends : stride] for i, j in taps])


def perceptron(weights: Weights, x: Any) -> Any:
    *hidden, out = [weights.dense() for _ in weights.trained]
    for layer in hidden:
        x = nn.relu(layer(x))
    return out(x)


def convolutional(weights: Weights, x: Any) -> Any:
    first, second = weights.conv("VALID"), weights.conv("VALID")
    out, hidden = weights.dense(), weights.dense()
    x = max_pool(nn.relu(second(nn.relu(first(x)))), 2, 2)
    return out(nn.relu(hidden(x.reshape(len(x), -1))))


def residual(weights: Weights, x: Any) -> Any:
    def normalized(x: Any, stride: int = 1) -> Any:
        conv, norm = weights.conv(stride=stride), weights.norm()
        return norm(conv(x))

    x = nn.relu(normalized(x))
    for stride in (1, 1, 1, 2, 1, 1, 2, 1, 1):
        y = normalized(nn.relu(normalized(x, stride)))
        x = nn.relu(y + (normalized(x, stride) if stride == 2 else x))
    return weights.dense()(x.mean((1, 2)))


def inception(weights: Weights, x: Any) -> Any:
    def conv(x: Any) -> Any:
        return nn.relu(weights.conv()(x))

    def block(x: Any) -> Any:
        parts = [conv(x), conv(conv(x)), conv(conv(x)), conv(max_pool(x, 3, 1, 1))]
        return jnp.concatenate(parts, -1)

    x = block(block(max_pool(conv(x), 2, 2)))
    return weights.dense()(x.mean((1, 2)))


def recurrent(weights: Weights, x: Any) -> Any:
    out, read = weights.dense(), weights.lstm()
    return out(read(x))


def question_answering(weights: Weights, *texts: Any) -> Any:
    read = []
    for text in texts:
        lstm, embedding = weights.lstm(), weights.embedding()
        read.append(lstm(embedding(text)))
    return weights.dense()(jnp.concatenate(read, -1))


def transformer(weights: Weights, x: Any) -> Any:
    x = weights.attention()(x) + x
    x = weights.layer_norm()(x)
    narrow, wide = weights.dense(), weights.dense()
    x = weights.layer_norm()(x + narrow(nn.relu(wide(x))))
    return weights.dense()(x.mean(1))


MODELS: Final = {
    "c": convolutional, "d": residual, "e": inception, "f": recurrent, "f2": question_answering, "g": transformer,
}  # fmt: skip


def loss_of(case: Case) -> Callable[..., Any]:
    """A function of weights, moving statistics, inputs and class ids: mean cross-entropy, statistics after the batch.

    A sweep's models are those of the nine in other sizes, or perceptrons.
    """
    name = next((name for name, found in CASES.items() if found.build is case.build), "a")
    model: Callable[..., Any] = MODELS.get(name, perceptron)

    def loss(trained: Any, moving: Any, xs: Any, y: Any) -> tuple[Any, Any]:
        weights = Weights(trained, moving)
        logits = jax.nn.log_softmax(model(weights, *xs))
        return -jnp.take_along_axis(logits, y[:, None], -1).mean(), weights.moved

    return loss

"""Values and gradients of the heavy primitives against torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from graph_engine.compiler.differentiate import gradients
from graph_engine.kernels import ops
from graph_engine.kernels.program import Array, Program, Value
from tests.engine.kernels.running import executor_of, spec_of

pytestmark = pytest.mark.peers
torch = pytest.importorskip("torch")

RANKS = (1, 2, 3)


def noise(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def agree(mine: Callable[..., Any], theirs: Callable[..., Any], *arrays: Array) -> None:
    """Equal outputs, and equal gradients of every input for the same gradients of the outputs."""
    program = Program()
    feeds = [program.feed(str(i), spec_of(array)) for i, array in enumerate(arrays)]
    values = _listed(mine(*feeds), Value)
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    expected = _listed(theirs(*tensors), torch.Tensor)
    arriving = [noise(*value.shape, seed=7) for value in values]
    found = gradients(program, values, [program.constant(g, "float64") for g in arriving], feeds)
    torch.autograd.backward(expected, [torch.tensor(g) for g in arriving])
    program.results = {f"y{i}": value for i, value in enumerate(values)}
    program.results |= {f"d{i}": value for i, value in enumerate(found) if value is not None}
    results = executor_of(program).run({str(i): array for i, array in enumerate(arrays)})
    for i, tensor in enumerate(expected):
        np.testing.assert_allclose(results[f"y{i}"], tensor.detach(), rtol=1e-9, atol=1e-11)
    for i, tensor in enumerate(tensors):
        np.testing.assert_allclose(results[f"d{i}"], tensor.grad, rtol=1e-9, atol=1e-11)


def _listed(found: Any, kind: type) -> list[Any]:
    return [found] if isinstance(found, kind) else list(found)


def channels_first(x: Any) -> Any:
    return x.movedim(-1, 1)


def channels_last(x: Any) -> Any:
    return x.movedim(1, -1)


def filters_first(kernel: Any) -> Any:
    """(*window, channels, filters) as torch has it: (filters, channels, *window)."""
    return kernel.movedim((-1, -2), (0, 1))


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize(("stride", "pad", "dilation", "groups"), [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 2)])
def test_convolution(rank: int, stride: int, pad: int, dilation: int, groups: int) -> None:
    convolve = (torch.conv1d, torch.conv2d, torch.conv3d)[rank - 1]
    agree(
        lambda x, kernel: ops.conv(
            x, kernel, strides=(stride,) * rank, pads=((pad, pad),) * rank, dilation=(dilation,) * rank,
            groups=groups,
        ),
        lambda x, kernel: channels_last(
            convolve(channels_first(x), filters_first(kernel), None, stride, pad, dilation, groups)
        ),
        noise(2, *(6, 7, 5)[:rank], 4),
        noise(*(3, 2, 3)[:rank], 4 // groups, 6),
    )  # fmt: skip


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 1)])
def test_transposed_convolution_is_the_gradient_for_the_input(rank: int, stride: int, pad: int) -> None:
    transposed = (torch.conv_transpose1d, torch.conv_transpose2d, torch.conv_transpose3d)[rank - 1]
    sizes, window = (4, 3, 2)[:rank], (3,) * rank
    whole = tuple((size - 1) * stride - 2 * pad + 3 for size in sizes)
    agree(
        lambda x, kernel: ops.conv_grad_input(
            x, kernel, shape=(2, *whole, 3), strides=(stride,) * rank, pads=((pad, pad),) * rank,
            dilation=(1,) * rank, groups=1,
        ),
        lambda x, kernel: channels_last(transposed(channels_first(x), filters_first(kernel), None, stride, pad)),
        noise(2, *sizes, 4),
        noise(*window, 3, 4),
    )  # fmt: skip


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize(("size", "stride", "pad"), [(2, 2, 0), (3, 2, 1), (3, 1, 0)])
def test_pooling(rank: int, size: int, stride: int, pad: int) -> None:
    functional = torch.nn.functional
    largest = (functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)[rank - 1]
    mean = (functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d)[rank - 1]
    attrs = {"size": (size,) * rank, "strides": (stride,) * rank, "pads": ((pad, pad),) * rank}
    agree(
        lambda x: (ops.max_pool(x, **attrs), ops.average_pool(x, **attrs)),
        lambda x: (
            channels_last(largest(channels_first(x), size, stride, pad)),
            channels_last(mean(channels_first(x), size, stride, pad, count_include_pad=False)),
        ),
        noise(2, *(6, 7, 5)[:rank], 3),
    )


def test_lstm() -> None:
    """Torch keeps gates as rows, in the order i, f, g, o, and has two biases."""

    def theirs(x: Any, kernel: Any, recurrent: Any, bias: Any, h: Any, c: Any) -> Sequence[Any]:
        weights = [kernel.T, recurrent.T, bias, torch.zeros_like(bias)]
        return torch.lstm(x, (h[None], c[None]), weights, True, 1, 0.0, False, False, True)  # type: ignore[no-any-return]  # tensors

    def ours(*values: Any) -> Sequence[Any]:
        hidden, cells = ops.lstm(*values)
        last = (ops.squeeze(ops.slice_axis(states, 0, 4, 5), 0) for states in (hidden, cells))
        return (ops.transpose(hidden, (1, 0, 2)), *last)

    units = 4
    agree(
        ours,
        lambda *tensors: [part if i == 0 else part[0] for i, part in enumerate(theirs(*tensors))],
        noise(3, 5, 2),
        noise(2, 4 * units),
        noise(units, 4 * units, seed=1),
        noise(4 * units, seed=2),
        noise(3, units, seed=3),
        noise(3, units, seed=4),
    )


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_and_its_logarithm(axis: int) -> None:
    agree(
        lambda x: (ops.softmax(x, axis), ops.log_softmax(x, axis), ops.logsumexp(x, axis)),
        lambda x: (torch.softmax(x, axis), torch.log_softmax(x, axis), torch.logsumexp(x, axis)),
        noise(3, 4, 5) * 30.0,
    )


@pytest.mark.parametrize("axes", [(0, 1, 2), (3,), (1, 2)])
def test_normalization(axes: tuple[int, ...]) -> None:
    def theirs(x: Any, gamma: Any, beta: Any) -> Any:
        variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + 1e-3) * gamma + beta

    agree(
        lambda x, gamma, beta: ops.normalize(x, gamma, beta, axes=axes, epsilon=1e-3)[0],
        theirs,
        noise(3, 4, 2, 5) + 2.0,
        noise(1, 1, 1, 5),
        noise(1, 1, 1, 5, seed=1),
    )


def test_special_functions() -> None:
    agree(
        lambda x: (ops.erf(x), ops.softplus(x), ops.sigmoid(x)),
        lambda x: (torch.erf(x), torch.nn.functional.softplus(x, threshold=1000.0), torch.sigmoid(x)),
        np.concatenate([np.linspace(-30.0, 30.0, 61), noise(100)]),
    )

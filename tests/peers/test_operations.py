"""Every operation against Keras' function of that name: numbers, dtypes and gradients, a line for each call."""

from __future__ import annotations

import importlib
import inspect
import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

from graph_engine.compiler import compile_plan, gradients, lower  # noqa: E402
from graph_engine.layers.base import LAYERS  # noqa: E402
from graph_engine.layers.operations.base import Operation  # noqa: E402
from graph_engine.layers.operations.left_out import LEFT_OUT  # noqa: E402
from graph_engine.model import Input, Model, Symbol, ops  # noqa: E402
from graph_engine.runtime import Executor, Parameters  # noqa: E402
from graph_engine.values import TensorSpec  # noqa: E402

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class T:
    """A tensor argument: its shape, batch axis included, and what it holds."""

    shape: tuple[int, ...]
    dtype: str = "float32"
    low: float = -2.0
    high: float = 2.0

    def array(self, seed: int) -> Array:
        rng = np.random.default_rng([seed, *self.shape])
        if self.dtype == "bool":
            return rng.integers(0, 2, self.shape).astype(bool)
        if self.dtype.startswith("int"):
            return rng.integers(int(self.low), max(int(self.high), 1) + 1, self.shape).astype(self.dtype)
        return rng.uniform(self.low, self.high, self.shape).astype(self.dtype)


def f(*shape: int, low: float = -2.0, high: float = 2.0) -> T:
    return T(shape, "float32", low, high)


def i(*shape: int, low: int = -3, high: int = 3) -> T:
    return T(shape, "int32", low, high)


def b(*shape: int) -> T:
    return T(shape, "bool")


X, Y, Z = f(2, 3, 4), f(2, 4, 5), i(2, 3)
P, S = f(2, 3, low=0.3), f(2, 3, low=-0.9, high=0.9)
ROW = np.array([0.5, -1.0, 2.0], "float32")
MATRIX = np.arange(12, dtype="float32").reshape(3, 4) / 7

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


def _names(words: str) -> list[str]:
    return words.split()


def call(name: str, *given: Any, **named: Any) -> Call:
    return name, given, named


UNARY = [
    call(name, X)
    for name in _names(
        "absolute negative sign square floor ceil trunc round exp exp2 expm1 sin cos tan arctan sinh "
        "cosh tanh arcsinh erf erfc sinc deg2rad rad2deg isfinite isinf isnan isposinf isneginf "
        "nan_to_num copy fabs relu relu6 sigmoid softplus softsign silu log_sigmoid hard_sigmoid "
        "hard_silu hard_tanh tanh_shrink selu leaky_relu elu celu gelu squareplus hard_shrink "
        "soft_shrink sparse_plus sparse_sigmoid softmax log_softmax zeros_like ones_like ravel "
        "transpose flip cumsum cumprod sort sum mean var std prod max min any all amax amin ptp "
        "count_nonzero logsumexp norm logical_not size ndim tril triu average stop_gradient argmax "
        "argmin normalize "
    )
]
POSITIVE = [
    call(name, P) for name in ["log", "log1p", "log2", "log10", "sqrt", "rsqrt", "cbrt", "reciprocal"]
]
SMALL = [call(name, S) for name in ["arcsin", "arccos", "arctanh", "erfinv"]]
WHOLE = [
    call(name, Z)
    for name in _names(
        "absolute negative sign square floor ceil exp sin tanh sqrt log sum mean var std prod max min "
        "any all argmax cumsum cumprod sort argsort relu round isfinite bitwise_not zeros_like "
        "ones_like count_nonzero norm "
    )
    if name not in ("sqrt", "log")
]
TRUTH = [call(name, b(2, 3)) for name in _names("sum any all cumsum logical_not max argmax mean prod ")]
PAIRS = [
    call(name, *pair)
    for name in _names(
        "add subtract multiply divide true_divide maximum minimum fmax fmin equal not_equal greater "
        "greater_equal less less_equal logaddexp logaddexp2 arctan2 hypot divide_no_nan logical_and "
        "logical_or logical_xor floor_divide mod fmod "
    )
    for pair in (
        (f(2, 3), f(2, 3)),
        (f(2, 1, 4), f(2, 3, 1)),
        (f(2, 3), 2),
        (2.5, f(2, 3)),
        (i(2, 3), f(2, 3)),
        (ROW, f(2, 3)),
    )
    if not (
        name in ("fmax", "fmin", "logaddexp", "logaddexp2", "hypot")
        and not all(isinstance(x, T) for x in pair)
    )
]
WHOLE_PAIRS = [
    call(name, *pair)
    for name in _names("add subtract multiply divide maximum minimum equal less floor_divide mod ")
    for pair in (
        (i(2, 3), T((2, 3), "int32", 1, 4)),
        (i(2, 3), 2),
        (i(2, 3), 1.5),
    )
]
BITS = [
    call(name, i(2, 3, low=0, high=7), i(2, 3, low=0, high=2))
    for name in [
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "left_shift",
        "right_shift",
        "bitwise_left_shift",
        "bitwise_right_shift",
    ]
]
REDUCED = [
    call(name, X, axis=axis, keepdims=keepdims)
    for name in _names("sum mean var std max min prod any all amax amin ptp logsumexp ")
    for axis, keepdims in ((1, False), (-1, True), ((0, 2), False), ((1, 2), True))
]
ARRANGED = [
    call("reshape", X, (-1, 12)),
    call("reshape", X, (2, 2, -1)),
    call("transpose", X, axes=(0, 2, 1)),
    call("swapaxes", X, 1, -1),
    call("moveaxis", X, 1, -1),
    call("moveaxis", X, (0, 1), (2, 0)),
    call("expand_dims", X, 1),
    call("expand_dims", X, (0, -1)),
    call("squeeze", f(2, 1, 3), axis=1),
    call("broadcast_to", f(2, 1), (2, 3)),
    call("flip", X, axis=1),
    call("flip", X, axis=(0, 2)),
    call("roll", X, 2),
    call("roll", X, 1, axis=1),
    call("roll", X, (1, -2), axis=(0, 2)),
    call("rot90", X, 1, (1, 2)),
    call("rot90", X, 3, (0, 2)),
    call("tile", X, (1, 2, 1)),
    call("tile", f(2, 3), (2, 1, 3)),
    call("repeat", X, 2, axis=1),
    call("repeat", X, 3),
    call("pad", X, ((0, 0), (1, 2), (0, 3))),
    call("pad", X, ((0, 0), (1, 2), (0, 3)), constant_values=1.5),
    call("pad", X, ((0, 0), (1, 2), (0, 3)), mode="reflect"),
    call("pad", Z, ((1, 1), (0, 2))),
    call("concatenate", [X, f(2, 1, 4)], axis=1),
    call("concatenate", [Z, f(2, 3)], axis=-1),
    call("stack", [X, X], axis=1),
    call("stack", [X, X], axis=-1),
    call("hstack", [X, f(2, 1, 4)]),
    call("vstack", [X, X]),
    call("dstack", [f(2, 3), f(2, 3)]),
    call("append", X, X, axis=1),
    call("append", f(2, 3), f(2, 2)),
    call("split", f(2, 4, 6), 2, axis=1),
    call("split", X, [1, 3], axis=-1),
    call("split", f(4, 3), 2),
    call("hsplit", f(2, 4), 2),
    call("vsplit", f(4, 3), [1, 2]),
    call("unstack", X, axis=1),
    call("unstack", X, 4, axis=-1),
    call("depth_to_space", f(2, 2, 3, 8), 2),
    call("space_to_depth", f(2, 4, 6, 3), 2),
    call("depth_to_space", f(2, 8, 2, 3), 2, data_format="channels_first"),
]
KEYS: list[Any] = [
    0, (slice(None), 0), (..., slice(1, 3)), (slice(None), None, slice(None, None, 2)),
    (slice(None), slice(1, None), -1), (slice(-1, None),), (slice(None), slice(0, 100)),
]  # fmt: skip
INDEXED = [
    *(call("get_item", X, key) for key in KEYS),
    call("take", X, [0, 2, 0], axis=1),
    call("take", X, -1, axis=-1),
    call("take", X, i(2, 2, low=-3, high=2), axis=1),
    call("take", X, [[0, 5]]),
    call("take_along_axis", X, i(2, 2, 4, low=0, high=2), axis=1),
    call("argsort", X, axis=1),
    call("argsort", X, axis=None),
    call("sort", X, axis=0),
    call("top_k", X, 2),
    call("in_top_k", T((3,), "int32", 0, 3), f(3, 4), 2),
    call("one_hot", T((2, 3), "int32", 0, 3), 4),
    call("one_hot", T((2, 3), "int32", -1, 3), 4, axis=1, dtype="int32"),
    call("multi_hot", T((2, 3), "int32", 0, 3), 4),
    call("argmax", X, axis=1),
    call("argmin", X, axis=-1, keepdims=True),
    call("argmax", Z, axis=-1),
    call("cumsum", X, axis=1),
    call("cumprod", X, axis=-1),
    call("tril", X, 1),
    call("triu", X, -1),
    call("triu", f(2, 4, 3), 1),
    call("diag", f(3), 1),
    call("diag", f(3, 4), -1),
    call("diagonal", X, offset=1, axis1=1, axis2=2),
    call("trace", X, axis1=1, axis2=2),
    call("diff", X, 2, axis=1),
    call("where", b(2, 3), f(2, 3), f(2, 3)),
    call("where", b(2, 1), f(2, 3), 0),
    call("where", i(2, 3), 1.5, i(2, 3)),
    call("slice", X, (0, 1, 1), (2, 2, 3)),
    call("slice_update", X, (0, 1, 1), f(2, 2, 3)),
]
LINEAR = [
    call("matmul", X, Y),
    call("matmul", f(2, 3), MATRIX),
    call("matmul", X, f(2, 4, 1)),
    call("matmul", f(2, 1, 3, 4), f(2, 5, 4, 2)),
    call("matmul", f(2, 3), ROW),
    call("matmul", Z, i(3, 2)),
    call("add", i(2, 3), T((2, 3), "int64", 1, 4)),
    call("dot", f(2, 3), MATRIX),
    call("inner", f(2, 3), f(4, 3)),
    call("vdot", f(3), f(3)),
    call("outer", f(2, 3), f(4)),
    call("kron", f(2, 3), f(2, 2)),
    call("cross", f(2, 3), f(2, 3)),
    call("tensordot", X, f(3, 4, 5), axes=2),
    call("tensordot", X, f(2, 4, 5), axes=[[0, 2], [0, 1]]),
    call("einsum", "bij,bjk->bik", X, Y),
    call("einsum", "bij,bjk", X, Y),
    call("einsum", "...ij->...ji", X),
    call("einsum", "bij->b", X),
    call("einsum", "bii->bi", f(2, 3, 3)),
    call("einsum", "aecd,abcd->acbe", f(2, 5, 3, 4), f(2, 6, 3, 4)),
    call("einsum", "b...,b...->b...", X, X),
    call("cdist", X, f(2, 5, 4)),
    call("norm", X, axis=-1),
    call("norm", X, ord=1, axis=1, keepdims=True),
    call("norm", X, ord=3, axis=1),
    call("norm", X, ord="fro", axis=(1, 2)),
    call("norm", X, ord=np.inf, axis=(1, 2)),
    call("norm", X, ord=1, axis=(1, 2)),
]
SET = [
    call("clip", X, -0.5, 1.0),
    call("clip", Z, -1, 1),
    call("power", P, 2),
    call("power", P, f(2, 3)),
    call("power", 2.0, X),
    call("power", X, 3),
    call("power", i(2, 3), 2),
    call("cast", X, "int32"),
    call("cast", Z, "float32"),
    call("cast", X, "bool"),
    call("saturate_cast", X, "int32"),
    call("round", X, 1),
    call("full_like", X, 2),
    call("heaviside", f(2, 3), 0.5),
    call("ldexp", f(2, 3), i(2, 3, low=0)),
    call("isclose", f(2, 3), f(2, 3)),
    call("average", X, axis=1),
    call("average", f(2, 3), axis=1, weights=f(2, 3, low=0.2)),
    call("moments", X, axes=(0, 1)),
    call("moments", X, axes=[1], keepdims=True),
    call("softmax", X, axis=1),
    call("softmax", X, axis=(1, 2)),
    call("log_softmax", X, axis=0),
    call("normalize", X, axis=1),
    call("normalize", X, axis=-1, order=1),
    call("glu", X),
    call("leaky_relu", X, negative_slope=0.3),
    call("elu", X, alpha=0.4),
    call("celu", X, alpha=0.4),
    call("gelu", X, approximate=False),
    call("squareplus", X, b=2),
    call("hard_shrink", X, threshold=0.7),
    call("soft_shrink", X, threshold=0.7),
    call("threshold", X, 0.3, -1.0),
    call("layer_normalization", X, axis=-1, epsilon=1e-3),
    call("rms_normalization", X, axis=-1, epsilon=1e-3),
    call("batch_normalization", f(4, 3), ROW, np.abs(ROW), 1, ROW, ROW),
    call("dot_product_attention", f(2, 3, 2, 4), f(2, 5, 2, 4), f(2, 5, 2, 4)),
    call("dot_product_attention", f(2, 3, 2, 4), f(2, 3, 2, 4), f(2, 3, 2, 4), is_causal=True),
    call("dot_product_attention", f(2, 3, 2, 4), f(2, 5, 2, 4), f(2, 5, 2, 4), mask=b(2, 2, 3, 5)),
    call("dot_product_attention", f(2, 3, 4, 4), f(2, 5, 2, 4), f(2, 5, 2, 4), scale=0.3),
]
IMAGE = f(2, 5, 6, 2)
KERNEL, DEPTHWISE = f(2, 3, 2, 4).array(0), f(2, 2, 2, 3).array(0)
WINDOWS = [
    call("conv", IMAGE, KERNEL, strides=1, padding="same"),
    call("conv", IMAGE, KERNEL, strides=(2, 1), padding="valid", dilation_rate=1),
    call("conv", f(2, 7, 3), f(3, 3, 4).array(0), dilation_rate=2),
    call("conv", f(2, 4, 5, 6), f(2, 2, 2, 6).array(0)),
    call("conv", f(2, 2, 5, 6), KERNEL, data_format="channels_first"),
    call("depthwise_conv", IMAGE, DEPTHWISE, strides=2, padding="same"),
    call("separable_conv", IMAGE, DEPTHWISE, f(1, 1, 6, 3).array(0), padding="same"),
    call("conv_transpose", IMAGE, f(3, 2, 4, 2).array(0), strides=2, padding="same"),
    call("conv_transpose", f(2, 4, 3), f(3, 4, 3).array(0), strides=2),
    call("max_pool", IMAGE, 2),
    call("max_pool", IMAGE, (3, 2), strides=(1, 2), padding="same"),
    call("average_pool", IMAGE, 2, padding="same"),
    call("average_pool", f(2, 7, 3), 3, strides=2),
    call("adaptive_average_pool", IMAGE, (2, 3)),
    call("adaptive_max_pool", IMAGE, (2, 3)),
    call("binary_crossentropy", f(2, 3, low=0.1, high=0.9), f(2, 3, low=0.1, high=0.9)),
    call("binary_crossentropy", f(2, 3, low=0.1, high=0.9), f(2, 3), from_logits=True),
    call("categorical_crossentropy", f(2, 3, low=0.1, high=0.9), f(2, 3, low=0.1, high=0.9)),
    call("categorical_crossentropy", f(2, 3, 4, low=0.1, high=0.9), X, from_logits=True, axis=1),
    call("sparse_categorical_crossentropy", i(2, 3, low=0, high=3), f(2, 3, 4, low=0.1, high=0.9)),
    call("sparse_categorical_crossentropy", i(2, 3, low=0, high=3), X, from_logits=True),
]
CALLS = [
    *UNARY, *POSITIVE, *SMALL, call("arccosh", f(2, 3, low=1.2, high=3)), *WHOLE, *TRUTH, *PAIRS, *WHOLE_PAIRS, *BITS,
    *REDUCED, *ARRANGED, *INDEXED, *LINEAR, *SET, *WINDOWS,
]  # fmt: skip
OURS = {
    "layer_normalization": "layer_norm",
    "rms_normalization": "rms_norm",
    "batch_normalization": "batch_norm",
}


def label(each: Call) -> str:
    name, given, named = each
    return f"{name}-{'-'.join(_text(item) for item in (*given, *named.values()))}"[:70]


def _text(item: Any) -> str:
    return (
        f"{item.dtype[:3]}{'x'.join(map(str, item.shape))}"
        if isinstance(item, T)
        else str(item).replace(" ", "")
    )


@pytest.mark.parametrize("each", CALLS, ids=label)
def test_an_operation_is_keras_own(each: Call) -> None:
    name, given, named = each
    arrays: list[Array] = []
    function = getattr(keras.ops, name)
    tensors = [_tensor(array) for array in _gathered((given, named), arrays)]
    expected = _listed(
        function(*_replaced(given, iter(tensors)), **_replaced(named, iter(tensors[_count(given) :])))
    )
    wired = [
        len(array) == len(arrays[0]) for array in arrays
    ]  # what has another batch size enters as a constant
    symbols = [_fed(array) if wire else array for array, wire in zip(arrays, wired, strict=True)]
    mine = getattr(ops, OURS.get(name, name))
    found = mine(*_replaced(given, iter(symbols)), **_replaced(named, iter(symbols[_count(given) :])))
    fed = list(itertools.compress(arrays, wired))
    values, slopes = _run(Model(list(itertools.compress(symbols, wired)), list(_listed(found))), fed)
    for value, wanted in zip(values, expected, strict=True):
        reference = wanted.detach().numpy() if hasattr(wanted, "detach") else np.asarray(wanted)
        np.testing.assert_allclose(value, reference, rtol=2e-5, atol=2e-6)
        assert value.shape == reference.shape
        if name in ("size", "top_k"):  # whose dtypes depend on Keras' backend
            continue
        assert value.dtype.name == keras.backend.standardize_dtype(getattr(wanted, "dtype", value.dtype))
    floats = [tensor for tensor in itertools.compress(tensors, wired) if tensor.is_floating_point()]
    outputs = [tensor for tensor in expected if hasattr(tensor, "requires_grad") and tensor.requires_grad]
    if not outputs:
        return
    try:
        torch.autograd.backward(outputs, [torch.tensor(_cotangent(tensor.shape)) for tensor in outputs])
    except RuntimeError:  # a function without a gradient in torch
        assert name in ("floor_divide", "heaviside")
        return
    for slope, tensor in zip(slopes, floats, strict=True):
        wanted = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy()
        np.testing.assert_allclose(
            np.zeros(tensor.shape) if slope is None else slope, wanted, rtol=1e-4, atol=1e-5
        )


def _fed(array: Array) -> Symbol:
    return Input(array.shape[1:], dtype=array.dtype.name)  # type: ignore[arg-type]  # one of ours


def _tensor(array: Array) -> Any:
    return torch.tensor(array, requires_grad=array.dtype.kind == "f")


def _listed(found: Any) -> tuple[Any, ...]:
    return tuple(found) if isinstance(found, (list, tuple)) else (found,)


def _gathered(tree: Any, arrays: list[Array]) -> list[Array]:
    """The arrays of all tensor arguments, in order."""
    if isinstance(tree, T):
        arrays.append(tree.array(len(arrays)))
    elif isinstance(tree, (list, tuple, dict)):
        for item in tree.values() if isinstance(tree, dict) else tree:
            _gathered(item, arrays)
    return arrays


def _count(tree: Any) -> int:
    return len(_gathered(tree, []))


def _replaced(tree: Any, items: Any) -> Any:
    if isinstance(tree, T):
        return next(items)
    if isinstance(tree, dict):
        return {key: _replaced(item, items) for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(_replaced(item, items) for item in tree)
    return tree


def _cotangent(shape: Sequence[int]) -> Array:
    return np.cos(np.arange(int(np.prod(shape)), dtype="float32")).reshape(tuple(shape)) + np.float32(0.1)


def _run(model: Model, arrays: list[Array]) -> tuple[list[Array], list[Array | None]]:
    """Outputs, and the gradient of every floating input."""
    specs = {
        name: TensorSpec(array.shape, array.dtype.name)  # type: ignore[arg-type]  # one of ours
        for name, array in zip(model.input_names, arrays, strict=True)
    }
    lowered = lower(model.document, specs, training=False)
    program, outputs = lowered.program, list(lowered.outputs.values())
    floats = [value for value in lowered.inputs.values() if value.dtype == "float32"]
    used = [value for value in outputs if value.dtype == "float32"]
    cotangents = [program.constant(_cotangent(value.shape), value.dtype) for value in used]
    found = gradients(program, used, cotangents, floats)
    program.results.update({f"y{place}": value for place, value in enumerate(outputs)})
    program.results.update({f"d{place}": value for place, value in enumerate(found) if value is not None})
    results = Executor(compile_plan(program), Parameters({})).run(
        dict(zip(model.input_names, arrays, strict=True))
    )
    return (
        [results[f"y{place}"].copy() for place in range(len(outputs))],
        [results[f"d{place}"].copy() if f"d{place}" in results else None for place in range(len(floats))],
    )


IMAGES: list[tuple[str, dict[str, Any]]] = [
    ("extract_patches", {"size": 2}),
    ("extract_patches", {"size": (2, 3), "strides": 1, "padding": "same"}),
    ("extract_patches", {"size": 2, "strides": 2, "dilation_rate": 1}),
    ("pad_images", {"top_padding": 1, "bottom_padding": 2, "left_padding": 1, "target_width": 9}),
    ("crop_images", {"top_cropping": 1, "bottom_cropping": 1, "right_cropping": 1, "target_width": 3}),
    ("rgb_to_grayscale", {}),
    ("resize", {"size": (7, 4)}),
    ("resize", {"size": (3, 8), "interpolation": "bicubic", "antialias": True}),
    ("resize", {"size": (4, 4), "crop_to_aspect_ratio": True, "interpolation": "nearest"}),
]


@pytest.mark.parametrize(("name", "config"), IMAGES, ids=str)
def test_images_are_keras_own(name: str, config: dict[str, Any]) -> None:
    image = f(2, 5, 6, 3).array(0)
    expected = getattr(keras.ops.image, name)(torch.tensor(image), **config).numpy()
    symbol = _fed(image)
    (value,), _ = _run(Model(symbol, getattr(ops, name)(symbol, **config)), [image])
    np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)


def test_an_operation_takes_what_keras_takes() -> None:
    """What a saved model may say of an operation has a place in ours, under Keras' name."""
    for cls in LAYERS.values():
        if issubclass(cls, Operation):
            theirs = getattr(importlib.import_module(f"keras.src.{cls.keras.module}"), cls.keras.name)
            wanted = {
                *inspect.signature(theirs.__init__).parameters,
                *inspect.signature(theirs.call).parameters,
            }
            known = {*cls.params(), *cls.operands, *cls.keras.ignored, "self", "name", "args", "kwargs"}
            assert wanted <= known, cls.title
            call = inspect.signature(theirs.call).parameters.values()
            named = [each.name for each in call if each.kind is not each.VAR_KEYWORD]
            assert cls.called_with() == tuple(named[1:] if named[0] == "self" else named), cls.title


def test_what_keras_has_is_here_or_left_out_with_a_reason() -> None:
    known = {cls.keras.name for cls in LAYERS.values() if issubclass(cls, Operation)}
    theirs = {
        kind.__name__
        for family in ("numpy", "nn", "math", "linalg", "core", "image")
        for kind in vars(importlib.import_module(f"keras.src.ops.{family}")).values()
        if inspect.isclass(kind)
        and issubclass(kind, keras.Operation)
        and kind.__module__.endswith(f".ops.{family}")
    }
    assert theirs - known == set(LEFT_OUT)


def test_every_operation_is_compared() -> None:
    """But for other names of one of them, and what Keras has no function for."""
    names = [*(name for name, _, _ in CALLS), *(name for name, _ in IMAGES)]
    compared = {OURS.get(name, name).replace("_", "") for name in names}
    kinds = [cls for cls in LAYERS.values() if issubclass(cls, Operation)]
    missing = {cls.keras.name.lower() for cls in kinds} - compared
    assert missing == {
        "abs", "bitwiseinvert", "converttotensor", "emptylike", "fliplr", "flipud",
    }  # fmt: skip

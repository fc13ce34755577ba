"""What kernels are written in: numba's Python, with memory by address and atomic operations.

Kernels and helpers take and give int64; memory is read through views of an address. Numbers in bodies are
module constants of type float32: a Python float would make everything float64.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])
Constants = dict[str, Any]

Float = Any
"""A float32 in a kernel."""
ZERO: Final[Float] = np.float32(0.0)
ONE: Final[Float] = np.float32(1.0)
HALF: Final[Float] = np.float32(0.5)
TWO: Final[Float] = np.float32(2.0)

# Never among the flags: nnan and ninf, since a model that diverges must show it.
FLAGS: Final[Constants] = {
    "fastmath": {"contract", "nsz"},
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
_I64: Final = ir.IntType(64)


def helper(function: Function) -> Function:
    """A function that kernels may call; compiled into each of them."""
    return cast(Function, njit(**FLAGS)(function))


def summing(function: Function) -> Function:
    """A helper whose sums may be taken in any order, so that they fill vectors."""
    return cast(Function, njit(**{**FLAGS, "fastmath": {"contract", "nsz", "reassoc"}})(function))


def _address(element: Any) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]  # numba has no types
    def pointer(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(element)(types.int64), generate

    return pointer


_float_pointer = _address(types.float32)
_int_pointer = _address(types.int64)
_short_pointer = _address(types.int32)
_byte_pointer = _address(types.uint8)


@helper
def floats(address: int, count: int) -> Any:
    """``count`` float32 at ``address``."""
    return carray(_float_pointer(address), count)


@helper
def longs(address: int, count: int) -> Any:
    """``count`` int64 at ``address``."""
    return carray(_int_pointer(address), count)


@helper
def shorts(address: int, count: int) -> Any:
    """``count`` int32 at ``address``."""
    return carray(_short_pointer(address), count)


@helper
def flags(address: int, count: int) -> Any:
    """``count`` bytes at ``address``; booleans are bytes of 0 and 1."""
    return carray(_byte_pointer(address), count)


def _converting(source: Any, target: Any, emit: Callable[[Any, Any], Any]) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]  # numba has no types
    def convert(typing: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return emit(builder, arguments[0])

        return target(source), generate

    return convert


float_of_bits = _converting(types.int32, types.float32, lambda b, x: b.bitcast(x, ir.FloatType()))
bits_of_float = _converting(types.float32, types.int32, lambda b, x: b.bitcast(x, ir.IntType(32)))
real = _converting(
    types.int64, types.float32, lambda b, x: b.bitcast(b.trunc(x, ir.IntType(32)), ir.FloatType())
)
"""The float32 whose bits an int64 argument carries (see ``bits``)."""


def bits(number: float) -> int:
    """A float32 as an argument of a kernel, which reads it with ``real``."""
    return int(np.float32(number).view(np.int32))


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def atomic_add(typing: Any, address: Any, amount: Any) -> Any:
    """Add to the int64 at ``address``; what was there before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], ir.PointerType(_I64))
        return builder.atomic_rmw("add", place, arguments[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def atomic_load(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(builder.inttoptr(arguments[0], ir.PointerType(_I64)), "acquire", 8)

    return types.int64(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def atomic_store(typing: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], ir.PointerType(_I64))
        builder.store_atomic(arguments[1], place, "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def pause(typing: Any) -> Any:
    """Tell the core that it is waiting; nothing where the processor has no word for it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        triple = builder.module.triple
        name = "llvm.x86.sse2.pause" if triple.startswith(("x86", "i686", "amd64")) else ""
        if name:
            word = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, word, name), [])
        return context.get_dummy_value()

    return types.void(), generate


yield_core = types.ExternalFunction(
    "SwitchToThread" if sys.platform == "win32" else "sched_yield", types.int32()
)
"""Let another thread have the core."""


def caller(count: int) -> Any:
    """``call(address, arguments)``: call compiled code that takes ``count`` int64 and returns nothing."""

    @intrinsic  # type: ignore[untyped-decorator]  # numba has no types
    def call(typing: Any, address: Any, arguments: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kind = ir.FunctionType(ir.VoidType(), [_I64] * count)
            target = builder.inttoptr(values[0], ir.PointerType(kind))
            builder.call(target, cgutils.unpack_tuple(builder, values[1], count))
            return context.get_dummy_value()

        return types.void(types.int64, types.UniTuple(types.int64, count)), generate

    return call


def unpacker(count: int) -> Any:
    """``unpack(address)``: ``count`` int64 at ``address`` as a tuple."""

    @intrinsic  # type: ignore[untyped-decorator]  # numba has no types
    def unpack(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            base = builder.inttoptr(values[0], ir.PointerType(_I64))
            words = [builder.load(builder.gep(base, [_I64(place)])) for place in range(count)]
            return context.make_tuple(builder, signature.return_type, words)

        return types.UniTuple(types.int64, count)(types.int64), generate

    return unpack


@helper
def share_start(total: int, thread: int, threads: int) -> int:
    """Where a thread's share of ``total`` begins; it ends where the next one's begins."""
    return total * thread // threads

"""How operands of different dtypes meet: as Keras promotes them, with one floating dtype in a program."""

from __future__ import annotations

from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.requirements import FLOATS
from graph_engine.values import DType

CASTS: Final = ("float32", "float64", "int32", "int64", "bool")
_ORDER: Final[tuple[DType, ...]] = ("bool", "int32", "int64", "float32", "float64")


def widest(*dtypes: DType) -> DType:
    """The one that holds each: bool < int32 < int64 < floats."""
    return max(dtypes, key=_ORDER.index)


def promoted(*values: Value) -> tuple[Value, ...]:
    """All in the widest of their dtypes."""
    dtype = widest(*(value.dtype for value in values))
    return tuple(as_dtype(value, dtype) for value in values)


def numbers(*values: Value) -> tuple[Value, ...]:
    """Promoted, and true and false as 1 and 0."""
    return tuple(counted(value) for value in promoted(*values))


def counted(x: Value) -> Value:
    """True and false as int32; numbers as they are."""
    return as_dtype(x, "int32") if x.dtype == "bool" else x


def floating(x: Value) -> Value:
    return x if x.dtype in FLOATS else as_dtype(x, x.program.floats)


def fractions(*values: Value) -> tuple[Value, ...]:
    """Promoted, and to floats if they were not."""
    return tuple(floating(value) for value in promoted(*values))


def truth(x: Value) -> Value:
    """Whether each element is other than zero."""
    return as_dtype(x, "bool")


def as_dtype(x: Value, dtype: str) -> Value:
    """Cast; any floating dtype is the program's."""
    wanted: DType = x.program.floats if dtype in FLOATS else dtype  # type: ignore[assignment]  # one of CASTS
    return x if x.dtype == wanted else ops.cast(x, dtype=wanted)

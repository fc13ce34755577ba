"""What Python's operators mean on symbols: calls of the operations of those names."""

from __future__ import annotations

from typing import Any


class Operators:
    """Base of symbols: arithmetic, comparisons and indexing as ``keras.ops`` has them.

    ``==`` and ``!=`` compare the symbols themselves, as Python's containers need it: ``ops.equal`` compares
    their numbers.
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return _record("AddOp", self, other)

    def __radd__(self, other: Any) -> Any:
        return _record("AddOp", other, self)

    def __sub__(self, other: Any) -> Any:
        return _record("SubtractOp", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _record("SubtractOp", other, self)

    def __mul__(self, other: Any) -> Any:
        return _record("MultiplyOp", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _record("MultiplyOp", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _record("TrueDivideOp", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _record("TrueDivideOp", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _record("FloorDivideOp", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _record("FloorDivideOp", other, self)

    def __mod__(self, other: Any) -> Any:
        return _record("ModOp", self, other)

    def __rmod__(self, other: Any) -> Any:
        return _record("ModOp", other, self)

    def __pow__(self, other: Any) -> Any:
        return _record("PowerOp", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _record("PowerOp", other, self)

    def __matmul__(self, other: Any) -> Any:
        return _record("MatmulOp", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _record("MatmulOp", other, self)

    def __neg__(self) -> Any:
        return _record("NegativeOp", self)

    def __abs__(self) -> Any:
        return _record("AbsoluteOp", self)

    def __lt__(self, other: Any) -> Any:
        return _record("LessOp", self, other)

    def __le__(self, other: Any) -> Any:
        return _record("LessEqualOp", self, other)

    def __gt__(self, other: Any) -> Any:
        return _record("GreaterOp", self, other)

    def __ge__(self, other: Any) -> Any:
        return _record("GreaterEqualOp", self, other)

    def __and__(self, other: Any) -> Any:
        return _record("LogicalAndOp", self, other)

    def __or__(self, other: Any) -> Any:
        return _record("LogicalOrOp", self, other)

    def __xor__(self, other: Any) -> Any:
        return _record("LogicalXorOp", self, other)

    def __invert__(self) -> Any:
        return _record("LogicalNotOp", self)

    def __getitem__(self, key: Any) -> Any:
        return _record("GetItemOp", self, key)


def _record(kind: str, *operands: Any) -> Any:
    from graph_engine.layers.base import LAYERS
    from graph_engine.model import ops  # which is built on symbols

    return ops.apply(LAYERS[kind], *operands)  # type: ignore[arg-type]  # operations, by name

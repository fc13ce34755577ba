"""Arithmetic in number fields: `64*2` is 128. A whitelist of syntax; nothing is ever executed."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

Value = int | float

_LONGEST: Final = 200
_LARGEST_POWER: Final = 64  # 9**9**9 would keep the window busy until tomorrow
_LARGEST: Final = 1e30

_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], Value]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: Final[Mapping[type[ast.unaryop], Callable[[Any], Value]]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


class ExpressionError(ValueError):
    """The text is no arithmetic; the message says so to a person."""


def evaluate(text: str) -> Value:
    """The number that an expression such as `3*(64+2)`, `2**5` or `1e-3` stands for."""
    if len(text) > _LONGEST:
        raise ExpressionError("this is too long for a number")
    try:
        # Strings of brackets that overflow the parser's stack raise MemoryError or RecursionError.
        tree = ast.parse(text.strip(), mode="eval")
        value = _value(tree.body)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _explained(text, error) from None
    except ZeroDivisionError:
        raise ExpressionError("this divides by zero") from None
    except OverflowError:
        raise ExpressionError("this number is too large") from None
    return value


def _explained(text: str, error: BaseException) -> ExpressionError:
    if isinstance(error, ExpressionError):
        return error
    return ExpressionError(f"expected a number or arithmetic such as 64*2, got {text.strip()!r}")


def _value(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=bool() | complex()):
            raise ValueError
        case ast.Constant(value=int() | float() as number):
            return _bounded(number)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left), _exponent(op, _value(right))))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand))
    raise ValueError


def _exponent(op: ast.operator, value: Value) -> Value:
    if isinstance(op, ast.Pow) and abs(value) > _LARGEST_POWER:
        raise OverflowError
    return value


def _bounded(value: Any) -> Value:
    if isinstance(value, complex):
        raise ExpressionError("this has no real value")
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise OverflowError
    return value  # type: ignore[no-any-return]  # int or float: all that is left

"""Values of typed parameters as text in a field, and back."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from app.forms.expressions import ExpressionError, evaluate
from graph_engine.params import ConfiguredList, Dims, Integer, IntTuple, Number, Param, ParamError

TIMES: Final = "\u00d7"
_AROUND_OPERATORS: Final = re.compile(r"\s*([-+*/%()])\s*")
_SEPARATORS: Final = re.compile(r"[\s,;x\u00d7]+")
_OPEN: Final = ("?", "None")


def to_text(param: Param, value: Any) -> str:
    """How a field shows a checked value; empty where there is none."""
    if value is None:
        return ""
    if isinstance(param, (IntTuple, Dims)):
        return f" {TIMES} ".join("?" if size is None else str(size) for size in value)
    if isinstance(param, ConfiguredList):
        return json.dumps(value)
    if isinstance(param, Number):
        return number_text(float(value))
    if isinstance(value, (tuple, list)):
        return ", ".join(number_text(item) if isinstance(item, float) else str(item) for item in value)
    return str(value)


def number_text(value: float) -> str:
    """The shortest text that gives this number back: `0.001`, `1e-7`, `32`."""
    text = f"{value:.6g}"
    text = text if float(text) == value else repr(value)
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def from_text(param: Param, text: str) -> Any:
    """The value a person typed, checked, in JSON form. Raises ParamError with what is wrong."""
    if not text.strip() and param.optional:
        return None
    return param.encode(param.check(_parsed(param, text)))


def _parsed(param: Param, text: str) -> Any:
    if isinstance(param, (Integer, Number)):
        return _number(text)
    if isinstance(param, (IntTuple, Dims)):
        parts = [
            part for part in _SEPARATORS.split(_AROUND_OPERATORS.sub(r"\1", text.strip("()[] "))) if part
        ]
        sizes: list[Any] = [None if part in _OPEN else _number(part) for part in parts]
        # One number stands for all of a tuple; a shape of one size is a shape.
        return sizes[0] if len(sizes) == 1 and isinstance(param, IntTuple) else sizes
    return text


def _number(text: str) -> int | float:
    try:
        return evaluate(text)
    except ExpressionError as error:
        raise ParamError(str(error)) from None

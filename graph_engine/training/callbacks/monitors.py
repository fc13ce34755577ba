"""What a callback watches: a logged value, or an expression of several, and which way is better."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from graph_engine.params import ParamError, choice, number, shared, text
from graph_engine.training.callbacks.base import ConfiguredCallback
from graph_engine.training.events import Logs

_OPERATORS: Mapping[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

MONITOR_HELP: Final = "Logged value to watch, or an expression such as val_a_loss + val_b_loss."


class Expression:
    """``val_age_loss + 0.5 * val_income_loss``: names of logs, numbers, + - * / and parentheses only."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ParamError(f"{text!r} is no name or expression of logged values") from None
        self.names = tuple(dict.fromkeys(self._names(self._tree)))

    @property
    def is_name(self) -> bool:
        return isinstance(self._tree, ast.Name)

    def value(self, logs: Logs) -> float:
        return self._value(self._tree, logs)

    def _names(self, node: ast.expr) -> list[str]:
        match node:
            case ast.Name(id=name):
                return [name]
            case ast.Constant(value=int() | float()):
                return []
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._names(left) + self._names(right)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
                return self._names(operand)
        raise ParamError(f"{self.text!r}: use names of logged values, numbers, + - * / and parentheses")

    def _value(self, node: ast.expr, logs: Logs) -> float:
        match node:
            case ast.Name(id=name):
                return logs[name]
            case ast.BinOp(left=left, op=op, right=right):
                return self._apply(op, self._value(left, logs), self._value(right, logs))
            case ast.UnaryOp(op=op, operand=operand):
                return self._apply(op, self._value(operand, logs))
        assert isinstance(node, ast.Constant)
        return float(node.value)  # type: ignore[arg-type]  # only numbers pass _names

    def _apply(self, op: ast.operator | ast.unaryop, *values: float) -> float:
        try:
            return _OPERATORS[type(op)](*values)
        except ZeroDivisionError:
            return math.nan


class Monitoring(ConfiguredCallback):
    """Base of callbacks that watch a value. A misspelt name stops training when it begins."""

    title: ClassVar[str] = ""
    monitor: str = text("val_loss", help=MONITOR_HELP)
    mode: str = shared(
        choice(
            "auto", ("auto", "min", "max"), help="Whether lower or higher is better; auto asks the metric."
        )
    )
    min_delta: float = shared(number(0.0, minimum=0.0, help="Smallest change that counts as an improvement."))

    def __post_init__(self) -> None:
        super().__post_init__()
        self._expression = Expression(self.monitor)
        self._higher = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        directions = self.training.get("directions", {})
        for name in self._expression.names:
            if name not in directions and name != "learning_rate":
                raise ParamError(self._unknown(name, list(directions)))
        self._higher = self.mode == "max" or (self.mode == "auto" and self._upward(directions))

    def value(self, logs: Logs | None) -> float | None:
        """The watched value; None in epochs that do not log it (validation may be rarer than every epoch)."""
        if logs is None or any(name not in logs for name in self._expression.names):
            return None
        return self._expression.value(logs)

    def improves(self, value: float, best: float | None) -> bool:
        if best is None:
            return True
        return value - self.min_delta > best if self._higher else value + self.min_delta < best

    def _upward(self, directions: Mapping[str, Any]) -> bool:
        if not self._expression.is_name:
            raise ParamError(
                f"{type(self).__name__} watches {self.monitor!r}: say in mode whether min or max is better"
            )
        return directions.get(self.monitor) == "up"

    def _unknown(self, name: str, known: list[str]) -> str:
        sentence = f"{type(self).__name__} watches {name!r}, but this training reports {', '.join(known)}"
        if name.startswith("val_") and not any(item.startswith("val_") for item in known):
            return sentence + "; there is no validation data"
        return sentence

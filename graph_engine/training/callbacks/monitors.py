"""What a callback watches: a logged value, or an expression of several, and which way is better."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
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

_FUNCTIONS: Final[Mapping[str, Callable[[Iterable[float]], float]]] = {"min": min, "max": max}

MONITOR_HELP: Final = "Logged value to watch, or an expression such as val_a_loss + val_b_loss."


class Expression:
    """``val_age_loss + 0.5 * val_income_loss``: names of logs, numbers, + - * /, min, max and parentheses only.

    A text that is no expression is taken for a name: outputs may be called as one likes.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        try:
            self._tree: ast.expr = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._tree = ast.Name(self.text)
        self.names = tuple(dict.fromkeys(self._names(self._tree)))

    def among(self, known: Collection[str]) -> Expression:
        """Read again with the names that there are: ``a-b`` is a name where something is called so."""
        if self.text in known:
            self._tree, self.names = ast.Name(self.text), (self.text,)
        return self

    def value(self, logs: Logs) -> float:
        return self._value(self._tree, logs)

    def upward(self, directions: Mapping[str, Any]) -> bool | None:
        """Whether higher is better, from which way each name is better; None where they pull apart."""
        found = self._pulls(self._tree, directions)
        return found.pop() > 0 if len(found) == 1 and 0 not in found else None

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
            case ast.Call(func=ast.Name(id=name), args=[_, *_] as items, keywords=[]) if name in _FUNCTIONS:
                return [found for item in items for found in self._names(item)]
        raise ParamError(
            f"{self.text!r}: use names of logged values, numbers, + - * /, min(...), max(...) and parentheses"
        )

    def _value(self, node: ast.expr, logs: Logs) -> float:
        match node:
            case ast.Name(id=name):
                return logs[name]
            case ast.BinOp(left=left, op=op, right=right):
                return self._apply(op, self._value(left, logs), self._value(right, logs))
            case ast.UnaryOp(op=op, operand=operand):
                return self._apply(op, self._value(operand, logs))
            case ast.Call(func=ast.Name(id=name), args=items):
                return _FUNCTIONS[name](self._value(item, logs) for item in items)
        return _number(node)

    def _apply(self, op: ast.operator | ast.unaryop, *values: float) -> float:
        try:
            return _OPERATORS[type(op)](*values)
        except ZeroDivisionError:
            return math.nan

    def _pulls(self, node: ast.expr, directions: Mapping[str, Any]) -> set[int]:
        """1 for each part that is better higher, -1 for lower, 0 where it cannot be told."""
        match node:
            case ast.Name(id=name):
                return {1 if directions.get(name) == "up" else -1}
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                turned = -1 if isinstance(op, ast.Sub) else 1
                return self._pulls(left, directions) | _times(turned, self._pulls(right, directions))
            case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=factor) if not self._names(factor):
                return _times(self._sign(factor), self._pulls(left, directions))
            case ast.BinOp(left=factor, op=ast.Mult(), right=right) if not self._names(factor):
                return _times(self._sign(factor), self._pulls(right, directions))
            case ast.UnaryOp(op=op, operand=operand):
                turned = -1 if isinstance(op, ast.USub) else 1
                return _times(turned, self._pulls(operand, directions))
            case ast.Call(args=items):
                return {pull for item in items for pull in self._pulls(item, directions)}
            case ast.Constant():
                return set()
        return {0}

    def _sign(self, factor: ast.expr) -> int:
        number = self._value(factor, {})
        return (number > 0) - (number < 0)


def _times(sign: int, pulls: set[int]) -> set[int]:
    return {sign * pull for pull in pulls}


def _number(node: ast.expr) -> float:
    assert isinstance(node, ast.Constant)
    return float(node.value)  # type: ignore[arg-type]  # only numbers pass _names


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
        self._expression = self._expression.among(directions)
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
        upward = self._expression.upward(directions)
        if upward is None:
            raise ParamError(
                f"{type(self).__name__} watches {self.monitor!r}, of which some parts are better high and others "
                "low: say in mode whether min or max is better"
            )
        return upward

    def _unknown(self, name: str, known: list[str]) -> str:
        sentence = f"{type(self).__name__} watches {name!r}, but this training reports {', '.join(known)}"
        if name.startswith("val_") and not any(item.startswith("val_") for item in known):
            return sentence + "; there is no validation data"
        return sentence

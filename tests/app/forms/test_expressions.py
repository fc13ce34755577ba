from __future__ import annotations

import ast
import math

import pytest
from hypothesis import given, strategies as st

from app.forms.expressions import ExpressionError, evaluate
from app.forms.steps import stepped_number, stepped_text
from app.forms.texts import from_text, number_text, to_text
from graph_engine.params import Dims, Integer, IntTuple, Number, ParamError

PAIR = IntTuple("", False, 2, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [("64*2", 128), ("3*(64+2)", 198), ("2**5", 32), ("1e-3", 1e-3), ("-7//2", -4), ("10/4", 2.5)],
)
def test_arithmetic_has_its_value(text: str, value: float) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "9**9**9",
        "1/0",
        "__import__('os')",
        "[1]",
        "True",
        "1j",
        "(-8)**0.5",
        "1e400",
        "(" * 150,
        "1" * 300,
    ],
)
def test_everything_else_is_refused_with_words(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"\w+ \w+"):
        evaluate(text)


@given(st.text(alphabet="0123456789+-*/%(). e", max_size=30))
def test_an_expression_is_a_finite_number_or_refused(text: str) -> None:
    try:
        value = evaluate(text)
    except ExpressionError:
        return
    assert math.isfinite(value)
    assert ast.parse(text.strip(), mode="eval")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_field(value: float) -> None:
    assert float(number_text(value)) == value


@pytest.mark.parametrize(
    ("text", "value"), [("3", [3, 3]), ("3x5", [3, 5]), ("3 \u00d7 5", [3, 5]), ("(2*2, 1)", [4, 1])]
)
def test_sizes_are_read_as_people_write_them(text: str, value: list[int]) -> None:
    assert from_text(PAIR, text) == value


def test_open_sizes_are_question_marks() -> None:
    param = Dims("")
    assert to_text(param, [None, 8]) == "? \u00d7 8"
    assert from_text(param, "? x 8") == [None, 8]


def test_empty_is_no_value_only_where_that_is_allowed() -> None:
    assert from_text(Number("", optional=True), " ") is None
    with pytest.raises(ParamError):
        from_text(Integer(""), "")


@pytest.mark.parametrize(
    ("value", "steps", "moved"),
    [(0.001, 1, 0.002), (0.001, -1, 0.0009), (0.002, -1, 0.001), (9, 1, 10), (0, 1, 0.01), (-0.1, 1, -0.09)],
)
def test_numbers_step_at_their_leading_digit(value: float, steps: int, moved: float) -> None:
    assert stepped_number(value, steps) == moved


def test_the_size_at_the_cursor_steps() -> None:
    assert stepped_text("3 \u00d7 9", 0, 1) == ("4 \u00d7 9", 1)
    assert stepped_text("3 \u00d7 9", 5, 1) == ("3 \u00d7 10", 6)
    assert stepped_text("", 0, 1) == ("", 0)
